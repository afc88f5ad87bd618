"""Tables with their queries. Nothing here decides; nothing outside reaches a table in another way."""
