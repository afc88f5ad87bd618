"""Who may wait for a provider: so few threads at once that an outage of providers never uses all of them up."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from feedback.domain.errors import ProviderAway, sentence

MOST_AT_ONCE = 3
"""So many threads of a process talk to providers, or wait for their turn: of eight that serve pages."""
REMEMBERED = 30.0
"""For so many seconds a provider that has failed is not asked again."""
AWAY = sentence(
    "The place where your organisation signs in does not answer at the moment. Try again in a minute, or ask whoever "
    "looks after it."
)
MOST_FOR_ONE = 2
"""So many of them for one provider, of whom one waits for its turn: a slow one never closes the gate to others."""
TURN_SECONDS = 2.0
BUSY = sentence("Too many people are signing in at this moment. Try again in a few seconds.")


class ProviderGate:
    """Lets few threads through, one for each provider, and remembers for a while which provider has failed."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        """Take a clock that never goes back."""
        self._seconds, self._lock = seconds, threading.Lock()
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._here: dict[str, tuple[threading.Lock, int]] = {}
        self._failed: dict[str, float] = {}

    @contextmanager
    def passed(self, issuer: str) -> Iterator[None]:
        """Run the block when it is this provider's turn; raise ProviderAway if none comes soon, or it has just failed.

        That the block raises ProviderAway is remembered, unless it says that too many are here.
        """
        self._check(issuer)
        if not self._places.acquire(blocking=False):
            raise ProviderAway(BUSY)
        try:
            with self._turn(issuer):
                # Whoever waited has waited for one that has failed meanwhile.
                self._check(issuer)
                yield
        except ProviderAway as away:
            if away.said != BUSY:
                self._note(issuer)
            raise
        finally:
            self._places.release()

    @contextmanager
    def _turn(self, issuer: str) -> Iterator[None]:
        with self._lock:
            turn, here = self._here.get(issuer, (threading.Lock(), 0))
            if here >= MOST_FOR_ONE:
                raise ProviderAway(BUSY)
            self._here[issuer] = turn, here + 1
        try:
            if not turn.acquire(timeout=TURN_SECONDS):
                raise ProviderAway(BUSY)
            try:
                yield
            finally:
                turn.release()
        finally:
            self._leave(issuer)

    def _leave(self, issuer: str) -> None:
        with self._lock:
            turn, here = self._here.pop(issuer)
            if here > 1:
                self._here[issuer] = turn, here - 1

    def _check(self, issuer: str) -> None:
        with self._lock:
            failed = self._failed.get(issuer)
        if failed is not None and self._seconds() < failed + REMEMBERED:
            raise ProviderAway(AWAY)

    # Being refused for an earlier failure does not make it last longer.
    def _note(self, issuer: str) -> None:
        now = self._seconds()
        with self._lock:
            self._failed = {one: at for one, at in self._failed.items() if now < at + REMEMBERED}
            self._failed.setdefault(issuer, now)
