"""Who may wait for a provider: so few threads at once that an outage of providers never uses all of them up."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from feedback.domain.errors import CallRefused, ProviderAway, sentence

MOST_AT_ONCE = 3
"""So many threads of a process talk to providers, or wait for their turn: of eight that serve pages."""
REMEMBERED = 30.0
"""For so many seconds a provider that has failed is not asked again."""
AWAY = sentence(
    "The place where your organisation signs in does not answer at the moment. Try again in a minute, or ask whoever "
    "looks after it."
)
FAULTY = "It answers with an error of its own."
MOST_FOR_ONE = 2
"""So many of them for one provider, of whom one waits for its turn: a slow one never closes the gate to others."""
TURN_SECONDS = 2.0
BUSY = sentence("Too many people are signing in at this moment. Try again in a few seconds.")


class ProviderGate:
    """Lets few threads through, one for each provider, and remembers for a while which provider has failed."""

    def __init__(
        self,
        seconds: Callable[[], float] = time.monotonic,
        report: Callable[[str, str], None] = lambda _issuer, _what: None,
    ) -> None:
        """Take a clock that never goes back, and what tells operators once of a failure: by issuer and in words."""
        self._seconds, self._report, self._lock = seconds, report, threading.Lock()
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._here: dict[str, tuple[threading.Lock, int]] = {}
        self._failed: dict[str, float] = {}
        self._reported: dict[tuple[str, str], float] = {}

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
                self.report(issuer, _words_for(away))
            raise
        finally:
            self._places.release()

    def report(self, issuer: str, what: str) -> None:
        """Tell operators what is wrong with a provider, unless they were told just that a while ago."""
        now = self._seconds()
        with self._lock:
            self._reported = {one: at for one, at in self._reported.items() if now < at + REMEMBERED}
            if (issuer, what) in self._reported:
                return
            self._reported[issuer, what] = now
        self._report(issuer, what)

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


def _words_for(away: ProviderAway) -> str:
    """Return what went wrong; only kinds of errors, never what a server has said."""
    if isinstance(away.__cause__, CallRefused):
        return str(away.__cause__)
    return FAULTY if away.__cause__ is None else type(away.__cause__).__name__
