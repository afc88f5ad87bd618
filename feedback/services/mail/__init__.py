"""Mails to participants: queued, sent, returned, repeated. Never sees a response."""
