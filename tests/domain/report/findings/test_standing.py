"""Strengths and concerns: what qualifies, in which order, and what stands there where nothing does."""

from feedback.domain.report.findings.alerts import find_alerts
from feedback.domain.report.findings.standing import Standing, Standings, find_standings
from feedback.domain.report.reading import report_questions
from feedback.domain.survey.questionnaires import Order, Question, Role, Theme
from tests.reporting.reports import Said, facts, question, report

THEMES = (Theme.CONFIDENCE, Theme.UNDERSTANDING, Theme.VALUE, Theme.CHANGE, Theme.OVERALL)


def standings(asked: tuple[Question, ...], *said: Said) -> Standings:
    questions = report_questions(report(facts(*asked), *said), "en")
    return find_standings(questions, find_alerts(questions, 2, ()).alerts)


def five(*favourable: int, theme: Theme | None = None) -> Standings:
    """Ask a question of each theme of mentors and mentees; of twelve each, so many answer favourably."""
    asked = tuple(question(f"Q{place}", theme=theme or THEMES[place]) for place in range(len(favourable)))
    said = {one.code: "3" * number + "1" * (12 - number) for one, number in zip(asked, favourable, strict=True)}
    return standings(asked, Said("mentor", Role.MENTOR, said), Said("mentee", Role.MENTEE, said))


def codes(found: tuple[Standing, ...]) -> list[str]:
    return [one.side.question.code for one in found]


def test_two_thirds_are_a_strength_and_fewer_a_concern() -> None:
    found = five(8, 7)
    assert (codes(found.strengths), codes(found.concerns)) == (["Q0"], ["Q1"])
    assert found.highest is None
    assert found.lowest is None


def test_the_best_three_are_told_and_the_worst_three() -> None:
    assert codes(five(8, 9, 8, 8, 9).strengths) == ["Q1", "Q4", "Q0"]
    assert codes(five(6, 5, 7, 4, 6).concerns) == ["Q3", "Q1", "Q0"]


def test_a_theme_is_told_once() -> None:
    assert codes(five(8, 9, theme=Theme.VALUE).strengths) == ["Q1"]


def test_where_nothing_qualifies_the_nearest_is_told() -> None:
    low, high = five(4, 6), five(9, 8)
    assert low.strengths == () == high.concerns
    assert low.highest is not None
    assert high.lowest is not None
    assert codes((low.highest, high.lowest)) == ["Q1", "Q1"]


def test_both_sides_are_one_where_they_were_asked_in_the_same_words() -> None:
    (one,) = five(8).strengths
    assert (one.side.role, one.count.n) == (None, 24)


def test_what_calls_for_action_is_no_concern_besides() -> None:
    assert five(4, theme=Theme.SAFETY).concerns == ()
    assert codes(five(4, theme=Theme.VALUE).concerns) == ["Q0"]


def test_sides_are_never_added_up_for_a_sensitive_question_and_harm_is_no_strength() -> None:
    falling = {"options": 3, "order": Order.FALLING, "sensitive": True}
    asked = (question("B1", theme=Theme.BURDEN, **falling), question("H1", theme=Theme.HARM, **falling))
    said = {"B1": "0" * 12, "H1": "0" * 12}
    found = standings(asked, Said("mentor", Role.MENTOR, said), Said("mentee", Role.MENTEE, said))
    assert [(one.side.question.code, one.side.role) for one in found.strengths] == [("B1", Role.MENTOR)]
