"""The application: a numbered list of calls, each of which adds one thing."""

import os
from typing import TYPE_CHECKING, Any

from flask import Flask

from feedback.config import Serves, Settings, read_settings, wants_json_logs
from feedback.logs import configure_logs
from feedback.resources import templates_folder
from feedback.runtime import Clock, install_runtime, runtime_of, system_clock
from feedback.storage.database import READER, db, guard_engine, guard_reader
from feedback.web.templates import STATIC, prepare_templates

if TYPE_CHECKING:
    from feedback.web.front import Front

LARGEST_POST_BYTES = 256 * 1024


def create_app(settings: Settings, clock: Clock = system_clock) -> Flask:
    """Return a ready application."""
    app = create_app_without_pages(settings, clock)
    add_pages(app)
    return app


def add_pages(app: Flask) -> None:
    """Add the pages that the settings name, and load no others."""
    # Loaded only now: most commands need no page.
    from feedback.web.pages import register_pages

    settings = runtime_of(app).settings
    register_pages(app, settings.serves, settings.base_url)


def create_app_without_pages(settings: Settings, clock: Clock = system_clock) -> Flask:
    """Return an application for work that needs no page; `add_pages` makes it whole."""
    app = Flask("feedback", template_folder=str(templates_folder()), static_folder=STATIC, static_url_path="/static")
    _configure(app, settings)  # 1
    prepare_templates(app)  # 2
    _prepare_databases(app)  # 3
    install_runtime(app, settings, clock)  # 4
    return app


def _engine_options(url: str) -> dict[str, Any]:
    # No engine may write a statement's values into a log or an error: some lead to a person, some are keys.
    # A file does not go away as a server does, and to ask for it takes as long as to read a right.
    return {"hide_parameters": True, "pool_pre_ping": not url.startswith("sqlite")}


def _configure(app: Flask, settings: Settings) -> None:
    is_secure = settings.base_url.startswith("https://")
    app.config.update(
        SECRET_KEY=settings.vault.session_key if settings.vault else None,
        # Not "__Host-", which would send it to participants' pages too.
        SESSION_COOKIE_NAME="__Secure-feedback-staff" if is_secure else "feedback-staff",
        SESSION_COOKIE_PATH="/staff/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_secure,
        # For how long a browser is known again. How long it is signed in is in a row.
        PERMANENT_SESSION_LIFETIME=24 * 3600,
        # A form's token lasts as long as its browser is known: nobody loses what took an hour to write.
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=LARGEST_POST_BYTES,
        MAX_FORM_MEMORY_SIZE=LARGEST_POST_BYTES,
        MAX_FORM_PARTS=500,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_BINDS=_binds(settings),
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings.database_url),
    )


def _binds(settings: Settings) -> dict[str, dict[str, Any]]:
    url = settings.database_url
    reader = {"url": url, "isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None}
    binds = {READER: _engine_options(url) | reader}
    if settings.vault:
        binds["keys"] = {**_engine_options(settings.vault.keys_url), "url": settings.vault.keys_url}
    return binds


def _prepare_databases(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        for bind, engine in db.engines.items():
            guard = guard_reader if bind == READER else guard_engine
            guard(engine)


def create_app_from_environment() -> Flask:
    """Return an application that serves, with the settings of the environment; raises SettingsRefused."""
    app = create_command_app()
    add_pages(app)
    if runtime_of(app).settings.serves is not Serves.STAFF:
        from feedback.web.participants.drawn_ahead import keep_drawing

        keep_drawing(app)
    return app


def front_from_environment() -> "Front":
    """Return the same behind what takes requests whole; raises SettingsRefused."""
    from feedback.web.front import LARGEST_ROSTER_POST, THREADS, Front

    app = create_app_from_environment()
    takes_files = runtime_of(app).settings.serves is not Serves.PARTICIPANTS
    return Front(app, threads=THREADS, largest=LARGEST_ROSTER_POST if takes_files else LARGEST_POST_BYTES)


def create_command_app() -> Flask:
    """Return the same without pages; a command that serves some adds them."""
    configure_logs(as_json=wants_json_logs(os.environ))
    settings = read_settings(os.environ)
    if settings.embedded:
        # The databases lie beside the master key; nobody else on this machine is to read them.
        os.umask(0o077)
    return create_app_without_pages(settings)
