"""`feedback serve`: the pages."""

import logging
import os

import click
from flask.cli import with_appcontext
from granian import Granian
from granian.constants import Interfaces

from feedback.cli.application import served_app
from feedback.cli.serving import THREADS, bring_pepper
from feedback.config import Serves, wants_json_logs
from feedback.logs import server_logs
from feedback.resources import migrations_folder
from feedback.runtime import runtime
from feedback.services.installation.check_databases import check_databases

log = logging.getLogger(__name__)


@click.command("serve")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes that answer.")
@with_appcontext
def serve(workers: int) -> None:
    """Serve the pages until Ctrl-C; which ones, FEEDBACK_SERVES says.

    \b
    Example:  FEEDBACK_SERVES=participants FEEDBACK_LISTEN_PORT=8000 feedback serve
    """
    tools = runtime()
    check_databases(tools.engines, migrations_folder())
    settings = tools.settings
    if settings.serves is not Serves.STAFF:
        bring_pepper(tools)
    tools.engines.dispose()
    # Loaded before the workers are forked, which then share it.
    served_app()
    log.info("serving %s on port %d; Ctrl-C ends it", settings.serves, settings.listen_port)
    Granian(
        "feedback.app:create_app_from_environment",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.listen_host,
        port=settings.listen_port,
        workers=workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        websockets=False,
        # Participants were promised that no time is recorded; of staff no path and no network address is.
        log_access=settings.serves is Serves.STAFF,
        log_access_format="%(method)s %(status)d %(dt_ms).1f ms",
        log_dictconfig=server_logs(as_json=wants_json_logs(os.environ)),
    ).serve()
