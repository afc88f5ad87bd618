"""Who works with the service, and what they may do."""
