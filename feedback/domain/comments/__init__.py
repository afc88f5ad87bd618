"""Free texts under review, and what in them might tell who wrote."""
