"""A question of one role where everybody is one group: what is told of it, tried out on all possible answers."""

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from feedback.auditor import Cell, audit, audit_together
from feedback.domain.disclosure.groups import Atom
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.questionnaires import Role
from tests.auditor import enumeration
from tests.auditor.enumeration import SKIPPED, Attribute, Tiny, World, said
from tests.auditor.programmes import Person, Programme, a_question, our_report
from tests.auditor.rivals import question_record
from tests.auditor.tiny_surveys import ATOMS

ATTACKS = {"D1", "D2", "D2i", "D3"}
MENTORS, MENTEES = (0, 1), (2, 3)
GROUPS = {"all": (*MENTORS, *MENTEES), "mentor": MENTORS, "mentee": MENTEES}
SINGLE = tuple(Attribute(frozenset({cell})) for cell in range(2))
Record = dict[str, Any]


def tiny(seed: int) -> tuple[Tiny, Record, dict[tuple[str, str], int]]:
    """A survey of seven people with a question of both roles, or of mentors alone, by the rule of R4; k = 2."""
    dice = random.Random(seed)
    is_own, sizes = dice.random() < 0.5, tuple(dice.randint(0, 2) for _ in ATOMS)
    shell = Tiny(sizes, GROUPS, 2, SINGLE, 2, lambda _: True)
    mentors, mentees = shell.people(MENTORS), shell.people(MENTEES)
    world = tuple(_one(dice, is_own and person in mentees) for person in range(sum(sizes)))
    statements, fits = _told(world, mentors, mentees, is_own=is_own)
    questions = [question_record(a_question("Q", 2, order="none"), ("mentor",) if is_own else ("mentor", "mentee"))]
    if not is_own:
        questions.append(question_record(a_question("P", 2, order="none"), ("mentor",)))
    document = {
        "format": 1,
        "outcome": "published",
        "rules": {"k": 2, "band": 2},
        "groups": [{"name": "all", "role": None, "cohorts": [], "invited": sum(sizes)}],
        "questions": [*questions, question_record(a_question("N", 2, order="none"), ("mentee",))],
        "statements": statements,
    }
    invited = {atom: size for atom, size in zip(ATOMS, sizes, strict=True) if size}
    return replace(shell, agrees=fits), document, invited


def _one(dice: random.Random, is_silent: bool) -> int | None:
    return dice.choice((None, SKIPPED, SKIPPED)) if is_silent else dice.choice((None, SKIPPED, 0, 0, 1))


def _told(
    world: World, mentors: list[int], mentees: list[int], *, is_own: bool
) -> tuple[list[Record], Callable[[World], bool]]:
    """What a publisher tells, and whether another world would have been told of alike."""

    def shape(one: World) -> list[Record]:
        turnout = [sum(one[person] is not None for person in role) for role in (mentors, mentees)]
        rate = {"kind": "response-rate", "group": "all", "invited": len(world), "answered": sum(turnout)}
        own = {"kind": "withheld", "group": "mentor", "question": "Q" if is_own else "P", "reason": "role-too-few"}
        if min(turnout) >= 2:
            own["reason"] = "question-too-few"
        about = said(one, mentors if is_own else [*mentors, *mentees])
        counts = [{"option": str(option), "count": about.count(option)} for option in range(2)]
        shown = {"kind": "distribution", "question": "Q", "n": len(about), "counts": counts}
        if is_own and (min(turnout) < 2 or len(about) < 2):
            return [rate, own]
        return [rate, {**shown, "group": "mentor"}] if is_own else [rate, own, {**shown, "group": "all"}]

    told = shape(world)
    silent = mentees if is_own else []
    return told, lambda one: shape(one) == told and all(one[person] in (None, SKIPPED) for person in silent)


@pytest.mark.parametrize("seed", range(60))
def test_the_auditor_finds_what_enumeration_finds(seed: int) -> None:
    survey, document, invited = tiny(seed)
    if len({role for role, _ in invited}) < 2:
        return
    found = {finding.rule for finding in audit(document, invited).findings} & ATTACKS
    due = enumeration.broken(survey)
    ignored = {"D2i"} if "D2" in due else set()
    assert found - ignored == due - ignored


SHARED, OWN, THEIRS = a_question("C1", 4), a_question("V1", 4), a_question("V2", 4)


def programme_of(mentors: str, mentees: str) -> Programme:
    """Eight pairs, of whom so many answered, each every question alike."""
    said_by = {Role.MENTOR: (mentors, "V1"), Role.MENTEE: (mentees, "V2")}
    people = [
        Person(Atom(role, ""), Answer({"C1": answers[at], own: answers[at]}) if at < len(answers) else None)
        for role, (answers, own) in said_by.items()
        for at in range(8)
    ]
    return Programme({Role.MENTOR: (SHARED, OWN), Role.MENTEE: (SHARED, THEIRS)}, tuple(people))


@pytest.mark.parametrize(("mentors", "mentees"), [*product(range(4, 9), repeat=2)])
def test_our_reports_on_eight_pairs_give_nobody_away(mentors: int, mentees: int) -> None:
    for seed in range(3):
        dice = random.Random(seed)
        programme = programme_of(*("".join(dice.choices("0123", (6, 2, 1, 1), k=n)) for n in (mentors, mentees)))
        assert audit(our_report(programme), programme.sizes).passed


def test_what_one_role_was_asked_may_not_be_told_if_too_few_of_the_other_can_have_answered() -> None:
    programme = programme_of("0011223", "01230")
    document = our_report(programme)
    rate = next(one for one in document["statements"] if one["kind"] == "response-rate")
    rate["answered"] -= 1
    assert "rules" in {finding.rule for finding in audit(document, programme.sizes).findings}


def test_what_both_roles_were_asked_may_not_be_told_of_one_of_them() -> None:
    programme = programme_of("0011223", "01230123")
    document = our_report(programme)
    shared = next(one for one in document["statements"] if one.get("question") == "C1")
    shared["group"] = "mentor"
    assert "rules" in {finding.rule for finding in audit(document, programme.sizes).findings}


def test_reports_on_everybody_are_attacked_together_if_the_cells_name_roles() -> None:
    document = our_report(programme_of("0011223", "01230123"))
    cells = [Cell(8, ("all", "all"), "mentor"), Cell(8, ("all", "all"), "mentee")]
    assert audit_together([document, document], cells).passed
    nameless = [replace(cell, role=None) for cell in cells]
    assert {one.rule for one in audit_together([document, document], nameless).findings} == {"inconsistent"}


@pytest.mark.parametrize(
    ("grouping", "groups", "passed"),
    [
        ("together", [("all", None, [], 20)], True),
        ("together", [("mentor", "mentor", [], 8), ("mentee", "mentee", [], 12)], False),
        ("apart", [("mentor", "mentor", [], 8), ("mentee", "mentee", [], 12)], True),
        ("apart", [("all", None, [], 20)], False),
        ("kept", [("mentor", "mentor", [], 8), ("mentee", "mentee", [], 12)], True),
        ("kept", [("all", None, [], 20)], True),
        ("kept", [("mentor/", "mentor", [""], 8), ("mentee", "mentee", [], 12)], False),
        ("kept", [("mentor", "mentor", [], 8), ("mentee/A", "mentee", ["A"], 12)], False),
        ("kept", [("mentor", "mentor", [], 9), ("mentee", "mentee", [], 12)], False),
    ],
)
def test_groups_are_those_of_the_choice_or_kept(grouping: str, groups: list[tuple[Any, ...]], passed: bool) -> None:
    names = ("name", "role", "cohorts", "invited")
    document = {
        "format": 1,
        "outcome": "too-few",
        "grouping": grouping,
        "rules": {"k": 5, "band": 2},
        "groups": [dict(zip(names, group, strict=True)) for group in groups],
        "questions": [],
        "statements": [],
    }
    assert audit(document, {("mentor", ""): 8, ("mentee", ""): 12}).passed is passed
