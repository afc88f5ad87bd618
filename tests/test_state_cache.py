"""What is kept is given out for the state that it was made in, and stays no longer and no larger than was said."""

import time
from collections.abc import Callable
from itertools import count

from feedback.state_cache import StateCache


def counting() -> Callable[[], int]:
    numbers = count()
    return lambda: next(numbers)


def test_it_is_made_once_for_each_state() -> None:
    cache, make = StateCache(), counting()
    states = ("in review", "in review", "released", "released")
    assert [cache.get("report", state, make) for state in states] == [0, 0, 1, 1]


def test_a_state_of_before_is_made_anew() -> None:
    cache, make = StateCache(), counting()
    assert [cache.get("report", state, make) for state in (1, 2, 1)] == [0, 1, 2]
    assert len(cache) == 1


def test_what_is_dropped_is_gone() -> None:
    cache = StateCache()
    cache.get("report", 1, lambda: "text")
    cache.get("other", 1, lambda: "text")
    cache.drop("report", "unknown")
    assert len(cache) == 1


def test_there_is_no_more_than_was_said() -> None:
    cache = StateCache(most=10)
    for key in range(5):
        cache.get(key, 1, lambda: "four", size=len)
    assert len(cache) == 2
    assert cache.get("too large", 1, lambda: "more than ten", size=len) == "more than ten"
    assert len(cache) == 0


def test_nothing_stays_though_nobody_comes() -> None:
    cache = StateCache(seconds=0.05)
    for key in range(3):
        cache.get(key, 1, lambda: "text")
    waiting_ends = time.monotonic() + 60
    while len(cache) and time.monotonic() < waiting_ends:
        time.sleep(0.01)
    assert len(cache) == 0
