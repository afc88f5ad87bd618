"""The list of participants: read from files, checked line by line, compared by digest.

Knows nothing of links or answers.
"""
