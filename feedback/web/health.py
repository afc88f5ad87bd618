"""Tells whoever watches the process whether it is alive and able to serve. Says nothing about anybody."""

import logging

from flask import Blueprint, Response, current_app, make_response
from sqlalchemy import Connection

from feedback.resources import migrations_folder
from feedback.runtime import runtime
from feedback.services.installation.check_databases import DatabaseState, database_states
from feedback.services.installation.check_pepper import pepper_fault

health = Blueprint("health", __name__)
DRAWN_AHEAD = "feedback-drawn-ahead"
"""The extension of a process that draws participants' pages before somebody visits them."""
ALSO_ASKED = "feedback-also-asked"
"""The extension that says what else keeps a process that holds keys from being ready, or None."""
_NOT_READY = {
    DatabaseState.UNUSABLE: "a database cannot be used",
    DatabaseState.TOO_OLD: "a database is on a server that is too old",
    DatabaseState.OUTDATED: "the databases are not up to date",
    DatabaseState.UNWRITABLE: "a database cannot be written to: its disk is full, or it is read-only",
}
log = logging.getLogger(__name__)


@health.get("/healthz")
def is_alive() -> Response:
    """Say that the process answers; touches nothing else."""
    return _plain("alive", 200)


@health.get("/readyz")
def is_ready() -> Response:
    """Say whether the databases can be used and are up to date, and the secrets are the known ones; 503 if not."""
    tools = runtime()
    found = set(database_states(tools.engines, migrations_folder()))
    for state, said in _NOT_READY.items():
        if state in found:
            log.warning("not ready: %s", said)
            return _plain(said, 503)
    if tools.settings.pepper is not None:
        with tools.reading() as connection:
            fault = pepper_fault(connection, tools.settings.pepper) or _journal_fault(connection)
        if fault is not None:
            return _plain(fault, 503)
    fault = current_app.extensions.get(ALSO_ASKED, lambda: None)()
    if fault is not None:
        return _plain(fault, 503)
    ahead = current_app.extensions.get(DRAWN_AHEAD)
    if ahead is not None and not ahead.is_done:
        return _plain("the pages are not drawn yet", 503)
    return _plain("ready", 200)


def _journal_fault(connection: Connection) -> str | None:
    path = runtime().settings.journal
    if path is None:
        return None
    # Loaded where there is a journal.
    from feedback.services.installation.check_journal import journal_fault

    return journal_fault(connection, path)


def _plain(text: str, status: int) -> Response:
    return make_response(text + "\n", status, {"Content-Type": "text/plain; charset=utf-8"})
