"""Write what this release leaves behind in the middle of a programme: `python -m tests.released.make`, at a release."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, create_engine, event, select

from feedback.app import create_app
from feedback.config import read_settings
from feedback.demo.mailbox import Mailbox
from feedback.demo.relay import start_smtp
from feedback.domain.survey.questionnaire_files import read_questionnaire
from feedback.domain.survey.questionnaires import Questionnaire, Role
from feedback.domain.waves.states import WaveState
from feedback.resources import migrations_folder
from feedback.storage.grants import grant_keys, grant_main
from feedback.storage.revision import newest_revision
from feedback.storage.waves import wave_by_id
from tests.conftest import MASTER_KEY, PEPPER
from tests.databases import Pair, SqliteServer
from tests.postgres import postgres_server
from tests.released import FOLDER
from tests.world import FixedClock, World, hidden_value

_SMALL = """
name = "{stage}-{role}"
version = 1
stage = "{stage}"
role = "{role}"
title.en = "Small"
[[sections]]
code = "all"
title.en = "All of it"
[[questions]]
code = "C1"
section = "all"
kind = "one"
text.en = "Do you talk about {{focus}}?"
source = "own"
licence = "CC0-1.0"
[[questions.options]]
code = "no"
text.en = "No"
[[questions.options]]
code = "yes"
text.en = "Yes"
[[questions.options]]
code = "so-so"
text.en = "So so"
[[questions]]
code = "F2"
section = "all"
kind = "text"
text.en = "What would help?"
required = false
max_chars = 100
source = "own"
licence = "CC0-1.0"
"""
_GRANTS = ("GRANT", "CREATE POLICY", "ALTER TABLE")


def _small(stage: str) -> dict[Role, Questionnaire]:
    return {role: read_questionnaire(_SMALL.format(stage=stage, role=role), f"{stage}-{role}.toml") for role in Role}


@contextmanager
def _new_world(folder: Path, pair: Pair) -> Iterator[World]:
    mailbox, clock = Mailbox(folder / "mailbox"), FixedClock()
    relay = start_smtp(mailbox, "127.0.0.1", 0)
    environment = {
        "FEEDBACK_INSTANCE": str(folder / "instance"),
        "FEEDBACK_DATABASE_URL": pair.main,
        "FEEDBACK_KEYS_URL": pair.keys,
        "FEEDBACK_MASTER_KEY": MASTER_KEY,
        "FEEDBACK_SESSION_KEY": "s" * 32,
        "FEEDBACK_PEPPER": PEPPER,
        "FEEDBACK_BASE_URL": "https://feedback.example.com",
        "FEEDBACK_SMTP_PORT": str(relay.port),
        "FEEDBACK_MAIL_SENDER": "feedback@example.com",
    }
    world = World(create_app(read_settings(environment), clock), clock, mailbox, "sqlite")
    yield world.begin_to_serve()
    world.dispose()
    relay.stop()


def _live(world: World) -> dict[str, Any]:
    """One wave closed, one open that six have answered and a seventh is about to, one planned."""
    programme = world.programme(8, 7)
    closed = world.open(world.planned_wave(programme, questionnaires=_small("kickoff")))
    world.send_mails()
    for number, link in enumerate(world.links(closed)[:12]):
        world.answer(link, (f"Help number {number}.",), C1="yes" if number % 3 else "no")
    world.close(closed)
    world.do_what_is_due()
    world.clock.pass_time(days=30)
    reminder = (world.clock() + timedelta(days=7),)
    plan = {"stage": "midpoint", "questionnaires": _small("midpoint"), "reminders_at": reminder}
    running = world.open(world.planned_wave(programme, **plan))
    world.send_mails()
    links = world.links(running)
    for number, link in enumerate(links[:6]):
        world.answer(link, ("Written before.",), C1="yes" if number % 3 else "no")
    begun = hidden_value(world.fill_in(links[6], ("",), C1="yes"), "state")
    planned = world.planned_wave(programme, days=60, stage="exit", questionnaires=_small("exit"))
    with world.session() as session:
        wave = wave_by_id(session, planned)
        wave.state, wave.opens_at = WaveState.SCHEDULED, world.clock() + timedelta(days=30)
        session.commit()
    return {"now": world.clock().isoformat(), "links": links, "begun": begun}


def _rows(address: str) -> dict[str, Any]:
    engine, metadata = create_engine(address), MetaData()
    metadata.reflect(engine)
    found = {}
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            rows = [[_plain(value) for value in row] for row in connection.execute(select(table))]
            if rows and table.name != "alembic_version":
                found[table.name] = {"columns": [column.name for column in table.columns], "rows": rows}
    engine.dispose()
    return found


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, datetime | date) else value


def _rights() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"main": [], "keys": []}
    with postgres_server() as server, server.pair() as pair:
        for name, address, grant in (("main", pair.main, grant_main), ("keys", pair.keys, grant_keys)):
            engine = create_engine(address)

            def hear(_connection: Connection, _cursor: object, said: str, *_rest: object, name: str = name) -> None:
                if said.startswith(_GRANTS) and "procrastinate_" not in said:
                    found[name].append(said)

            event.listen(engine, "before_cursor_execute", hear)
            grant(engine)
            engine.dispose()
    return found


def made() -> dict[str, Any]:
    """What this release would leave behind."""
    folder = Path(tempfile.mkdtemp())
    revisions = {name: newest_revision(migrations_folder() / name) for name in ("main", "keys")}
    with SqliteServer(folder).pair() as pair:
        with _new_world(folder, pair) as world:
            lived = _live(world)
        rows = {"main": _rows(pair.main), "keys": _rows(pair.keys)}
    return {"revisions": revisions, **lived, "rights": _rights(), "rows": rows}


def make() -> Path:
    """Write the file of this release and return its path."""
    left = made()
    path = FOLDER / f"{left['revisions']['main']}.json"
    path.write_text(json.dumps(left, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    make()
