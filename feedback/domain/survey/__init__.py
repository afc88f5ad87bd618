"""What is asked and what is answered: questionnaires, conditions, drafts, answers, and the body that is sealed.

Knows nobody: a role is all that it is told of who answers.
"""
