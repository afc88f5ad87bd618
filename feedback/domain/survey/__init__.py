"""What is asked and what is answered: questionnaires, conditions, drafts, answers, and the body that is sealed."""
