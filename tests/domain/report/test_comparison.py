import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.disclosure.counts import Count
from feedback.domain.disclosure.groups import Group
from feedback.domain.disclosure.publishing import publish
from feedback.domain.disclosure.statements import canonical_json
from feedback.domain.errors import ComparisonRefused
from feedback.domain.report.comparison import (
    ComparedQuestion,
    Obstacle,
    Side,
    ThenNow,
    WaveDifference,
    compare,
)
from feedback.domain.report.document import ReportFacts, build_report, build_too_few
from feedback.domain.report.report import ANOTHER_PROGRAMME, About, Promise, Report
from feedback.domain.report.statistics import Interval, Method, newcombe
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.questionnaires import NONE_OF_THESE, Order, Question, Role

K = 5
PROMISE = Promise("Rea", 60, 7, was_extended=False)
Build = Callable[..., Any]
ABOUT = About("Org", "Pilot", "reverse", "race", "kickoff", date(2026, 1, 5), date(2026, 1, 23))
LOW, HIGH = "0112233334", "0123334444"
"""Ten answers each: 5 and 7 are favourable, and both distributions are published."""

answers = st.lists(st.sampled_from("01234"), min_size=10, max_size=30)


def exactly(count: int, n: int) -> Count:
    return Count(count, count, n)


def about(stage: str, months: int, **changes: Any) -> About:
    opened_on, closed_on = (day.replace(month=day.month + months) for day in (ABOUT.opened_on, ABOUT.closed_on))
    return replace(ABOUT, stage=stage, opened_on=opened_on, closed_on=closed_on, **changes)


KICKOFF, MIDPOINT, EXIT = about("kickoff", 0), about("midpoint", 3), about("exit", 8)


@pytest.fixture(scope="session")
def report() -> Build:
    """Return a builder: the report of what a wave has said, after the report `previous`."""

    def build(made: Any, about: About = KICKOFF, previous: Report | None = None) -> Report:
        facts = ReportFacts(about, PROMISE, K, made.groups, made.questionnaires)
        return build_report(facts, publish(made.tally, K), previous.chain_hash if previous else None)

    return build


@pytest.fixture(scope="session")
def answered(ask: Build, wave: Build, report: Build) -> Build:
    """Return a builder: the report of one question, to which mentors answered `ratings`."""

    def build(ratings: Any, question: Question | None = None, *after: Any, **changes: Any) -> Report:
        made = wave(question or ask("C1"), **changes)
        made.rate("mentor", (question or ask("C1")).code, ratings)
        return report(made, *after)

    return build


def line(compared: Any, code: str = "C1", group: str = "mentor") -> ComparedQuestion:
    (found,) = (one for one in compared.questions if (one.code, one.group.name) == (code, group))
    return found


@pytest.fixture(scope="session")
def mentors(answered: Build) -> Build:
    """Return a builder: mentors' line of a comparison of two waves with one question each."""

    def build(before: Any, after: Any, earlier: Any = None, later: Any = None) -> ComparedQuestion:
        first = answered(before, earlier)
        (compared,) = compare([first, answered(after, later, EXIT, first)])
        return line(compared, (later or earlier).code if later or earlier else "C1")

    return build


def test_the_favourable_shares_are_compared(mentors: Build) -> None:
    found = mentors(LOW, HIGH)
    (one,) = found.differences
    assert (one.options, one.before, one.after) == (("3", "4"), exactly(5, 10), exactly(7, 10))
    assert one.points == Interval(20, 20)
    assert one.interval == newcombe(exactly(5, 10), exactly(7, 10))
    assert found.obstacle is None


@given(answers, answers, st.booleans(), st.sampled_from([Order.RISING, Order.FALLING]))
def test_a_difference_contains_the_truth(
    mentors: Build, ask: Build, before: list[str], after: list[str], is_sensitive: bool, order: Order
) -> None:
    question = ask("C1", sensitive=is_sensitive, order=order)
    (one,) = mentors(before, after, question, question).differences
    shares = [100 * sum(rating in one.options for rating in ratings) / len(ratings) for ratings in (before, after)]
    assert one.interval.low <= one.points.low <= shares[1] - shares[0] <= one.points.high <= one.interval.high


def test_the_numbers_of_the_appendix_are_there(mentors: Build) -> None:
    (one,) = mentors("0000112233", "0011223344").differences
    # Of 100 pairs 56 are better and 24 worse, counted by hand.
    assert one.cliffs_delta == pytest.approx(0.32)
    assert one.p_value.method is Method.BOSCHLOO
    assert one.relative.percent == pytest.approx(100)
    assert one.relative.before == exactly(2, 10)


def test_a_falling_scale_counts_from_its_other_end(mentors: Build, ask: Build) -> None:
    falling = ask("C1", order=Order.FALLING)
    (one,) = mentors("4332211110", "4321110000", falling, falling).differences
    (rising,) = mentors(LOW, HIGH).differences
    assert one == replace(rising, options=("0", "1"))


def test_a_banded_side_gives_a_range_and_no_point(mentors: Build) -> None:
    (one,) = mentors(LOW, "4444444443").differences
    assert (one.before, one.after) == (exactly(5, 10), Count(8, 10, 10))
    assert one.points == Interval(30, 50)
    assert one.interval.low == newcombe(exactly(5, 10), exactly(8, 10)).low
    assert one.interval.high == newcombe(exactly(5, 10), exactly(10, 10)).high
    assert (one.cliffs_delta, one.p_value, one.relative) == (None, None, None)


def test_sensitive_answers_are_compared_in_ranges(mentors: Build, ask: Build) -> None:
    sensitive = ask("S3", sensitive=True)
    (one,) = mentors(LOW, HIGH, sensitive, sensitive).differences
    assert (one.before, one.after) == (Count(5, 10, 10), Count(5, 10, 10))
    assert one.points == Interval(-50, 50)


def test_many_choices_are_compared_one_by_one(mentors: Build, ask_many: Build) -> None:
    many = ask_many("B1", options=2)
    before = [("0",)] * 3 + [("0", "1")] * 2 + [NONE_OF_THESE] * 4
    after = [("1",)] * 4 + [("0", "1")] * 3 + [NONE_OF_THESE]
    found = mentors(before, after, many, many)
    assert found.differences == (
        WaveDifference(("0",), exactly(5, 9), exactly(3, 8), None),
        WaveDifference(("1",), Count(0, 2, 9), Count(6, 8, 8), None),
    )


def changed(question: Question, what: str) -> Question:
    words = {"text": {"en": "Other words?"}, "options": question.options[:4], "order": Order.FALLING}
    option = (replace(question.options[0], text={"en": "Other"}), *question.options[1:])
    return replace(question, **({what: words[what]} if what in words else {"options": option}))


@pytest.mark.parametrize("what", ["text", "options", "order", "words of an option"])
def test_a_changed_question_is_not_compared(ask: Build, mentors: Build, what: str) -> None:
    found = mentors("0011223", "0011223", ask("C1"), changed(ask("C1"), what))
    assert found.obstacle is Obstacle.QUESTION_CHANGED
    assert found.differences == ()
    assert found.question.text == changed(ask("C1"), what).text


def test_another_kind_of_question_is_another_question(ask: Build, ask_many: Build, mentors: Build) -> None:
    found = mentors(LOW, [("0",)] * 6, ask("C1"), ask_many("C1"))
    assert found.obstacle is Obstacle.QUESTION_CHANGED


def test_a_changed_question_breaks_no_other(ask: Build, wave: Build, report: Build) -> None:
    waves = [wave(ask("C1"), ask("C2")), wave(changed(ask("C1"), "text"), ask("C2"))]
    for made, ratings in zip(waves, (LOW, HIGH), strict=True):
        made.rate("mentor", "C2", ratings)
    first = report(waves[0])
    (compared,) = compare([first, report(waves[1], EXIT, first)])
    assert line(compared, "C1").obstacle is Obstacle.QUESTION_CHANGED
    assert line(compared, "C2").differences[0].points == Interval(20, 20)


@pytest.fixture(scope="session")
def then_now(ask: Build, wave: Build) -> Build:
    """Return a builder: a wave in which mentors answered a question then and now."""

    def build(then: str, now: str) -> Any:
        made = wave(ask("C1", then_now=True))
        for before, after in zip(then, now, strict=True):
            made.tally.add("mentor", Role.MENTOR, Answer({"C1-then": before, "C1-now": after}))
        return made

    return build


def test_a_question_asked_then_and_now_is_still_the_same(answered: Build, then_now: Build, report: Build) -> None:
    first = answered(LOW)
    (compared,) = compare([first, report(then_now("0123333333", HIGH), EXIT, first)])
    found = line(compared)
    assert found.differences[0].points == Interval(20, 20)
    assert found.then_now == (ThenNow(Side.AFTER, exactly(7, 10), exactly(4, 10)),)


def test_then_and_now_stay_where_waves_cannot_be_compared(
    answered: Build, then_now: Build, report: Build, ask: Build
) -> None:
    first = answered(LOW, changed(ask("C1"), "text"))
    (compared,) = compare([first, report(then_now("0000000000", "4444444443"), EXIT, first)])
    assert line(compared).obstacle is Obstacle.QUESTION_CHANGED
    assert line(compared).then_now == (ThenNow(Side.AFTER, Count(8, 10, 10), Count(8, 10, 10)),)


def test_two_exits_each_have_a_then_and_now(then_now: Build, report: Build) -> None:
    pilot = report(then_now(LOW, LOW), EXIT)
    rollout = report(then_now(LOW, HIGH), replace(EXIT, programme="Roll-out"))
    (compared,) = compare([pilot, rollout])
    assert [one.side for one in line(compared).then_now] == [Side.BEFORE, Side.AFTER]
    assert line(compared).then_now[0].rose == Count(0, 2, 10)


def test_a_plain_question_has_no_then_and_now(mentors: Build) -> None:
    assert mentors(LOW, HIGH).then_now == ()


def test_a_scale_without_order_is_not_compared(ask: Build, mentors: Build) -> None:
    unordered = ask("P3", order=Order.NONE)
    found = mentors(LOW, HIGH, unordered, unordered)
    assert found.obstacle is Obstacle.NO_ORDER


@pytest.mark.parametrize(("before", "after"), [("0123", HIGH), (LOW, "0123"), ("0123", "0123")])
def test_a_group_below_k_is_too_few(mentors: Build, before: str, after: str) -> None:
    assert mentors(before, after).obstacle is Obstacle.TOO_FEW


def test_a_question_withheld_on_one_side_is_not_compared(ask: Build, mentors: Build) -> None:
    sensitive = ask("S3", sensitive=True)
    found = mentors(LOW[:9], HIGH, sensitive, sensitive)
    assert found.obstacle is Obstacle.WITHHELD


def test_a_question_withheld_on_both_sides_is_not_compared(ask: Build, mentors: Build) -> None:
    unsaid = ["prefer-not-to-say"] * 3
    found = mentors([*LOW[:4], *unsaid], LOW[:9], ask("S3"), ask("S3", sensitive=True))
    assert found.obstacle is Obstacle.WITHHELD


def test_a_report_without_a_word_on_a_question_is_read_as_withheld(answered: Build) -> None:
    first = answered(LOW)
    record = json.loads(answered(HIGH, None, EXIT, first).json)
    record["statements"] = [one for one in record["statements"] if one["kind"] == "response-rate"]
    (compared,) = compare([first, Report.parse(canonical_json(record))])
    assert line(compared).obstacle is Obstacle.WITHHELD


@pytest.mark.parametrize("changes", [{"sensitive": True}, {"then_now": True}, {"order": Order.FALLING}])
def test_a_line_holds_the_question_as_it_was_asked(ask: Build, mentors: Build, changes: dict[str, Any]) -> None:
    asked = ask("C1", **changes)
    assert replace(mentors("", "", asked, asked).question, required=False) == asked


def test_a_question_of_one_wave_was_not_asked_in_the_other(mentors: Build, ask: Build, answered: Build) -> None:
    first = answered(LOW, ask("C1"))
    (compared,) = compare([first, answered(HIGH, ask("O1"), EXIT, first)])
    assert line(compared, "C1").obstacle is Obstacle.NOT_ASKED
    assert line(compared, "O1").obstacle is Obstacle.NOT_ASKED
    assert [line(compared, code).question.code for code in ("C1", "O1")] == ["C1", "O1"]


def test_a_group_of_another_partition_is_missing(answered: Build) -> None:
    split = (Group("mentor/York", Role.MENTOR, ("York",), 20), Group("mentee", Role.MENTEE, (), 30))
    first = answered(LOW)
    second = answered((), None, EXIT, first, groups=split)
    (compared,) = compare([first, second])
    assert line(compared, group="mentor").obstacle is Obstacle.GROUP_MISSING
    assert line(compared, group="mentor/York").obstacle is Obstacle.GROUP_MISSING
    assert line(compared, group="mentee").obstacle is Obstacle.TOO_FEW


def test_a_question_of_one_role_has_a_line_for_that_role_only(ask: Build, wave: Build, report: Build) -> None:
    made = wave(mentor=(ask("C1"), ask("V1")), mentee=(ask("C1"),))
    made.rate("mentor", "V1", LOW)
    first = report(made)
    (compared,) = compare([first, report(made, EXIT, first)])
    lines = [(one.code, one.group.name) for one in compared.questions]
    assert lines == [("C1", "mentor"), ("C1", "mentee"), ("V1", "mentor")]


def test_each_role_is_compared_in_its_own_words(ask: Build, wave: Build, report: Build) -> None:
    own = ask("C1", text={"en": "Own words?"})
    first = report(wave(mentor=(ask("C1"),), mentee=(own,)))
    second = report(wave(mentor=(ask("C1"),), mentee=(ask("C1"),)), EXIT, first)
    (compared,) = compare([first, second])
    assert line(compared, group="mentor").obstacle is Obstacle.TOO_FEW
    assert line(compared, group="mentee").obstacle is Obstacle.QUESTION_CHANGED


def test_open_questions_are_not_compared(ask: Build, ask_open: Build, wave: Build, report: Build) -> None:
    made = wave(ask("C1"), ask_open("F1"))
    first = report(made)
    (compared,) = compare([first, report(made, EXIT, first)])
    assert {one.code for one in compared.questions} == {"C1"}


@pytest.fixture(scope="session")
def of_all(ask: Build, wave: Build, report: Build, everybody: tuple[Group, ...]) -> Build:
    """Return a builder: the report on one group of everybody, of the roles named."""

    def build(ratings: str, asked: dict[str, tuple[Question, ...]], *after: Any) -> Report:
        made = wave(groups=everybody, **asked)
        made.rate("all", "C1", ratings, Role.MENTOR)
        return report(made, *after)

    return build


def test_everybody_can_be_compared(ask: Build, of_all: Build) -> None:
    asked = {"mentor": (ask("C1"),), "mentee": (ask("C1"),)}
    first = of_all(LOW, asked)
    (compared,) = compare([first, of_all(HIGH, asked, EXIT, first)])
    assert line(compared, group="all").differences[0].points == Interval(20, 20)


def test_everybody_of_one_role_is_another_group_than_everybody_of_two(ask: Build, of_all: Build) -> None:
    first = of_all(LOW, {"mentor": (ask("C1"),), "mentee": (ask("C1"),)})
    (compared,) = compare([first, of_all(HIGH, {"mentor": (ask("C1"),)}, EXIT, first)])
    assert line(compared, group="all").obstacle is Obstacle.GROUP_MISSING


def test_what_one_role_was_asked_is_compared_for_that_role(ask: Build, of_all: Build) -> None:
    asked = {"mentor": (ask("C1"),), "mentee": (ask("C1", text={"en": "Own words?"}),)}
    first = of_all(LOW, asked)
    (compared,) = compare([first, of_all(HIGH, asked, EXIT, first)])
    assert {one.group.name for one in compared.questions} == {"mentor", "mentee"}
    assert line(compared, group="mentee").obstacle is Obstacle.WITHHELD


def test_new_words_for_one_role_leave_another_group(ask: Build, of_all: Build) -> None:
    first = of_all(LOW, {"mentor": (ask("C1"),), "mentee": (ask("C1"),)})
    asked = {"mentor": (ask("C1"),), "mentee": (ask("C1", text={"en": "Own words?"}),)}
    (compared,) = compare([first, of_all(HIGH, asked, EXIT, first)])
    found = {line(compared, group=one).obstacle for one in ("all", "mentor", "mentee")}
    assert found == {Obstacle.GROUP_MISSING}


@pytest.fixture
def three(answered: Build) -> list[Report]:
    first = answered(LOW)
    second = answered(LOW, None, MIDPOINT, first)
    return [first, second, answered(HIGH, None, EXIT, second)]


def test_three_reports_are_compared_pair_by_pair(three: list[Report]) -> None:
    found = compare(three)
    stages = [(one.before.about.stage, one.after.about.stage) for one in found]
    assert stages == [("kickoff", "midpoint"), ("kickoff", "exit"), ("midpoint", "exit")]
    assert [line(one).differences[0].points.low for one in found] == [0, 20, 20]


def test_a_report_between_may_be_left_out(three: list[Report]) -> None:
    (compared,) = compare([three[0], three[2]])
    assert compared.after.about.stage == "exit"


@pytest.mark.parametrize("places", [(1, 0), (2, 0), (2, 1), (0, 2, 1), (1, 0, 2)])
def test_reports_of_one_programme_in_the_wrong_order_are_refused(three: list[Report], places: tuple[int, ...]) -> None:
    with pytest.raises(ComparisonRefused, match=r"was published before .* put it first"):
        compare([three[place] for place in places])


def test_the_chain_decides_where_the_dates_are_equal(answered: Build) -> None:
    first = answered(LOW)
    second = answered(LOW, None, KICKOFF, first)
    third = answered(HIGH, None, KICKOFF, second)
    assert len(compare([first, second, third])) == 3
    with pytest.raises(ComparisonRefused, match="put it first"):
        compare([third, second])


def test_a_report_that_says_it_was_the_first_comes_first(answered: Build) -> None:
    with pytest.raises(ComparisonRefused, match='"exit" of "Pilot" was published before that on "kickoff" of "Pilot"'):
        compare([answered(LOW), answered(HIGH, None, EXIT)])


def test_dates_that_run_backwards_are_refused(answered: Build, three: list[Report]) -> None:
    with pytest.raises(ComparisonRefused, match='"midpoint" of "Pilot" was published before that on "exit"'):
        compare([answered(HIGH, None, EXIT, three[0]), three[1]])


def test_one_report_is_not_enough(answered: Build) -> None:
    with pytest.raises(ComparisonRefused, match=r"^Choose at least two reports to compare\.$"):
        compare([answered(LOW)])


def test_the_same_report_twice_is_refused(three: list[Report]) -> None:
    with pytest.raises(ComparisonRefused, match='"midpoint" of "Pilot" was chosen twice'):
        compare([three[0], three[1], three[1]])


def test_a_report_that_says_nothing_is_refused(ask: Build, wave: Build, answered: Build) -> None:
    made = wave(ask("C1"))
    first = answered(LOW)
    nothing = build_too_few(ReportFacts(EXIT, PROMISE, K, made.groups, made.questionnaires), first.chain_hash)
    with pytest.raises(ComparisonRefused, match='"exit" of "Pilot", so its report says nothing; leave it out'):
        compare([first, nothing])


def test_a_pilot_is_compared_with_its_roll_out(answered: Build) -> None:
    (compared,) = compare([answered(LOW, None, EXIT), answered(HIGH, None, replace(KICKOFF, programme="Roll-out"))])
    assert (compared.before.about.programme, compared.after.about.programme) == ("Pilot", "Roll-out")
    assert line(compared).differences[0].points == Interval(20, 20)


@pytest.mark.parametrize("name", ["programme", "organisation"])
def test_two_programmes_are_compared_by_one_report_each(answered: Build, three: list[Report], name: str) -> None:
    other = answered(LOW, None, replace(KICKOFF, **{name: "Other"}))
    with pytest.raises(
        ComparisonRefused, match=r"^Of two programmes, one report each can be compared; choose two reports\.$"
    ):
        compare([*three[:2], other])


@pytest.mark.parametrize("name", ["programme", "organisation"])
def test_a_new_name_makes_no_other_programme(answered: Build, three: list[Report], name: str) -> None:
    renamed = answered(LOW, None, replace(EXIT, **{name: "Other"}), three[1])
    (_first, _second, last) = compare([*three[:2], with_twins(renamed, ("mentor", "midpoint"))])
    assert (last.before.about.stage, line(last).is_twin) == ("midpoint", True)
    (known,) = compare([three[0], with_twins(renamed, ("mentor", "kickoff"))], is_one_programme=True)
    assert line(known).is_twin


def with_twins(document: Report, *twins: tuple[str, str]) -> Report:
    record = json.loads(document.json)
    record["twins"] = [{"group": group, "stage": stage} for group, stage in twins]
    return Report.parse(canonical_json(record))


def test_a_twin_is_marked_for_its_group_and_stage_only(three: list[Report]) -> None:
    pairs = compare([*three[:2], with_twins(three[2], ("mentor", "kickoff"), ("mentee", "midpoint"))])
    marked = [(pair.before.about.stage, one.group.name) for pair in pairs for one in pair.questions if one.is_twin]
    assert marked == [("kickoff", "mentor"), ("midpoint", "mentee")]


@pytest.mark.parametrize(("stage", "is_twin"), [("kickoff", False), (ANOTHER_PROGRAMME, True)])
def test_a_report_of_another_programme_is_a_twin_as_one_of_another(answered: Build, stage: str, is_twin: bool) -> None:
    rollout = answered(HIGH, None, replace(EXIT, programme="Roll-out"))
    (compared,) = compare([answered(LOW), with_twins(rollout, ("mentor", stage))])
    assert line(compared).is_twin is is_twin


def test_lines_follow_the_later_report(ask: Build, wave: Build, report: Build) -> None:
    first = report(wave(ask("C1"), ask("C9"), ask("C2")))
    (compared,) = compare([first, report(wave(ask("C2"), ask("C3"), ask("C1")), EXIT, first)])
    assert [one.code for one in compared.questions if one.group.name == "mentor"] == ["C2", "C3", "C1", "C9"]
