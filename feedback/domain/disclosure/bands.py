"""How far counts are blurred: the dominance band of rule R3, and the bands of sensitive counts (R5).

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


def band_of(n: int) -> int:
    """Return b: a count within so many of n, or of 0, is never given exactly."""
    return max(BAND if n < WIDE_FROM else WIDE_BAND, -(-n // BAND_PER))


def bounded(count: int, n: int) -> tuple[Bound, int]:
    """Return what may be said of a count of n by itself: the number, or the end of the band that holds it."""
    band = band_of(n)
    if n - count <= band:
        return Bound.AT_LEAST, n - band
    return (Bound.AT_MOST, band) if count <= band else (Bound.EXACTLY, count)


def sensitive_band(count: int, n: int) -> tuple[int, int]:
    """Return the band of three that holds `count` of `n`; the last band takes in what is left of n."""
    last = SENSITIVE_BAND * ((n + 1) // SENSITIVE_BAND - 1)
    low = min(SENSITIVE_BAND * (count // SENSITIVE_BAND), last)
    return low, n if low == last else low + SENSITIVE_BAND - 1
