"""What runs when, on the job engine. Knows services and the clock; is imported by no page."""
