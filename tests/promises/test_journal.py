"""Promise: two databases that were restored together are known for it by a journal that was not.

One that is missing, unreadable, forged or old itself is no witness: nothing is done before somebody has answered.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from feedback.domain.epochs import EpochStep, RestoreDoubt, StepAct, Steps
from feedback.domain.errors import DatabasesDiffer, RestoreUnanswered, WaveClosed
from feedback.domain.journal import read_journal, write_journal
from feedback.domain.waves.states import WaveState
from feedback.services.installation.answer_restore import RestoreAnswer, RestoreAnswers, answer_restore
from feedback.services.installation.check_journal import journal_fault
from feedback.services.waves.enter_step import see_epochs
from feedback.storage.journal_key import journal_key
from feedback.storage.reports import StoredReport
from tests.answering import opened
from tests.promises.closing import Stopped, answered_wave, begin, finish, how_many, rows_left, state_of, stop_after
from tests.promises.test_restored import tick
from tests.restoring import copy_keys, copy_main, journal_of, put_back
from tests.world import World


@pytest.fixture
def environment(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    (tmp_path / "elsewhere").mkdir()
    return {**environment, "FEEDBACK_JOURNAL": str(tmp_path / "elsewhere" / "journal.json")}


def told(world: World) -> Steps:
    with world.session() as session:
        return read_journal(journal_of(world).read_bytes(), journal_key(session)).steps


def counts(world: World) -> tuple[int, int, int]:
    with world.session() as session:
        compared = see_epochs(session, world.keys)
    return len(compared.main), len(compared.keys), len(compared.journal.steps)


def answer(world: World, *, begins_journal: bool = False, **by_wave: int) -> None:
    said = {number: RestoreAnswer(name.replace("_", "-")) for name, number in by_wave.items()}
    with world.session() as session:
        given = RestoreAnswers(said, {}, begins_journal)
        answer_restore(session, world.keys, given, now=world.clock(), actor="test")


def both_from_before_the_close(world: World) -> int:
    wave = answered_wave(world)
    tick(world)
    main, keys = copy_main(world), copy_keys(world)
    world.close(wave)
    put_back(world, main)
    put_back(world, keys)
    return wave


def test_the_journal_knows_every_step_and_no_moment_or_person(world: World) -> None:
    wave = answered_wave(world)
    world.close(wave)
    assert counts(world) == (3, 3, 3)
    assert [(step.act.value, step.wave_id) for step in told(world)] == [
        ("opened", wave),
        ("closed", wave),
        ("destroyed", wave),
    ]
    record = json.loads(journal_of(world).read_bytes())
    assert record.keys() == {"format", "signature", "steps"}
    assert all(len(step) == 4 for step in record["steps"])


def test_both_databases_from_before_the_close_make_no_second_report(world: World) -> None:
    wave = both_from_before_the_close(world)
    link = world.links(wave)[25]
    world.clock.pass_time(days=-3)
    assert tick(world) == (RestoreDoubt.BOTH,)
    with pytest.raises(WaveClosed):
        opened(world, link)
    world.clock.pass_time(days=30)
    assert tick(world) == (RestoreDoubt.BOTH,)
    assert how_many(world, StoredReport.wave_id == wave) == 0
    assert rows_left(world, wave) == (20, 27)
    assert "response" in world.keys.purposes_held()[wave]


def test_both_restored_and_nobody_has_looked_no_command_closes_again(world: World) -> None:
    wave = both_from_before_the_close(world)
    begin(world, wave)
    with pytest.raises(DatabasesDiffer, match="Both databases are older than the journal"):
        finish(world, wave)
    assert how_many(world, StoredReport.wave_id == wave) == 0


def test_it_closes_again_only_if_somebody_says_that_no_report_ever_left(world: World) -> None:
    wave = both_from_before_the_close(world)
    tick(world)
    with pytest.raises(RestoreUnanswered, match="--report or --without-report or --close-again"):
        answer(world)
    answer(world, close_again=wave)
    assert tick(world) == ()
    assert how_many(world, StoredReport.wave_id == wave) == 1
    assert len(set(counts(world))) == 1


def test_without_a_report_both_restored_databases_lose_answers_and_keys(world: World) -> None:
    wave = both_from_before_the_close(world)
    tick(world)
    answer(world, without_report=wave)
    tick(world)
    assert rows_left(world, wave) == (0, 0)
    assert world.keys.purposes_held().get(wave, set()) == set()
    assert (state_of(world, wave), how_many(world, StoredReport.wave_id == wave)) == (WaveState.CLOSED, 0)


def test_a_participants_process_does_not_begin_with_a_wave_that_the_journal_knows_to_be_over(world: World) -> None:
    wave = both_from_before_the_close(world)
    with world.reading() as connection:
        fault = journal_fault(connection, journal_of(world))
    assert fault is not None
    assert f"wave {wave} was closed since" in fault
    assert world.client().get("/readyz").status_code == 503
    tick(world)
    with world.reading() as connection:
        assert journal_fault(connection, journal_of(world)) is None


def _gone(file: Path, _world: World) -> None:
    file.unlink()


def _altered(file: Path, _world: World) -> None:
    file.write_bytes(file.read_bytes().replace(b'"closed"', b'"opened"'))


def _garbled(file: Path, _world: World) -> None:
    file.write_bytes(b"\x00" * 40)


def _forged(file: Path, world: World) -> None:
    file.write_bytes(write_journal(told(world), Ed25519PrivateKey.generate()))


def _in_the_way(file: Path, _world: World) -> None:
    file.unlink()
    file.mkdir()


def _older(file: Path, world: World) -> None:
    file.write_bytes(write_journal(told(world)[:1], world.keys.journal_key()))


@pytest.mark.parametrize(
    ("spoil", "doubt"),
    [
        (_gone, RestoreDoubt.JOURNAL_MISSING),
        (_altered, RestoreDoubt.JOURNAL_FOREIGN),
        (_garbled, RestoreDoubt.JOURNAL_FOREIGN),
        (_forged, RestoreDoubt.JOURNAL_FOREIGN),
        (_in_the_way, RestoreDoubt.JOURNAL_UNREADABLE),
        (_older, RestoreDoubt.JOURNAL_OLDER),
    ],
)
def test_a_journal_that_is_no_witness_stops_everything_until_somebody_has_answered(
    world: World, spoil: Callable[[Path, World], None], doubt: RestoreDoubt
) -> None:
    world.close(answered_wave(world))
    second = world.planned_wave(world.new_programme(14, 13, ("",)))
    spoil(journal_of(world), world)
    assert tick(world) == (doubt,)
    with pytest.raises(DatabasesDiffer):
        world.open(second)
    with pytest.raises(RestoreUnanswered, match="--begin-journal"):
        answer(world)
    if doubt is RestoreDoubt.JOURNAL_UNREADABLE:
        journal_of(world).rmdir()
    answer(world, begins_journal=True)
    assert tick(world) == ()
    world.open(second)
    assert len(set(counts(world))) == 1


def test_a_journal_that_cannot_be_written_stops_the_next_step(world: World) -> None:
    wave = answered_wave(world)
    tick(world)
    # Root writes everywhere: a folder stands where the new file is to be.
    blocked = journal_of(world).with_name("journal.json.new")
    blocked.mkdir()
    with pytest.raises(DatabasesDiffer, match="cannot be written"):
        world.close(wave)
    assert counts(world)[0] - counts(world)[2] == 1
    assert tick(world) == (RestoreDoubt.JOURNAL_UNWRITABLE,)
    blocked.rmdir()
    assert tick(world) == ()
    assert len(set(counts(world))) == 1


def test_a_process_that_was_not_told_of_the_journal_takes_no_step(world: World) -> None:
    wave = answered_wave(world)
    tick(world)
    begin(world, wave)
    journal, world.keys.journal = world.keys.journal, None
    with pytest.raises(DatabasesDiffer, match="FEEDBACK_JOURNAL is not set"):
        finish(world, wave)
    world.keys.journal = journal
    finish(world, wave)


@pytest.mark.parametrize("step", ["written", "committed", "followed", "destruction noted", "destroyed"])
def test_a_crash_between_two_notes_is_no_restore_with_a_journal_either(world: World, step: str) -> None:
    wave = answered_wave(world)
    begin(world, wave)
    with pytest.raises(Stopped):
        finish(world, wave, stop_after(step))
    assert tick(world) == ()
    assert tick(world) == ()
    assert how_many(world, StoredReport.wave_id == wave) == 1
    assert len(set(counts(world))) == 1


def test_a_signature_covers_every_step() -> None:
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    steps = tuple(EpochStep(number, bytes([number] * 16), StepAct.OPENED, number) for number in (1, 2, 3))
    written = write_journal(steps, key)
    assert read_journal(written, public).steps == steps
    record = json.loads(written)
    for changed in (record["steps"][:2], record["steps"][::-1], []):
        assert not read_journal(json.dumps({**record, "steps": changed}).encode(), public).steps
    for place in range(0, len(written), 7):
        spoilt = written[:place] + bytes([written[place] ^ 1]) + written[place + 1 :]
        assert read_journal(spoilt, public).steps in {(), steps}
