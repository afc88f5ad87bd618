"""Several reports about nearly the same people: what their difference gives away, and what remains unseen."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

from feedback.auditor import Cell, Verdict, audit_together
from feedback.auditor.auditing import ASSUMING
from feedback.domain.disclosure.groups import Atom
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.questionnaires import Question, Role
from tests.auditor.programmes import Person, Programme, a_question, our_report

Record = dict[str, Any]
STAY, LEAVE, JOIN = "01234" * 4, "44", "31"


def report_of(*answers: Iterable[str], question: Question | None = None) -> Record:
    """Return our report about mentors who gave these answers; everybody answered."""
    asked = (question or a_question("C1", 5),)
    people = [Person(Atom(Role.MENTOR, ""), Answer({"C1": said})) for some in answers for said in some]
    return our_report(Programme({Role.MENTOR: asked, Role.MENTEE: asked}, tuple(people)))


def rules(verdict: Verdict) -> Counter[str]:
    return Counter(finding.rule for finding in verdict.findings)


def cell(people: int, present: str) -> Cell:
    """Return people who are in the reports marked with an x."""
    return Cell(people, tuple("mentor" if one == "x" else None for one in present))


@pytest.mark.parametrize("newcomers", ["4", "41", "413", "4130"])
def test_newcomers_fewer_than_k_are_given_away_by_the_next_report(newcomers: str) -> None:
    reports = [report_of(STAY), report_of(STAY, newcomers)]
    verdict = audit_together(reports, [cell(20, "xx"), cell(len(newcomers), "-x")])
    (finding,) = [one for one in verdict.findings if one.rule == "D1"]
    assert finding.sentence.startswith(ASSUMING)
    assert f"{len(newcomers)} people invited from –/mentor" in finding.sentence


def test_what_follows_without_the_assumption_does_not_claim_it() -> None:
    bad = report_of(STAY)
    (at,) = [at for at, one in enumerate(bad["statements"]) if one["kind"] == "distribution"]
    counts = [{"option": option, "count": 20 * (option == "4")} for option in "01234"]
    bad["statements"][at] = {**bad["statements"][at], "counts": counts}
    verdict = audit_together([report_of(STAY), bad], [cell(20, "xx")])
    assert {(one.rule, one.group) for one in verdict.findings} == {
        (rule, "report 2, mentor") for rule in ("D2", "rules")
    }
    assert not any(one.sentence.startswith(ASSUMING) for one in verdict.findings)


def test_kickoff_midpoint_and_exit_give_away_who_left_and_who_joined() -> None:
    reports = [report_of(STAY, LEAVE), report_of(STAY), report_of(STAY, JOIN)]
    cells = [cell(20, "xxx"), cell(2, "x--"), cell(2, "--x")]
    verdict = audit_together(reports, cells)
    assert {one.group for one in verdict.findings} == {"report 1, mentor", "report 3, mentor"}
    assert {one.rule for one in verdict.findings} >= {"D1", "D2"}


def test_nobody_is_given_away_if_nobody_leaves_or_joins() -> None:
    reports = [report_of(STAY, LEAVE)] * 3
    assert audit_together(reports, [cell(22, "xxx")]).passed


def test_answers_that_changed_contradict_the_assumption_and_yield_nothing() -> None:
    reports = [report_of("0" * 5 + STAY), report_of("4" * 5 + STAY, "1")]
    assert audit_together(reports, [cell(25, "xx"), cell(1, "-x")]).passed


@pytest.mark.parametrize("pilot", [12, 15])
def test_a_pilot_within_a_roll_out_is_given_away_below_k(pilot: int) -> None:
    everybody = "01234" * 3 + "11"
    reports = [report_of(everybody[:pilot]), report_of(everybody)]
    verdict = audit_together(reports, [cell(pilot, "xx"), cell(17 - pilot, "-x")])
    assert ("D1" in rules(verdict)) == (17 - pilot < 5)


def test_exact_counts_of_k_or_more_newcomers_are_learnt_and_not_called_a_leak() -> None:
    newcomers = "01122"
    reports = [report_of(STAY), report_of(STAY, newcomers)]
    assert audit_together(reports, [cell(20, "xx"), cell(5, "-x")]).passed


def test_newcomers_who_all_agree_are_given_away_however_many_they_are() -> None:
    reports = [report_of(STAY), report_of(STAY, "3" * 8)]
    verdict = audit_together(reports, [cell(20, "xx"), cell(8, "-x")])
    assert rules(verdict) == {"D2": 1}


def test_a_question_whose_words_changed_is_another_question() -> None:
    other = a_question("C1", 5, text={"en": "Something else?"})
    reports = [report_of(STAY), report_of(STAY, "4", question=other)]
    assert audit_together(reports, [cell(20, "xx"), cell(1, "-x")]).passed


def test_a_question_that_an_older_report_calls_a_band_is_the_same_question() -> None:
    reports = [report_of(STAY), report_of(STAY, "4")]
    reports[0]["questions"][0]["kind"] = "band"
    verdict = audit_together(reports, [cell(20, "xx"), cell(1, "-x")])
    assert "D1" in rules(verdict)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([Cell(20, ("mentor",))], "one group, or none, for each report"),
        ([Cell(-1, ("mentor", None))], "one group, or none, for each report"),
        ([Cell(20, ("mentor", "boss"))], "no such group"),
        ([Cell(19, ("mentor", "mentor"))], "19 people of this group, but 20"),
    ],
)
def test_cells_that_do_not_fit_the_reports_are_refused(cells: list[Cell], words: str) -> None:
    verdict = audit_together([report_of(STAY), report_of(STAY)], cells)
    assert words in verdict.findings[0].sentence
    assert not verdict.passed


def test_a_report_that_cannot_be_read_is_named() -> None:
    verdict = audit_together([report_of(STAY), {}], [cell(20, "xx")])
    assert [one.group for one in verdict.findings] == ["report 2"]
