"""How far counts are blurred: the dominance band of rule R3, and the bands of sensitive counts (R5), and from which n.

Numbers alone: what is done with them, `publishing` decides.
"""

from feedback.domain.disclosure.statements import Bound

BAND = 2
"""A count of few answers within this many of all, or of none, is never given exactly."""
WIDE_BAND, WIDE_FROM = 3, 12
"""The same from so many answers on."""
BAND_PER = 20
"""Of more answers still, it is one for each so many, rounded up."""
SENSITIVE_BAND = 3
"""How many whole numbers a band of a sensitive count holds at least."""
SENSITIVE_K = 10
"""Of fewer answers to a sensitive question nothing is said."""


def band_of(n: int, most: int = 1) -> int:
    """Return b: a count within so many of n, or of 0, is never given exactly; `most` answers may be one person's."""
    return most * max(BAND if n < WIDE_FROM else WIDE_BAND, -(-n // BAND_PER))


def has_room(n: int, most: int) -> bool:
    """Tell whether the bands at both ends of n do not meet: else each would say more than its width."""
    return n > 2 * band_of(n, most)


def bounded(count: int, n: int, most: int = 1) -> tuple[Bound, int]:
    """Return what may be said of a count of n by itself: the number, or the end of the band that holds it."""
    band = band_of(n, most)
    if n - count <= band:
        return Bound.AT_LEAST, n - band
    return (Bound.AT_MOST, band) if count <= band else (Bound.EXACTLY, count)


def sensitive_band(count: int, n: int, most: int = 1) -> tuple[int, int]:
    """Return the band of three, or of three for each of the `most` answers of one person, that holds `count` of `n`.

    The last band takes in what is left of n.
    """
    width = SENSITIVE_BAND * most
    last = width * ((n + 1) // width - 1)
    low = min(width * (count // width), last)
    return low, n if low == last else low + width - 1
