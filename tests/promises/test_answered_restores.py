"""Promise: after a restore an operator is the only way on, and no way on publishes a second report by mistake."""

import json

import pytest

from feedback.domain.epochs import RestoreDoubt
from feedback.domain.errors import ReportRefused, RestoreUnanswered, WaveClosed, WaveNotReady
from feedback.domain.report.files import write_report_file
from feedback.domain.waves.states import WaveState
from feedback.services.installation import answer_restore as answering_restores
from feedback.services.installation.answer_restore import (
    RestoreAnswer,
    RestoreAnswers,
    answer_restore,
    restore_questions,
)
from feedback.services.reports.show_report import show_report
from feedback.storage.receipts import CountedReceipt
from feedback.storage.reports import StoredReport
from tests.answering import opened, respond
from tests.promises.closing import Stopped, answered_wave, finish, how_many, rows_left, state_of, stored_report
from tests.promises.test_restored import tick
from tests.restoring import copy_keys, copy_main, put_back
from tests.world import World


def answer(world: World, reports: dict[str, bytes] | None = None, **by_wave: int) -> None:
    said = {number: RestoreAnswer(name.replace("_", "-")) for name, number in by_wave.items()}
    with world.session() as session:
        given = RestoreAnswers(said, reports or {})
        answer_restore(session, world.keys, given, now=world.clock(), actor="test")


def ways(world: World) -> dict[int, set[str]]:
    with world.session() as session:
        return {
            one.wave_id: {*map(str, one.answers)} for one in restore_questions(session, world.keys, now=world.clock())
        }


def exported(world: World, wave: int) -> bytes:
    with world.session() as session:
        shown = show_report(session, wave, base_url="https://feedback.example.com", now=world.clock())
    return write_report_file(shown.source.signed)


def closed_and_lost(world: World) -> tuple[int, bytes]:
    """A wave that was closed after the copy of the main database was made, and its report as it was exported."""
    wave = answered_wave(world)
    yesterday = copy_main(world)
    world.close(wave)
    file = exported(world, wave)
    put_back(world, yesterday)
    assert tick(world) == (RestoreDoubt.MAIN,)
    return wave, file


def test_an_exported_report_is_put_back_as_it_was_signed(world: World) -> None:
    wave, file = closed_and_lost(world)
    assert ways(world) == {wave: {"report", "without-report"}}
    answer(world, {"kickoff.json": file})
    assert exported(world, wave) == file
    assert how_many(world, CountedReceipt.wave_id == wave) == len(json.loads(file)["document"]["receipts"])
    assert rows_left(world, wave) == (0, 0)
    assert tick(world) == ()
    assert how_many(world, StoredReport.wave_id == wave) == 1


@pytest.mark.parametrize(
    "change",
    [(b'"outcome":"published"', b'"outcome":"too-few"'), (b'"k":5', b'"k":6'), (b'"signature":"', b'"signature":"A')],
)
def test_an_altered_report_is_refused_and_nothing_is_done(world: World, change: tuple[bytes, bytes]) -> None:
    wave, file = closed_and_lost(world)
    assert change[0] in file
    with pytest.raises(ReportRefused, match="altered"):
        answer(world, {"kickoff.json": file.replace(*change, 1)})
    assert tick(world) == (RestoreDoubt.MAIN,)
    assert rows_left(world, wave) == (20, 27)


def test_a_report_that_somebody_else_signed_is_refused(world: World) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from feedback.domain.report.report import Report, SignedReport

    _wave, file = closed_and_lost(world)
    key, report = Ed25519PrivateKey.generate(), Report.parse(json_of(file))
    forged = SignedReport(report, key.sign(report.json.encode()), key.public_key().public_bytes_raw())
    with pytest.raises(ReportRefused, match="signing key"):
        answer(world, {"kickoff.json": write_report_file(forged)})


def json_of(file: bytes) -> str:
    from feedback.domain.report.report import hash_document

    return hash_document(json.loads(file)["document"]).json


def test_going_without_a_report_destroys_what_was_answered_unread(world: World) -> None:
    wave, _file = closed_and_lost(world)
    answer(world, without_report=wave)
    assert (state_of(world, wave), rows_left(world, wave)) == (WaveState.CLOSED, (0, 0))
    assert tick(world) == ()
    assert how_many(world, StoredReport.wave_id == wave) == 0


def test_nothing_is_done_before_everything_was_answered(world: World) -> None:
    wave, _file = closed_and_lost(world)
    with pytest.raises(RestoreUnanswered, match=f"Wave {wave}: it was closed.*--report or --without-report"):
        answer(world)
    with pytest.raises(RestoreUnanswered):
        answer(world, close_again=wave)
    with pytest.raises(RestoreUnanswered, match="wave 77"):
        answer(world, without_report=wave, cancel=77)
    assert tick(world) == (RestoreDoubt.MAIN,)
    assert rows_left(world, wave) == (20, 27)


def test_a_wave_that_lost_its_keys_can_only_be_cancelled(world: World) -> None:
    yesterday, wave = _without_keys(world)
    assert yesterday
    assert ways(world) == {wave: {"cancel"}}
    answer(world, cancel=wave)
    assert (state_of(world, wave), rows_left(world, wave)) == (WaveState.CANCELLED, (0, 0))
    assert tick(world) == ()


def test_a_later_copy_of_the_keys_lets_people_answer_on(world: World) -> None:
    programme = world.programme()
    yesterday = copy_keys(world)
    wave = answered_wave(world, programme)
    today, link = copy_keys(world), world.links(wave)[25]
    put_back(world, yesterday)
    assert tick(world) == (RestoreDoubt.KEYS,)
    with pytest.raises(WaveClosed):
        opened(world, link)
    put_back(world, today)
    assert tick(world) == ()
    assert state_of(world, wave) == WaveState.OPEN
    respond(world, [link])
    assert rows_left(world, wave)[0] == 21


def test_a_wave_that_was_stopped_does_not_close_before_its_end(world: World) -> None:
    programme = world.programme()
    yesterday = copy_keys(world)
    wave = answered_wave(world, programme)
    today = copy_keys(world)
    put_back(world, yesterday)
    tick(world)
    put_back(world, today)
    # As a worker would whose task was deferred before.
    world.do_what_is_due()
    assert (state_of(world, wave), how_many(world, StoredReport.wave_id == wave)) == (WaveState.CLOSING, 0)
    with pytest.raises(WaveNotReady, match="closes at its end"):
        finish(world, wave)
    assert how_many(world, StoredReport.wave_id == wave) == 0


def _without_keys(world: World) -> tuple[object, int]:
    programme = world.programme()
    yesterday = copy_keys(world)
    wave = answered_wave(world, programme)
    put_back(world, yesterday)
    assert tick(world) == (RestoreDoubt.KEYS,)
    return yesterday, wave


def test_a_wave_that_was_opened_since_opens_again_with_the_same_links(world: World) -> None:
    wave = world.planned_wave(world.programme())
    yesterday = copy_main(world)
    world.open(wave)
    links = world.links(wave)
    put_back(world, yesterday)
    assert tick(world) == (RestoreDoubt.MAIN,)
    assert ways(world) == {wave: {"open-again", "cancel"}}
    answer(world, open_again=wave)
    world.open(wave)
    assert world.links(wave) == links


def test_keys_of_a_wave_that_the_copy_does_not_know_are_destroyed(world: World) -> None:
    wave = _unknown(world)
    assert ways(world) == {wave: {"forget"}}
    answer(world, forget=wave)
    assert wave not in world.keys.purposes_held()
    assert tick(world) == ()


def _unknown(world: World) -> int:
    programme = world.programme()
    yesterday = copy_main(world)
    wave = world.open(world.planned_wave(programme))
    put_back(world, yesterday)
    return wave


def _dies(*_given: object, **_named: object) -> None:
    raise Stopped


def test_whoever_dies_after_the_answers_leaves_the_rest_to_a_worker(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _yesterday, wave = _without_keys(world)
    with monkeypatch.context() as patched:
        patched.setattr(answering_restores, "finish_cancelling", _dies)
        with pytest.raises(Stopped):
            answer(world, cancel=wave)
    assert (state_of(world, wave), rows_left(world, wave)) == (WaveState.CANCELLED, (20, 27))
    assert tick(world) == ()
    assert rows_left(world, wave) == (0, 0)


@pytest.mark.parametrize("answered", ["forget", "cancel"])
def test_whoever_dies_before_the_answers_are_written_is_asked_again(
    world: World, monkeypatch: pytest.MonkeyPatch, answered: str
) -> None:
    wave = _unknown(world) if answered == "forget" else _without_keys(world)[1]
    said = {answered: wave}
    with monkeypatch.context() as patched:
        patched.setattr(answering_restores, "settle_steps", _dies)
        with pytest.raises(Stopped):
            answer(world, **said)
    assert ways(world) == {wave: {answered}}
    answer(world, **said)
    assert wave not in world.keys.purposes_held()
    assert tick(world) == ()


def test_after_an_answer_the_next_close_goes_as_ever(world: World) -> None:
    wave, file = closed_and_lost(world)
    answer(world, {"kickoff.json": file})
    second = answered_wave(world, world.new_programme(14, 13, ("",)), stage="kickoff")
    world.close(second)
    assert stored_report(world, second).number == 1
    assert stored_report(world, wave).number == 1
