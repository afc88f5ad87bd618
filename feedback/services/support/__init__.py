"""Requests for help, which stand apart from every survey, link and answer."""
