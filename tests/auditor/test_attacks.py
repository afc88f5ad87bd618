"""Attacks on blocks that no report of ours has, to see that each kind of insider is tried."""

from dataclasses import replace

import numpy as np
import pytest

from feedback.auditor import Tried
from feedback.auditor.atoms import Atom, Block, Crowd
from feedback.auditor.attacks import Inconsistent, Leak, certainly, leaks_of
from feedback.auditor.model import LimitReached, Model
from feedback.auditor.places import Places
from feedback.auditor.targets import Target
from feedback.auditor.topics import Attribute, Claim, Topic
from tests.auditor import small_blocks
from tests.auditor.small_blocks import crowd

EITHER = Attribute("chose 0 or 2", frozenset({0, 2}), counted=False)
COLLEAGUE, SUBJECT = frozenset({"all", "colleague"}), frozenset({"all", "subject"})


def block(*claims: Claim) -> Block:
    """One colleague and one other person, asked a question with three options."""
    topic = Topic(("C1",), {"mentor"}, ("0", "1", "2"), (EITHER,), 5)
    crowds = tuple(Crowd(groups, asked=True, atoms=(Atom("", None, 1, groups),)) for groups in (COLLEAGUE, SUBJECT))
    return Block(topic, ("all", "colleague", "subject"), crowds, claims)


SOMEBODY_CHOSE_EITHER = Claim(("all",), frozenset({0, 2}), 1, 2)
COLLEAGUE_DID_NOT_CHOOSE_1 = Claim(("colleague",), frozenset({1}), 0, 0)


def found(answered: dict[str, tuple[int, int]], *claims: Claim) -> set[tuple[str, tuple[int, ...]]]:
    return {(leak.rule, leak.target.inside) for leak in leaks_of(block(*claims), answered)}


@pytest.mark.parametrize("least", [1, 2])
def test_a_colleague_who_did_not_answer_is_an_insider_too(least: int) -> None:
    """Where 2 took part the colleague skipped the question; where it may be 1, perhaps the survey."""
    leaks = found({"all": (least, 2)}, SOMEBODY_CHOSE_EITHER, COLLEAGUE_DID_NOT_CHOOSE_1)
    assert ("D2i", (0, 1)) in leaks


class TooMany(tuple[str, ...]):
    """Answers that do not fit into memory."""

    def __len__(self) -> int:
        raise MemoryError


def test_a_question_that_does_not_fit_into_memory_is_named() -> None:
    made = block(SOMEBODY_CHOSE_EITHER)
    made.topic.answers = TooMany(made.topic.answers)
    (finding,) = Tried().findings(made, {}, assuming=False)
    assert (finding.rule, finding.questions, finding.groups) == ("limit", ("C1",), made.groups)


def test_a_colleague_whose_answer_says_nothing_learns_nothing() -> None:
    everybody = Claim(("all",), frozenset({0, 1, 2}), 2, 2)
    leaks = found({"all": (2, 2)}, everybody, SOMEBODY_CHOSE_EITHER, COLLEAGUE_DID_NOT_CHOOSE_1)
    assert ("D2i", (0, 1)) not in leaks


def test_own_answers_are_counted_in_the_crowd_that_gave_them() -> None:
    model = Model(block(SOMEBODY_CHOSE_EITHER), {})
    model.aim((1, 1))
    places, solution = Places(model, ()), np.arange(1, model.width + 1)
    members, *cells = solution[:4]
    counts = [int(places.giving(0, own) @ solution) for own in range(5)]
    assert counts == [*cells, -members, members - sum(cells)]


def all_found(
    *claims: Claim, sizes: tuple[int, ...] = (6,), attributes: tuple[Attribute, ...] = (), took_part: int | None = None
) -> list[Leak]:
    """Return what can be learned of one crowd."""
    answered = {} if took_part is None else {"all": (took_part, took_part)}
    return list(leaks_of(small_blocks.block(crowd("all", *sizes), claims=claims, attributes=attributes), answered))


CHOSE_0 = Attribute("chose 0", frozenset({0}), counted=False)
EVERYTHING = frozenset({0, 1, 2})


def of_all(cells: set[int] | frozenset[int], low: int, high: int) -> Claim:
    return Claim(("all",), frozenset(cells), low, high)


def test_what_is_learned_of_a_group_is_not_told_again_of_its_atoms() -> None:
    leaks = all_found(of_all(EVERYTHING, 6, 6), of_all({0}, 6, 6), sizes=(1, 2, 3), attributes=(CHOSE_0,))
    assert leaks == [Leak("D2", Target("all", (6,), whole=True), CHOSE_0)]


def test_a_count_that_is_certain_if_few_answered_is_found() -> None:
    """Three chose 1, so four or five answered; and if it was four, one chose 0."""
    chose = replace(CHOSE_0, counted=True)
    leaks = all_found(of_all({1}, 3, 3), of_all({0}, 1, 2), of_all({2}, 0, 0), attributes=(chose,))
    assert leaks == [Leak("D1", Target("all", (6,), whole=True), chose, 1)]


def test_a_count_of_so_many_that_it_hides_each_is_no_leak() -> None:
    chose = replace(CHOSE_0, counted=True)
    assert all_found(of_all({1}, 4, 4), of_all({0}, 1, 2), of_all({2}, 0, 0), attributes=(chose,)) == []


@pytest.mark.parametrize("took_part", [None, 2])
def test_of_a_single_answer_anybody_may_be_the_author(took_part: int | None) -> None:
    assert all_found(of_all(EVERYTHING, 1, 1), sizes=(1, 1), attributes=(CHOSE_0,), took_part=took_part) == []


def test_where_nobody_answered_nobody_is_given_away() -> None:
    assert all_found(of_all(EVERYTHING, 0, 0), attributes=(replace(CHOSE_0, graded=True),)) == []


def test_where_there_is_nothing_to_know_nothing_is_learned() -> None:
    assert all_found(of_all(EVERYTHING, 2, 2)) == []


def test_a_solver_that_contradicts_itself_is_an_error_not_a_pass() -> None:
    with pytest.raises(LimitReached, match=r"^the solver contradicts itself$"):
        certainly(None)


def test_more_people_than_there_are_cannot_have_answered() -> None:
    with pytest.raises(Inconsistent):
        found({}, Claim(("all",), frozenset({0}), 3, 3))
