"""What to act on: the numbers of the rule, what is listed first, and that nothing is passed over in silence."""

import pytest

from feedback.domain.disclosure.groups import Group
from feedback.domain.report.findings.alerts import ToActOn, find_alerts, needed
from feedback.domain.report.reading import report_questions
from feedback.domain.survey.asked import NotAsked
from feedback.domain.survey.questionnaires import Order, Question, Role, Theme
from tests.reporting.reports import PROMISE, K, Said, about, facts, question, report

FALLING = {"order": Order.FALLING, "sensitive": True}
CALM = "444443333322"


def act_on(asked: Question | tuple[Question, ...], *said: Said, not_asked: tuple[NotAsked, ...] = ()) -> ToActOn:
    made = report(facts(*(asked if isinstance(asked, tuple) else (asked,))), *said)
    return find_alerts(report_questions(made, "en"), len(made.groups), not_asked)


def mentors(**ratings: str) -> Said:
    return Said("mentor", Role.MENTOR, ratings)


def mentees(**ratings: str) -> Said:
    return Said("mentee", Role.MENTEE, ratings)


def told(found: ToActOn) -> list[tuple[Theme, Role | None, str]]:
    return [(one.theme, one.side.role, "".join(one.options)) for one in found.alerts]


# SciPy's binomial gives the same: P(Bin(13, 5 %) ≥ 4) = 0.0031, and ≥ 3 = 0.0245.
@pytest.mark.parametrize(
    ("n", "looked_at", "harm", "least"),
    [
        (13, 14, False, 5),
        (13, 14, True, 4),
        (13, 1, True, 3),
        (12, 1, False, 4),
        (160, 40, True, 18),
        (1000, 14, True, 100),
    ],
)
def test_as_many_are_needed_as_chance_hardly_gives(n: int, looked_at: int, harm: bool, least: int) -> None:
    assert needed(n, looked_at, harm=harm) == least


def test_a_third_of_unfavourable_answers_is_listed_and_fewer_are_not() -> None:
    asked = question("S1", theme=Theme.SAFETY)
    assert told(act_on(asked, mentors(S1="001144444444"))) == [(Theme.SAFETY, Role.MENTOR, "01")]
    assert not act_on(asked, mentors(S1="000444444444")).alerts


def test_whatever_is_only_a_pity_is_not_listed() -> None:
    assert not act_on(question("C1", theme=Theme.CONFIDENCE), mentors(C1="000000001111")).alerts


def test_harm_comes_first_and_then_the_larger_share() -> None:
    asked = (
        question("P2", theme=Theme.PROCESS),
        question("S1", theme=Theme.SAFETY),
        question("H1", options=4, theme=Theme.HARM, **FALLING),
    )
    worst = {"P2": "0" * 6 + "4" * 6, "S1": "0" * 6 + "4" * 6, "H1": "2" * 6 + "0" * 6}
    found = act_on(asked, mentors(**worst), mentees(**(worst | {"S1": "0" * 8 + "4" * 4})))
    assert [(one.theme, one.side.role) for one in found.alerts] == [
        (Theme.HARM, Role.MENTOR),
        (Theme.HARM, Role.MENTEE),
        (Theme.SAFETY, Role.MENTEE),
        (Theme.SAFETY, Role.MENTOR),
        (Theme.PROCESS, Role.MENTOR),
        (Theme.PROCESS, Role.MENTEE),
    ]


# Bands of three hide one or two: 5 of 12 are published as 3 to 5, which is less than a third.
def test_with_two_groups_the_worst_answer_alone_is_enough() -> None:
    found = act_on(question("B1", options=3, theme=Theme.BURDEN, **FALLING), mentors(B1="222221111000"))
    assert told(found) == [(Theme.BURDEN, Role.MENTOR, "2")]


def test_harm_that_is_not_listed_has_its_line() -> None:
    found = act_on(question("H1", options=4, theme=Theme.HARM, **FALLING), mentors(H1="000000000001"))
    assert not found.alerts
    assert [side.role for side in found.harm] == [Role.MENTOR]


def test_what_could_not_be_shown_is_named_for_its_side() -> None:
    found = act_on(question("H1", options=4, theme=Theme.HARM, **FALLING), mentors(H1=CALM.replace("4", "0")))
    assert [(one.theme, one.role) for one in found.unknown] == [(Theme.HARM, Role.MENTEE)]


def test_what_was_left_out_is_named_if_it_would_be_acted_on() -> None:
    harm, value, comment = (
        NotAsked(Role.MENTOR, theme, is_open)
        for theme, is_open in [("harm", False), ("value", False), ("safety", True)]
    )
    found = act_on(question("C1"), mentors(C1=CALM), not_asked=(harm, value, comment))
    assert found.not_asked == (harm,)


def test_half_of_the_groups_speak_for_their_side() -> None:
    towns = tuple(Group(f"mentor/{town}", Role.MENTOR, (town,), 40) for town in ("Lima", "Oslo", "Perth"))
    base = facts(question("S1", theme=Theme.SAFETY))
    bad, good = "0" * 8 + "4" * 4, "0" + "3" * 6 + "4" * 5

    def found(*ratings: str) -> ToActOn:
        said = [Said(town.name, Role.MENTOR, {"S1": of}) for town, of in zip(towns, ratings, strict=True)]
        made = report(type(base)(about(), PROMISE, K, towns, base.questionnaires), *said)
        return find_alerts(report_questions(made, "en"), len(made.groups), ())

    assert [one.is_of_side for one in found(bad, bad, good).alerts] == [True]
    (alone,) = found(good, bad, good).alerts
    assert (alone.is_of_side, [one.group.name for one in alone.groups]) == (False, ["mentor/Oslo"])
