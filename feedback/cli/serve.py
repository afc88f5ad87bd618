"""`feedback serve`: the pages."""

import logging
import os

import click
from flask.cli import with_appcontext
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from feedback.cli.application import served_app
from feedback.cli.serving import bring_pepper
from feedback.config import Serves, wants_json_logs
from feedback.domain.errors import DatabasesDiffer
from feedback.logs import server_logs
from feedback.resources import migrations_folder
from feedback.runtime import Runtime, runtime
from feedback.services.installation.check_databases import check_databases

_LONGEST_HEAD_MILLISECONDS = 10_000
# More than the front lets arrive at once, so that there is room for those who are not slow.
_MOST_CONNECTIONS = 2048

log = logging.getLogger(__name__)

_NOBODY_YET = (
    "Nobody can sign in yet: `feedback organisation create NAME --administrator-name … --administrator-email …` makes "
    "the first organisation, and prints a sign-in link for its administrator."
)


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
        _check_journal(tools)
    if settings.serves is not Serves.PARTICIPANTS:
        # The participants' process holds no key, and loads nothing that could read one.
        from feedback.services.installation.check_master_key import check_master_key

        check_master_key(tools.keys)
        _warn_if_nobody_can_sign_in(tools)
    tools.engines.dispose()
    # Loaded before the workers are forked, which then share it.
    served_app()
    log.info("serving %s on port %d; Ctrl-C ends it", settings.serves, settings.listen_port)
    Granian(
        "feedback.app:front_from_environment",
        factory=True,
        interface=Interfaces.ASGINL,
        address=settings.listen_host,
        port=settings.listen_port,
        workers=workers,
        # Whoever is slow with a head is cut off here; with the rest, by the front.
        http1_settings=HTTP1Settings(header_read_timeout=_LONGEST_HEAD_MILLISECONDS),
        backlog=_MOST_CONNECTIONS,
        backpressure=_MOST_CONNECTIONS,
        respawn_failed_workers=True,
        websockets=False,
        # Participants were promised that no time is recorded; of staff no path and no network address is.
        log_access=settings.serves is Serves.STAFF,
        log_access_format="%(method)s %(status)d %(dt_ms).1f ms",
        log_dictconfig=server_logs(as_json=wants_json_logs(os.environ)),
    ).serve()


def _check_journal(tools: Runtime) -> None:
    """Take no answer to a survey that is over by the journal."""
    if tools.settings.journal is None:
        return
    # Loaded where there is a journal.
    from feedback.services.installation.check_journal import journal_fault

    with tools.reading() as connection:
        fault = journal_fault(connection, tools.settings.journal)
    if fault is not None:
        raise DatabasesDiffer(fault)


def _warn_if_nobody_can_sign_in(tools: Runtime) -> None:
    # The participants' process does without.
    from feedback.services.programmes.create_organisation import any_organisation

    with tools.session() as session:
        if not any_organisation(session):
            # Not made here: the link of the first administrator would stand in a log.
            log.warning(_NOBODY_YET)
