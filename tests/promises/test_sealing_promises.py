"""Promise: while a wave is open, answers lie sealed; and only people who were invited are counted, once each.

Lengths say nothing of what was written. Whoever can write to the database, and so knows the public key, can add
rows, but none of them counts.
"""

import json
import random
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import pytest
from sqlalchemy import text

from feedback.domain.errors import SealBroken
from feedback.domain.links import ChangeLock, Proof, ResponseKey, change_lock, new_receipt, receipt_digest
from feedback.domain.sealing import Place, SealedResponse, open_response, seal_response
from feedback.domain.survey.questionnaires import PREFER_NOT_TO_SAY, Role
from feedback.domain.survey.responses import ResponseBody, read_body, write_body
from feedback.storage.entitlements import rights_of_wave
from feedback.storage.reports import StoredReport, report_of
from feedback.storage.responses import sealed_responses
from feedback.storage.waves import wave_by_id
from forms.bank import pair
from tests.promises.visits import engine_of
from tests.world import World, entries_about

RATINGS = [name for one in pair("kickoff")[Role.MENTOR].questions if one.closed for name in one.fields]
LIMIT = 1000
TEXTS = {
    "nothing": "",
    "one letter": "a",
    "four-byte characters": "\N{GRINNING FACE}" * LIMIT,
    "four-byte characters that become two": "\N{MUSICAL SYMBOL HALF NOTE}" * (LIMIT // 2),
    "quotes": '"' * LIMIT,
    "backslashes": "\\" * LIMIT,
    "line ends": "a\n" * (LIMIT // 2 - 1) + "a",
    "line separators": "a" + "\u2028" * (LIMIT - 2) + "a",
    "markup": "<&'" * (LIMIT // 3),
}
Row = tuple[ResponseKey, ChangeLock | None, SealedResponse]
Rows = list[Row]
INSERT = "INSERT INTO sealed_responses (response_key, wave_id, lock, sealed) VALUES (:row, :wave, :lock, :sealed)"


def rows_of(world: World, wave: int) -> Rows:
    with world.session() as session:
        return list(sealed_responses(session, wave))


def place_of(world: World, wave: int) -> Place:
    with world.session() as session:
        return Place(wave_by_id(session, wave).programme_id, wave)


@pytest.mark.parametrize("role", list(Role))
def test_every_sealed_response_is_equally_long(world: World, role: Role) -> None:
    wave = world.open_wave(14, 13, cohorts=("North", "A cohort with a rather long name in ünicode"))
    for link, words in zip(world.links(wave, role), TEXTS.values(), strict=False):
        assert world.answer(link, texts=(words,)).status_code == 200
    other = next(one for one in Role if one is not role)
    world.answer(world.links(wave, other)[0])
    assert len(rows_of(world, wave)) == len(TEXTS) + 1
    assert len({len(sealed) for _key, _lock, sealed in rows_of(world, wave)}) == 1


def test_a_text_one_character_too_long_is_refused_and_not_stored(world: World) -> None:
    wave = world.open_wave(10, 0)
    link = world.links(wave)[0]
    taken = world.send_part(link, F2="\N{GRINNING FACE}" * LIMIT)
    refused = world.send_part(link, F2="\N{GRINNING FACE}" * LIMIT + ".")
    assert (taken.status_code, refused.status_code) == (200, 422)
    assert rows_of(world, wave) == []


def test_two_equal_answers_look_different(world: World) -> None:
    wave = world.open_wave(10, 0)
    for link in world.links(wave)[:2]:
        world.chance = random.Random(1)
        world.answer(link)
    (*_first, first), (*_second, second) = rows_of(world, wave)
    same = sum(a == b for a, b in zip(first[9:], second[9:], strict=True))
    # Each of some 4,600 bytes agrees by luck once in 256 times; 100 agreements happen less than once in 10^20.
    assert same < 100


def test_a_response_opens_in_its_own_row_only(world: World) -> None:
    wave = world.open_wave(10, 0)
    first, second = world.links(wave)[:2]
    world.answer(first)
    world.answer(second)
    (own, _lock, sealed), (other, *_rest) = rows_of(world, wave)
    key, place = world.keys.response_key(wave), Place(1, wave)
    assert read_body(open_response(sealed, key, place, own))
    for row, where in ((other, place), (own, Place(1, wave + 1)), (own, Place(2, wave)), (own[:-1], place)):
        with pytest.raises(SealBroken):
            open_response(sealed, key, where, ResponseKey(row))


def test_an_altered_response_does_not_open(world: World) -> None:
    wave = world.open_wave(10, 0)
    world.answer(world.links(wave)[0])
    ((row, _lock, sealed),) = rows_of(world, wave)
    key, chance = world.keys.response_key(wave), random.Random(5)
    places = [*range(60), *chance.sample(range(60, len(sealed)), 60), len(sealed) - 1]
    bent = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in places]
    for altered in [*bent, sealed[:-1], sealed + b"\0", b"", sealed[:9], b"\x02" + sealed[1:]]:
        with pytest.raises(SealBroken):
            open_response(SealedResponse(altered), key, Place(1, wave), row)


def test_a_key_of_another_wave_opens_nothing(world: World) -> None:
    wave = answered_wave(world)
    other = world.open_wave(10, 0)
    (row, _lock, sealed), *_rest = rows_of(world, wave)
    with pytest.raises(SealBroken):
        open_response(sealed, world.keys.response_key(other), Place(1, wave), row)


def answered_wave(world: World, said: Mapping[str, str] = MappingProxyType({})) -> int:
    """Ten mentors, all of whom answer; each time the same answers, but for what the last has `said`."""
    wave = world.open_wave(10, 0)
    world.chance = random.Random(11)
    *links, last = world.links(wave)
    for link in links:
        assert world.answer(link).status_code == 200
    assert world.answer(last, **said).status_code == 200
    return wave


def a_copied_row(world: World, wave: int) -> Rows:
    return [(new_key(), lock, sealed) for _row, lock, sealed in rows_of(world, wave)[:3]]


def a_forged_row(world: World, wave: int) -> Rows:
    return [sealed_row(world, wave, forged(body, Proof(secrets.token_bytes(32)))) for body in bodies(world, wave)]


def a_row_with_a_stolen_digest_for_a_proof(world: World, wave: int) -> Rows:
    with world.session() as session:
        digests = list(rights_of_wave(session, wave))
    body = bodies(world, wave)[0]
    return [sealed_row(world, wave, forged(body, Proof(digest))) for digest in digests]


def a_row_from_another_wave(world: World, _wave: int) -> Rows:
    return rows_of(world, answered_wave(world))


def a_row_with_another_lock(world: World, wave: int) -> Rows:
    doubled = [sealed_row(world, wave, body) for body in bodies(world, wave)]
    return [(row, change_lock(new_receipt()), sealed) for row, _lock, sealed in doubled]


def a_row_that_claims_another_group(world: World, wave: int) -> Rows:
    return [sealed_row(world, wave, replace(body, group="Somebody else")) for body in bodies(world, wave)]


def a_row_of_rubbish(world: World, wave: int) -> Rows:
    rubbish = (b"", b"{}", b"[" * 2000, b'{"proof":1}', b"\xff" * 50)
    return [sealed_row(world, wave, one) for one in rubbish] + [(new_key(), None, SealedResponse(b"no seal at all"))]


def new_key() -> ResponseKey:
    return ResponseKey(secrets.token_bytes(32))


def bodies(world: World, wave: int) -> list[ResponseBody]:
    key, place = world.keys.response_key(wave), place_of(world, wave)
    return [read_body(open_response(sealed, key, place, row)) for row, _lock, sealed in rows_of(world, wave)]


def forged(body: ResponseBody, proof: Proof) -> ResponseBody:
    return replace(body, proof=proof, receipt=new_receipt())


def sealed_row(world: World, wave: int, body: ResponseBody | bytes) -> Row:
    """A row as anybody can make it who may write to the database."""
    with world.session() as session:
        found = wave_by_id(session, wave)
    row, written = new_key(), body if isinstance(body, bytes) else write_body(body)
    place = Place(found.programme_id, wave)
    lock = None if isinstance(body, bytes) else change_lock(body.receipt)
    return row, lock, seal_response(written, found.response_key, place, row, found.body_bytes or 0)


def write(world: World, wave: int, rows: Rows) -> None:
    """Put rows into a wave, as the database's owner can; one that lies in another wave moves here."""
    with engine_of(world).begin() as connection:
        for row, lock, sealed in rows:
            values = {"row": row, "wave": wave, "lock": lock, "sealed": sealed}
            connection.execute(text("DELETE FROM sealed_responses WHERE response_key = :row"), values)
            connection.execute(text(INSERT), values)


INTRUDERS = (
    a_copied_row,
    a_forged_row,
    a_row_with_a_stolen_digest_for_a_proof,
    a_row_from_another_wave,
    a_row_with_another_lock,
    a_row_that_claims_another_group,
    a_row_of_rubbish,
)


def report(world: World, wave: int) -> StoredReport:
    world.close(wave)
    with world.session() as session:
        found = report_of(session, wave)
    assert found is not None
    return found


@pytest.mark.parametrize("intrude", INTRUDERS)
def test_a_row_without_a_right_of_its_own_counts_nothing(world: World, intrude: Callable[[World, int], Rows]) -> None:
    honest, attacked = answered_wave(world), answered_wave(world)
    rows = intrude(world, attacked)
    write(world, attacked, rows)
    assert len(rows_of(world, attacked)) == 10 + len(rows) > 10
    assert report(world, attacked).statement_hash == report(world, honest).statement_hash


def test_the_comparison_sees_a_single_other_answer(world: World) -> None:
    honest, other = answered_wave(world), answered_wave(world, said=dict.fromkeys(RATINGS, PREFER_NOT_TO_SAY))
    assert report(world, other).statement_hash != report(world, honest).statement_hash


def test_a_right_with_two_rows_counts_nowhere(world: World) -> None:
    wave = answered_wave(world)
    mine, theirs, *_rest = bodies(world, wave)
    write(world, wave, [sealed_row(world, wave, replace(mine, answer=theirs.answer, receipt=new_receipt()))])
    receipts = json.loads(report(world, wave).document)["receipts"]
    assert len(receipts) == 9
    assert receipt_digest(mine.receipt) not in receipts


def test_rows_without_a_right_do_not_lift_a_wave_over_its_threshold(world: World) -> None:
    wave = world.open_wave(10, 0)
    for link in world.links(wave)[:4]:
        world.answer(link)
    write(world, wave, a_forged_row(world, wave) + a_row_with_another_lock(world, wave))
    assert '"outcome":"too-few"' in report(world, wave).document


def test_the_number_of_refused_rows_is_told_to_administrators(world: World) -> None:
    wave = answered_wave(world)
    write(world, wave, a_copied_row(world, wave))
    world.close(wave)
    with world.session() as session:
        acts = [entry.act for entry in entries_about(session, f"wave {wave}")]
    assert "published; 3 rows were not valid" in acts
