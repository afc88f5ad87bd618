"""The databases as a whole, and the state of the service in figures that name nobody. Never sees an answer."""
