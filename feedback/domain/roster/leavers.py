"""How many people may leave a programme because a file does not have them: an export that broke off has few lines."""

ALWAYS = 2
"""So many may always leave, if somebody stays."""
_ONE_IN = 5


def most_leavers(people: int) -> int:
    """Return how many of so many people may leave at once before somebody has to say that it is right."""
    return max(min(ALWAYS, people - 1), people // _ONE_IN, 0)
