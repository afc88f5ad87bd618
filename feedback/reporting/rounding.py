"""Whole percentages that are shown together: together a hundred, 0 for nobody alone, 100 for everybody alone."""

from collections.abc import Sequence

from flask_babel import format_percent

_LEAST, _MOST = 1, 99


def parts_of_whole(counts: Sequence[int]) -> tuple[int, ...]:
    """Return each count in whole percent of their sum; together 100, by largest remainder. ValueError for no sum."""
    whole = sum(counts)
    if whole < 1:
        raise ValueError("There is nothing to divide.")
    floors = [100 * count // whole for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda place: -(100 * counts[place] % whole))
    for place in by_remainder[: 100 - sum(floors)]:
        floors[place] += 1
    return tuple(floors)


def figures(counts: Sequence[int]) -> tuple[str, ...]:
    """Return each count as a share of their sum, rounded together, such as "34%", "<1%", ">99%" or "0%"."""
    whole = sum(counts)
    return tuple(_figure(part, count, whole) for part, count in zip(parts_of_whole(counts), counts, strict=True))


def figure(count: int, n: int) -> str:
    """Return one count of n as a whole percentage, such as "34%", "<1%", ">99%" or "0%"."""
    return _figure(round(100 * count / n), count, n)


def _figure(percent: int, count: int, n: int) -> str:
    if percent < _LEAST and count:
        return f"<{format_percent(_LEAST / 100)}"
    if percent > _MOST and count < n:
        return f">{format_percent(_MOST / 100)}"
    return format_percent(percent / 100)
