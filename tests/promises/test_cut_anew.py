"""Questions that only some are asked cut people anew inside one report: what that would give away is not said."""

from collections import Counter
from typing import Any

import pytest

from feedback.auditor import audit, in_words
from feedback.domain.disclosure.groups import Atom
from feedback.domain.disclosure.statements import canonical_json
from feedback.domain.errors import QuestionnaireRefused
from feedback.domain.report.cells import Cell
from feedback.domain.report.report import Report
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.questionnaire_files import read_questionnaire
from feedback.domain.survey.questionnaires import Condition, Order, Question, Role
from feedback.services.reports.audit_together import EarlierReports, Hidden, to_withhold
from tests.auditor.programmes import Person, Programme, a_question, our_report
from tests.auditor.rivals import question_record

Record = dict[str, Any]
DESKS = tuple(str(desk) for desk in range(20))
FIRST = Condition("D1", DESKS[:19])
WORDS = {"en": "Is it safe to speak up here?"}
DESK = a_question("D1", 20, order=Order.NONE, text={"en": "At which desk do you sit?"})
ALL = a_question("T1", 3, order=Order.NONE, text=WORDS)
AGAIN = a_question("T2", 3, order=Order.NONE, text={"en": "IS it safe to speak up here, too?"}, shown_when=FIRST)
OTHER = a_question("T2", 3, order=Order.NONE, text={"en": "What would help most?"}, shown_when=FIRST)
SAID = "01201201201201201202"
"""What the people at desks 0 to 19 say."""


def record(statements: list[Record], *questions: Question) -> Record:
    """A report that a publisher without the rule would make of twenty people at twenty desks."""
    asked = [
        question_record(one)
        | ({"shown_when": {"question": "D1", "answers": [*FIRST.answers]}} if one.shown_when else {})
        for one in questions
    ]
    group = {"name": "mentor", "role": "mentor", "cohorts": [], "invited": 20}
    rate = {"kind": "response-rate", "group": "mentor", "invited": 20, "answered": 20}
    return {
        "format": 1,
        "outcome": "published",
        "rules": {"k": 5},
        "groups": [group],
        "questions": asked,
        "statements": [rate, *statements],
    }


def told(question: Question, said: str | list[str]) -> Record:
    counts = Counter(said)
    rows = [{"option": option, "count": counts[option]} for option in question.option_codes]
    return {"kind": "distribution", "group": "mentor", "question": question.code, "n": len(said), "counts": rows}


def rules(document: Record) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for finding in audit(document, {("mentor", ""): 20}).findings:
        found.setdefault(finding.rule, set()).add(finding.group)
    return found


def test_the_same_words_of_all_and_of_all_but_one_desk_tell_what_that_desk_said() -> None:
    document = record([told(DESK, [*DESKS]), told(ALL, SAID), told(AGAIN, SAID[:19])], DESK, ALL, AGAIN)
    found = rules(document)
    assert "mentor who chose “19” at D1" in found["D1"] & found["D2"]
    assert "rules" in found


def test_other_words_of_all_but_one_desk_break_the_rule_but_tell_no_answer() -> None:
    document = record([told(DESK, [*DESKS]), told(ALL, SAID), told(OTHER, SAID[:19])], DESK, ALL, OTHER)
    assert rules(document).keys() == {"rules"}


def test_what_hangs_on_a_question_that_is_not_mentioned_tells_of_that_question() -> None:
    filtered = a_question("D1", 2, order=Order.NONE, text={"en": "Do you sit upstairs?"})
    child = a_question("T2", 3, order=Order.NONE, text={"en": "What would help most?"}, shown_when=FIRST)
    document = record([told(child, SAID)], filtered, child)
    document["questions"][1]["shown_when"] = {"question": "D1", "answers": ["0"]}
    findings = audit(document, {("mentor", ""): 20}).findings
    assert ("D2", "D1") in {(finding.rule, finding.question) for finding in findings}


@pytest.mark.parametrize("again", [AGAIN, OTHER])
def test_our_report_leaves_out_what_only_some_were_asked(again: Question) -> None:
    people = [
        Person(
            Atom(Role.MENTOR, ""),
            Answer({"D1": desk, "T1": said} | ({"T2": said} if desk in FIRST.answers else {})),
        )
        for desk, said in zip(DESKS, SAID, strict=True)
    ]
    programme = Programme({Role.MENTOR: (DESK, ALL, again), Role.MENTEE: ()}, tuple(people))
    document = our_report(programme)
    assert [one["reason"] for one in document["statements"] if one.get("question") == "T2"] == ["condition-hidden"]
    verdict = audit(document, programme.sizes)
    assert verdict.passed, in_words(verdict)


def of_floors(counts: tuple[int, int, int], *asked_after: tuple[str, ...]) -> dict[str, str]:
    """Say how each question that hangs on a floor is published, if so many people work on each of three floors."""
    floor = a_question("D1", 3, order=Order.NONE, text={"en": "On which floor do you work?"})
    words = ("What would help most?", "Who listens to you?", "How noisy is it?")
    hanging = [
        a_question(f"T{at}", 5, order=Order.NONE, text={"en": words[at]}, shown_when=Condition("D1", answers))
        for at, answers in enumerate(asked_after)
    ]
    people = []
    for person, chose in enumerate([str(at) for at, count in enumerate(counts) for _ in range(count)]):
        more = {one.code: str(person % 5) for one in hanging if one.shown_when and chose in one.shown_when.answers}
        people.append(Person(Atom(Role.MENTOR, ""), Answer({"D1": chose, **more})))
    programme = Programme({Role.MENTOR: (floor, *hanging), Role.MENTEE: ()}, tuple(people))
    document = our_report(programme)
    assert audit(document, programme.sizes).passed
    return {one["question"]: one["kind"] for one in document["statements"] if one.get("question", "D1") != "D1"}


def test_both_sides_of_a_cut_must_be_large_enough() -> None:
    assert of_floors((6, 6, 0), ("0",)) == {"T0": "distribution"}
    assert of_floors((8, 2, 2), ("0",)) == {"T0": "withheld"}
    assert of_floors((4, 6, 6), ("0",)) == {"T0": "withheld"}


def test_every_class_that_conditions_separate_must_be_large_enough_or_empty() -> None:
    assert of_floors((6, 6, 6), ("0",), ("0", "1")) == {"T0": "distribution", "T1": "distribution"}
    assert of_floors((7, 7, 0), ("0",), ("0", "2")) == {"T0": "distribution", "T1": "distribution"}
    assert of_floors((6, 2, 8), ("0",), ("0", "1")) == {"T0": "withheld", "T1": "withheld"}


def report(said: str, *questions: Question, floors: str) -> Report:
    """Our report about people of two floors, who say the same whenever they are asked."""
    people = []
    for floor, told in zip(floors, said, strict=True):
        answer = {"D1": floor} if len(questions) > 1 else {}
        asked = all(one.shown_when is None or floor in one.shown_when.answers for one in questions)
        people.append(Person(Atom(Role.MENTOR, ""), Answer(answer | ({"T1": told} if asked else {}))))
    programme = Programme({Role.MENTOR: questions, Role.MENTEE: ()}, tuple(people))
    return Report.parse(canonical_json(our_report(programme)))


def test_a_later_report_that_asks_one_floor_again_does_not_tell_what_the_other_said() -> None:
    floor = a_question("D1", 2, order=Order.NONE, text={"en": "On which floor do you work?"})
    again = a_question("T1", 5, order=Order.NONE, text=WORDS, shown_when=Condition("D1", ("0",)))
    floors, said = "0" * 12 + "1" * 12, "001122334410" + "4" * 12
    first = report(said, a_question("T1", 5, order=Order.NONE, text=WORDS), floors=floors)
    second = report(said, floor, again, floors=floors)
    assert withheld_from(second, first) == {("mentor", "T1")}


def withheld_from(last: Report, *before: Report) -> Hidden:
    """What a report must not say of the 24 people whom the reports before asked too."""
    cells = Counter({Cell(Role.MENTOR, ("mentor",) * (len(before) + 1)): 24})
    return to_withhold(lambda _hidden: last, EarlierReports(before, cells))


@pytest.mark.parametrize("before", [1, 2, 3])
def test_a_question_of_which_too_much_must_be_told_apart_is_withheld_and_no_other(before: int) -> None:
    floor = a_question("D1", 2, order=Order.NONE, text={"en": "On which floor do you work?"})
    some = a_question("T1", 5, order=Order.NONE, text=WORDS, shown_when=Condition("D1", ("0",)))
    one = report("001122334410" * 2, floor, some, floors="01" * 12)
    assert withheld_from(one, *[one] * before) == {("mentor", "T1")}


FILE = """
name = "own"
version = 1
stage = "own"
role = "mentor"
title.en = "Own"
[scales.yes]
order = "none"
options = [ { code = "yes", text.en = "Yes" }, { code = "no", text.en = "No" } ]
[[sections]]
code = "one"
title.en = "One"
[[sections]]
code = "two"
title.en = "Two"
[[questions]]
code = "D1"
section = "one"
kind = "one"
scale = "yes"
text.en = "Do you work upstairs?"
source = "Own"
licence = "MIT"
[[questions]]
code = "T1"
section = "one"
kind = "one"
scale = "yes"
text.en = "Is it safe to speak up here?"
source = "Own"
licence = "MIT"
[[questions]]
code = "T2"
section = "two"
kind = "one"
scale = "yes"
shown_when = { question = "D1", answers = ["yes"] }
text.en = "Is it safe to speak up here, TOO?"
source = "Own"
licence = "MIT"
"""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("", "", "own.toml: question T2 asks in nearly the same words as T1; leave one out"),
        ('["yes"]', '["yes", "no"]', "question T2, shown_when: holds after every answer to D1; remove shown_when"),
    ],
)
def test_a_file_that_would_cut_people_anew_is_refused_with_its_mend(old: str, new: str, problem: str) -> None:
    with pytest.raises(QuestionnaireRefused) as refused:
        read_questionnaire(FILE.replace(old, new) if old else FILE, "own.toml")
    assert problem in str(refused.value)


def test_words_of_its_own_are_enough() -> None:
    assert read_questionnaire(FILE.replace("Is it safe to speak up here, TOO?", "What would help most?"), "own.toml")
