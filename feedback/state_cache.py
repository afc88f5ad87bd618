"""What was made from what is stored, kept for a while so that it is not made again for the next visitor.

A copy must not outlive what it was made from: it is given out for the very state it was made in and let go when another
state is seen, and nothing stays longer than some minutes, whether somebody comes or not. What is kept has a bound.
"""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

Kept = TypeVar("Kept")


_SMALL = 1024


def _small(_made: object) -> int:
    return _SMALL


@dataclass(frozen=True)
class _Copy:
    state: Hashable
    made: Any
    size: int
    until: float


@dataclass
class StateCache:
    """Keeps copies of `most` bytes together, each for `seconds` at most; what is made first goes first."""

    most: int = 32 * 2**20
    seconds: float = 300
    _copies: dict[Hashable, _Copy] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _sweeper: threading.Timer | None = None

    def get(
        self, key: Hashable, state: Hashable, make: Callable[[], Kept], *, size: Callable[[Kept], int] = _small
    ) -> Kept:
        """Return what `make` returned for this key and state, made anew where it is not kept. It must not be changed.

        `size` tells about how many bytes it takes.
        """
        with self._lock:
            copy = self._copies.get(key)
            if copy is not None and copy.state == state and copy.until > time.monotonic():
                found: Kept = copy.made
                return found
            self._copies.pop(key, None)
        made = make()
        self._put(key, _Copy(state, made, size(made), time.monotonic() + self.seconds))
        return made

    def drop(self, *keys: Hashable) -> None:
        """Let go of what was made for these keys."""
        with self._lock:
            for key in keys:
                self._copies.pop(key, None)

    def __len__(self) -> int:
        """Return how many copies are kept."""
        return len(self._copies)

    def _put(self, key: Hashable, copy: _Copy) -> None:
        with self._lock:
            self._copies.pop(key, None)
            self._copies[key] = copy
            while sum(one.size for one in self._copies.values()) > self.most:
                del self._copies[next(iter(self._copies))]
            self._sweep_later()

    def _sweep_later(self) -> None:
        if self._copies and self._sweeper is None:
            soonest = min(copy.until for copy in self._copies.values())
            self._sweeper = threading.Timer(max(soonest - time.monotonic(), 0), self._sweep)
            self._sweeper.daemon = True
            self._sweeper.start()

    def _sweep(self) -> None:
        with self._lock:
            now = time.monotonic()
            for key in [key for key, copy in self._copies.items() if copy.until <= now]:
                del self._copies[key]
            self._sweeper = None
            self._sweep_later()
