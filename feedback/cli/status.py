"""`feedback status`: what is due, what is late, and whether anybody is at work; for people, scripts and watchers."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import click
from flask.cli import with_appcontext

from feedback.cli.output import as_json_option, say, write_json
from feedback.resources import migrations_folder
from feedback.runtime import runtime
from feedback.services.take_stock import Stock
from feedback.services.upgrade_databases import Condition, conditions

WRONG = 1


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
    main, keys = conditions(tools.engines, migrations_folder())
    stock = tools.stock() if main is Condition.CURRENT else None
    wrong = [*_faults("main database", main), *_faults("key store", keys), *(_wrong(stock) if stock else ())]
    if as_json:
        write_json({"wrong": wrong, "main_database": main, "key_store": keys, **(_figures(stock) if stock else {})})
    else:
        say(f"Databases   main {main}, key store {keys}")
        _tell(stock, wrong)
    if check and wrong:
        sys.exit(WRONG)


def _faults(name: str, condition: Condition) -> Iterator[str]:
    if condition is Condition.OUTDATED:
        yield f"The {name} is not up to date: run `feedback db upgrade`."
    if condition is Condition.UNUSABLE:
        yield f"The {name} cannot be used: see that its server runs and lets this process in."


def _wrong(stock: Stock) -> Iterator[str]:
    if stock.worker_is_silent:
        seen = f"the last one reported {_moment(stock.last_tick)}" if stock.last_tick else "none has reported yet"
        yield f"No worker is at work: {seen}. Start `feedback work`."
    for one in stock.late:
        blame = "; the mail relay does not take it" if one.is_put_off else ""
        yield f"Late: {one.act} of wave {one.wave_id} has been due for {_span(one.age(stock.now))}{blame}."
    if stock.overdue_keys:
        yield f"{stock.overdue_keys} waves that are over still have keys. A worker destroys them at its next tick."
    if stock.overdue_comments:
        yield f"{stock.overdue_comments} waves have comments whose time is over. A worker destroys them."


def _figures(stock: Stock) -> dict[str, object]:
    acts = [{"act": one.act, "wave": one.wave_id, "since": one.since, "put_off": one.is_put_off} for one in stock.due]
    return {
        "now": stock.now,
        "last_tick": stock.last_tick,
        "due": acts,
        "batches_waiting": stock.batches_waiting,
        "batches_put_off": stock.batches_put_off,
        "mails": stock.mails,
        "waves": stock.waves,
        "overdue_keys": stock.overdue_keys,
        "overdue_comments": stock.overdue_comments,
        "running": [asdict(line) for line in stock.lines],
    }


def _tell(stock: Stock | None, wrong: list[str]) -> None:
    if stock is not None:
        say(f"Worker      last tick {_moment(stock.last_tick)}")
        say(f"Mails       {_counts(stock.mails.items())}")
        say(f"Batches     {stock.batches_waiting} may go now, {stock.batches_put_off} put off by the relay")
        say(f"Waves       {_counts(stock.waves.items())}")
        for one in stock.due:
            say(f"Due         {one.act} of wave {one.wave_id}, for {_span(one.age(stock.now))}")
        for line in stock.lines:
            when = _moment(line.next_at) if line.next_at else "by hand"
            say(f"Wave {line.id:<6} {line.programme}, {line.stage}: {line.state}; next: {line.next_act}, {when}")
    for sentence in wrong:
        say(f"WRONG       {sentence}")
    if not wrong:
        say("All is well.")


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
