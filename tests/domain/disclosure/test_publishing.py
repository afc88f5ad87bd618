import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.disclosure.bands import BAND, SENSITIVE_BAND, SENSITIVE_K, band_of
from feedback.domain.disclosure.groups import Group
from feedback.domain.disclosure.publishing import (
    comments_kept,
    counted_groups,
    publish,
    withhold,
)
from feedback.domain.disclosure.statements import (
    Bound,
    Distribution,
    DominanceBand,
    GroupStatement,
    OptionCount,
    Publication,
    Published,
    Reason,
    ResponseRate,
    Rose,
    Sensitive,
    Ticks,
    Total,
    Withheld,
    canonical_json,
    read_statements,
)
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.kinds import MANY, ONE
from feedback.domain.survey.questionnaires import PREFER_NOT_TO_SAY, Order, Role

K = 5
Build = Callable

five_points = st.sampled_from("01234")
many_answers = st.lists(five_points, min_size=K, max_size=30)
few_answers = st.lists(five_points, max_size=K - 1)
ticked = st.sets(five_points).map(lambda codes: tuple(sorted(codes)) or PREFER_NOT_TO_SAY)


def said_of(publication: Publication, group: str) -> list[Published]:
    """Return what is said about questions in one group."""
    return [one for one in publication.statements if isinstance(one, GroupStatement) and one.group == group]


def spread(*counts: int) -> list[str]:
    """Return ratings: so many times "0", so many times "1", and so on."""
    return [str(place) for place, count in enumerate(counts) for _ in range(count)]


@pytest.fixture(scope="session")
def published(ask: Build, wave: Build) -> Callable[..., Publication]:
    """Return a builder: the publication of one question answered by mentors, and by mentees."""

    def build(mentors: list[str], mentees: list[str] | None = None, question: object = None) -> Publication:
        made = wave(question or ask("C1"))
        code = made.questions[Role.MENTOR][0].code
        made.rate("mentor", code, mentors)
        made.rate("mentee", code, mentees or [])
        return publish(made.tally, K)

    return build


@given(many_answers)
def test_no_published_distribution_is_nearly_unanimous_or_nearly_all_unfavourable(
    published: Build, ratings: list[str]
) -> None:
    for one in said_of(published(ratings), "mentor"):
        if isinstance(one, Distribution):
            counts = [option.count for option in one.counts]
            assert one.n - max(counts) > band_of(one.n)
            assert one.n - counts[0] - counts[1] > band_of(one.n)


@given(many_answers)
def test_a_published_count_is_true(published: Build, ratings: list[str]) -> None:
    (one,) = said_of(published(ratings), "mentor")
    if isinstance(one, Distribution):
        assert one.counts == tuple(OptionCount(code, ratings.count(code)) for code in "01234")
    else:
        assert isinstance(one, DominanceBand)
        assert sum(ratings.count(code) for code in one.options) >= one.at_least == len(ratings) - band_of(len(ratings))


@given(st.lists(ticked, min_size=K, max_size=20))
def test_no_tick_is_exact_within_the_band_of_nobody_or_everybody(
    published: Build, ask_many: Build, ratings: list[object]
) -> None:
    for one in said_of(published(ratings, question=ask_many("B1")), "mentor"):
        if isinstance(one, Ticks) and one.bound is Bound.EXACTLY:
            assert band_of(one.n) < one.count < one.n - band_of(one.n)


@given(many_answers, few_answers, few_answers)
def test_a_group_below_k_changes_nothing_that_is_published(
    published: Build, mentors: list[str], some: list[str], others: list[str]
) -> None:
    assert published(mentors, some) == published(mentors, others)


@given(many_answers, few_answers)
def test_a_group_below_k_yields_its_size_and_nothing_else(
    published: Build, mentors: list[str], mentees: list[str]
) -> None:
    publication = published(mentors, mentees)
    about_mentees = [one for one in publication.statements if getattr(one, "group", "") == "mentee"]
    assert [(one.invited, one.answered) for one in about_mentees] == [(30, None)]
    assert not any(isinstance(one, Total) for one in publication.statements)


@given(many_answers, many_answers)
def test_a_total_is_the_sum_of_published_distributions(
    published: Build, mentors: list[str], mentees: list[str]
) -> None:
    statements = published(mentors, mentees).statements
    full = [one for one in statements if isinstance(one, Distribution)]
    totals = [one for one in statements if isinstance(one, Total)]
    assert len(totals) == (len(full) == 2)
    for total in totals:
        assert total.n == sum(one.n for one in full) == sum(one.count for one in total.counts)


@given(st.permutations(spread(3, 2, 4, 1, 2)))
def test_the_order_of_answers_changes_nothing(published: Build, ratings: list[str]) -> None:
    assert published(ratings) == published(sorted(ratings))


@given(many_answers, many_answers)
def test_a_publication_can_be_read_back(published: Build, mentors: list[str], mentees: list[str]) -> None:
    publication = published(mentors, mentees)
    records = json.loads(canonical_json(publication.records))
    assert read_statements(records) == publication.statements


@pytest.mark.parametrize("ratings", [spread(0, 0, 0, 12), spread(0, 0, 1, 11), spread(1, 1, 0, 9, 1)])
def test_a_nearly_unanimous_group_reads_at_least(published: Build, ratings: list[str]) -> None:
    (one,) = said_of(published(ratings), "mentor")
    assert isinstance(one, DominanceBand)
    assert (one.options, one.at_least, one.n) == (("3",), 9, 12)


@pytest.mark.parametrize("ratings", [spread(12), spread(5, 5, 2), spread(0, 9, 0, 0, 3)])
def test_a_nearly_all_unfavourable_group_reads_as_the_class_alone(published: Build, ratings: list[str]) -> None:
    (one,) = said_of(published(ratings), "mentor")
    assert isinstance(one, DominanceBand)
    assert (one.options, one.at_least, one.n) == (("0", "1"), 9, 12)


def test_the_unfavourable_class_of_a_falling_order_is_its_end(published: Build, ask: Build) -> None:
    (one,) = said_of(published(spread(0, 0, 0, 6, 6), question=ask("C1", order=Order.FALLING)), "mentor")
    assert isinstance(one, DominanceBand)
    assert one.options == ("3", "4")


@pytest.mark.parametrize("changes", [{"order": Order.NONE}, {"options": 2}])
def test_a_question_without_an_unfavourable_class_is_published_in_full(
    published: Build, ask: Build, changes: dict[str, object]
) -> None:
    (one,) = said_of(published(spread(5, 5), question=ask("C1", **changes)), "mentor")
    assert isinstance(one, Distribution)


def test_a_band_question_follows_the_same_rules(published: Build, ask: Build) -> None:
    (one,) = said_of(published(spread(0, 0, 0, 12), question=ask("P1", kind=ONE)), "mentor")
    assert isinstance(one, DominanceBand)


def test_each_tick_is_its_own_yes_or_no(published: Build, ask_many: Build) -> None:
    ratings = [("0",)] * 4 + [("0", "1")] * 6
    ticks = said_of(published(ratings, question=ask_many("B1", options=3)), "mentor")
    assert [(one.option, one.bound, one.count) for one in ticks] == [
        ("0", Bound.AT_LEAST, 8),
        ("1", Bound.EXACTLY, 6),
        ("2", Bound.AT_MOST, 2),
    ]


def test_a_question_that_fewer_than_k_answered_is_withheld(published: Build) -> None:
    ratings = spread(2, 1, 1) + [PREFER_NOT_TO_SAY] * 8
    (one,) = said_of(published(ratings), "mentor")
    assert isinstance(one, Withheld)
    assert one.reason is Reason.QUESTION_TOO_FEW


def test_a_total_names_the_groups_that_are_missing(ask: Build, wave: Build, by_role: tuple[Group, ...]) -> None:
    split = tuple(Group(f"mentor/{cohort}", Role.MENTOR, (cohort,), 20) for cohort in "AB")
    made = wave(ask("C1"), groups=(*split, by_role[1]))
    made.rate("mentor/A", "C1", spread(2, 2, 4))
    made.rate("mentor/B", "C1", spread(0, 0, 0, 9))
    made.rate("mentee", "C1", spread(1, 3, 4))
    (total,) = (one for one in publish(made.tally, K).statements if isinstance(one, Total))
    assert (total.groups, total.missing) == (("mentor/A", "mentee"), ("mentor/B",))


def test_what_earlier_reports_forbid_is_withheld_in_that_group_and_has_no_total(ask: Build, wave: Build) -> None:
    made = wave(ask("C1"), ask("C2"))
    for group, code in (("mentor", "C1"), ("mentee", "C1"), ("mentor", "C2"), ("mentee", "C2")):
        made.rate(group, code, spread(2, 2, 4))
    publication = withhold(publish(made.tally, K), made.tally, {("mentor", "C1")})
    about = {(one.group, one.question): one for one in publication.statements if isinstance(one, GroupStatement)}
    assert about.pop(("mentor", "C1")).reason is Reason.WITH_EARLIER
    assert {type(one) for one in about.values()} == {Distribution}
    assert [one.question for one in publication.statements if isinstance(one, Total)] == ["C2"]


def test_a_reason_that_tells_how_few_answered_is_withheld_too(ask: Build, wave: Build) -> None:
    made = wave(ask("C1"), ask("C2"))
    made.rate("mentor", "C1", spread(2, 2, 4))
    made.rate("mentor", "C2", spread(2))
    before, after = (withhold(publish(made.tally, K), made.tally, hidden) for hidden in ((), {("mentor", "C2")}))
    for publication, reason in ((before, Reason.QUESTION_TOO_FEW), (after, Reason.WITH_EARLIER)):
        (said,) = (one for one in publication.statements if isinstance(one, GroupStatement) and one.question == "C2")
        assert said.reason is reason


def test_a_rate_says_how_many_of_those_invited_answered(published: Build) -> None:
    rates = [one for one in published(spread(3, 3, 3)).statements if isinstance(one, ResponseRate)]
    assert [(one.group, one.invited, one.answered) for one in rates] == [("mentor", 40, 9), ("mentee", 30, None)]


@pytest.mark.parametrize(
    ("ratings", "changes"),
    [
        (spread(0, 0, 0, 12), {}),
        (spread(4, 4, 4), {"sensitive": True}),
        ([("0",)] * 6, {"kind": MANY, "order": Order.NONE}),
        ([*spread(1, 1, 1), *[PREFER_NOT_TO_SAY] * 8], {}),
    ],
)
def test_every_statement_names_its_question(
    published: Build, ask: Build, ratings: list[Any], changes: dict[str, Any]
) -> None:
    said = said_of(published(ratings, question=ask("C7", **changes)), "mentor")
    assert {one.question for one in said} == {"C7"}


def test_both_statements_on_a_pair_name_its_question(changed: Build) -> None:
    assert [one.question for one in changed([("0", "3")] * 4 + [("2", "1")] * 6)] == ["C1", "C1"]


def test_a_total_has_the_options_in_order(published: Build) -> None:
    (total,) = (one for one in published(spread(2, 2, 4), spread(1, 3, 4)).statements if isinstance(one, Total))
    assert total.question == "C1"
    assert total.counts == tuple(OptionCount(*one) for one in (("0", 3), ("1", 5), ("2", 8), ("3", 0), ("4", 0)))


@pytest.mark.parametrize(
    ("n", "bands"),
    [
        (10, [(0, 2), (3, 5), (6, 10)]),
        (11, [(0, 2), (3, 5), (6, 8), (9, 11)]),
        (12, [(0, 2), (3, 5), (6, 8), (9, 12)]),
        (13, [(0, 2), (3, 5), (6, 8), (9, 13)]),
    ],
)
def test_bands_have_three_numbers_and_the_last_what_is_left(
    sensitive: Build, n: int, bands: list[tuple[int, int]]
) -> None:
    found = {(one.low, one.high) for worst in range(n + 1) for one in sensitive(spread(worst, n - worst)).classes[1:]}
    assert sorted(found) == bands


def test_two_wordings_have_no_total(ask: Build, wave: Build) -> None:
    made = wave(mentor=(ask("C1"),), mentee=(ask("C1", text={"en": "Other?"}),))
    for group in ("mentor", "mentee"):
        made.rate(group, "C1", spread(2, 2, 4))
    kinds = [type(one) for one in publish(made.tally, K).statements]
    assert kinds == [ResponseRate, ResponseRate, Distribution, Distribution]


def test_in_the_group_of_everybody_a_question_of_one_role_is_told_of_that_role(
    ask: Build, wave: Build, everybody: tuple[Group, ...]
) -> None:
    made = wave(mentor=(ask("C1"), ask("V1")), mentee=(ask("C1"),), groups=everybody)
    made.rate("all", "V1", spread(3, 2), Role.MENTOR)
    made.rate("all", "C1", spread(3, 3, 3), Role.MENTEE)
    (own,) = said_of(publish(made.tally, K), "mentor")
    assert (own.question, own.n, said_of(publish(made.tally, K), "all")[0].question) == ("V1", 5, "C1")


@pytest.mark.parametrize(("mentors", "mentees"), [(4, 9), (9, 4), (4, 4)])
def test_in_the_group_of_everybody_no_role_is_told_of_unless_k_of_each_answered(
    ask: Build, wave: Build, everybody: tuple[Group, ...], mentors: int, mentees: int
) -> None:
    made = wave(mentor=(ask("V1"),), mentee=(ask("V2"),), groups=everybody)
    made.rate("all", "V1", spread(*[mentors]), Role.MENTOR)
    made.rate("all", "V2", spread(*[mentees]), Role.MENTEE)
    said = [one for name in ("mentor", "mentee") for one in said_of(publish(made.tally, K), name)]
    assert [one.reason for one in said] == [Reason.ROLE_TOO_FEW, Reason.ROLE_TOO_FEW]


def test_two_wordings_of_one_code_are_told_of_each_role(ask: Build, wave: Build, everybody: tuple[Group, ...]) -> None:
    made = wave(mentor=(ask("C1"),), mentee=(ask("C1", text={"en": "Own words?"}),), groups=everybody)
    made.rate("all", "C1", spread(3, 3, 3), Role.MENTOR)
    made.rate("all", "C1", spread(2, 2, 2), Role.MENTEE)
    publication = publish(made.tally, K)
    assert [said_of(publication, name)[0].n for name in ("mentor", "mentee")] == [9, 6]
    assert said_of(publication, "all") == []


def test_a_wave_whose_people_were_promised_less_says_nothing_of_one_role(
    ask: Build, wave: Build, everybody: tuple[Group, ...]
) -> None:
    made = wave(mentor=(ask("V1"),), mentee=(ask("V2"),), groups=everybody)
    made.tally.shows_sides = False
    made.rate("all", "V1", spread(3, 3, 3), Role.MENTOR)
    made.rate("all", "V2", spread(3, 3, 3), Role.MENTEE)
    assert {one.reason for one in said_of(publish(made.tally, K), "all")} == {Reason.ONE_ROLE}


def test_where_one_role_is_invited_its_questions_are_published(
    ask: Build, wave: Build, everybody: tuple[Group, ...]
) -> None:
    made = wave(mentor=(ask("C1"),), groups=everybody)
    made.rate("all", "C1", spread(3, 3, 3), Role.MENTOR)
    assert isinstance(said_of(publish(made.tally, K), "all")[0], Distribution)


@pytest.fixture(scope="session")
def sensitive(ask: Build, published: Build) -> Callable[..., Published]:
    """Return a builder: the only statement on a sensitive question with ratings from "0", the worst."""

    def build(ratings: list[str], **changes: object) -> Published:
        (one,) = said_of(published(ratings, question=ask("H1", sensitive=True, **changes)), "mentor")
        return one

    return build


@given(st.lists(five_points, min_size=SENSITIVE_K, max_size=40))
def test_a_sensitive_count_lies_in_a_band_of_at_least_three(sensitive: Build, ratings: list[str]) -> None:
    one = sensitive(ratings)
    assert isinstance(one, Sensitive)
    for part in one.classes:
        assert part.high - part.low + 1 >= SENSITIVE_BAND
        assert 0 <= part.low <= sum(ratings.count(option) for option in part.options) <= part.high <= one.n


@given(st.integers(SENSITIVE_K, 60))
def test_the_bands_of_a_sensitive_count_cover_every_number_once(sensitive: Build, n: int) -> None:
    bands = {(one.low, one.high) for worst in range(n + 1) for one in sensitive(spread(worst, n - worst)).classes[1:]}
    covered = [number for low, high in sorted(bands) for number in range(low, high + 1)]
    assert covered == list(range(n + 1))


@pytest.mark.parametrize(
    ("options", "order", "classes"),
    [
        (5, Order.RISING, [("2", "1", "0"), ("0",)]),
        (5, Order.FALLING, [("2", "3", "4"), ("4",)]),
        (4, Order.FALLING, [("2", "3"), ("3",)]),
        (3, Order.FALLING, [("1", "2"), ("2",)]),
    ],
)
def test_a_sensitive_question_tells_the_worse_half_and_the_worst(
    sensitive: Build, options: int, order: Order, classes: list[tuple[str, ...]]
) -> None:
    one = sensitive(spread(4, 4, 4), options=options, order=order)
    assert [part.options for part in one.classes] == classes


def test_a_sensitive_question_that_fewer_than_ten_answered_is_withheld(sensitive: Build) -> None:
    assert sensitive(spread(3, 3, 3)).reason is Reason.SENSITIVE_TOO_FEW
    assert sensitive([*spread(2, 2), *[PREFER_NOT_TO_SAY] * 8]).reason is Reason.QUESTION_TOO_FEW


@pytest.fixture(scope="session")
def changed(ask: Build, wave: Build) -> Callable[..., list[Published]]:
    """Return a builder: what is said about a then / now question, from (then, now) of each mentor."""

    def build(answers: list[tuple[str, str]], **changes: object) -> list[Published]:
        made = wave(ask("C1", then_now=True, **changes))
        for then, now in answers:
            ratings = {name: rating for name, rating in (("C1-then", then), ("C1-now", now)) if rating}
            made.tally.add("mentor", Role.MENTOR, Answer(ratings))
        return said_of(publish(made.tally, K), "mentor")

    return build


def test_of_then_and_now_the_present_and_the_number_who_rose_are_published(changed: Build) -> None:
    now, rose = changed([("0", "3")] * 4 + [("2", "2")] * 3 + [("4", "1")] * 3)
    assert isinstance(now, Distribution)
    assert [one.count for one in now.counts] == [0, 3, 3, 4, 0]
    assert isinstance(rose, Rose)
    assert (rose.n, rose.bound, rose.count) == (10, Bound.EXACTLY, 4)


def test_where_the_first_option_is_the_best_to_rise_is_to_go_towards_it(changed: Build) -> None:
    _now, rose = changed([("3", "0")] * 4 + [("0", "3")] * 3 + [("1", "1")] * 3, order=Order.FALLING)
    assert (rose.bound, rose.count) == (Bound.EXACTLY, 4)


def test_whoever_leaves_the_past_out_counts_as_not_having_risen(changed: Build) -> None:
    _now, rose = changed([("0", "3")] * 3 + [(PREFER_NOT_TO_SAY, "3")] * 3 + [("", "2")] * 2 + [("1", "0")] * 4)
    assert (rose.n, rose.count) == (12, 3)


@pytest.mark.parametrize(("risen", "bound", "count"), [(10, Bound.AT_LEAST, 8), (8, Bound.AT_LEAST, 8)])
def test_nearly_all_who_rose_read_at_least(changed: Build, risen: int, bound: Bound, count: int) -> None:
    rose = changed([("0", "3")] * risen + [("3", "1")] * (10 - risen))[-1]
    assert (rose.bound, rose.count) == (bound, count)


def test_hardly_any_who_rose_read_at_most(changed: Build) -> None:
    rose = changed([("0", "3")] * 2 + [("3", "1")] * 8)[-1]
    assert (rose.bound, rose.count) == (Bound.AT_MOST, BAND)


def test_a_pair_whose_present_fewer_than_k_gave_is_withheld(changed: Build) -> None:
    (one,) = changed([("0", "")] * 6 + [("0", "3")] * 4)
    assert one.reason is Reason.QUESTION_TOO_FEW


def test_nobody_else_makes_a_published_statement(published: Build) -> None:
    with pytest.raises(TypeError, match="Only the disclosure rules"):
        ResponseRate(group="mentor", invited=12, answered=4, seal=object())
    with pytest.raises((TypeError, ValueError)):
        replace(published(spread(3, 3, 3)).statements[0], answered=4)


def test_k_is_never_below_five(ask: Build, wave: Build) -> None:
    with pytest.raises(ValueError, match="may not be below 5"):
        publish(wave(ask("C1")).tally, 4)


@pytest.fixture(scope="session")
def commented(ask_open: Build, wave: Build) -> Callable[..., frozenset[str]]:
    """Return a builder: the kept codes when, per group, (so many answered, so many of them wrote)."""

    def build(mentor: tuple[int, int], mentee: tuple[int, int] = (0, 0), /, **asked: object) -> frozenset[str]:
        made = wave(ask_open("F1"), **asked)
        for role, (answered, wrote) in zip(Role, (mentor, mentee), strict=True):
            group = made.groups[0].name if len(made.groups) == 1 else role.value
            for place in range(answered):
                made.tally.add(group, role, Answer({}, {"F1": "More time." if place < wrote else ""}))
        return comments_kept(made.tally, K)

    return build


@pytest.mark.parametrize(
    ("mentor", "mentee", "kept"),
    [((5, 3), (5, 2), True), ((9, 9), (0, 0), False), ((20, 4), (0, 0), False), ((10, 5), (0, 0), True)],
)
def test_comments_are_kept_only_if_enough_answered_and_enough_wrote(
    commented: Build, mentor: tuple[int, int], mentee: tuple[int, int], kept: bool
) -> None:
    assert commented(mentor, mentee) == ({"F1"} if kept else set())


@pytest.mark.parametrize(("answered", "kept"), [(15, False), (16, True)])
def test_with_a_larger_k_more_must_have_answered_before_comments_are_kept(
    ask_open: Build, wave: Build, answered: int, kept: bool
) -> None:
    made = wave(ask_open("F1"))
    for _place in range(answered):
        made.tally.add("mentor", Role.MENTOR, Answer({}, {"F1": "More time."}))
    assert comments_kept(made.tally, 8) == ({"F1"} if kept else set())


def test_groups_of_at_least_k_are_counted(ask: Build, wave: Build) -> None:
    made = wave(ask("C1"))
    made.rate("mentor", "C1", spread(2, 3))
    made.rate("mentee", "C1", spread(2, 2))
    assert counted_groups(made.tally, K) == {"mentor"}


@given(st.integers(5, 15), st.integers(0, 4), st.integers(0, 4))
def test_a_group_below_k_never_decides_about_comments(commented: Build, n: int, some: int, others: int) -> None:
    assert commented((n, n), (some, some)) == commented((n, n), (others, 0))


def test_comments_on_two_wordings_are_kept_only_if_both_may_be(commented: Build, ask_open: Build) -> None:
    asked = {"mentor": (ask_open("F1"),), "mentee": (ask_open("F1", text={"en": "Other?"}),)}
    assert commented((20, 20), (9, 9), **asked) == set()
    assert commented((20, 20), (10, 9), **asked) == {"F1"}


def test_in_the_group_of_everybody_comments_on_one_roles_question_are_destroyed(
    commented: Build, ask_open: Build, everybody: tuple[Group, ...]
) -> None:
    asked = {"mentor": (ask_open("F1"),), "mentee": (), "groups": everybody}
    assert commented((14, 14), **asked) == set()
