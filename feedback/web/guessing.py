"""Counts addresses that led nowhere, so that whoever tries them by the thousand is told to stop.

Only failures count and only failures are told, so nobody with a link of their own is ever in the way of somebody else.
A visitor's network address is never kept: a minute's count lies in memory, until the first failure after that minute,
under a hash whose salt this process drew.
"""

import hashlib
import logging
import secrets

from flask import Flask, current_app, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

MOST_FAILURES = 600
"""In a minute from one network address: many more than a whole office makes that opens yesterday's mail."""
_EXTENSION = "feedback-guessing"
_LIMIT = RateLimitItemPerMinute(MOST_FAILURES)
log = logging.getLogger(__name__)


class Guesses:
    """The failures of the last minute, by hashed network address."""

    def __init__(self) -> None:
        """Draw a salt that dies with the process."""
        self._salt = secrets.token_bytes(16)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def too_many(self, network_address: str) -> bool:
        """Count one failure; tell whether it is one too many."""
        key = hashlib.blake2b(network_address.encode(), key=self._salt, digest_size=16).hexdigest()
        if self._limiter.hit(_LIMIT, key):
            return False
        if self._limiter.hit(RateLimitItemPerMinute(1), "told"):
            log.warning("more than %s addresses in a minute led nowhere: somebody may be guessing", MOST_FAILURES)
        return True


def count_guesses(app: Flask) -> None:
    """Begin to count for this application."""
    app.extensions[_EXTENSION] = Guesses()


def failed_too_often() -> bool:
    """Count the failure of this request; tell whether there were too many."""
    guesses: Guesses = current_app.extensions[_EXTENSION]
    return guesses.too_many(request.remote_addr or "")
