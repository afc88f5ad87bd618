"""Faults planted in the publisher, by editing its document with the raw counts, are caught."""

import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

from feedback.auditor import Verdict, audit
from feedback.domain.disclosure.groups import Atom, Group
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.questionnaires import Order, Role
from tests.auditor.programmes import Person, Programme, a_question, document_of, our_report

MENTOR, MENTEE = (Atom(role, "") for role in Role)
Record = dict[str, Any]


def programme_of(mentors: Iterable[str], mentees: Iterable[str] = "0112201122", **changes: Any) -> Programme:
    """A programme with one question of five options; everybody answers."""
    question = a_question("C1", 5, **changes)
    people = [
        Person(atom, Answer({"C1": said}))
        for atom, all_said in ((MENTOR, mentors), (MENTEE, mentees))
        for said in all_said
    ]
    return Programme(dict.fromkeys(Role, (question,)), tuple(people))


def with_statement(document: Record, place: int, **changes: Any) -> Record:
    """The document with one statement about a question replaced; response rates come first."""
    statements = list(document["statements"])
    at = place + len([one for one in statements if one["kind"] == "response-rate"])
    statements[at] = {**statements[at], **changes}
    return {**document, "statements": statements}


def distribution(group: str, answers: Iterable[str]) -> Record:
    counts = Counter(answers)
    rows = [{"option": option, "count": counts[option]} for option in "01234"]
    return {"kind": "distribution", "group": group, "question": "C1", "n": sum(counts.values()), "counts": rows}


def said(document: Record, *more: Record) -> Record:
    """The document with more statements."""
    return {**document, "statements": [*document["statements"], *more]}


def rules(verdict: Verdict) -> set[str]:
    assert verdict.passed == (not verdict.findings)
    return {finding.rule for finding in verdict.findings}


@pytest.mark.parametrize(("last", "rule"), [("4" * 12, "D2"), ("4" * 11 + "3", "D2i"), ("0" * 6 + "1" * 6, "D2")])
def test_a_band_that_is_dropped_is_caught(last: str, rule: str) -> None:
    programme = programme_of(last)
    document = our_report(programme)
    kept = [one for one in document["statements"] if one["kind"] != "dominance-band"]
    exact = said({**document, "statements": kept}, distribution("mentor", last))
    assert rule in rules(audit(exact, programme.sizes))
    assert rules(audit(document, programme.sizes)) == set()


def test_a_threshold_that_is_ignored_is_caught() -> None:
    programme = programme_of("444")
    silent = tuple(Person(MENTOR, None) for _ in range(9))
    few = Programme(programme.questions, programme.people + silent)
    document = our_report(few)
    told = said(document, distribution("mentor", "444"))
    assert {"rules", "D1", "D2"} <= rules(audit(told, few.sizes))


def test_a_threshold_that_is_ignored_is_caught_also_where_answers_differ() -> None:
    programme = programme_of("0123" * 3)
    rates = [{"kind": "response-rate", "group": "mentor", "invited": 12, "answered": 3}]
    document = {**our_report(programme), "statements": [*rates, distribution("mentor", "012")]}
    verdict = audit(document, programme.sizes)
    assert {"rules", "D1"} <= rules(verdict)
    assert any("fewer than 5 of the people may have answered this" in one.sentence for one in verdict.findings)


def test_a_total_of_raw_counts_with_a_hidden_group_is_caught() -> None:
    programme = programme_of("0011223344", "0112201122")
    document = our_report(programme)
    hidden = [one for one in document["statements"] if one.get("group") == "mentor" and one["kind"] == "distribution"]
    kept = [one for one in document["statements"] if one not in hidden and one["kind"] != "total"]
    everybody = distribution("", "00112233440112201122")
    total = {**{key: everybody[key] for key in ("n", "counts")}, "kind": "total", "question": "C1", "missing": []}
    for groups in (["mentor", "mentee"], ["mentee"]):
        verdict = audit({**document, "statements": [*kept, {**total, "groups": groups}]}, programme.sizes)
        assert rules(verdict) & {"rules", "inconsistent"}


def test_a_total_over_a_group_of_fewer_than_k_gives_it_away() -> None:
    programme = programme_of("4440000000", "0112201122")
    shell = our_report(programme)
    rates = [
        {"kind": "response-rate", "group": "mentor", "invited": 10, "answered": None},
        {"kind": "response-rate", "group": "mentee", "invited": 10, "answered": 10},
    ]
    both = distribution("", "4440112201122")
    total = {
        "kind": "total",
        "question": "C1",
        "n": 13,
        "counts": both["counts"],
        "groups": ["mentor", "mentee"],
        "missing": [],
    }
    document = {**shell, "statements": [*rates, distribution("mentee", "0112201122"), total]}
    found = [one for one in audit(document, programme.sizes).findings if one.rule == "D1"]
    assert [(one.question, one.group) for one in found] == [("C1", "mentor")]
    assert "exactly 3 of them chose “4”" in found[0].sentence


def test_how_many_fell_is_knowledge_that_is_used() -> None:
    programme = _then_now("4" * 6 + "0" * 6, "0" * 6 + "4" * 6)
    document = our_report(programme)
    rose = next(one for one in document["statements"] if one["kind"] == "rose")
    assert (rose["bound"], rose["count"]) == ("exactly", 6)
    fell = {**rose, "kind": "fell", "count": 12}
    assert "inconsistent" in rules(audit(said(document, fell), programme.sizes))
    assert {"rules"} == rules(audit(said(document, {**fell, "count": 6}), programme.sizes))
    assert rules(audit(document, programme.sizes)) == set()


def test_how_many_fell_fixes_the_direction_of_all_others() -> None:
    programme = _then_now("4" * 12, "0122012201" + "22")
    document = our_report(programme)
    fell = {"kind": "fell", "group": "mentor", "question": "C1", "n": 12, "bound": "exactly", "count": 11}
    verdict = audit(said(document, fell), programme.sizes)
    assert any(one.rule == "D2i" and "fell" in one.sentence for one in verdict.findings)


def _then_now(then: str, now: str) -> Programme:
    question = a_question("C1", 5, then_now=True, order=Order.RISING)
    people = [Person(MENTOR, Answer({"C1-then": a, "C1-now": b})) for a, b in zip(then, now, strict=True)]
    return Programme({Role.MENTOR: (question,), Role.MENTEE: ()}, tuple(people))


def test_a_sensitive_question_told_exactly_is_caught() -> None:
    programme = programme_of("112233112233", sensitive=True)
    document = our_report(programme)
    kept = [one for one in document["statements"] if one.get("group") != "mentor" or one["kind"] == "response-rate"]
    verdict = audit(said({**document, "statements": kept}, distribution("mentor", "112233112233")), programme.sizes)
    assert {"rules", "D3"} <= rules(verdict)


@pytest.mark.parametrize(("low", "high"), [(0, 0), (12, 12)])
def test_a_sensitive_band_that_is_too_narrow_is_caught(low: int, high: int) -> None:
    programme = programme_of(("4" if low == 0 else "0") * 12, sensitive=True)
    document = our_report(programme)
    classes = [{"options": options, "low": low, "high": high} for options in (["0", "1", "2"], ["0"])]
    verdict = audit(with_statement(document, 0, classes=classes), programme.sizes)
    assert "rules" in rules(verdict)
    assert rules(verdict) & {"D2", "D3"}


def test_a_partition_chosen_by_answers_is_caught() -> None:
    dice = random.Random(3)
    sizes = {Atom(Role.MENTOR, "A"): 12, Atom(Role.MENTOR, "B"): 7, Atom(Role.MENTEE, "A"): 20}
    people = tuple(
        Person(atom, Answer({"C1": dice.choice("01234")})) for atom, size in sizes.items() for _ in range(size)
    )
    programme = Programme(dict.fromkeys(Role, (a_question("C1", 5),)), people)
    chosen = (
        Group("mentor/A", Role.MENTOR, ("A",), 12),
        Group("mentor/B", Role.MENTOR, ("B",), 7),
        Group("mentee", Role.MENTEE, (), 20),
    )
    verdict = audit(document_of(programme, chosen, programme.tally(chosen)), programme.sizes)
    assert {finding.group for finding in verdict.findings} == {"mentor", "mentor/A", "mentor/B"}
    assert rules(verdict) == {"partition"}


def test_an_insider_who_is_the_only_one_who_answered_learns_nothing() -> None:
    programme = programme_of("0011223344")
    shell = our_report(programme)
    question = {**shell["questions"][0], "kind": "many", "order": "none"}
    tick = {"kind": "ticks", "group": "mentor", "question": "C1", "n": 1, "option": "0", "bound": "at-most", "count": 1}
    document = {**shell, "questions": [question], "statements": [tick]}
    assert rules(audit(document, programme.sizes)) == {"rules"}


def test_receipts_of_hidden_groups_are_caught() -> None:
    programme = programme_of("0011223344")
    document = {**our_report(programme), "receipts": [f"{number:064x}" for number in range(21)]}
    assert [one.sentence[:2] for one in audit(document, programme.sizes).findings] == ["21"]


WEAKER = {"k": 4, "band": 1, "wide_band": 2, "wide_from": 13, "band_per": 21, "sensitive_k": 9, "sensitive_band": 2}


@pytest.mark.parametrize(("name", "weaker"), WEAKER.items())
def test_weaker_rules_than_those_promised_are_caught(name: str, weaker: int) -> None:
    document = our_report(programme_of("0011223344"))
    verdict = audit({**document, "rules": {**document["rules"], name: weaker}}, None)
    assert any(f"{name} = {weaker}" in one.sentence for one in verdict.findings)


def test_a_question_of_one_role_may_not_be_told_of_everybody() -> None:
    question = a_question("C1", 5)
    people = [Person(MENTOR, Answer({"C1": said})) for said in "0011223344"] + [Person(MENTEE, None)] * 3
    programme = Programme({Role.MENTOR: (question,), Role.MENTEE: (a_question("C2", 5),)}, tuple(people))
    document = our_report(programme)
    (at,) = [at for at, one in enumerate(document["statements"]) if one.get("question") == "C1"]
    statements = [*document["statements"]]
    statements[at] = distribution("all", "0011223344")
    assert rules(audit(document, programme.sizes)) == set()
    assert "rules" in rules(audit({**document, "statements": statements}, programme.sizes))
