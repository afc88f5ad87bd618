"""A report as a paper: what stands where, in which words, and what never stands anywhere."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from feedback.domain.report.document import build_too_few
from feedback.domain.report.released_comments import ReleasedComments, ReleasedQuestion, ReleasedText
from feedback.domain.report.report import Report, Twin
from feedback.domain.survey.kinds import TEXT
from feedback.domain.survey.questionnaires import Order, Role
from feedback.rendering.blocks import Heading, Paragraph, Quotes
from feedback.rendering.paper import Paper, PaperSection
from feedback.rendering.placing import charts_of
from feedback.rendering.plain import write_plain
from feedback.reporting.comments_section import CommentsState
from feedback.reporting.report_paper import ReportSource, compose_report
from tests.reporting.reports import Said, facts, question, report, signed, simple_report

LOW, HIGH = "000011112222", "222233334444"


def composed(document: Report, *earlier: Report, comments: CommentsState | None = None) -> Paper:
    return compose_report(ReportSource(signed(document), earlier, comments or CommentsState()), "en")


def section(paper: Paper, name: str) -> PaperSection:
    return next(one for one in paper.sections if one.name == name)


def words(paper: Paper, name: str) -> str:
    return " ".join(write_plain(Paper("", "", "en", "ltr", (section(paper, name),))).split())


def names(paper: Paper) -> list[str]:
    return [one.name for one in paper.sections]


def test_a_first_report_has_its_parts_in_order(speaking: Flask) -> None:
    assert names(composed(simple_report())) == [
        "short",
        "glance",
        "results",
        "method",
        "asked",
        "numbers",
        "proof",
    ]


def test_a_later_report_says_what_changed(speaking: Flask) -> None:
    first = report(facts(question(), stage="kickoff"), Said("mentor", Role.MENTOR, {"C1": LOW}))
    second = report(facts(question()), Said("mentor", Role.MENTOR, {"C1": HIGH}), previous=first.chain_hash)
    paper = composed(second, first)
    assert {"change", "appendix"} <= set(names(paper))
    short = words(paper, "short")
    asked = "answered “Choice 3” or “Choice 4” to “How?”"
    assert f"0 of 12 mentors before, 8 of 12 now, {asked} 67 more in 100 (likely 30 to 86)" in short
    assert "1 of 1 result changed noticeably; chance alone changes fewer than one." in short
    assert "All are more than chance alone explains." in short
    assert "+67 points" in words(paper, "change")


def test_a_change_within_chance_is_not_in_the_summary(speaking: Flask) -> None:
    first = report(facts(question(), stage="kickoff"), Said("mentor", Role.MENTOR, {"C1": "000111222333"}))
    second = report(facts(question()), Said("mentor", Role.MENTOR, {"C1": "001112223334"}), previous=first.chain_hash)
    said = words(composed(second, first), "short")
    assert "1 result compared; each change may be chance." in said
    assert "more than chance" not in said


def test_an_earlier_report_that_says_nothing_is_not_compared(speaking: Flask) -> None:
    nothing = build_too_few(facts(question(), stage="kickoff"), None)
    assert "change" not in names(composed(simple_report(), nothing))


def test_few_people_are_called_few_once(speaking: Flask) -> None:
    said = words(composed(simple_report(HIGH)), "short")
    assert said.count("Few people: hints, not proof.") == 1
    assert "One person can count for 8%." in said


def test_of_many_people_it_says_how_firm_a_share_is(speaking: Flask) -> None:
    document = report(facts(question()), Said("mentor", Role.MENTOR, {"C1": HIGH * 2}))
    said = words(composed(document), "short")
    assert "Few people" not in said
    assert "In the smallest group, chance alone can move a result by about 19 in 100." in said


def test_a_banded_group_is_said_in_one_sentence(speaking: Flask) -> None:
    said = words(composed(simple_report("333333333344")), "results")
    assert "Mentors: at least 9 of 12 answered “Choice 3” or “Choice 4”." in said
    assert "not shown" in said


def test_who_rose_is_told_without_who_fell(speaking: Flask) -> None:
    answers = {"C1-then": "0000222222", "C1-now": "3333111111"}
    said = words(composed(report(facts(question(then_now=True)), Said("mentor", Role.MENTOR, answers))), "results")
    assert "Looking back, so many say that it was worse before: Mentors: 4 of 10." in said


def test_what_is_withheld_says_why(speaking: Flask) -> None:
    said = words(composed(simple_report(HIGH, "01")), "results")
    assert "Mentees: Not shown: too few answers of this group could be counted." in said


def test_every_chart_has_words_and_numbers(speaking: Flask) -> None:
    paper = composed(simple_report(HIGH, LOW))
    charts = charts_of(paper)
    assert len(charts) == 1
    assert all(chart.alt and chart.data.rows for chart in charts)


def test_twins_are_told(speaking: Flask) -> None:
    twins = (Twin("mentor", "kickoff"),)
    document = report(facts(question(), twins=twins), Said("mentor", Role.MENTOR, {"C1": HIGH}))
    assert "Nearly the same people were asked before (Kick-off)." in words(composed(document), "asked")


def test_too_few_is_said_and_nothing_else(speaking: Flask) -> None:
    paper = composed(build_too_few(facts(question()), None))
    assert names(paper) == ["short", "numbers", "proof"]
    assert "Fewer than 5 answers could be counted" in words(paper, "short")


@pytest.fixture
def commented() -> Callable[[bool], Report]:
    """Return a builder: a report with one open question, whose comments were kept or not."""

    def build(*, kept: bool) -> Report:
        opened = question("F1", "What changed?", 0, kind=TEXT, order=Order.NONE, required=False, max_chars=100)
        asked = facts(question(), opened)
        return report(
            replace(asked, comments_kept=frozenset({"F1"} if kept else ())), Said("mentor", Role.MENTOR, {"C1": HIGH})
        )

    return build


RELEASED = ReleasedComments(
    "",
    5,
    (
        ReleasedQuestion(
            "F1", (ReleasedText("More time.", redacted=False), ReleasedText("A … said no.", redacted=True)), "Busy."
        ),
    ),
)


def test_released_comments_stand_under_their_question(speaking: Flask, commented: Callable) -> None:
    paper = composed(commented(kept=True), comments=CommentsState(RELEASED))
    blocks = section(paper, "comments").blocks
    assert Quotes(("More time.", "A … said no. (changed by the reviewer)")) in blocks
    assert Paragraph("Summary by the reviewer: Busy.") in blocks
    assert any(isinstance(block, Heading) and block.text == "What changed?" for block in blocks)


@pytest.mark.parametrize(
    ("kept", "state", "said"),
    [
        (False, CommentsState(), "destroyed unread"),
        (True, CommentsState(until=date(2027, 5, 1)), "decides until 1 May 2027"),
        (True, CommentsState(), "nothing was released in time"),
    ],
)
def test_what_became_of_comments_is_said(
    speaking: Flask, commented: Callable, kept: bool, state: CommentsState, said: str
) -> None:
    assert said in words(composed(commented(kept=kept), comments=state), "comments")


def test_the_proof_lists_hashes_and_signature(speaking: Flask) -> None:
    document = simple_report()
    said = words(composed(document), "proof")
    assert document.statement_hash in said
    assert document.chain_hash in said
