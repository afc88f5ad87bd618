"""Mails to participants, and to staff about surveys: queued, sent, returned, repeated. Never sees a response."""
