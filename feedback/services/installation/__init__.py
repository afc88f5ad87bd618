"""The databases as a whole, and how the service stands, in figures that name nobody."""
