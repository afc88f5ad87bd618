"""Staff accounts, and what staff may do. Never sees a participant."""
