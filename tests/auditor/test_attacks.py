"""Attacks on blocks that no report of ours has, to see that each kind of insider is tried."""

import numpy as np
import pytest

from feedback.auditor.atoms import Atom, Block, Crowd
from feedback.auditor.attacks import Inconsistent, leaks_of
from feedback.auditor.model import Model
from feedback.auditor.places import Places
from feedback.auditor.topics import Attribute, Claim, Topic

EITHER = Attribute("chose 0 or 2", frozenset({0, 2}), counted=False)
COLLEAGUE, SUBJECT = frozenset({"all", "colleague"}), frozenset({"all", "subject"})


def block(*claims: Claim) -> Block:
    """One colleague and one other person, asked a question with three options."""
    topic = Topic("C1", {"mentor"}, ("0", "1", "2"), (EITHER,), 5)
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


def test_a_colleague_whose_answer_says_nothing_learns_nothing() -> None:
    everybody = Claim(("all",), frozenset({0, 1, 2}), 2, 2)
    leaks = found({"all": (2, 2)}, everybody, SOMEBODY_CHOSE_EITHER, COLLEAGUE_DID_NOT_CHOOSE_1)
    assert ("D2i", (0, 1)) not in leaks


def test_own_answers_are_counted_in_the_crowd_that_gave_them() -> None:
    model = Model(block(SOMEBODY_CHOSE_EITHER), {})
    model.aim((1, 1))
    places, solution = Places(model, ()), np.arange(model.width)
    members, *cells = solution[:4]
    counts = [int(places.giving(0, own) @ solution) for own in range(5)]
    assert counts == [*cells, -members, members - sum(cells)]


def test_more_people_than_there_are_cannot_have_answered() -> None:
    with pytest.raises(Inconsistent):
        found({}, Claim(("all",), frozenset({0}), 3, 3))
