"""What goes wrong is logged, but not every second: in full the first time, then in a line now and then."""

import logging
import time
from collections.abc import Callable, Hashable

AGAIN_AFTER_SECONDS = 600


class ThrottledLog:
    """Remembers what was said of what, until it is settled."""

    def __init__(self, log: logging.Logger, seconds: Callable[[], float] = time.monotonic) -> None:
        """`seconds` is any clock that never goes back."""
        self._log, self._seconds = log, seconds
        self._said: dict[Hashable, tuple[str, float]] = {}

    def report(self, about: Hashable, text: str, error: BaseException | None = None) -> None:
        """Say `text`, unless it is what was said last and not long ago; with the places of an `error` if it is new."""
        last, said_at = self._said.get(about, (None, 0.0))
        is_new = text != last
        if is_new or self._seconds() - said_at >= AGAIN_AFTER_SECONDS:
            self._said[about] = (text, self._seconds())
            level = logging.WARNING if error is None else logging.ERROR
            self._log.log(level, "%s", text, exc_info=error if is_new else None)

    def resolve(self, about: Hashable) -> None:
        """Forget what was said: the next report is a new one."""
        self._said.pop(about, None)
