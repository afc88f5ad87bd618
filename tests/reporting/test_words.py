import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.disclosure.counts import Count
from feedback.domain.disclosure.groups import Group
from feedback.domain.disclosure.statements import Reason
from feedback.domain.languages import ENGLISH
from feedback.domain.report.report import Rules
from feedback.domain.report.statistics import Interval
from feedback.domain.survey.questionnaires import Role
from feedback.locales.speech import teach
from feedback.reporting.words import (
    answers,
    count_words,
    decimal,
    direction,
    from_to,
    group_name,
    percent,
    points_words,
    reason_words,
    share_words,
    signed_decimal,
    signed_points,
)


@pytest.mark.parametrize(
    ("count", "people", "share"),
    [
        (Count(9, 9, 14), "9 of 14", "64%"),
        (Count(0, 0, 14), "0 of 14", "0%"),
        (Count(10, 12, 12), "at least 10 of 12", "at least 83%"),
        (Count(0, 2, 12), "at most 2 of 12", "at most 17%"),
        (Count(3, 5, 14), "3 to 5 of 14", "21% to 36%"),
        (Count(1200, 1200, 1200), "1,200 of 1,200", "100%"),
    ],
)
def test_a_count_is_said_as_exactly_as_it_is_known(speaking: Flask, count: Count, people: str, share: str) -> None:
    assert (count_words(count), share_words(count)) == (people, share)


@st.composite
def counts(draw: st.DrawFn) -> Count:
    n = draw(st.integers(1, 500))
    low = draw(st.integers(0, n))
    return Count(low, draw(st.integers(low, n)), n)


@given(counts())
def test_no_number_is_said_that_is_not_known(speaking: Flask, count: Count) -> None:
    numbers = {int(word) for word in count_words(count).split() if word.isdecimal()}
    assert numbers <= {count.low, count.high, count.n}


@pytest.mark.parametrize(
    ("group", "name"),
    [
        (Group("all", None, (), 9), "All participants"),
        (Group("mentor", Role.MENTOR, (), 9), "Mentors"),
        (Group("mentee/a", Role.MENTEE, ("London", "York"), 9), "Mentees, London + York"),
    ],
)
def test_a_group_is_named_for_people(speaking: Flask, group: Group, name: str) -> None:
    assert group_name(group) == name


@pytest.mark.parametrize(
    ("texts", "said"), [((), ""), (("A",), "“A”"), (("A", "B"), "“A” or “B”"), (("A", "B", "C"), "“A”, “B” or “C”")]
)
def test_answers_are_quoted(speaking: Flask, texts: tuple[str, ...], said: str) -> None:
    assert answers(texts) == said


@pytest.mark.parametrize(("value", "said"), [(31.4, "+31"), (-5.2, "−5"), (0.3, "0"), (-0.3, "0")])
def test_points_carry_their_sign(speaking: Flask, value: float, said: str) -> None:
    assert signed_points(value) == said


def test_a_range_of_points_has_two_ends(speaking: Flask) -> None:
    assert points_words(Interval(10.2, 35.4)) == "+10 to +35 points"
    assert points_words(Interval(31, 31)) == "+31 points"


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words(speaking: Flask, reason: Reason) -> None:
    assert reason_words(reason, Rules(5)).startswith("Not shown: ")


def test_the_reason_of_a_sensitive_question_names_the_higher_of_both_thresholds(speaking: Flask) -> None:
    assert "At least 12 answers are needed" in reason_words(Reason.SENSITIVE_TOO_FEW, Rules(12))
    assert "At least 10 answers are needed" in reason_words(Reason.SENSITIVE_TOO_FEW, Rules(5))


def test_numbers_follow_the_language(speaking: Flask) -> None:
    with force_locale("fr"):
        assert share_words(Count(9, 9, 14)) == "64\xa0%"


def test_arabic_runs_from_right_to_left() -> None:
    assert (direction("ar"), direction("en"), direction("pt-BR")) == ("rtl", "ltr", "ltr")


@pytest.mark.parametrize(
    ("code", "said"), [("en", "+0.56"), ("fr", "+0,56"), ("es", "+0,56"), ("cy", "+0.56"), ("ar", "\u200e+0.56")]
)
def test_a_signed_number_is_written_as_the_language_does(speaking: Flask, code: str, said: str) -> None:
    with force_locale(code):
        assert signed_decimal(0.56) == said


def test_a_sign_stays_before_its_number_where_the_text_runs_from_the_right(speaking: Flask) -> None:
    with force_locale("ar"):
        assert (signed_points(-5.2), signed_points(31.4), signed_points(0.2)) == ("\u200e−5", "\u200e+31", "0")


@pytest.mark.parametrize(("code", "said"), [("en", "0.015"), ("fr", "0,015"), ("ar", "0.015")])
def test_a_decimal_is_written_as_the_language_does(speaking: Flask, code: str, said: str) -> None:
    with force_locale(code):
        assert decimal(0.0151, 3) == said


@pytest.mark.parametrize(("code", "said"), [("en", "1 → 2"), ("cy", "1 → 2"), ("ar", "1 ← 2")])
def test_an_arrow_points_as_the_language_runs(code: str, said: str) -> None:
    app = Flask("arrows")
    teach(app, lambda: ENGLISH)
    with app.test_request_context("/"), force_locale(code):
        assert from_to("1", "2") == said


def test_a_part_is_never_said_to_be_nobody_or_everybody(app: Flask) -> None:
    with app.app_context(), force_locale("en"):
        assert [percent(count, 1000) for count in (0, 1, 999, 1000)] == ["0%", "under 1%", "over 99%", "100%"]
