"""The first page in words: each finding a sentence that can be read out, and never silence."""

from dataclasses import replace

import pytest
from flask import Flask

from feedback.domain.disclosure.groups import EVERYBODY, Group
from feedback.domain.report.report import Report
from feedback.domain.survey.asked import NotAsked
from feedback.domain.survey.questionnaires import Order, Question, Role, Theme
from feedback.rendering.plain import write_plain
from feedback.reporting.report_paper import ReportSource, compose_report
from tests.reporting.reports import Said, facts, question, report, signed

BAD, FAIR, GOOD = "000000001114", "000111333444", "111333334444"


def short(document: Report, *earlier: Report) -> str:
    paper = compose_report(ReportSource(signed(document), earlier), "en")
    only = replace(paper, sections=tuple(one for one in paper.sections if one.name == "short"))
    return " ".join(write_plain(only).split())


def of_both(asked: Question, mentors: str, mentees: str = "", **changes: object) -> Report:
    said = [Said("mentor", Role.MENTOR, {asked.code: mentors})]
    said += [Said("mentee", Role.MENTEE, {asked.code: mentees})] if mentees else []
    return report(replace(facts(asked), **changes), *said)  # type: ignore[arg-type]


def harm(options: int = 4) -> Question:
    return question("H1", "Any harm?", options, theme=Theme.HARM, order=Order.FALLING, sensitive=True)


def test_who_answered_comes_first(speaking: Flask) -> None:
    said = short(of_both(question(), GOOD, GOOD))
    assert "24 of 70 possible answers were counted (34%)." in said
    assert "46 possible answers were not counted. Those who did not answer may think otherwise." in said


@pytest.mark.parametrize(
    ("theme", "advice"),
    [
        (Theme.SAFETY, "Ask everybody together what would make it safer to speak."),
        (Theme.TRUST, "Say again what was promised about this survey, and who can see what."),
        (Theme.SUPPORT, "Make known to everybody whom to turn to."),
        (Theme.RELATIONSHIP, "Offer every pair a talk, or another partner, without asking why."),
        (Theme.PROCESS, "Ask what gets in the way, and change that first."),
    ],
)
def test_what_to_act_on_says_what_to_do_once(speaking: Flask, theme: Theme, advice: str) -> None:
    said = short(of_both(question(text="How is it?", theme=theme), BAD, BAD))
    assert f"Mentors: at least 9 of 12 answered “Choice 0” or “Choice 1” to “How is it?”. {advice}" in said
    assert said.count(advice) == 1


def test_harm_has_its_line_whatever_was_answered(speaking: Flask) -> None:
    listed, calm = short(of_both(harm(), "222222333300")), short(of_both(harm(), "0" * 12))
    assert "Offer help to everybody, now." in listed
    assert "at most 2 of 12 answered “Choice 2” or “Choice 3” to “Any harm?”. Keep saying where help is." in calm
    assert "No published number calls for action by itself." in calm


def test_what_is_not_known_is_never_passed_over(speaking: Flask) -> None:
    left_out = (NotAsked(Role.MENTEE, Theme.BURDEN, is_open=False),)
    said = short(of_both(harm(), "0" * 9, not_asked=left_out, grouping="apart"))
    assert "Not known here: Harm (Mentors) and Harm (Mentees)." in said
    assert "that is no sign that all is well" in said
    assert "Not asked here, because too few were invited: Effort, and who carries it (Mentees)." in said


def test_strengths_and_concerns_are_sentences(speaking: Flask) -> None:
    asked = (question("C1", "How sure?"), question("V1", "How valued?", theme=Theme.VALUE))
    said = short(report(facts(*asked), Said("mentor", Role.MENTOR, {"C1": GOOD, "V1": FAIR})))
    assert "Strengths - Mentors: 9 of 12 answered “Choice 3” or “Choice 4” to “How sure?”." in said
    assert "Concerns - Mentors: only 6 of 12 answered “Choice 3” or “Choice 4” to “How valued?”." in said
    assert "(1 group is not shown.)" not in said


def test_a_quoted_sentence_brings_its_own_full_stop(speaking: Flask) -> None:
    said = short(of_both(question(text="I feel safe."), GOOD))
    assert "answered “Choice 3” or “Choice 4” to “I feel safe.” Concerns" in said


def test_where_nothing_stands_out_the_nearest_is_told(speaking: Flask) -> None:
    assert "On no question did two thirds answer favourably for certain. The nearest:" in short(
        of_both(question(), FAIR)
    )
    assert "On no other question did fewer than two thirds" in short(of_both(question(), GOOD))


def test_sides_that_differ_are_told_with_what_chance_can_do(speaking: Flask) -> None:
    clear, slight = short(of_both(question(), FAIR * 2, "0" * 19)), short(of_both(question(), FAIR, "000111133444"))
    assert "Mentors: 12 of 24; mentees: at most 3 of 19 answered" in clear
    assert "Mentors and mentees answered much alike what both were asked. The largest difference is 8 points." in slight


def test_one_group_of_everybody_has_no_sides(speaking: Flask) -> None:
    everybody = replace(facts(question()), groups=(Group(EVERYBODY, None, (), 16),))
    made = report(everybody, Said(EVERYBODY, Role.MENTOR, {"C1": FAIR}), Said(EVERYBODY, Role.MENTEE, {"C1": "0123"}))
    assert "Too few were invited to tell the two sides apart." in short(made)


TOWNS = tuple(Group(f"mentor/{town}", Role.MENTOR, (town,), 40) for town in ("Lima", "Oslo", "Perth"))


@pytest.mark.parametrize(
    ("ratings", "words"),
    [
        ((BAD, BAD, BAD), "Mentors: at least 27 of 36 answered “Choice 0” or “Choice 1” to “How?”. (In every group.)"),
        ((BAD, FAIR, GOOD), "(Most in Mentors, Lima: at least 9 of 12.)"),
        (
            (FAIR, GOOD, GOOD),
            "Mentors, Lima: 6 of 12 answered “Choice 0” or “Choice 1” to “How?” (Mentors in all: 12 of 36).",
        ),
    ],
)
def test_groups_are_named_where_they_are_few(speaking: Flask, ratings: tuple[str, ...], words: str) -> None:
    asked = replace(facts(question(theme=Theme.SAFETY)), groups=TOWNS)
    said = [Said(town.name, Role.MENTOR, {"C1": of}) for town, of in zip(TOWNS, ratings, strict=True)]
    assert words in short(report(asked, *said))


def test_many_people_are_told_as_a_share_too(speaking: Flask) -> None:
    asked = replace(facts(question(theme=Theme.SAFETY)), groups=(Group("mentor", Role.MENTOR, (), 1200),))
    said = short(report(asked, Said("mentor", Role.MENTOR, {"C1": "0" * 3 + "3" * 997 + "1" * 90})))
    assert "Mentors: 997 of 1,090 (91%) answered" in said
