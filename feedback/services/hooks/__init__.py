"""What other systems are told of, by web hooks."""
