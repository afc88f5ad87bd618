"""Organisations and programmes: made, named, translated."""
