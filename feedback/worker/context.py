"""What a job needs to do its work."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from feedback.domain.pace import Pace
from feedback.mail.relay import Relay
from feedback.runtime import Runtime
from feedback.sender import sender_settings_of
from feedback.services.mail.queue_mails import Defer
from feedback.services.mail.sender_settings import SenderSettings
from feedback.worker.bounce_round import BounceRound
from feedback.worker.idle_round import IdleRound
from feedback.worker.log_round import LogRound

if TYPE_CHECKING:
    from feedback.guarded_calls import GuardedCaller


@dataclass(frozen=True, kw_only=True)
class WorkerContext(Runtime):
    """The process's collaborators and what only a worker has.

    `scope` opens a database session of its own for each job; `defer` tells all workers of new batches; `pace` is the
    relay's quota, if it has one; `stopping` is set once the worker is told to stop.
    """

    relay: Relay
    scope: Callable[[], AbstractContextManager[Session]]
    defer: Defer
    pace: Pace | None
    bounces: BounceRound
    idle: IdleRound
    log: LogRound
    stopping: Event = field(default_factory=Event)

    @property
    def caller(self) -> "GuardedCaller":
        """Return what calls web hooks."""
        # Where nobody has any, it is not loaded.
        from feedback.guarded_calls import GuardedCaller

        return GuardedCaller(self.settings.inside_hosts)

    @property
    def sender_settings(self) -> SenderSettings:
        """What mails show of the sender."""
        return sender_settings_of(self.settings)
