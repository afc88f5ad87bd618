"""A question that hangs on another: how many answered it is a least number of those who chose what it hangs on."""

import random
from typing import Any

import pytest

from feedback.auditor import audit, in_words
from feedback.domain.disclosure.groups import Atom
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.questionnaires import PREFER_NOT_TO_SAY, Condition, Role
from tests.auditor.programmes import Person, Programme, a_question, our_report

LOW = Condition("C1", ("0", "1"))
QUESTIONS = (a_question("C1", 5), a_question("C2", 5, shown_when=LOW))
Record = dict[str, Any]


def programme_of(mentors: str, dice: random.Random, silent: float = 0.0) -> Programme:
    """Mentors said these to C1; who said 0 or 1 was asked C2, and some did not say."""
    people = [Person(Atom(Role.MENTEE, ""), _answer(said, dice, silent)) for said in "0112201122"]
    people += [Person(Atom(Role.MENTOR, ""), _answer(said, dice, silent)) for said in mentors]
    return Programme(dict.fromkeys(Role, QUESTIONS), tuple(people))


def _answer(said: str, dice: random.Random, silent: float) -> Answer:
    if said not in LOW.answers:
        return Answer({"C1": said})
    return Answer({"C1": said, "C2": PREFER_NOT_TO_SAY if dice.random() < silent else dice.choice("01234")})


def with_dependent_shown(document: Record, counts: tuple[int, ...]) -> Record:
    """What a publisher without the rule would print beside a band: the question that hangs on it."""
    rows = [{"option": str(place), "count": count} for place, count in enumerate(counts)]
    shown = {"kind": "distribution", "group": "mentor", "question": "C2", "n": sum(counts), "counts": rows}
    kept = [one for one in document["statements"] if one.get("question") != "C2"]
    return {**document, "statements": [*kept, shown]}


def test_a_dependent_question_beside_a_band_is_caught() -> None:
    programme = programme_of("0" * 12, random.Random(1))
    honest = our_report(programme)
    assert {one["reason"] for one in honest["statements"] if one.get("question") == "C2" and "reason" in one} >= {
        "condition-hidden"
    }
    assert audit(honest, programme.sizes).passed
    verdict = audit(with_dependent_shown(honest, (3, 3, 2, 2, 2)), programme.sizes)
    assert {finding.rule for finding in verdict.findings} & {"D2", "D2i"}, in_words(verdict)


def test_the_same_numbers_on_their_own_give_nobody_away() -> None:
    programme = programme_of("0" * 12, random.Random(1))
    document = with_dependent_shown(our_report(programme), (3, 3, 2, 2, 2))
    free = [{key: value for key, value in one.items() if key != "shown_when"} for one in document["questions"]]
    assert audit({**document, "questions": free}, programme.sizes).passed


def test_more_answers_than_people_who_were_asked_contradict_each_other() -> None:
    programme = programme_of("000111444444", random.Random(1))
    verdict = audit(with_dependent_shown(our_report(programme), (3, 3, 2, 0, 0)), programme.sizes)
    assert "inconsistent" in {finding.rule for finding in verdict.findings}, in_words(verdict)


@pytest.mark.parametrize("seed", range(40))
def test_our_reports_with_conditions_give_nobody_away(seed: int) -> None:
    dice = random.Random(seed)
    weights = [dice.choice((0.1, 1, 1, 4)) for _ in range(5)]
    mentors = "".join(dice.choices("01234", weights, k=dice.randint(10, 30)))
    programme = programme_of(mentors, dice, silent=dice.choice((0, 0.1, 0.4)))
    verdict = audit(our_report(programme), programme.sizes)
    assert verdict.passed, in_words(verdict)


@pytest.mark.parametrize(
    "condition", [{"question": "Z9", "answers": ["0"]}, {"question": "C1", "answers": ["9"]}, {"question": "C2"}, "C1"]
)
def test_a_condition_that_cannot_be_is_refused(condition: object) -> None:
    programme = programme_of("000111444444", random.Random(1))
    document = our_report(programme)
    document["questions"][1]["shown_when"] = condition
    assert [finding.rule for finding in audit(document, programme.sizes).findings] == ["inconsistent"]
