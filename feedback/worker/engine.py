"""The job engine, Procrastinate, in two forms: on PostgreSQL for any number of machines, in memory for one process.

A job's payload is one number. Jobs are not facts: nothing is lost with them, as the tick defers them again.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import JobDeferrer
from procrastinate.testing import InMemoryConnector
from psycopg import AsyncConnection
from sqlalchemy.orm import Session

from feedback.config import Settings
from feedback.services.mail.queue_mails import Defer, leave_to_the_tick
from feedback.services.waves.find_due import Act
from feedback.worker.due import PRIORITIES, Chore, Due, Task

WAVES, MAIL, HOOKS = "waves", "mail", "hooks"
_WITH_MAIL = (
    *(Act.SEND, Act.TELL, Chore.SUPPORT, Chore.TELL_FORMER, Chore.TELL_STAFF, Chore.READ_BOUNCES, Chore.MAIL_LINKS),
    Chore.TELL_OF_END,
    Chore.TRY_MAILS,
)
FIRST = 100
_CONNECTIONS = 4
_CONNECT_SECONDS = 10
_KNOWN = "SELECT queueing_lock FROM procrastinate_jobs WHERE queueing_lock = ANY(%(names)s)"


def engine_for(queue_url: str | None) -> App:
    """Return an engine without tasks, not yet open."""
    if queue_url is None:
        return App(connector=InMemoryConnector())
    connector = PsycopgConnector(
        conninfo=queue_url,
        min_size=1,
        max_size=_CONNECTIONS,
        timeout=_CONNECT_SECONDS,
        name="jobs",
        configure=_commit_each_statement,
    )
    return App(connector=connector)


# A worker that freezes between a statement and its commit would hold the rows of jobs and workers locked against all
# others. Each of the engine's acts is one statement.
async def _commit_each_statement(connection: AsyncConnection) -> None:
    await connection.set_autocommit(True)


def queue_of(task: Task) -> str:
    """Return the queue of a task: what talks to the relay, or to web hooks, is kept apart from what must not wait."""
    if task is Chore.CALL_HOOK:
        return HOOKS
    return MAIL if task in _WITH_MAIL else WAVES


def job_name(due: Due) -> str:
    """Return the name of a job, which no two waiting and no two running jobs share."""
    return f"{due.task}:{due.number}"


def job_for(engine: App, due: Due) -> JobDeferrer:
    """Return what defers the job for `due`, whoever does it."""
    name, priority = job_name(due), PRIORITIES.get(due.task, 0)
    # What would discard a wave waits for a try to close it that is under way.
    lock = f"end:{due.number}" if due.task in {Act.CLOSE, Act.DISCARD} else name
    queue = queue_of(due.task)
    return engine.configure_task(due.task.value, queue=queue, priority=priority, lock=lock, queueing_lock=name)


async def known_jobs(engine: App, names: Iterable[str]) -> set[str]:
    """Return which of `names` belong to a job that waits or runs."""
    if isinstance(engine.connector, InMemoryConnector):
        return {job["queueing_lock"] for job in engine.connector.jobs.values()} & set(names)
    rows = await engine.connector.execute_query_all_async(_KNOWN, names=list(names))
    return {row["queueing_lock"] for row in rows}


def defer_for(settings: Settings) -> Defer:
    """Return what tells workers about new batches; batches that have to wait for their turn are left to the tick."""
    is_left = settings.postgresql_url is None or settings.mails_per_minute is not None
    return leave_to_the_tick if is_left else defer_batches


def defer_batches(session: Session, batch_ids: Sequence[int]) -> None:
    """Defer the sending of new batches in the transaction that wrote them, which keeps both or neither."""
    jobs = [job_for(_DESK, Due(Act.SEND, number)).make_new_job(number=number) for number in batch_ids]
    # The savepoint keeps a refused job from taking the whole transaction with it; the tick defers it later. It is made
    # when the session is asked for its connection, not before.
    with suppress(AlreadyEnqueued), session.begin_nested():
        connection = session.connection().connection.driver_connection
        _DESK.job_manager.batch_defer_jobs(jobs=jobs, connection=connection)


# Never opened: it writes through the sessions of others.
_DESK = App(connector=SyncPsycopgConnector())
