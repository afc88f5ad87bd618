"""What other systems are told of, by web hooks: numbers and states. Never sees a person, a link or an answer."""
