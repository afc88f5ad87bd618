"""Requests for support. Never sees a survey, a link or an answer."""
