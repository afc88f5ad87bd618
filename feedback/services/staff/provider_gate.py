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
_BUSY = sentence("Too many people are signing in at this moment. Try again in a few seconds.")


class ProviderGate:
    """Lets few threads through, one for each provider, and remembers for a while which provider has failed."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        """Take a clock that never goes back."""
        self._seconds, self._lock = seconds, threading.Lock()
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._turns: dict[str, threading.Lock] = {}
        self._failed: dict[str, float] = {}

    @contextmanager
    def passed(self, issuer: str, *, most_seconds: float) -> Iterator[None]:
        """Run the block when it is this provider's turn; raise ProviderAway if none comes, or it has just failed.

        That the block raises ProviderAway is remembered.
        """
        self._check(issuer)
        if not self._places.acquire(blocking=False):
            raise ProviderAway(_BUSY)
        try:
            with self._turn(issuer, most_seconds):
                # Whoever waited has waited for one that has failed meanwhile.
                self._check(issuer)
                yield
        except ProviderAway as away:
            if away.said != _BUSY:
                self._note(issuer)
            raise
        finally:
            self._places.release()

    @contextmanager
    def _turn(self, issuer: str, most_seconds: float) -> Iterator[None]:
        with self._lock:
            turn = self._turns.setdefault(issuer, threading.Lock())
        if not turn.acquire(timeout=most_seconds):
            raise ProviderAway(_BUSY)
        try:
            yield
        finally:
            turn.release()

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
