"""Promise: when something breaks, nothing is half done, and whoever waits is told in a sentence what to do.

The database vanishes or is locked, answers are too big, tampered with or hostile, the clock jumps, keys are missing
or come from yesterday.
"""

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, make_url, text

from feedback.app import create_app
from feedback.config import read_settings
from feedback.domain.errors import DatabasesDiffer, FeedbackError, KeysMissing, RosterRefused, WaveNotReady
from feedback.domain.waves.states import WaveState
from feedback.services.roster.import_roster import import_roster
from feedback.storage.database import db
from feedback.storage.people import Participant
from feedback.storage.reports import StoredReport
from feedback.storage.responses import count_responses
from forms.bank import pair
from tests.answering import ready_to_send
from tests.databases import ON_POSTGRESQL, ON_SQLITE, Pair
from tests.promises.closing import answered_wave, begin, finish, how_many, rows_left, state_of
from tests.world import FixedClock, World


def stored(world: World, wave: int) -> int:
    with world.session() as session:
        return count_responses(session, wave)


def take_a_table_away(databases: Pair) -> None:
    engine = create_engine(databases.main)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE entitlements RENAME TO gone"))
    engine.dispose()


@ON_SQLITE
def test_a_file_that_vanished_answers_503_and_serves_again_when_it_is_back(world: World, databases: Pair) -> None:
    link = world.links(world.open_wave())[0]
    folder = Path(databases.main.removeprefix("sqlite:///")).parent
    world.dispose()
    folder.rename(f"{folder}-away")
    page = world.client().get(f"/s/{link}")
    Path(f"{folder}-away").rename(folder)
    assert (page.status_code, page.headers["Retry-After"]) == (503, "30")
    assert world.client().get(f"/s/{link}").status_code == 200


@pytest.mark.own_databases
def test_a_database_that_lacks_a_table_tells_participants_nothing_of_itself(world: World, databases: Pair) -> None:
    link = world.links(world.open_wave())[0]
    take_a_table_away(databases)
    page = world.client().get(f"/s/{link}")
    assert page.status_code in {500, 503}
    assert "entitlements" not in page.text


@ON_SQLITE
def test_a_locked_database_answers_503_and_stores_nothing(world: World, databases: Pair) -> None:
    wave = world.open_wave()
    link = world.links(wave)[0]
    form = ready_to_send(world, link)
    hurry(world)
    with sqlite3.connect(databases.main.removeprefix("sqlite:///")) as locker:
        locker.execute("BEGIN IMMEDIATE")
        page = world.client().post(f"/s/{link}/send", data=form)
        locker.rollback()
    assert (page.status_code, page.headers["Retry-After"]) == (503, "30")
    assert stored(world, wave) == 0


def hurry(world: World) -> None:
    """Wait for a lock for a moment only."""
    with world.app.app_context():
        event.listen(
            db.engine, "begin", lambda connection: connection.exec_driver_sql("PRAGMA busy_timeout=50"), insert=True
        )
        db.engine.dispose()


@pytest.mark.own_databases
@ON_POSTGRESQL
def test_a_database_that_went_away_answers_503(world: World, databases: Pair) -> None:
    link = world.links(world.open_wave())[0]
    rename(databases, "away")
    page = world.client().get(f"/s/{link}")
    rename(databases, "back")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "30")
    assert world.client().get(f"/s/{link}").status_code == 200


def rename(databases: Pair, direction: str) -> None:
    url = make_url(databases.main)
    name, away = url.database, f"{url.database}_away"
    old, new = (name, away) if direction == "away" else (away, name)
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :old"), {"old": old}
        )
        connection.execute(text(f'ALTER DATABASE "{old}" RENAME TO "{new}"'))
    admin.dispose()


def test_a_megabyte_is_refused_and_stores_nothing(world: World) -> None:
    wave = world.open_wave()
    page = world.client().post(f"/s/{world.links(wave)[0]}/questions", data={"F2": "x" * 1_000_000})
    assert page.status_code == 413
    assert stored(world, wave) == 0


@ON_SQLITE
@pytest.mark.parametrize("text_sent", ["\u0315\u0316" * 20_000, "x" * 60_000, "🙂" * 20_000])
def test_a_text_far_over_its_limit_comes_back_with_what_was_typed(world: World, text_sent: str) -> None:
    link = world.links(world.open_wave())[0]
    page = world.send_part(link, F2=text_sent)
    assert page.status_code == 422
    assert "too long" in page.text
    assert text_sent in page.text


NOT_OFFERED = (
    {"C1-now": "6"},
    {"C1-now": "very' OR 1=1"},
    {"N1.recommend": "yes", "N1": "everything"},
    {"C1-now": "none-of-these"},
    {"C1-now": "does-not-apply"},
)


@ON_SQLITE
@pytest.mark.parametrize("changed", NOT_OFFERED)
def test_an_option_that_was_not_offered_is_refused(world: World, changed: dict[str, str]) -> None:
    wave = world.open_wave(questionnaires=pair("exit"), stage="exit")
    assert world.send_part(world.links(wave)[0], **changed).status_code == 422
    assert stored(world, wave) == 0


@ON_SQLITE
@pytest.mark.parametrize("state", ["", "AAAA", "not base64!", "A" * 2000])
def test_a_tampered_page_sends_nothing(world: World, state: str) -> None:
    wave = world.open_wave()
    page = world.client().post(f"/s/{world.links(wave)[0]}/send", data={"state": state, "go": "send"})
    assert page.status_code == 422
    assert stored(world, wave) == 0


def test_control_and_bidirectional_characters_are_taken_out_before_anything_is_kept(world: World) -> None:
    link = world.links(world.open_wave())[0]
    page = world.send_part(link, F2="good\x00\x1b[31m \u202eevil\u202c <script>")
    assert page.status_code == 200
    assert "good[31m evil &lt;script&gt;" in page.text
    assert not set("\x00\x1b\u202e\u202c") & set(page.text)


def test_a_clock_that_jumps_back_opens_nothing_twice_and_sends_nothing_twice(world: World) -> None:
    wave = world.open_wave()
    world.send_mails()
    world.clock.pass_time(days=-30)
    world.do_what_is_due()
    assert world.mailbox.count() == 27
    assert state_of(world, wave) == WaveState.OPEN


def test_a_clock_that_jumps_far_ahead_closes_once(world: World) -> None:
    wave = answered_wave(world)
    world.clock.pass_time(days=4000)
    world.do_what_is_due()
    world.do_what_is_due()
    assert state_of(world, wave) == WaveState.CLOSED


def other_service(environment: dict[str, str], clock: FixedClock, world: World, **changed: str) -> World:
    settings = read_settings({**environment, **changed})
    return World(create_app(settings, clock), clock, world.mailbox, world.kind)


def test_a_wrong_master_key_closes_nothing_and_says_which_variable(
    world: World, environment: dict[str, str], clock: FixedClock
) -> None:
    wave = answered_wave(world)
    begin(world, wave)
    wrong = other_service(environment, clock, world, FEEDBACK_MASTER_KEY="A" * 43 + "=")
    with pytest.raises(KeysMissing, match="FEEDBACK_MASTER_KEY"):
        finish(wrong, wave)
    assert rows_left(world, wave)[0] == 20
    finish(world, wave)
    wrong.dispose()


@ON_SQLITE
def test_a_key_store_restored_from_before_the_opening_opens_nothing_and_makes_no_new_keys(
    world: World, databases: Pair, tmp_path: Path
) -> None:
    programme = world.programme()
    file, backup = Path(databases.keys.removeprefix("sqlite:///")), tmp_path / "yesterday.sqlite"
    with sqlite3.connect(file) as source, sqlite3.connect(backup) as target:
        source.backup(target)
    wave = answered_wave(world, programme)
    begin(world, wave)
    world.dispose()
    for part in file.parent.glob("keys.sqlite*"):
        part.unlink()
    shutil.copy(backup, file)
    with pytest.raises(DatabasesDiffer):
        finish(world, wave)
    assert (state_of(world, wave), rows_left(world, wave)[0]) == (WaveState.CLOSING, 20)
    assert world.keys.purposes_held() == {}


@ON_SQLITE
def test_a_key_store_restored_from_before_the_close_is_emptied_again(
    world: World, databases: Pair, tmp_path: Path
) -> None:
    wave = answered_wave(world)
    file, backup = Path(databases.keys.removeprefix("sqlite:///")), tmp_path / "yesterday.sqlite"
    with sqlite3.connect(file) as source, sqlite3.connect(backup) as target:
        source.backup(target)
    world.close(wave)
    world.dispose()
    for part in file.parent.glob("keys.sqlite*"):
        part.unlink()
    shutil.copy(backup, file)
    world.do_what_is_due()
    assert "link" not in world.keys.purposes_held().get(wave, set())
    assert "response" not in world.keys.purposes_held().get(wave, set())


def test_a_bad_roster_changes_nothing(world: World) -> None:
    programme = world.programme()
    data = b"name,email,role\nAna,ana@example.com,mentor\nBo,bo-at-example.com,mentee\n"
    with world.session() as session, pytest.raises(RosterRefused) as refused:
        import_roster(session, world.keys, programme, data, now=world.clock(), actor="test")
    assert "Line 3, email" in refused.value.problems[0]
    assert how_many(world, Participant.programme_id == programme) == 27


def test_two_openings_at_once_open_once(world: World) -> None:
    wave = world.planned_wave(world.programme())
    outcomes: list[object] = []

    def attempt() -> None:
        try:
            outcomes.append(world.open(wave))
        except FeedbackError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(wave) == 1
    assert all(isinstance(one, WaveNotReady) for one in outcomes if one != wave)
    assert rows_left(world, wave) == (0, 27)


def test_two_closes_at_once_publish_one_report(world: World) -> None:
    wave = answered_wave(world)
    begin(world, wave)
    outcomes: list[object] = []

    def attempt() -> None:
        try:
            finish(world, wave)
            outcomes.append("closed")
        except FeedbackError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("closed") >= 1
    assert state_of(world, wave) == WaveState.CLOSED
    assert how_many(world, StoredReport.wave_id == wave) == 1
