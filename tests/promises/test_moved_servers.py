"""Promise: without a journal too, both databases restored together close nothing again before somebody was asked.

PostgreSQL tells by where the main database lies. A volume that is set back as a whole is not known.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from feedback.domain.epochs import RestoreDoubt
from feedback.domain.errors import DatabasesDiffer, RestoreUnanswered
from feedback.domain.waves.states import WaveState
from feedback.services.installation.answer_restore import (
    RestoreAnswer,
    RestoreAnswers,
    answer_restore,
    note_closed_since,
    restore_questions,
    waves_to_ask_for,
)
from feedback.services.waves.enter_step import agree
from feedback.storage import server_mark
from feedback.storage.grants import GroupRole, grant_main
from feedback.storage.reports import StoredReport
from feedback.storage.server_mark import lies_elsewhere, note_place
from tests.cli.test_commands import output, run
from tests.cli.test_restores import answered_at_a_terminal
from tests.databases import ON_POSTGRESQL, Pair, PostgresServer
from tests.killing import world_on
from tests.promises.closing import how_many, newly_answered_wave, rows_left, state_of, stored_report
from tests.promises.test_answered_restores import exported
from tests.promises.test_restored import tick
from tests.promises.visits import engine_of
from tests.storage.test_grants import as_role
from tests.world import FixedClock, World

pytestmark = [ON_POSTGRESQL, pytest.mark.own_databases]
NONE_LOST = RestoreAnswers({}, {}, none_lost=True)


def is_elsewhere(world: World) -> bool:
    with world.session() as session:
        assert agree(session, world.keys) is not lies_elsewhere(session)
        return lies_elsewhere(session)


def answer(world: World, answers: RestoreAnswers) -> None:
    with world.session() as session:
        answer_restore(session, world.keys, answers, now=world.clock(), actor="test")


@pytest.fixture
def wave(world: World) -> int:
    """A survey that is answered, in a database that knows where it lies."""
    note_place(engine_of(world))
    return newly_answered_wave(world)


@contextmanager
def restored(world: World, server: PostgresServer, databases: Pair, environment: dict[str, str]) -> Iterator[World]:
    """Both databases as they are now, put into new ones, in a service that had no journal."""
    world.dispose()
    with (
        server.copy_of(databases) as pair,
        world_on(pair, environment, world.mailbox, world.kind, world.clock()) as (copy, _reach),
    ):
        yield copy


def test_both_copies_of_an_open_survey_close_nothing_before_somebody_was_asked(
    world: World, wave: int, server: PostgresServer, databases: Pair, environment: dict[str, str]
) -> None:
    assert not is_elsewhere(world)
    with restored(world, server, databases, environment) as copy:
        assert is_elsewhere(copy)
        assert tick(copy) == (RestoreDoubt.MOVED,)
        with pytest.raises(DatabasesDiffer):
            copy.close(wave)
        assert how_many(copy, StoredReport.wave_id == wave) == 0
        with pytest.raises(RestoreUnanswered, match="--none-lost"):
            answer(copy, RestoreAnswers({}, {}))
        answer(copy, NONE_LOST)
        assert not is_elsewhere(copy)
        assert tick(copy) == ()
        assert how_many(copy, StoredReport.wave_id == wave) == 1


def test_to_name_a_journal_after_the_restore_takes_no_doubt_away(
    world: World, wave: int, server: PostgresServer, databases: Pair, environment: dict[str, str], tmp_path: Path
) -> None:
    named = environment | {"FEEDBACK_JOURNAL": str(tmp_path / "journal.json")}
    with restored(world, server, databases, named) as copy:
        assert tick(copy) == (RestoreDoubt.MOVED,)
        with pytest.raises(DatabasesDiffer):
            copy.close(wave)
        assert how_many(copy, StoredReport.wave_id == wave) == 0


def test_a_survey_that_was_closed_since_gets_its_report_back_and_no_second_one(
    world: World, wave: int, server: PostgresServer, databases: Pair, environment: dict[str, str]
) -> None:
    with restored(world, server, databases, environment) as copy:
        world.close(wave)
        file = exported(world, wave)
        with copy.session() as session:
            assert waves_to_ask_for(session, copy.keys) == (wave,)
            with pytest.raises(RestoreUnanswered):
                note_closed_since(session, copy.keys, (wave + 1,))
            note_closed_since(session, copy.keys, (wave,))
            (question,) = restore_questions(session, copy.keys, now=copy.clock())
        assert {RestoreAnswer.REPORT, RestoreAnswer.WITHOUT_REPORT} <= set(question.answers)
        assert state_of(copy, wave) == WaveState.CLOSED
        with pytest.raises(RestoreUnanswered):
            answer(copy, NONE_LOST)
        answer(copy, RestoreAnswers({}, {"kickoff.json": file}, none_lost=True))
        assert stored_report(copy, wave).document == stored_report(world, wave).document
        assert tick(copy) == ()


def test_a_command_says_what_is_asked_and_takes_one_answer(
    world: World, wave: int, server: PostgresServer, databases: Pair, environment: dict[str, str]
) -> None:
    with restored(world, server, databases, environment) as copy:
        refused = run(copy, "db", "restored")
        assert refused.exit_code == 1
        assert "lies on another server, or elsewhere on it" in refused.output
        assert isinstance(refused.exception, RestoreUnanswered)
        assert "lies on another server" in run(copy, "status").output
        output(copy, "db", "restored", "--closed", str(wave), "--without-report", str(wave), "--none-lost")
        assert "nothing speaks of a restore" in output(copy, "db", "restored")
        assert rows_left(copy, wave)[0] == 0


@pytest.mark.parametrize("was_closed", [True, False])
def test_somebody_at_a_terminal_is_asked_of_each_survey_that_is_under_way(
    world: World, wave: int, server: PostgresServer, databases: Pair, environment: dict[str, str], was_closed: bool
) -> None:
    with restored(world, server, databases, environment) as copy:
        own = environment | {
            "FEEDBACK_DATABASE_URL": copy.tools.settings.database_url,
            "FEEDBACK_KEYS_URL": copy.tools.settings.vault.keys_url,
        }
        answers = "y\nwithout-report\n" if was_closed else "n\n"
        code, said = answered_at_a_terminal(own, f"{answers}y\ny\n")
        assert f"Wave {wave} is under way in this database. Was it closed since" in said
        assert (code, "The databases agree again." in said) == (0, True)
        assert state_of(copy, wave) == (WaveState.CLOSED if was_closed else WaveState.OPEN)


def test_a_dump_that_is_put_back_into_the_same_database_is_known_too(world: World, wave: int) -> None:
    with engine_of(world).begin() as connection:
        noted = connection.scalar(text("SELECT last_value FROM server_mark"))
        connection.execute(text("DROP SEQUENCE server_mark"))
        connection.execute(text("CREATE SEQUENCE server_mark"))
        connection.execute(text("SELECT setval('server_mark', :noted)"), {"noted": noted})
    assert is_elsewhere(world)


def test_another_moment_of_an_archive_is_another_place(
    world: World, wave: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever recovers to a point in time begins a new timeline."""
    later = server_mark._PLACE.replace("left(pg_walfile_name(pg_current_wal_lsn()), 8)", "'00000002'")
    assert later != server_mark._PLACE
    monkeypatch.setattr(server_mark, "_PLACE", later)
    assert is_elsewhere(world)


def test_what_the_service_does_to_its_database_moves_it_nowhere(world: World, wave: int) -> None:
    world.close(wave)
    engine = engine_of(world)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in ("VACUUM (FULL)", "SELECT pg_switch_wal()", "CHECKPOINT", "REINDEX SCHEMA public"):
            connection.execute(text(statement))
    note_place(engine)
    assert not is_elsewhere(world)


def test_an_upgrade_of_a_copy_does_not_make_it_at_home(
    world: World, wave: int, server: PostgresServer, databases: Pair, environment: dict[str, str]
) -> None:
    with restored(world, server, databases, environment) as copy:
        note_place(engine_of(copy))
        assert is_elsewhere(copy)


def test_staff_and_workers_can_tell_and_participants_need_not(
    world: World, wave: int, roles: dict[GroupRole, Pair], clock: FixedClock
) -> None:
    grant_main(engine_of(world))
    for role in (GroupRole.STAFF, GroupRole.WORKER):
        one = as_role(world, roles[role], clock)
        assert not is_elsewhere(one)
        one.dispose()
    with engine_of(world).begin() as connection:
        connection.execute(text("SELECT setval('server_mark', 1)"))
    for role in (GroupRole.STAFF, GroupRole.WORKER):
        one = as_role(world, roles[role], clock)
        assert is_elsewhere(one)
        one.dispose()
    assert rights_of(create_engine(roles[GroupRole.PARTICIPANTS].main)) is False


def rights_of(engine: Engine) -> bool:
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT has_sequence_privilege('server_mark', 'SELECT')"))
    engine.dispose()
    return bool(found)


def test_with_a_journal_a_database_may_lie_anywhere(
    world: World,
    wave: int,
    server: PostgresServer,
    databases: Pair,
    environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """One that fails over by itself lies elsewhere, and has lost nothing: the journal says so."""
    journal = tmp_path_factory.mktemp("second-place") / "journal.json"
    with restored(world, server, databases, {**environment, "FEEDBACK_JOURNAL": str(journal)}) as copy:
        answer(copy, NONE_LOST)
        assert tick(copy) == ()
        with engine_of(copy).begin() as connection:
            connection.execute(text("SELECT setval('server_mark', 1)"))
        with copy.session() as session:
            assert lies_elsewhere(session)
        assert tick(copy) == ()
