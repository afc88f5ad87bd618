"""What participants read: the report's first page without advice for staff, and what the last survey said."""

from flask import Flask

from feedback.domain.report.document import build_too_few
from feedback.domain.report.report import Report
from feedback.domain.survey.questionnaires import Order, Role, Theme
from feedback.reporting.participants import ParticipantsResults, participants_results
from tests.reporting.reports import Said, facts, question, report

BAD, FAIR, GOOD = "000000001114", "000111333444", "111333334444"
HARM = question("H1", "Any harm?", 4, theme=Theme.HARM, order=Order.FALLING, sensitive=True)
ASKED = (question("C1", "How sure?"), question("S1", "How safe?", theme=Theme.SAFETY), HARM)


def wave(stage: str, sure: str, safe: str, previous: Report | None = None) -> Report:
    said = Said("mentor", Role.MENTOR, {"C1": sure, "S1": safe, "H1": "222222333300"})
    return report(facts(*ASKED, stage=stage), said, previous=previous.chain_hash if previous else None)


def results(*reports: Report) -> ParticipantsResults:
    return participants_results(reports[-1], reports[:-1], "en")


def test_what_goes_well_and_what_does_not_is_told_without_advice(speaking: Flask) -> None:
    found = results(wave("exit", GOOD, BAD))
    assert found.going_well == ("9 of 12 mentors answered “Choice 3” or “Choice 4” to “How sure?”",)
    harm, safety, *_concerns = found.not_yet_well
    assert harm == "At least 9 of 12 mentors answered “Choice 2” or “Choice 3” to “Any harm?”"
    assert safety == "At least 9 of 12 mentors answered “Choice 0” or “Choice 1” to “How safe?”"
    assert not any(word in str(found) for word in ("Ask ", "Offer ", "interval"))


def test_beside_each_answer_stands_what_the_last_survey_said_of_it(speaking: Flask) -> None:
    first = wave("kickoff", FAIR, GOOD)
    second = wave("midpoint", GOOD, GOOD, first)
    found = results(first, second, wave("exit", GOOD, BAD, second))
    before = {said.question: said.before for theme in found.themes for said in theme.questions}
    assert before["How sure?"] == "Mid-point survey: Mentors: 9 of 12"
    assert before["Any harm?"] == "Mid-point survey: Mentors: at least 9 of 12"


def test_a_last_survey_that_says_nothing_is_passed_over(speaking: Flask) -> None:
    first = wave("kickoff", FAIR, GOOD)
    nothing = build_too_few(facts(*ASKED, stage="midpoint"), first.chain_hash)
    found = results(first, nothing, wave("exit", GOOD, BAD, nothing))
    assert [said.before for said in found.themes[0].questions] == ["Kick-off survey: Mentors: 6 of 12"]
    assert {said.before for theme in results(wave("exit", GOOD, BAD)).themes for said in theme.questions} == {""}


def test_of_too_few_nothing_is_told(speaking: Flask) -> None:
    found = results(wave("kickoff", FAIR, GOOD), build_too_few(facts(*ASKED), None))
    assert found.too_few
    assert (found.rates, found.going_well, found.not_yet_well, found.themes) == ((), (), (), ())
