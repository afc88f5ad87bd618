"""A forecast promises exactly what the disclosure rules then publish."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.disclosure.forecast import EVERYBODY_ANSWERS, HOPED, RATES, Forecast, choices, forecast
from feedback.domain.disclosure.groups import Atom, Group, Grouping
from feedback.domain.disclosure.publishing import comments_kept, publish
from feedback.domain.disclosure.statements import GroupStatement, Publication, Reason, ResponseRate, Withheld
from feedback.domain.disclosure.tally import Tally
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.asked import NotAsked
from feedback.domain.survey.drafts import Draft, answer_in
from feedback.domain.survey.kinds import MANY
from feedback.domain.survey.questionnaires import Condition, Order, Question, Questionnaire, Role, Theme
from forms.bank import available, load, pair
from tests.domain.conftest import questionnaire_of
from tests.tried import tried

STAGES = sorted({load(name).stage for name in available()})
COHORTS = ("", "London", "York", "Zürich")
sizes = st.dictionaries(
    st.builds(Atom, st.sampled_from(Role), st.sampled_from(COHORTS)), st.integers(1, 40), max_size=8
)


def answer_to(questionnaire: Questionnaire, number: int) -> Answer:
    """A complete answer; different numbers choose differently, so that no option is near everybody's."""
    ratings: dict[str, str | tuple[str, ...]] = {}
    for question in questionnaire.questions:
        for field in question.fields if question.closed else ():
            chosen = question.option_codes[number % len(question.option_codes)]
            ratings[field] = (chosen,) if question.kind is MANY else chosen
    return Answer(ratings, {question.code: "Something." for question in questionnaire.open_questions})


def tally_at(
    percent: int, groups: tuple[Group, ...], people: dict[Atom, int], questionnaires: dict[Role, Questionnaire]
) -> Tally:
    """The real tally, once `percent` of each role in each group have answered everything."""
    roles = {atom.role for atom in people}
    asked = {role: questionnaires[role] for role in Role if role in roles}
    invited = {role: sum(size for atom, size in people.items() if atom.role is role) for role in roles}
    tally = Tally(asked, groups)
    for group in groups:
        for role in roles if group.role is None else {group.role}:
            size = invited[role] if group.role is None else group.invited
            for number in range(size * percent // 100):
                tally.add(group.name, role, answer_to(asked[role], number))
    return tally


def published_by(publication: Publication) -> tuple[set[str], set[tuple[str, str]], set[tuple[str, str, Reason]]]:
    said = [one for one in publication.statements if isinstance(one, GroupStatement)]
    return (
        {one.group for one in rates_in(publication) if one.answered is not None},
        {(one.group, one.question) for one in said if not isinstance(one, Withheld)},
        {(one.group, one.question, one.reason) for one in said if isinstance(one, Withheld)},
    )


def rates_in(publication: Publication) -> list[ResponseRate]:
    return [one for one in publication.statements if isinstance(one, ResponseRate)]


@tried(120)
@given(sizes, st.sampled_from(STAGES), st.integers(5, 9))
def test_what_is_foreseen_is_exactly_what_is_published_and_hidden(people: dict[Atom, int], stage: str, k: int) -> None:
    seen = forecast(people, pair(stage), k)
    assert [one.percent for one in seen.outlooks] == [*RATES, EVERYBODY_ANSWERS]
    for outlook in seen.outlooks:
        tally = tally_at(outlook.percent, seen.groups, people, dict(seen.asked))
        assert outlook.is_opened == (sum(tally.answered(group) for group in tally.groups) >= k)
        if outlook.is_opened:
            assert published_by(outlook.publication) == published_by(publish(tally, k))
            assert rates_in(outlook.publication) == rates_in(publish(tally, k))
            assert set(outlook.comments) == comments_kept(tally, k)
        else:
            assert published_by(outlook.publication) == (set(), set(), set())
            assert outlook.comments == ()


@given(sizes, st.sampled_from(STAGES), st.integers(5, 9))
def test_more_answers_never_show_less(people: dict[Atom, int], stage: str, k: int) -> None:
    outlooks = forecast(people, pair(stage), k).outlooks
    for fewer, more in pairwise(outlooks):
        assert published_by(fewer.publication)[1] <= published_by(more.publication)[1]
        assert set(fewer.comments) <= set(more.comments)


@given(sizes, st.integers(5, 9))
def test_everybody_has_one_place_and_knows_whom_they_are_merged_with(people: dict[Atom, int], k: int) -> None:
    seen = forecast(people, pair("kickoff"), k)
    assert seen.sizes == people
    for atom, home in seen.homes.items():
        others = [other for other, its in seen.homes.items() if its == home and other != atom]
        assert seen.sizes[atom] + sum(people[other] for other in others) == home.invited


def of(mentors: int, mentees: int, stage: str = "kickoff") -> Forecast:
    people = {Atom(Role.MENTOR, ""): mentors, Atom(Role.MENTEE, ""): mentees}
    return forecast({atom: size for atom, size in people.items() if size}, pair(stage), 5)


def test_a_role_that_is_too_small_makes_one_group_of_everybody() -> None:
    seen = of(9, 20)
    assert seen.small_roles == ((Role.MENTOR, 9),)
    assert [group.name for group in seen.groups] == ["all"]
    assert seen.best.hidden(seen.groups[0], Role.MENTOR) == ()


def test_what_one_role_is_asked_is_left_out_if_of_either_too_few_are_invited() -> None:
    seen, asked = of(4, 20, "exit"), pair("exit")
    shared = {one.code for one in asked[Role.MENTOR].questions} & {one.code for one in asked[Role.MENTEE].questions}
    assert {one.code for questionnaire in seen.asked.values() for one in questionnaire.questions} <= shared
    assert {one.role for one in seen.not_asked} == set(Role)


@pytest.mark.parametrize(("mentors", "mentees"), [(8, 8), (9, 60), (5, 5), (12, 9)])
def test_a_coordinator_chooses_where_each_role_has_k_and_one_has_not_twice_k(mentors: int, mentees: int) -> None:
    people = {Atom(Role.MENTOR, ""): mentors, Atom(Role.MENTEE, ""): mentees}
    seen = choices(people, pair("kickoff"), 5)
    assert {one: [group.name for group in its.groups] for one, its in seen.items()} == {
        Grouping.TOGETHER: ["all"],
        Grouping.APART: ["mentor", "mentee"],
    }
    shown = [its.shown(HOPED) for its in seen.values()]
    assert shown == sorted(shown, reverse=True)


@pytest.mark.parametrize(("mentors", "mentees"), [(4, 20), (10, 10), (0, 8)])
def test_elsewhere_there_is_nothing_to_choose(mentors: int, mentees: int) -> None:
    assert choices({Atom(Role.MENTOR, ""): mentors, Atom(Role.MENTEE, ""): mentees}, pair("kickoff"), 5) == {}


def test_a_sensitive_question_is_not_asked_of_fewer_than_ten() -> None:
    people = {Atom(Role.MENTOR, ""): 8, Atom(Role.MENTEE, ""): 20}
    apart = choices(people, pair("exit"), 5)[Grouping.APART]
    sensitive = {role: [one for one in its.questions if one.sensitive] for role, its in apart.asked.items()}
    assert (sensitive[Role.MENTOR], bool(sensitive[Role.MENTEE])) == ([], True)
    assert NotAsked(Role.MENTOR, Theme.HARM, is_open=False) in apart.not_asked


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(("mentors", "mentees"), [(4, 4), (8, 8)])
def test_nobody_in_a_small_programme_is_asked_what_can_never_be_shown(mentors: int, mentees: int, stage: str) -> None:
    people = {Atom(Role.MENTOR, ""): mentors, Atom(Role.MENTEE, ""): mentees}
    ways = list(choices(people, pair(stage), 5).values()) or [forecast(people, pair(stage), 5)]
    for seen in ways:
        for role, questionnaire in seen.asked.items():
            mine = [group for group in seen.groups if group.role in (None, role)]
            for one in questionnaire.questions:
                shown = any(seen.best.shows(group, role, one.code) for group in mine)
                assert shown if one.closed else one.code in seen.best.comments, (role, one.code)
            left_out = {one.theme for one in pair(stage)[role].questions if one not in questionnaire.questions}
            assert left_out == {one.theme for one in seen.not_asked if one.role is role}


def test_of_four_pairs_each_side_is_asked_only_what_both_are_and_no_text_nor_harm() -> None:
    seen = of(4, 4, "exit")
    asked = {role: [one.code for one in its.questions] for role, its in seen.asked.items()}
    assert asked[Role.MENTOR] == asked[Role.MENTEE]
    assert not {"C5", "B1", "S3", "H1", "F1", "F2"} & {*asked[Role.MENTOR]}
    assert len(asked[Role.MENTOR]) > 10


def test_a_role_alone_is_never_too_small_for_the_other() -> None:
    seen = of(9, 0)
    assert seen.small_roles == ()
    assert seen.best.hidden(seen.groups[0], Role.MENTOR) == ()


@pytest.mark.parametrize(("mentees", "kept"), [(9, False), (10, True)])
def test_comments_need_ten_answers(mentees: int, kept: bool) -> None:
    assert bool(of(0, mentees).best.comments) is kept


def test_nobody_invited_is_nothing_to_report() -> None:
    seen = forecast({}, pair("kickoff"), 5)
    assert not seen.best.is_opened


LOW = Condition("P1", ("0", "1"))


@tried(300)
@given(
    said=st.lists(st.tuples(st.sampled_from("012"), st.sampled_from("012")), min_size=5, max_size=9),
    asked_after=st.sets(st.sampled_from("012"), min_size=1).map(lambda codes: tuple(sorted(codes))),
    order=st.sampled_from(Order),
)
def test_no_report_shows_what_was_not_foreseen_of_questions_that_hang_on_others(
    ask: Callable[..., Question], said: list[tuple[str, str]], asked_after: tuple[str, ...], order: Order
) -> None:
    child = ask("P2", 3, shown_when=Condition("P1", asked_after))
    questionnaire = questionnaire_of(Role.MENTOR, (ask("P1", 3, order=order), child))
    seen = forecast({Atom(Role.MENTOR, ""): len(said)}, {Role.MENTOR: questionnaire}, 5)
    tally = Tally({Role.MENTOR: questionnaire}, seen.groups)
    for first, second in said:
        tally.add("all", Role.MENTOR, answer_in(questionnaire, Draft({"P1": (first,), "P2": (second,)})))
    assert published_by(publish(tally, 5))[1] <= published_by(seen.best.publication)[1]


def test_what_hangs_on_two_wordings_is_not_asked_of_both(
    ask: Callable[..., Question],
) -> None:
    asked = {
        role: questionnaire_of(role, (ask("P1", text={"en": f"{role}?"}), ask("P2", shown_when=LOW))) for role in Role
    }
    seen = forecast({Atom(Role.MENTOR, ""): 9, Atom(Role.MENTEE, ""): 9}, asked, 5)
    assert [[one.code for one in its.questions] for its in seen.asked.values()] == [["P1"], ["P1"]]
