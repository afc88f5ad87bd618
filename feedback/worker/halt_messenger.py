"""Has administrators told that nothing is done, and tries again where the relay does not take it."""

import logging
import time
from collections.abc import Callable

from sqlalchemy.orm import Session

from feedback.domain.errors import MailRefused
from feedback.services.mail.tell_of_halt import forget_halt, tell_of_halt
from feedback.storage.heartbeat import Halt
from feedback.worker.context import WorkerContext
from feedback.worker.throttled_log import ThrottledLog

_NEXT_ATTEMPT_SECONDS = 300.0
# A clock that is right one minute and wrong the next is one piece of news.
_NEXT_NEWS_SECONDS = 6 * 3600.0


class HaltMessenger:
    """Of one worker. Its pauses are told by the time that passes: the clock is what may be wrong."""

    def __init__(self, context: WorkerContext, passed: Callable[[], float] = time.monotonic) -> None:
        """Nothing is known yet of what others have told. `passed`: seconds since some moment or other."""
        self._context, self._passed = context, passed
        self._problems = ThrottledLog(logging.getLogger(__name__))
        self._quiet_until, self._may_have_told = 0.0, True

    def tell(self, session: Session, halt: Halt | None) -> None:
        """Take note of whether something keeps workers from acting; whoever has to know is told once."""
        if halt is None:
            if self._may_have_told:
                forget_halt(session)
                self._may_have_told = False
        elif self._passed() >= self._quiet_until:
            self._tell(session, halt)

    def _tell(self, session: Session, halt: Halt) -> None:
        self._may_have_told = True
        self._quiet_until = self._passed() + _NEXT_NEWS_SECONDS
        try:
            tell_of_halt(session, self._context.relay, halt, sender_settings=self._context.sender_settings)
        except MailRefused as error:
            self._quiet_until = self._passed() + _NEXT_ATTEMPT_SECONDS
            self._problems.report("halt", str(error))
