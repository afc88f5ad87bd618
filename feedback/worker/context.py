"""What a job needs to do its work."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.pace import Pace
from feedback.mail import Relay
from feedback.services.mail.queue_mails import Defer
from feedback.services.mail.send_mail import SenderSettings
from feedback.storage.keys import KeyStore
from feedback.worker.bounce_round import BounceRound


@dataclass(frozen=True)
class WorkerContext:
    """Collaborators of the worker. `scope` opens a database session of its own for each job.

    `queue_url` says on which PostgreSQL database the jobs lie; without it they lie in this process only. `pace` is the
    relay's quota, if it has one.
    """

    scope: Callable[[], AbstractContextManager[Session]]
    keys: KeyStore
    relay: Relay
    clock: Callable[[], datetime]
    sender_settings: SenderSettings
    alarm_after: timedelta
    queue_url: str | None
    defer: Defer
    pace: Pace | None
    bounces: BounceRound
