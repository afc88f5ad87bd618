"""Our publisher under attack: nothing is found, whoever was invited and whatever they said."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.auditor import audit, in_words
from feedback.domain.disclosure.groups import Atom
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.kinds import MANY
from feedback.domain.survey.questionnaires import Order, Role
from tests.auditor.programmes import Person, Programme, a_question, our_report, some_programme
from tests.databases import first_of
from tests.tried import tried


@pytest.mark.parametrize("start", first_of(2, range(0, 300, 20)))
def test_our_reports_give_nobody_away(start: int) -> None:
    for seed in range(start, start + 20):
        programme = some_programme(seed)
        verdict = audit(our_report(programme), programme.sizes)
        assert verdict.passed, f"seed {seed}: {in_words(verdict)}"


def test_our_reports_give_nobody_away_to_those_who_know_the_groups_only() -> None:
    for seed in range(300, 320):
        assert audit(our_report(some_programme(seed)), None).passed


atoms = st.builds(Atom, st.sampled_from(list(Role)), st.sampled_from(("", "A", "B")))
answers = st.sampled_from([None, "0", "0", "0", "1", "2", "prefer-not-to-say"])
QUESTIONS = (
    a_question("C1", 3),
    a_question("C2", 3, order=Order.NONE),
    a_question("S1", 3, sensitive=True),
    a_question("T1", 3, then_now=True, order=Order.FALLING),
    a_question("B1", 3, kind=MANY, order=Order.NONE),
)


@st.composite
def a_programme(draw: st.DrawFn) -> Programme:
    """A programme in which the same few answers come again and again."""
    people = [draw(st.tuples(atoms, answers, answers)) for _ in range(draw(st.integers(5, 45)))]
    return Programme(dict.fromkeys(Role, QUESTIONS), tuple(Person(atom, _answer(*said)) for atom, *said in people))


def _answer(first: str | None, second: str | None) -> Answer | None:
    if first is None:
        return None
    ticks = {"B1": first if first == "prefer-not-to-say" else (first,)}
    one = dict.fromkeys(("C1", "C2", "S1", "T1-now"), first)
    return Answer({**one, **ticks, **({} if second is None else {"T1-then": second})})


@tried(40)
@given(a_programme())
def test_no_counter_example_is_found(programme: Programme) -> None:
    verdict = audit(our_report(programme), programme.sizes)
    assert verdict.passed, in_words(verdict)


def test_a_report_that_too_few_answered_passes() -> None:
    document = our_report(some_programme(1))
    silent = {**document, "outcome": "too-few", "statements": [], "questions": [], "receipts": []}
    assert audit(silent, some_programme(1).sizes).passed


@pytest.mark.parametrize("answered", range(10, 14))
def test_merged_tiny_cohorts_in_which_everybody_answered_are_safe(answered: int) -> None:
    dice = random.Random(answered)
    cohorts = [Atom(Role.MENTOR, str(place)) for place in range(answered)]
    people = [Person(atom, _answer(dice.choice("012"), dice.choice("012"))) for atom in cohorts]
    programme = Programme(dict.fromkeys(Role, QUESTIONS), tuple(people))
    assert audit(our_report(programme), programme.sizes).passed
