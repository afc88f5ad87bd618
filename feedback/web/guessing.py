"""Counts addresses that led nowhere, so that whoever tries them by the thousand is told to stop.

Only failures are counted and only failures are answered so: nobody with a link of their own gets in another's way.
A visitor's network address is never kept: a minute's count lies in memory under a hash, whose salt this process drew,
until the first failure after that minute.
"""

import hashlib
import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable
from threading import Lock

from flask import Flask, current_app, request

MOST_FAILURES = 600
"""Per minute and network address: many more than a whole office makes when it opens yesterday's mail."""
_EXTENSION = "feedback-guessing"
_MINUTE = 60
log = logging.getLogger(__name__)
_MANY = "more than %s addresses in a minute led nowhere: somebody may be guessing"


class Guesses:
    """The failures of a minute that begins with the first of them, by hashed network address."""

    def __init__(
        self, seconds: Callable[[], float] = time.monotonic, *, most: int = MOST_FAILURES, said: str = _MANY
    ) -> None:
        """Draw a salt that dies with the process. `seconds` is any clock that never goes back.

        Beyond `most` of one address it is `said` in the log, once a minute.
        """
        self._salt, self._seconds, self._lock = secrets.token_bytes(16), seconds, Lock()
        self._most, self._said = most, said
        self._counts: Counter[bytes] = Counter()
        self._ends_at, self._was_told = seconds(), False

    def too_many(self, network_address: str) -> bool:
        """Count one failure; tell whether it is one too many."""
        key = hashlib.blake2b(network_address.encode(), key=self._salt, digest_size=16).digest()
        with self._lock:
            now = self._seconds()
            if now >= self._ends_at:
                self._counts.clear()
                self._ends_at, self._was_told = now + _MINUTE, False
            self._counts[key] += 1
            is_one_too_many = self._counts[key] > self._most
            is_news = is_one_too_many and not self._was_told
            self._was_told |= is_one_too_many
        if is_news:
            log.warning(self._said, self._most)
        return is_one_too_many


def count_guesses(app: Flask) -> None:
    """Begin to count for this application."""
    app.extensions[_EXTENSION] = Guesses()


def failed_too_often() -> bool:
    """Count the failure of this request; tell whether there were too many."""
    guesses: Guesses = current_app.extensions[_EXTENSION]
    return guesses.too_many(request.remote_addr or "")
