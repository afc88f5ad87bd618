"""Promise: whoever has somebody's link cannot put another answer in its place, nor learn anything by trying.

An answer that was changed without its receipt counts nowhere, and a group with too many of these is not shown.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import pytest
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from bench.contested import facts_read
from feedback.domain.links import CONTESTED, ChangeLock, Receipt, change_lock, new_receipt, receipt_words
from feedback.domain.report.report import Outcome
from feedback.domain.sealing import SealedResponse
from feedback.domain.survey.questionnaires import Role
from feedback.storage.responses import Locks, put_response, sealed_responses
from tests.answering import respond
from tests.promises.closing import document_of
from tests.promises.listening import statements_heard
from tests.promises.test_scanners import blanked
from tests.promises.visits import fill_in, own_key, receipt_on, send
from tests.world import World, hidden_value

OWNER, STRANGER = "owner", "stranger"
MOVES = tuple(product((OWNER, STRANGER), ("answer", "withdraw"), ("same visit", "receipt typed", "no receipt")))
LONGEST = 5


@dataclass(frozen=True)
class Seen:
    """One response's row, and the last receipt of each side: by number, since only whose it is matters."""

    lock: ChangeLock | None = None
    said: str = ""
    last: tuple[Receipt | None, Receipt | None] = (None, None)
    owner_answered: bool = False

    @property
    def is_contested(self) -> bool:
        return self.lock == CONTESTED

    @property
    def kind(self) -> tuple[object, ...]:
        """What tells this state from others, whatever the receipts are."""
        locks = [one and change_lock(one) for one in self.last]
        return (
            self.is_contested,
            *(one == self.lock for one in locks),
            *map(bool, locks),
            self.said,
            self.owner_answered,
        )


def moved(connection: Connection, wave: int, key: bytes, before: Seen, move: tuple[str, str, str]) -> Seen:
    """What one move makes of a row, by the statement that the pages use."""
    who, act, proof = move
    side = (OWNER, STRANGER).index(who)
    last = before.last[side]
    receipt = last if proof == "same visit" and last else new_receipt()
    shown = last if proof == "receipt typed" and last else receipt
    values = {"key": key, "wave": wave, "lock": before.lock, "said": before.said.encode()}
    connection.execute(text("DELETE FROM sealed_responses"))
    if before.said:
        connection.execute(text("INSERT INTO sealed_responses VALUES (:key, :wave, :said, :lock)"), values)
    assert put_response(
        connection,
        key,
        wave,
        SealedResponse(f"{who} {act}".encode()),
        Locks(change_lock(receipt), change_lock(shown)),
    )
    ((lock, said),) = connection.execute(text("SELECT lock, sealed FROM sealed_responses")).all()
    held = (receipt, before.last[1]) if side == 0 else (before.last[0], receipt)
    return Seen(lock, said.decode(), held, before.owner_answered or (who, act) == (OWNER, "answer"))


def every_order(world: World) -> Iterator[tuple[Seen, tuple[str, str, str], Seen]]:
    """Every move in every state that up to so many moves lead to; states that differ in nothing but numbers once."""
    wave = world.open_wave(10, 0)
    key = own_key(world, wave, 1)
    with world.writing() as connection:
        states = [Seen()]
        for _ in range(LONGEST):
            reached: dict[tuple[object, ...], Seen] = {}
            for before, move in product(states, MOVES):
                after = moved(connection, wave, key, before, move)
                reached.setdefault(after.kind, after)
                yield before, move, after
            states = list(reached.values())
        connection.rollback()


def test_in_no_order_is_a_stranger_left_alone_with_the_right_of_an_owner_who_has_answered(world: World) -> None:
    for before, _move, after in every_order(world):
        if after.owner_answered and after.said.startswith(STRANGER):
            assert after.is_contested
        if before.is_contested:
            assert after.is_contested


def test_in_every_order_who_shows_the_receipt_keeps_the_right_and_who_does_not_contests_it(world: World) -> None:
    for before, (who, act, proof), after in every_order(world):
        last = before.last[(OWNER, STRANGER).index(who)]
        holds = last is not None and before.lock == change_lock(last)
        assert after.said == f"{who} {act}"
        assert after.is_contested == (bool(before.said) and not (holds and proof != "no receipt"))


@dataclass(frozen=True)
class Case:
    """A link in one of the four cases, and what is typed as the receipt of earlier answers."""

    link: str
    typed: str


def four_cases(world: World) -> dict[str, Case]:
    unused, proven, unproven, contested = world.links(world.open_wave(10, 0))[:4]
    known = [receipt_on(world.answer(link).text) for link in (proven, unproven, contested)]
    world.answer(contested)
    wrong = receipt_words(new_receipt())
    return {
        "unused": Case(unused, wrong),
        "proven": Case(proven, known[0]),
        "unproven": Case(unproven, wrong),
        "contested": Case(contested, known[2]),
    }


def answer(world: World, case: Case, state: str) -> TestResponse:
    return world.client().post(f"/s/{case.link}/send", data={"state": state, "receipt": case.typed, "go": "send"})


def withdraw(world: World, case: Case, state: str) -> TestResponse:
    data = {"state": state, "receipt": case.typed, "word": "withdraw"}
    return world.client().post(f"/s/{case.link}/withdraw", data=data)


def told(world: World, act: Callable[[World, Case, str], TestResponse], case: Case) -> tuple[object, ...]:
    """All that is seen and asked of the database when somebody sends; how long the request and the reply are."""
    world.chance = random.Random(3)
    state = fill_in(world, case.link)
    with statements_heard() as asked:
        reply = act(world, case, state)
    headers = sorted(reply.headers.items())
    return reply.status_code, headers, blanked(reply.data, case.link), len(reply.data), len(state), asked


@pytest.mark.parametrize("act", [answer, withdraw])
def test_unused_proven_unproven_and_contested_cannot_be_told_apart(
    world: World, act: Callable[[World, Case, str], TestResponse]
) -> None:
    seen = {name: told(world, act, case) for name, case in four_cases(world).items()}
    assert [name for name, one in seen.items() if one != seen["unused"]] == []
    with world.session() as session:
        rows = list(sealed_responses(session, 1))
    assert [len(rows), len({len(sealed) for _key, _lock, sealed in rows})] == [4, 1]
    assert sum(lock == CONTESTED for _key, lock, _sealed in rows) == 2


def attacked(world: World, answering: int, *, sparing: int = 1) -> int:
    """A closed wave of 13 mentors, of whom some answered; then somebody else through all links but some."""
    wave = world.open_wave(13, 0)
    links = world.links(wave)
    respond(world, links[:answering], seed=1)
    respond(world, links[sparing:], seed=2)
    world.close(wave)
    return wave


@pytest.mark.parametrize("answering", [7, 9, 13])
def test_who_answers_through_every_link_but_one_is_shown_nothing(world: World, answering: int) -> None:
    report = document_of(world, attacked(world, answering))
    assert [rate.answered for rate in report.rates] == [None]
    assert report.receipts == ()
    assert report.many_contested


def test_a_few_contested_answers_are_counted_nowhere_and_the_rest_is_shown(world: World) -> None:
    report = document_of(world, attacked(world, 13, sparing=11))
    assert [rate.answered for rate in report.rates] == [11]
    assert len(report.receipts) == 11
    assert not report.many_contested


def test_a_group_hidden_for_its_contested_answers_reads_like_one_of_too_few(world: World) -> None:
    few = world.open_wave(13, 10)
    respond(world, world.links(few, Role.MENTEE))
    respond(world, world.links(few, Role.MENTOR)[:3])
    world.close(few)
    many = world.open_wave(13, 10)
    respond(world, world.links(many, Role.MENTEE))
    respond(world, [*world.links(many, Role.MENTOR), *world.links(many, Role.MENTOR)[:4]])
    world.close(many)
    first, second = document_of(world, few), document_of(world, many)
    assert [rate.answered for rate in second.rates] == [None, 10]
    assert first.statement_hash == second.statement_hash
    assert first.outcome == second.outcome == Outcome.PUBLISHED


def test_a_withdrawal_uses_a_link_and_counts_nowhere(world: World) -> None:
    wave = world.open_wave(13, 0)
    links = world.links(wave)
    pages = [send(world, link, fill_in(world, link)).text for link in links[:6]]
    state = hidden_value(pages[0], "state")
    world.client().post(f"/s/{links[0]}/withdraw", data={"state": state, "word": "withdraw"})
    world.close(wave)
    report = document_of(world, wave)
    assert [rate.answered for rate in report.rates] == [5]
    assert len(report.receipts) == 5


def test_who_withdraws_with_the_receipt_can_answer_again(world: World) -> None:
    wave = world.open_wave(13, 0)
    links = world.links(wave)
    respond(world, links[1:6])
    first = receipt_on(world.answer(links[0]).text)
    told = world.client().post(f"/s/{links[0]}/withdraw", data={"receipt": first, "word": "withdraw"})
    again = world.answer(links[0], typed=receipt_on(told.text))
    assert receipt_on(again.text) not in {first, receipt_on(told.text)}
    world.close(wave)
    assert [rate.answered for rate in document_of(world, wave).rates] == [6]


def test_a_receipt_typed_on_another_device_survives_languages_and_changes(world: World) -> None:
    link = world.links(world.open_wave(10, 0))[0]
    receipt = receipt_on(world.answer(link).text)
    state = fill_in(world, link)
    french = world.client().post(f"/s/{link}/send", data={"state": state, "receipt": receipt, "language": "fr"}).text
    assert f'value="{receipt}"' in french
    changed = {"state": state, "receipt": receipt, "change": re.findall(r'name="change"\s+value="(\w+)"', french)[0]}
    changing = world.client().post(f"/s/{link}/questions", data=changed)
    carried = [hidden_value(page, "state") for page in (french, changing.text)]
    assert len({len(one) for one in (*carried, state)}) == 1
    send(world, link, carried[1])
    with world.session() as session:
        ((_key, lock, _sealed),) = sealed_responses(session, 1)
    assert lock != CONTESTED


@pytest.mark.parametrize("share", [0.5, 0.7, 1.0])
@pytest.mark.parametrize("people", [8, 13, 30, 60])
def test_nothing_is_read_through_all_other_links_at_usual_response(people: int, share: float) -> None:
    assert facts_read(people, round(share * people), random.Random(5), ruled=True) == 0


def test_without_the_rule_much_would_be_read() -> None:
    assert facts_read(13, 9, random.Random(5), ruled=False) > 0
