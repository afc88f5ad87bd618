"""After the close nothing but the report and comments in review exists, and neither says too much."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.orm import Session

from feedback.domain.disclosure.statements import Reason
from feedback.domain.errors import KeysMissing, SealBroken
from feedback.domain.links import CONTESTED, ResponseKey, receipt_digest
from feedback.domain.report.reading import report_questions
from feedback.domain.report.report import Outcome, Report
from feedback.domain.sealing import PrivateKey, SealedResponse, open_response, seal_response
from feedback.domain.survey.questionnaires import Role
from feedback.storage.keys import StoredKey
from feedback.storage.organisations import Organisation
from feedback.storage.programmes import programme_by_id
from feedback.storage.responses import Locks, put_response
from feedback.storage.waves import Wave, wave_by_id
from tests.answering import respond
from tests.promises.closing import (
    HOW_MANY,
    answered_wave,
    begin,
    blobs,
    document_of,
    finish_in_a_crowd,
    keys_left,
    place_of,
    rows_left,
    stored_report,
)
from tests.world import World


def test_after_the_close_no_link_can_be_derived(world: World) -> None:
    wave = answered_wave(world)
    world.close(wave)
    with pytest.raises(KeysMissing):
        world.links(wave)


def test_after_the_close_no_saved_response_opens_with_any_key_that_is_left(world: World) -> None:
    wave = answered_wave(world)
    stolen, where = blobs(world, wave), place_of(world, wave)
    world.close(wave)
    for raw in keys_left(world):
        for row, sealed in stolen:
            with pytest.raises(SealBroken):
                open_response(SealedResponse(sealed), PrivateKey(sealed[1:9], raw), where, ResponseKey(row))


def test_saved_responses_do_open_while_the_wave_is_open(world: World) -> None:
    wave = answered_wave(world)
    stolen, where, key = blobs(world, wave), place_of(world, wave), world.keys.response_key(wave)
    opened = [open_response(SealedResponse(sealed), key, where, ResponseKey(row)) for row, sealed in stolen]
    assert len(opened) == HOW_MANY


def test_after_the_close_a_link_accepts_nothing(world: World) -> None:
    wave = answered_wave(world)
    link = world.links(wave)[0]
    world.close(wave)
    assert world.client().get(f"/s/{link}").status_code == 404


def test_with_one_response_less_than_k_nothing_is_opened(world: World) -> None:
    wave = answered_wave(world, responses=4)
    with Session(world.keys._engine) as session:  # the key that would open them is gone, and nobody notices
        session.delete(session.get_one(StoredKey, ("response", wave)))
        session.commit()
    world.close(wave)
    assert document_of(world, wave).outcome == Outcome.TOO_FEW
    assert rows_left(world, wave) == (0, 0)


def test_a_report_of_too_few_holds_no_count_and_no_receipt(world: World) -> None:
    wave = answered_wave(world, responses=4)
    world.close(wave)
    report = document_of(world, wave)
    assert report.receipts == ()
    assert {rate.answered for rate in report.rates} == {None}
    assert report_questions(report, "en") == ()


def test_reports_of_too_few_are_alike_however_many_answered(world: World) -> None:
    none, four = answered_wave(world, responses=0), answered_wave(world, responses=4)
    world.close(none)
    world.close(four)
    assert stored_report(world, none).statement_hash == stored_report(world, four).statement_hash


def test_with_k_responses_the_wave_is_reported(world: World) -> None:
    wave = world.open_wave()
    respond(world, world.links(wave, Role.MENTOR)[:5])
    world.close(wave)
    rates = {rate.group.name: rate.answered for rate in document_of(world, wave).rates}
    assert rates == {"mentor": 5, "mentee": None}


def test_a_forged_row_does_not_help_a_wave_over_k(world: World) -> None:
    wave = answered_wave(world, responses=4)
    where, row = place_of(world, wave), ResponseKey(b"f" * 32)
    with world.session() as session:
        key, size = wave_by_id(session, wave).response_key, wave_by_id(session, wave).body_bytes or 0
        sealed = seal_response(b"{}", key, where, row, size)
        put_response(session.connection(), row, wave, sealed, Locks(CONTESTED, CONTESTED))
        session.commit()
    world.close(wave)
    assert document_of(world, wave).outcome == Outcome.TOO_FEW


def test_a_group_below_k_is_withheld_and_enters_no_total(world: World) -> None:
    wave = world.open_wave()
    respond(world, world.links(wave, Role.MENTOR)[:8] + world.links(wave, Role.MENTEE)[:4])
    world.close(wave)
    questions = report_questions(document_of(world, wave), "en")
    small = [result for one in questions for result in one.results if result.group.name == "mentee"]
    assert {(result.bars, result.reason) for result in small} == {((), Reason.GROUP_TOO_SMALL)}
    assert [one.total for one in questions if one.total] == []


def test_receipts_of_a_group_below_k_are_not_listed(world: World) -> None:
    wave = world.open_wave()
    mentors = respond(world, world.links(wave, Role.MENTOR)[:8])
    respond(world, world.links(wave, Role.MENTEE)[:4])
    world.close(wave)
    listed = document_of(world, wave).receipts
    assert listed == tuple(sorted(receipt_digest(receipt) for receipt in mentors))


def public_key(world: World, wave: int) -> Ed25519PublicKey:
    with world.session() as session:
        programme = programme_by_id(session, wave_by_id(session, wave).programme_id)
        raw = session.get_one(Organisation, programme.organisation_id).signing_public_key
    assert raw is not None
    return Ed25519PublicKey.from_public_bytes(raw)


def test_the_signature_is_the_organisations(world: World) -> None:
    wave = answered_wave(world)
    world.close(wave)
    report = stored_report(world, wave)
    public_key(world, wave).verify(report.signature, report.document.encode())


def test_the_signature_fails_when_a_byte_changes(world: World) -> None:
    wave = answered_wave(world)
    world.close(wave)
    report = stored_report(world, wave)
    with pytest.raises(InvalidSignature):
        public_key(world, wave).verify(report.signature, report.document.replace("Pilot", "Pilof").encode())


def test_a_reports_chain_hash_holds_the_one_before(world: World) -> None:
    programme = world.programme()
    first = answered_wave(world, programme)
    world.close(first)
    second = answered_wave(world, programme)
    world.close(second)
    before, after = stored_report(world, first), stored_report(world, second)
    links = bytes.fromhex(before.chain_hash) + bytes.fromhex(after.statement_hash)
    assert after.chain_hash == hashlib.sha256(b"feedback/chain/1" + links).hexdigest()
    assert Report.parse(after.document).chain_hash == after.chain_hash


def test_the_first_report_of_a_programme_begins_its_chain(world: World) -> None:
    wave = answered_wave(world)
    world.close(wave)
    report = stored_report(world, wave)
    links = bytes(32) + bytes.fromhex(report.statement_hash)
    assert report.chain_hash == hashlib.sha256(b"feedback/chain/1" + links).hexdigest()
    assert report.number == 1


def test_two_waves_of_one_programme_that_close_at_once_do_not_fork_its_chain(world: World) -> None:
    programme = world.programme()
    waves = [answered_wave(world, programme), answered_wave(world, programme)]
    for wave in waves:
        begin(world, wave)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda wave: finish_in_a_crowd(world, wave), waves))
    first, second = sorted((stored_report(world, wave) for wave in waves), key=lambda report: report.number)
    assert (first.number, second.number) == (1, 2)
    assert Report.parse(second.document).previous == first.chain_hash


def test_the_wave_of_a_report_keeps_no_count_of_its_responses(world: World) -> None:
    few, many = answered_wave(world, responses=12), answered_wave(world, responses=24)
    world.close(few)
    world.close(many)
    own = {
        "id",
        "programme_id",
        "response_key_id",
        "response_public_key",
        "comment_key_id",
        "comment_public_key",
        "terms_seal",
    }
    with world.session() as session:
        rows = [session.get_one(Wave, wave) for wave in (few, many)]
        names = {column.key for column in Wave.__table__.columns} - own
        kept = [{name: getattr(row, name) for name in names} for row in rows]
    assert kept[0] == kept[1]
