"""The typed collaborators of one running service, built once."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from flask import Flask, current_app
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from feedback.config import Settings
from feedback.domain.errors import SettingsRefused
from feedback.domain.providers import host_of
from feedback.services.installation.check_databases import Engines
from feedback.state_cache import StateCache
from feedback.storage.database import READER, db

if TYPE_CHECKING:
    from feedback.rendering.pdf import PdfSettings
    from feedback.services.staff.provider_desk import ProviderDesk
    from feedback.storage.keys import KeyStore

Clock = Callable[[], datetime]
_EXTENSION = "feedback"
_log = logging.getLogger(__name__)


def system_clock() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Runtime:
    """What pages and commands work with. `clock` gives aware times in UTC; `key_store` loads the key store once.

    `desk_of_providers` loads what talks to providers, once.
    """

    settings: Settings
    clock: Clock
    key_store: "Callable[[], KeyStore] | None"
    desk_of_providers: "Callable[[], ProviderDesk] | None"
    kept: StateCache = field(default_factory=StateCache)
    """Pages of published reports, for their next visitors."""

    @property
    def keys(self) -> "KeyStore":
        """Return the key store; SettingsRefused in the participants' process, which holds none."""
        if self.key_store is None:
            raise SettingsRefused("FEEDBACK_SERVES is participants: this process holds no key store.")
        return self.key_store()

    @property
    def providers(self) -> "ProviderDesk":
        """Return what talks to providers; SettingsRefused in the participants' process, which calls nobody."""
        if self.desk_of_providers is None:
            raise SettingsRefused("FEEDBACK_SERVES is participants: this process signs nobody in.")
        return self.desk_of_providers()

    @property
    def pdf_settings(self) -> "PdfSettings":
        """Return what PDFs are set with."""
        # The participants' process sets none.
        from feedback.rendering.pdf import PdfSettings
        from feedback.resources import templates_folder

        return PdfSettings(templates_folder(), self.settings.fonts)

    def session(self) -> Session:
        """Return the session of the current request or command."""
        return db.session()

    def reading(self) -> Connection:
        """Return a connection on which the database refuses every write; close it, or use it in a `with`."""
        return db.engines[READER].connect()

    def writing(self) -> Connection:
        """Return a connection that writes without a session; commit, and close it, or use it in a `with`."""
        return db.engine.connect()

    @property
    def engines(self) -> Engines:
        """Return the two databases."""
        return Engines(main=db.engine, keys=db.engines.get("keys"))


def install_runtime(app: Flask, settings: Settings, clock: Clock) -> None:
    """Build the collaborators and keep them with `app`, whose databases must be initialised."""
    app.extensions[_EXTENSION] = Runtime(settings, clock, _key_store(app, settings), _desk_of_providers(settings))


def _key_store(app: Flask, settings: Settings) -> "Callable[[], KeyStore] | None":
    if settings.vault is None:
        return None
    master_keys, path = settings.vault.master_keys, settings.journal

    @cache
    def load() -> "KeyStore":
        # Whoever needs no key does not even load what could read one.
        from feedback.storage.journal import Journal
        from feedback.storage.keys import KeyStore

        with app.app_context():
            return KeyStore(db.engines["keys"], master_keys, Journal(path) if path else None)

    return load


def _desk_of_providers(settings: Settings) -> "Callable[[], ProviderDesk] | None":
    if settings.vault is None:
        return None

    @cache
    def load() -> "ProviderDesk":
        # Its libraries are large: where nobody signs in by a provider they are not loaded.
        from feedback.guarded_calls import GuardedCaller
        from feedback.services.staff.provider_desk import ProviderDesk
        from feedback.services.staff.provider_gate import ProviderGate

        return ProviderDesk(GuardedCaller(settings.inside_hosts), ProviderGate(report=log_of_provider))

    return load


def log_of_provider(issuer: str, what: str) -> None:
    """Tell operators what is wrong with a provider of some organisation."""
    provider = host_of(issuer)
    _log.warning("nobody signs in by %s: %s", provider, what, extra={"provider": provider})


def runtime() -> Runtime:
    """Return the collaborators of the current application."""
    return runtime_of(current_app)


def runtime_of(app: Flask) -> Runtime:
    """Return the collaborators of `app`."""
    found: Runtime = app.extensions[_EXTENSION]
    return found
