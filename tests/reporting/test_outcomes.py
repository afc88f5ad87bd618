"""The answers by theme: one scale, all of its options, an answer in one line."""

from dataclasses import replace

from flask import Flask

from feedback.domain.disclosure.groups import Group
from feedback.domain.report.reading import report_questions
from feedback.domain.report.report import Report
from feedback.domain.survey.questionnaires import Order, Role, Theme
from feedback.rendering.blocks import ChartSide, ThemeChart
from feedback.rendering.charts import legend_of
from feedback.reporting.outcomes import theme_charts
from tests.reporting.reports import Said, facts, question, report

FAIR, LOW = "000111333444", "00000000001111"


def themes(document: Report) -> tuple[ThemeChart, ...]:
    return theme_charts(document.rules, report_questions(document, "en"))


def of_mentors(ratings: dict[str, str], *asked: object) -> tuple[ThemeChart, ...]:
    return themes(report(facts(*asked), Said("mentor", Role.MENTOR, ratings)))  # type: ignore[arg-type]


def test_a_theme_has_the_legend_of_its_scale_with_what_nobody_chose(speaking: Flask) -> None:
    asked = (question("C1", "How?"), question("C2", "How well?"), question("C3", "Which?", 4))
    (theme,) = of_mentors({"C1": LOW, "C2": FAIR + "12", "C3": "00112233001122"}, *asked)
    assert [part.label for part in theme.legend][:5] == [f"Choice {place}" for place in range(5)]
    assert [row.has_own_legend for row in theme.rows] == [False, False, True]
    chart = theme.rows[2].chart
    assert chart is not None
    assert [part.label for part in chart.legend] == [f"Choice {place}" for place in range(4)]


def test_a_falling_scale_is_painted_from_its_worst_answer_on(speaking: Flask) -> None:
    (theme,) = of_mentors({"C1": FAIR}, question(order=Order.FALLING))
    chart = theme.rows[0].chart
    assert chart is not None
    assert [part.label for part in chart.legend] == [f"Choice {place}" for place in (4, 3, 2, 1, 0)]
    assert chart.legend[0].side is ChartSide.UNFAVOURABLE


def test_no_two_entries_of_a_legend_look_alike(speaking: Flask) -> None:
    (theme,) = of_mentors({"C1": "0123456"}, question(options=7))
    chart = theme.rows[0].chart
    assert chart is not None
    assert [part.label for part in legend_of(chart)] == [
        "Choice 0",
        "Choice 1 / Choice 2",
        "Choice 3",
        "Choice 4 / Choice 5",
        "Choice 6",
    ]


def test_what_is_told_of_several_answers_together_has_a_look_of_its_own(speaking: Flask) -> None:
    (theme,) = of_mentors({"C1": LOW, "C2": FAIR + "12"}, question("C1", "How?"), question("C2", "How well?"))
    assert [(part.label, part.shade) for part in theme.legend[5:]] == [
        ("Choice 0 / Choice 1", 3),
        ("not told apart", 1),
    ]


def test_parts_of_a_bar_are_rounded_together(speaking: Flask) -> None:
    (theme,) = of_mentors({"C1": "0" * 3 + "2" * 3 + "4" * 3 + "33"}, question())
    chart = theme.rows[0].chart
    assert chart is not None
    assert sum(int(part.figure.rstrip("%")) for part in chart.bars[0].parts) == 100


def test_an_answer_is_one_line_for_both_sides(speaking: Flask) -> None:
    said = [Said("mentor", Role.MENTOR, {"C1": FAIR}), Said("mentee", Role.MENTEE, {"C1": FAIR * 2})]
    (theme,) = themes(report(facts(question()), *said))
    assert theme.rows[0].answer == ("Mentors: 6 of 12; Mentees: 12 of 24 answered “Choice 3” or “Choice 4”.",)
    assert theme.rows[0].quiet == "Mentors: 25% to 75%; Mentees: 31% to 69%"


def test_of_many_groups_the_sides_have_a_bar_each(speaking: Flask) -> None:
    groups = tuple(Group(f"mentor/{n}", Role.MENTOR, (f"Town {n}",), 40) for n in range(7))
    said = [Said(group.name, Role.MENTOR, {"C1": FAIR}) for group in groups]
    (theme,) = themes(report(replace(facts(question()), groups=groups), *said))
    chart = theme.rows[0].chart
    assert chart is not None
    assert [(bar.label, bar.note) for bar in chart.bars] == [("Mentors", "n = 84")]
    assert len(chart.data.rows) == 7


def test_a_reason_is_given_once_for_all_groups_that_it_is_for(speaking: Flask) -> None:
    asked = question(theme=Theme.HARM, sensitive=True, options=4, order=Order.FALLING)
    said = [Said("mentor", Role.MENTOR, {"C1": "0" * 9}), Said("mentee", Role.MENTEE, {"C1": "0" * 8})]
    (theme,) = themes(report(facts(asked), *said))
    assert len(theme.rows[0].withheld) == 1
    assert theme.rows[0].withheld[0].startswith("Mentors; Mentees: Not shown: the question is sensitive")
