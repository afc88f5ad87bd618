"""The typed collaborators of one running service, built once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import Flask, current_app
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from feedback.config import Settings
from feedback.domain.errors import SettingsRefused
from feedback.domain.pace import Pace
from feedback.mail import Relay
from feedback.services.installation.read_status import ServiceStatus, read_status
from feedback.services.installation.upgrade_databases import Engines
from feedback.services.mail.queue_mails import Defer, leave_to_the_tick
from feedback.services.mail.send_mail import SenderSettings
from feedback.services.waves.known_surveys import KnownSurveys
from feedback.storage.database import READER, db
from feedback.storage.keys import KeyStore
from feedback.worker.bounce_round import BounceRound
from feedback.worker.context import WorkerContext
from feedback.worker.engine import defer_batches

Clock = Callable[[], datetime]
_EXTENSION = "feedback"


def system_clock() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Runtime:
    """What pages and commands work with. `clock` gives aware times in UTC."""

    settings: Settings
    relay: Relay
    clock: Clock
    key_store: KeyStore | None
    surveys: KnownSurveys = field(default_factory=KnownSurveys)

    @property
    def keys(self) -> KeyStore:
        """Return the key store; SettingsRefused in the participants' process, which holds none."""
        if self.key_store is None:
            raise SettingsRefused("FEEDBACK_SERVES is participants: this process holds no key store.")
        return self.key_store

    def session(self) -> Session:
        """Return the session of the current request or command."""
        return db.session()

    def reading(self) -> Connection:
        """Return a connection on which the database refuses every write; close it, or use it in a `with`."""
        return db.engines[READER].connect()

    @property
    def engines(self) -> Engines:
        """Return the two databases."""
        return Engines(main=db.engine, keys=db.engines.get("keys"))

    def status(self) -> ServiceStatus:
        """Return how the service stands, in figures."""
        return read_status(self.session(), self.keys, now=self.clock(), alarm_after=self.settings.watching.alarm_after)

    @property
    def queue_url(self) -> str | None:
        """Return where jobs lie that several processes share: on PostgreSQL, else nowhere."""
        url = self.settings.database_url
        return url.replace("+psycopg", "", 1) if url.startswith("postgresql") else None

    @property
    def pace(self) -> Pace | None:
        """Return the relay's quota, if it has one."""
        quota = self.settings.mails_per_minute
        return None if quota is None else Pace(quota)

    @property
    def defer(self) -> Defer:
        """Return what tells the workers of new batches; whatever has to wait for its turn is left to their tick."""
        return leave_to_the_tick if self.queue_url is None or self.pace else defer_batches

    @property
    def sender_settings(self) -> SenderSettings:
        """What mails show of the sender."""
        return SenderSettings(self.settings.base_url, self.settings.smtp.sender, self.settings.bounces.address)


def install_runtime(app: Flask, settings: Settings, clock: Clock) -> None:
    """Build the collaborators and keep them with `app`, whose databases must be initialised."""
    keys = None
    if settings.vault is not None:
        with app.app_context():
            keys = KeyStore(db.engines["keys"], settings.vault.master_keys)
    app.extensions[_EXTENSION] = Runtime(settings, Relay(app, settings.smtp.ca_file), clock, keys)


def runtime() -> Runtime:
    """Return the collaborators of the current application."""
    found: Runtime = current_app.extensions[_EXTENSION]
    return found


def worker_context(app: Flask) -> WorkerContext:
    """Return what the worker needs, with a database session that each job opens for itself."""
    tools: Runtime = app.extensions[_EXTENSION]

    @contextmanager
    def scope() -> Iterator[Session]:
        with app.app_context():
            yield db.session()

    return WorkerContext(
        scope=scope,
        keys=tools.keys,
        relay=tools.relay,
        clock=tools.clock,
        sender_settings=tools.sender_settings,
        alarm_after=tools.settings.watching.alarm_after,
        queue_url=tools.queue_url,
        defer=tools.defer,
        pace=tools.pace,
        bounces=BounceRound(tools.settings.bounces.box),
    )
