"""Free texts under review, and what in them might tell who wrote. Never sees who is in a group."""
