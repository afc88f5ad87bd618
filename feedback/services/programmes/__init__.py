"""Organisations and programmes: created, named, translated. Never sees a person, a link or an answer."""
