"""`feedback serve` and `feedback work`: the pages, and the worker that opens, sends, reminds and closes."""

import sys

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from feedback.cli.output import say
from feedback.cli.serving import Ending, WebThread
from feedback.jobs.worker import Worker, WorkerThread
from feedback.resources import migrations_folder
from feedback.runtime import bench, runtime
from feedback.services.upgrade_databases import check_databases


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Serve the pages until Ctrl-C.

    \b
    Example:  FEEDBACK_LISTEN_PORT=8000 feedback serve
    """
    tools = runtime()
    check_databases(tools.engines, migrations_folder())
    ending = Ending()
    settings = tools.settings
    web = WebThread(this_app(), settings.listen_host, settings.listen_port, "FEEDBACK_LISTEN_PORT")
    web.start()
    say(f"Serving {settings.base_url} on {settings.listen_host}:{settings.listen_port}. Ctrl-C ends it.")
    ending.wait()
    web.stop()


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
    worker.start()
    say("Working. Ctrl-C ends it.")
    ending.wait()
    worker.stop()
    sys.exit(int(ending.is_failure))


def this_app() -> Flask:
    """Return the application itself, which other threads may use."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # Flask's documented way
    return app
