"""The first page in words: each finding a sentence that can be read out, and never silence."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from feedback.domain.disclosure.groups import EVERYBODY, Group
from feedback.domain.disclosure.statements import canonical_json
from feedback.domain.languages import ENGLISH, LANGUAGES
from feedback.domain.report.comparison import compare
from feedback.domain.report.findings.findings import find
from feedback.domain.report.reading import report_questions
from feedback.domain.report.report import Report
from feedback.domain.survey.asked import NotAsked
from feedback.domain.survey.questionnaires import Order, Question, Role, Theme
from feedback.locales.speech import teach
from feedback.rendering.blocks import Cards, Finding, Sentences
from feedback.rendering.page import page_of
from feedback.rendering.plain import write_plain
from feedback.reporting.quoting import beginning
from feedback.reporting.report_paper import ReportSource, compose_report
from feedback.reporting.summary import most_words, summary_section, words_in
from tests.reporting.reports import Said, facts, question, report, signed

SAMPLES = Path(__file__).parents[2] / "examples" / "reports"
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
    assert "24 of 70 answers came in (34%)." in said
    assert "46 missing answers might differ." in said


@pytest.mark.parametrize(
    ("theme", "advice"),
    [
        (Theme.SAFETY, "Ask everybody what would make it safer to speak."),
        (Theme.TRUST, "Say again who can see what in this survey."),
        (Theme.SUPPORT, "Tell everybody whom to turn to."),
        (Theme.RELATIONSHIP, "Offer every pair a talk, or another partner."),
        (Theme.PROCESS, "Ask what gets in the way."),
    ],
)
def test_what_to_act_on_says_what_to_do_once(speaking: Flask, theme: Theme, advice: str) -> None:
    said = short(of_both(question(text="How is it?", theme=theme), BAD, BAD))
    assert f"At least 9 of 12 mentors answered “Choice 0” or “Choice 1” to “How is it?” {advice}" in said
    assert said.count(advice) == 1


def test_harm_has_its_line_whatever_was_answered(speaking: Flask) -> None:
    listed, calm = short(of_both(harm(), "222222333300")), short(of_both(harm(), "0" * 12))
    assert "Offer help to everybody, now." in listed
    assert "Harm: at most 2 of 12 mentors answered “Choice 2” or “Choice 3” to “Any harm?” Keep offering help." in calm
    assert "Nothing yet: no problem was reported often enough." in calm


def test_what_is_not_known_is_never_passed_over(speaking: Flask) -> None:
    left_out = (NotAsked(Role.MENTEE, Theme.BURDEN, is_open=False),)
    said = short(of_both(harm(), "0" * 9, not_asked=left_out, grouping="apart"))
    assert "Not known here: Harm (Mentors) and Harm (Mentees)." in said
    assert "that is no sign that all is well" in said
    assert "Not asked here, because too few were invited: Effort, and who carries it (Mentees)." in said


def test_strengths_and_concerns_are_sentences(speaking: Flask) -> None:
    asked = (question("C1", "How sure?"), question("V1", "How valued?", theme=Theme.VALUE))
    said = short(report(facts(*asked), Said("mentor", Role.MENTOR, {"C1": GOOD, "V1": FAIR})))
    assert "Strengths - 9 of 12 mentors answered “Choice 3” or “Choice 4” to “How sure?”" in said
    concern = "6 of 12 mentors answered “Choice 3” or “Choice 4” to “How valued?”"
    assert f"Concerns Under two thirds answered favourably: - {concern}" in said
    assert "(1 group is not shown.)" not in said


def test_where_nothing_stands_out_the_nearest_is_told(speaking: Flask) -> None:
    assert "On no question is it certain that two thirds answered favourably. The nearest:" in short(
        of_both(question(), FAIR)
    )
    well = short(of_both(question(), GOOD))
    assert "Elsewhere two thirds or more answered favourably, as far as known. The lowest:" in well


def test_sides_that_differ_are_told_with_what_chance_can_do(speaking: Flask) -> None:
    clear, slight = short(of_both(question(), FAIR * 2, "0" * 19)), short(of_both(question(), FAIR, "000111133444"))
    assert "Largest difference: 12 of 24 mentors but at most 3 of 19 mentees answered “Choice 3” or “Choice 4”" in clear
    assert "Both answered much alike; the largest difference is 8 in 100." in slight


def test_one_group_of_everybody_has_no_sides(speaking: Flask) -> None:
    everybody = replace(facts(question()), groups=(Group(EVERYBODY, None, (), 16),))
    made = report(everybody, Said(EVERYBODY, Role.MENTOR, {"C1": FAIR}), Said(EVERYBODY, Role.MENTEE, {"C1": "0123"}))
    assert "Too few were invited to tell the two sides apart." in short(made)


LATER = (Group("mentee/Lima", Role.MENTEE, ("Lima",), 40),)
TOWNS = tuple(Group(f"mentor/{town}", Role.MENTOR, (town,), 40) for town in ("Lima", "Oslo", "Perth"))


@pytest.mark.parametrize(
    ("ratings", "words"),
    [
        ((BAD, BAD, BAD), "At least 27 of 36 mentors answered “Choice 0” or “Choice 1” to “How?” (In every group.)"),
        ((BAD, FAIR, GOOD), "(Most in Mentors, Lima: at least 9 of 12.)"),
        (
            (FAIR, GOOD, GOOD),
            "Mentors, Lima: 6 of 12 answered “Choice 0” or “Choice 1” to “How?” (Mentors in all: 12 of 36)",
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
    assert "997 of 1,090 mentors (91%) answered “Choice 3” or “Choice 4” to “How?”" in said


def test_what_to_act_on_is_told_in_full_before_anything_else(speaking: Flask) -> None:
    """Where there is much to act on, the page is shortened elsewhere."""
    few, many = (page_of_alerts(alarming) for alarming in (0, 6))
    assert [len(few[name]) for name in ("strengths", "concerns")] == [3, 3]
    assert len(many["act"]) == 6
    assert len(many["strengths"]) < 3


def page_of_alerts(alarming: int) -> dict[str, list[str]]:
    grave = (Theme.BURDEN, Theme.SAFETY, Theme.TRUST, Theme.SUPPORT, Theme.RELATIONSHIP, Theme.PROCESS)
    words = "A question of as many words as they often have, about"
    asked = [question(f"A{place}", f"{words} {theme}?", theme=theme) for place, theme in enumerate(grave)]
    mild = (Theme.CONFIDENCE, Theme.UNDERSTANDING, Theme.VALUE, Theme.CHANGE, Theme.OVERALL, Theme.OTHER)
    asked += [question(f"B{place}", f"{words} {theme}?", theme=theme) for place, theme in enumerate(mild)]
    ratings = {f"A{place}": BAD if place < alarming else "222222222333" for place in range(6)}
    ratings |= {f"B{place}": GOOD if place < 3 else FAIR for place in range(6)}
    made = report(facts(*asked), Said("mentor", Role.MENTOR, ratings))
    questions = report_questions(made, "en")
    section = summary_section(made, questions, find(made, questions, None), None)
    (cards,) = [block for block in section.blocks if isinstance(block, Cards)]
    return {
        card.name: [one.text for block in card.blocks if isinstance(block, Sentences) for one in block.entries]
        for card in cards.cards
    }


def test_every_finding_leads_to_its_evidence(speaking: Flask) -> None:
    asked = (question("C1", "How sure?"), question("S1", "How safe?", theme=Theme.SAFETY), harm())
    said = {"C1": GOOD, "S1": BAD, "H1": "0" * 12}
    paper = compose_report(ReportSource(signed(report(facts(*asked), Said("mentor", Role.MENTOR, said)))), "en")
    short_page = next(one for one in page_of(paper).sections if one.anchor == "short")
    (cards,) = [block.cards for block in short_page.blocks if block.cards]
    findings = [part.part for card in cards for block in card.blocks for part in block.parts]
    ids = {part.anchor for one in page_of(paper).sections for block in one.blocks for part in block.parts}
    linked = [[run.target for run in one.runs if run.target] for one in findings if isinstance(one, Finding)]
    assert len(linked) >= 3
    assert all(targets and set(targets) <= ids for targets in linked)


def test_questions_without_a_theme_are_said_not_to_be_looked_at(speaking: Flask) -> None:
    asked = (question("C1", theme=Theme.OTHER), question("C2", theme=Theme.SAFETY))
    said = short(report(facts(*asked), Said("mentor", Role.MENTOR, {"C1": BAD, "C2": GOOD})))
    assert "1 question has no theme, so this page cannot say whether to act on it." in said
    assert "has no theme" not in short(of_both(question(theme=Theme.SAFETY), BAD))


@pytest.mark.parametrize("theme", [Theme.OTHER, Theme.VALUE])
def test_where_no_theme_could_call_for_action_the_page_says_that_it_cannot_judge(speaking: Flask, theme: Theme) -> None:
    said = short(of_both(question(theme=theme), BAD))
    assert "This page cannot say what to act on: it goes by themes such as harm, effort or safety" in said
    assert "No problem is frequent enough" not in said


@pytest.fixture(scope="module")
def translated() -> Iterator[Flask]:
    """An application with the sentences of every language."""
    app = Flask("renderings")
    teach(app, lambda: ENGLISH)
    with app.test_request_context("/"):
        yield app


def first_page(sample: str) -> str:
    kickoff, later = sampled(sample)
    paper = compose_report(ReportSource(signed(later), (kickoff,)), "en")
    only = replace(paper, sections=tuple(one for one in paper.sections if one.name == "short"))
    return " ".join(write_plain(only).split())


def sampled(sample: str) -> tuple[Report, Report]:
    first, later = (
        Report.parse(canonical_json(json.loads((SAMPLES / sample / f"{stage}.json").read_text())["document"]))
        for stage in ("kickoff", "exit")
    )
    return first, later


@pytest.mark.parametrize("code", [language.code for language in LANGUAGES])
@pytest.mark.parametrize("sample", ["8-pairs", "27-people", "1200-people"])
def test_a_first_page_is_read_out_in_two_minutes_in_every_language(translated: Flask, sample: str, code: str) -> None:
    kickoff, later = sampled(sample)
    with force_locale(code):
        questions, (pair,) = report_questions(later, code), compare([kickoff, later])
        section = summary_section(later, questions, find(later, questions, pair), pair)
        assert 150 < words_in(section.blocks) <= (most := most_words())
    assert most == (300 if code == "en" else 390)


@pytest.mark.parametrize("theme", [Theme.SAFETY, Theme.VALUE])
def test_a_question_that_comes_again_is_only_begun(speaking: Flask, theme: Theme) -> None:
    asked = question("C1", "How well do you understand what others here meet?", theme=theme)
    first = report(facts(asked, stage="kickoff"), Said("mentor", Role.MENTOR, {"C1": "0" * 10 + "44"}))
    second = report(facts(asked), Said("mentor", Role.MENTOR, {"C1": GOOD}), previous=first.chain_hash)
    told = short(second, first)
    assert "to “How well do you understand what others here meet?”" in told
    assert "to “How well do you understand …” " in told


def test_questions_that_begin_alike_are_told_apart(speaking: Flask) -> None:
    longer = "In the last months how often did you %s and then tell others of it?"
    asked = [question(code, longer % done) for code, done in (("C1", "listen closely"), ("C2", "listen badly"))]
    questions = report_questions(report(facts(*asked), Said("mentor", Role.MENTOR, {"C1": GOOD, "C2": GOOD})), "en")
    begun = [beginning(one.text, questions) for one in questions]
    assert begun[0] == "In the last months how often did you listen closely …"
    assert begun[1] != begun[0]
    assert beginning("How valued do you feel today?", questions) == "How valued do you feel today?"


def test_no_jargon_stands_on_a_first_page_and_each_change_has_its_interval(translated: Flask) -> None:
    told = first_page("27-people")
    assert not re.search(r"\bpoints\b|\bshares\b|\binterval\b|\bonly\b", told)
    assert "6 of 13 mentees before, 12 of 12 now, answered" in told
    assert "54 more in 100 (likely 19 to 77)" in told
    assert "“Likely” means 95% sure." in told
    assert "Not everybody answered everything, so totals differ." in told
    # Of the ten who answered what fewest answered, not of the twelve in the smallest group.
    assert "One person can count for 10%." in told


def test_totals_that_are_alike_are_not_said_to_differ(speaking: Flask) -> None:
    asked = (question("C1"), question("C2", required=False))
    said = {"C1": GOOD, "C2": [*GOOD[:-1], None]}
    assert "so totals differ" in short(report(facts(*asked), Said("mentor", Role.MENTOR, said)))
    assert "totals differ" not in short(of_both(question(), GOOD))


def test_a_page_with_nothing_to_act_on_says_what_comes_next_if_there_are_concerns(speaking: Flask) -> None:
    worrying, well = (short(of_both(question(theme=Theme.SAFETY), of)) for of in ("222222222333", GOOD))
    assert "Nothing yet: no problem was reported often enough. Next: discuss the concerns." in worrying
    assert "Next: discuss" not in well


def test_a_question_is_told_once_where_two_groups_call_for_action(speaking: Flask) -> None:
    asked = replace(facts(question(theme=Theme.SAFETY)), groups=(*TOWNS[:1], *LATER))
    said = [Said(group.name, group.role, {"C1": BAD}) for group in asked.groups]
    told = short(report(asked, *said))
    assert told.count("answered “Choice 0” or “Choice 1” to “How?”") == 1
    assert told.count("answered “Choice 0” or “Choice 1” to the same question") == 1
