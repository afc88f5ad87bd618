"""What bounds every number that names a row."""

LARGEST_NUMBER = 2**31 - 1
"""Beyond this no database can even be asked for a row: such a number was not written by this service."""
