"""When things happen: a wave's states, dates, quiet times and fixed terms. Never sees a person or an answer."""
