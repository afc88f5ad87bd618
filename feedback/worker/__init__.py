"""What runs when, on the job engine. Is imported by no page."""
