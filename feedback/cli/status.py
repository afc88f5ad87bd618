"""`feedback status`: what is due, what is late, and whether anybody is at work; for people, scripts and watchers."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import click
from flask.cli import with_appcontext

from feedback.cli.output import answer, as_json_option
from feedback.domain.epochs import JournalState
from feedback.domain.waves.waits import WAIT_WORDS, Wait
from feedback.resources import migrations_folder
from feedback.runtime import Runtime, runtime
from feedback.services.installation.check_databases import DatabaseState, database_states
from feedback.services.installation.check_journal import lies_beside
from feedback.services.installation.check_master_key import master_key_fault
from feedback.services.installation.check_pepper import pepper_fault
from feedback.services.installation.check_restored import restore_faults
from feedback.services.installation.clock_doubts import CLOCK_DOUBTS, MEND_CLOCK
from feedback.services.installation.find_traces import find_traces
from feedback.services.installation.read_status import ServiceStatus, read_status
from feedback.services.waves.find_waits import find_waits

WRONG = 1
_NOT_SHOWN = {"alarm_after", "lines", "epochs"}


@click.command("status")
@click.option("--check", is_flag=True, help="Exit with 1 if something is wrong.")
@as_json_option
@with_appcontext
def status(*, check: bool, as_json: bool) -> None:
    """Say how the service stands. Never how many have answered.

    \b
    Example:  feedback status --check
    """
    tools = runtime()
    main, keys = database_states(tools.engines, migrations_folder())
    status = _read(tools) if main.can_be_read else None
    are_usable = main.can_be_read and keys.can_be_read
    wrong = [
        *_faults("main database", main),
        *_faults("key store", keys),
        *(_wrong(status) if status else ()),
        *(_near_journal(tools) if status else ()),
        *(_unknown_pepper(tools) if status else ()),
        *(_unknown_master_key(tools) if are_usable else ()),
        *(find_traces(tools.engines) if are_usable else ()),
    ]
    waits = find_waits(tools.session(), now=tools.clock()) if status else ()
    databases = {"wrong": wrong, "main_database": main, "key_store": keys}
    lines = [f"Databases   main {main}, key store {keys}", *_lines(status, waits, wrong)]
    answer({**databases, **(_figures(status, waits) if status else {})}, lines, as_json=as_json)
    if check and wrong:
        sys.exit(WRONG)


def _read(tools: Runtime) -> ServiceStatus:
    after = tools.settings.watching.alarm_after
    return read_status(tools.session(), tools.keys, now=tools.clock(), alarm_after=after)


def _faults(name: str, state: DatabaseState) -> Iterator[str]:
    if state is DatabaseState.OUTDATED:
        yield f"The {name} is not up to date: run `feedback db upgrade`."
    if state is DatabaseState.TOO_OLD:
        yield f"The {name} is {state}, which lacks rights that its processes need: move it to a newer one."
    if state is DatabaseState.UNWRITABLE:
        yield (
            f"The {name} cannot be written to, so no answer is taken and nothing is opened, sent or closed: its disk "
            "is full, or it is read-only (a standby, a file system). Make room; what was thanked for is there."
        )
    if state is DatabaseState.UNUSABLE:
        yield f"The {name} cannot be used: see that its server runs and lets this process in."


def _near_journal(tools: Runtime) -> Iterator[str]:
    settings = tools.settings
    is_usual = settings.embedded and settings.journal is not None and settings.journal.parent == settings.instance
    if settings.journal is not None and not is_usual and lies_beside(settings.journal, tools.engines):
        yield (
            "FEEDBACK_JOURNAL lies on the disk of a database, so that it would be lost or restored with it: name a "
            "file in a second place."
        )


def _unknown_pepper(tools: Runtime) -> Iterator[str]:
    with tools.reading() as connection:
        fault = pepper_fault(connection, tools.settings.pepper)
    if fault is not None:
        yield fault


def _unknown_master_key(tools: Runtime) -> Iterator[str]:
    fault = master_key_fault(tools.keys)
    if fault is not None:
        yield fault


def _wrong(status: ServiceStatus) -> Iterator[str]:
    if status.clock_doubt:
        yield f"A worker does nothing: {CLOCK_DOUBTS[status.clock_doubt]} {MEND_CLOCK}"
    if status.epochs:
        yield from restore_faults(status.epochs)
    if status.worker_is_silent:
        seen = f"the last one reported {_moment(status.last_tick)}" if status.last_tick else "none has reported yet"
        yield f"No worker is at work: {seen}. Start `feedback work`."
    for one in status.late:
        blame = "; the mail relay does not take it" if one.is_put_off else ""
        yield f"Late: {one.act} of wave {one.wave_id} has been due for {_span(one.age(status.now))}{blame}."
    for line in status.lines:
        if line.fails_since:
            end = f"; it is discarded unread at {_moment(line.gives_up_at)}" if line.gives_up_at else ""
            yield f"Wave {line.id} has been trying to close since {_moment(line.fails_since)} without success{end}."
    for refused in status.sender_refused:
        code = f" ({refused.code})" if refused.code else ""
        yield (
            f"The mail relay refuses the sender{code}: {refused.mails} emails of wave {refused.wave_id} wait, and go "
            "out by themselves once it takes them. See its quota, and whether this service may send through it."
        )
    if status.overdue_keys:
        yield f"{status.overdue_keys} waves that are over still have keys. A worker destroys them at its next tick."
    if status.overdue_comments:
        yield f"{status.overdue_comments} waves have comments whose time is over. A worker destroys them."


def _figures(status: ServiceStatus, waits: Iterable[Wait]) -> dict[str, object]:
    acts = [{"act": one.act, "wave": one.wave_id, "since": one.since, "put_off": one.is_put_off} for one in status.due]
    figures = {name: value for name, value in vars(status).items() if name not in _NOT_SHOWN}
    refused = [one._asdict() for one in status.sender_refused]
    return {
        **figures,
        "restored": status.restored,
        "due": acts,
        "sender_refused": refused,
        "waits": [{"wave": one.wave_id, "for": one.reason, "until": one.until} for one in waits],
        "running": [asdict(line) for line in status.lines],
    }


def _lines(status: ServiceStatus | None, waits: Iterable[Wait], wrong: list[str]) -> Iterator[str]:
    if status is not None:
        yield f"Steps       {_steps(status)}"
        yield f"Worker      last tick {_moment(status.last_tick)}"
        yield f"Emails      {_counts(status.mails.items())}"
        yield f"Batches     {status.batches_waiting} may go now, {status.batches_put_off} put off by the relay"
        yield f"Waves       {_counts(status.waves.items())}"
        for one in status.due:
            yield f"Due         {one.act} of wave {one.wave_id}, for {_span(one.age(status.now))}"
        for line in status.lines:
            when = _moment(line.next_at) if line.next_at else "by hand"
            yield f"Wave {line.id:<6} {line.programme}, {line.stage}: {line.state}; next: {line.next_act}, {when}"
    for wait in waits:
        yield f"Waits       Wave {wait.wave_id}: {WAIT_WORDS[wait.reason] % {'until': _moment(wait.until)}}"
    yield from (f"WRONG       {sentence}" for sentence in wrong)
    if not wrong:
        yield "All is well."


def _steps(status: ServiceStatus) -> str:
    if status.epochs is None:
        return "the key store cannot be asked"
    journal = status.epochs.journal
    is_told = journal.state in {JournalState.SOUND, JournalState.MISSING}
    third = len(journal.steps) if is_told else journal.state
    counts = f"{len(status.epochs.main)} in the main database, {len(status.epochs.keys)} in the key store"
    if journal.state is JournalState.UNUSED:
        return f"{counts}; FEEDBACK_JOURNAL names no journal, so it may go unnoticed if both are restored together"
    return f"{counts}, {third} in the journal"


def _counts(counts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts if count) or "none"


def _moment(at: datetime | None) -> str:
    return "never" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _span(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
