"""Tables with their queries. Decides nothing; nothing outside this package reaches a table any other way."""
