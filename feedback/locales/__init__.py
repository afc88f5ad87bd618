"""How each language says things: the interface's sentences, dates and times, and names in another script."""
