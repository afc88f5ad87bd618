"""The application: a numbered list of calls, each of which adds one thing."""

import os
from typing import Any

from flask import Flask, current_app, request, url_for
from jinja2 import StrictUndefined

from feedback.config import Serves, Settings, SmtpSecurity, read_settings, wants_json_logs
from feedback.logs import configure_logs
from feedback.resources import templates_folder
from feedback.runtime import Clock, install_runtime, system_clock
from feedback.storage.database import READER, db, guard_engine, guard_reader
from feedback.web.bounces import bounce_hook
from feedback.web.errors import turn_errors_into_pages
from feedback.web.guessing import count_guesses
from feedback.web.headers import add_headers
from feedback.web.health import health
from feedback.web.home import home
from feedback.web.languages import add_languages
from feedback.web.metrics import metrics
from feedback.web.participants.accessibility import accessibility
from feedback.web.participants.opt_out import opt_out_pages
from feedback.web.participants.pages import participant
from feedback.web.participants.receipts import receipt_pages
from feedback.web.participants.results import results_pages
from feedback.web.participants.support import support_pages
from feedback.web.staff import staff
from feedback.web.staff.sessions import StaffSessions

LARGEST_POST_BYTES = 256 * 1024


def create_app(settings: Settings, clock: Clock = system_clock) -> Flask:
    """Return a ready application."""
    app = Flask("feedback", template_folder=str(templates_folder()), static_folder=_STATIC, static_url_path="/static")
    _configure(app, settings)  # 1
    _prepare_templates(app)  # 2
    _prepare_databases(app)  # 3
    install_runtime(app, settings, clock)  # 4
    _add_pages(app, settings.serves)  # 5
    turn_errors_into_pages(app)  # 6
    count_guesses(app)  # 7
    add_headers(app, secure=settings.base_url.startswith("https://"))  # 8
    return app


_STATIC = "web/static"
# No engine may write a statement's values into a log or an error: some lead to a person, some are keys.
_DISCREET = {"hide_parameters": True, "pool_pre_ping": True}


def _configure(app: Flask, settings: Settings) -> None:
    smtp = settings.smtp
    app.config.update(
        SECRET_KEY=settings.vault.session_key if settings.vault else None,
        SESSION_COOKIE_NAME="feedback-staff",
        SESSION_COOKIE_PATH="/staff",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=8 * 3600,
        MAX_CONTENT_LENGTH=LARGEST_POST_BYTES,
        MAX_FORM_MEMORY_SIZE=LARGEST_POST_BYTES,
        MAX_FORM_PARTS=500,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_BINDS=_binds(settings),
        SQLALCHEMY_ENGINE_OPTIONS=_DISCREET,
        MAIL_SERVER=smtp.host,
        MAIL_PORT=smtp.port,
        MAIL_USE_TLS=smtp.security is SmtpSecurity.STARTTLS,
        MAIL_USE_SSL=smtp.security is SmtpSecurity.TLS,
        MAIL_USERNAME=smtp.user,
        MAIL_PASSWORD=smtp.password,
        MAIL_DEFAULT_SENDER=smtp.sender,
    )
    app.session_interface = StaffSessions()


def _binds(settings: Settings) -> dict[str, dict[str, Any]]:
    binds = {READER: {**_DISCREET, "url": settings.database_url, "isolation_level": "AUTOCOMMIT"}}
    if settings.vault:
        binds["keys"] = {**_DISCREET, "url": settings.vault.keys_url}
    return binds


def _prepare_templates(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"accessibility_url": _accessibility_url()})
    add_languages(app)


def _accessibility_url() -> str | None:
    """Return where the statement is; the staff's own process, and mails, have none."""
    return url_for("accessibility.statement") if request and "accessibility" in current_app.blueprints else None


def _prepare_databases(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        for bind, engine in db.engines.items():
            guard = guard_reader if bind == READER else guard_engine
            guard(engine)


def _add_pages(app: Flask, serves: Serves) -> None:
    app.register_blueprint(home)
    app.register_blueprint(health)
    if serves is not Serves.STAFF:
        for pages in (participant, opt_out_pages, results_pages, support_pages, receipt_pages, accessibility):
            app.register_blueprint(pages)
    if serves is not Serves.PARTICIPANTS:
        app.register_blueprint(metrics)
        app.register_blueprint(staff)
        app.register_blueprint(bounce_hook)


def create_app_from_environment() -> Flask:
    """Return an application with the settings of the environment; raises SettingsRefused."""
    configure_logs(as_json=wants_json_logs(os.environ))
    settings = read_settings(os.environ)
    if settings.embedded:
        # The databases lie beside the master key; nobody else on this machine is to read them.
        os.umask(0o077)
    return create_app(settings)
