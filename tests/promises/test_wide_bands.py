"""Bands grow with the group, and what is too large to be attacked is refused before anybody is asked."""

import random

import pytest

from feedback.auditor import Cell, audit, audit_together
from feedback.domain.disclosure.bands import band_of
from feedback.domain.disclosure.groups import Atom
from feedback.domain.disclosure.statements import Reason
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.kinds import MANY
from feedback.domain.survey.questionnaires import Order, Question, Role, Theme
from tests.auditor.programmes import Person, Programme, a_question, our_report

Record = dict[str, object]


def asked(question: Question, *mentors: str | tuple[str, ...]) -> Programme:
    """Mentors said these to one question; ten mentees said all sorts."""
    mentees = [question.option_codes[at % len(question.options)] for at in range(10)]
    said = [*((Role.MENTOR, one) for one in mentors), *((Role.MENTEE, one) for one in mentees)]
    ratings = [(role, (one,) if question.kind is MANY and isinstance(one, str) else one) for role, one in said]
    people = [Person(Atom(role, ""), Answer(dict.fromkeys(question.fields, rating))) for role, rating in ratings]
    return Programme(dict.fromkeys(Role, (question,)), tuple(people))


def about_mentors(document: Record) -> list[Record]:
    statements = document["statements"]
    assert isinstance(statements, list)
    return [one for one in statements if one["group"] == "mentor" and "question" in one]


@pytest.mark.parametrize(("n", "b"), [(5, 2), (11, 2), (12, 3), (60, 3), (61, 4), (600, 30), (601, 31)])
def test_the_band_grows_with_the_number_of_answers(n: int, b: int) -> None:
    assert band_of(n) == b


@pytest.mark.parametrize(("differ", "n"), [(2, 11), (3, 12), (4, 61), (30, 600)])
def test_as_many_who_differ_as_the_band_holds_hide_in_it(differ: int, n: int) -> None:
    programme = asked(a_question("C1", 5), *["4"] * (n - differ), *random.Random(1).choices("23", k=differ))
    (said,) = about_mentors(our_report(programme))
    assert (said["kind"], said["at_least"]) == ("dominance-band", n - band_of(n))


@pytest.mark.parametrize(("differ", "n"), [(3, 12), (4, 61), (30, 600)])
def test_a_publisher_with_the_narrow_band_is_caught(differ: int, n: int) -> None:
    programme = asked(a_question("C1", 5), *["4"] * (n - differ), *["3"] * differ)
    document = our_report(programme)
    exact = [
        {"option": option, "count": count} for option, count in zip("01234", (0, 0, 0, differ, n - differ), strict=True)
    ]
    told = {"kind": "distribution", "group": "mentor", "question": "C1", "n": n, "counts": exact}
    kept = [one for one in document["statements"] if one not in about_mentors(document)]
    verdict = audit({**document, "statements": [*kept, told]}, programme.sizes)
    assert "rules" in {finding.rule for finding in verdict.findings}


@pytest.mark.parametrize("options", [12, 101, 201])
def test_then_and_now_of_too_many_options_is_neither_shown_nor_attacked(options: int) -> None:
    question = a_question("C1", options, then_now=True)
    programme = asked(question, *(str(at) for at in range(12)))
    document = our_report(programme)
    assert {one["reason"] for one in about_mentors(document)} == {Reason.UNFIT}
    assert audit(document, programme.sizes).passed


@pytest.mark.parametrize(("options", "then_now"), [(101, True), (201, True), (31, False)])
def test_the_auditor_reads_too_many_options_as_a_finding(options: int, then_now: bool) -> None:
    programme = asked(a_question("C1", options, then_now=then_now), *(str(at % options) for at in range(12)))
    document = our_report(programme)
    counts = [{"option": str(at), "count": int(at < 12)} for at in range(options)]
    told = {"kind": "distribution", "group": "mentor", "question": "C1", "n": 12, "counts": counts}
    (finding,) = audit({**document, "statements": [*document["statements"], told]}, programme.sizes).findings
    assert (finding.rule, str(options) in finding.sentence) == ("limit", True)


def test_what_is_too_large_in_one_report_leaves_the_rest_to_be_attacked() -> None:
    large, alike, varied = a_question("C1", 31), a_question("C2", 5), a_question("C3", 5)
    people = [Person(Atom(Role.MENTOR, ""), Answer({"C1": "0", "C2": "4", "C3": str(at % 5)})) for at in range(12)]
    programme = Programme({Role.MENTOR: (large, alike, varied), Role.MENTEE: ()}, tuple(people))
    document = our_report(programme)
    told = {"kind": "distribution", "group": "mentor", "question": "C1", "n": 12}
    told["counts"] = [{"option": str(at), "count": 12 * (at == 0)} for at in range(31)]
    bare = [{"option": str(at), "count": 12 * (at == 4)} for at in range(5)]
    alike_told = {"kind": "distribution", "group": "mentor", "question": "C2", "n": 12, "counts": bare}
    kept = [one for one in document["statements"] if one.get("question") not in {"C1", "C2"}]
    bad = {**document, "statements": [*kept, told, alike_told]}
    for findings in (
        audit(bad, programme.sizes).findings,
        audit_together([document, bad], [Cell(12, ("mentor", "mentor"))]).findings,
    ):
        named = {(one.rule, one.questions) for one in findings}
        assert {("limit", ("C1",)), ("D2", ("C2",))} <= named
        assert {code for _rule, codes in named for code in codes} == {"C1", "C2"}


class TooLarge(dict[str, object]):
    """A document that does not fit into memory."""

    def __getitem__(self, key: str) -> object:
        raise MemoryError


def test_a_document_that_does_not_fit_into_memory_is_a_finding() -> None:
    document = TooLarge(our_report(asked(a_question("C1", 5), *"0123401234")))
    assert [finding.rule for finding in audit(document, None).findings] == ["limit"]


def test_a_document_that_is_too_deep_is_a_finding() -> None:
    document = our_report(asked(a_question("C1", 5), *"0123401234"))
    deep: object = []
    for _ in range(100_000):
        deep = [deep]
    document["questions"][0]["text"] = deep
    assert [finding.rule for finding in audit(document, None).findings] == ["limit"]


def test_whatever_is_asked_about_harm_is_told_in_bands_only() -> None:
    programme = asked(a_question("H1", 4, theme=Theme.HARM), *"000111222333")
    document = our_report(programme)
    assert [one["kind"] for one in about_mentors(document)] == ["sensitive"]
    plain = [one | {"sensitive": False} for one in document["questions"]]
    assert audit({**document, "questions": plain}, programme.sizes).passed


def test_the_auditor_knows_by_the_theme_that_harm_is_sensitive() -> None:
    programme = asked(a_question("H1", 4), *"000111222333")
    document = our_report(programme)
    harm = [one | {"theme": "harm"} for one in document["questions"]]
    assert "rules" in {finding.rule for finding in audit({**document, "questions": harm}, programme.sizes).findings}


def test_harm_that_cannot_be_told_in_bands_is_not_told() -> None:
    question = a_question("H1", 3, theme=Theme.HARM, kind=MANY, order=Order.NONE)
    document = our_report(asked(question, *["0"] * 6, *["1"] * 6))
    assert {one["reason"] for one in about_mentors(document)} == {Reason.UNFIT}


def test_ticks_of_one_question_share_one_number_of_people() -> None:
    programme = asked(a_question("B1", 3, kind=MANY, order=Order.NONE), *[("0",), ("0", "1"), ("2",)] * 5)
    document = our_report(programme)
    first, *others = about_mentors(document)
    assert {one["n"] for one in others} == {first["n"]}
    fewer = [one | {"n": 14} if one == first else one for one in document["statements"]]
    verdict = audit({**document, "statements": fewer}, programme.sizes)
    assert any("different numbers of people" in finding.sentence for finding in verdict.findings)
