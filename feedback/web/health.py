"""For whoever watches the process: alive, and able to serve. Says nothing about anybody."""

from flask import Blueprint, Response, make_response

from feedback.domain.errors import DatabaseOutdated
from feedback.resources import migrations_folder
from feedback.runtime import runtime
from feedback.services.upgrade_databases import check_databases

health = Blueprint("health", __name__)


@health.get("/healthz")
def is_alive() -> Response:
    """Say that the process answers; touches nothing else."""
    return _plain("alive", 200)


@health.get("/readyz")
def is_ready() -> Response:
    """Say whether the databases can be reached and are up to date; 503 if not."""
    try:
        check_databases(runtime().engines, migrations_folder())
    except DatabaseOutdated:
        return _plain("the databases are not up to date", 503)
    return _plain("ready", 200)


def _plain(text: str, status: int) -> Response:
    return make_response(text + "\n", status, {"Content-Type": "text/plain; charset=utf-8"})
