"""`feedback serve` and `feedback work`: the pages, and the worker that opens, sends, reminds and closes."""

import logging
import os
import sys

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from granian import Granian
from granian.constants import Interfaces

from feedback.cli.serving import THREADS, Ending, Only, WebThread
from feedback.config import Serves, wants_json_logs
from feedback.jobs.worker import Worker, WorkerThread
from feedback.logs import server_logs
from feedback.resources import migrations_folder
from feedback.runtime import bench, runtime
from feedback.services.upgrade_databases import check_databases

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
    tools.engines.dispose()
    settings = tools.settings
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


@click.command("work")
@with_appcontext
def work() -> None:
    """Open, send, remind and close what is due, until Ctrl-C. Run one worker.

    \b
    Example:  feedback work
    """
    check_databases(runtime().engines, migrations_folder())
    ending = Ending()
    worker = WorkerThread(Worker(bench(this_app())), ending.fail)
    watch = _watch()
    worker.start()
    log.info("working; Ctrl-C ends it")
    ending.wait()
    worker.stop()
    if watch is not None:
        watch.stop()
    sys.exit(int(ending.is_failure))


def _watch() -> WebThread | None:
    """Answer whoever watches the worker, on this machine only, if FEEDBACK_METRICS_PORT is set."""
    port = runtime().settings.watching.port
    if port is None:
        return None
    only = Only(this_app(), "/healthz", "/readyz", "/metrics")
    watch = WebThread(only, "127.0.0.1", port, "FEEDBACK_METRICS_PORT")
    watch.start()
    return watch


def this_app() -> Flask:
    """Return the application itself, which other threads may use."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # Flask's documented way
    return app
