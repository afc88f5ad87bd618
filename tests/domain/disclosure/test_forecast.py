"""A forecast promises exactly what the disclosure rules then publish."""

from collections.abc import Callable
from itertools import cycle, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.domain.disclosure.forecast import EVERYBODY_ANSWERS, RATES, Forecast, forecast
from feedback.domain.disclosure.groups import Atom, Group
from feedback.domain.disclosure.publishing import comments_kept, publish
from feedback.domain.disclosure.statements import GroupStatement, Publication, Reason, ResponseRate, Withheld
from feedback.domain.disclosure.tally import Tally
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.drafts import Draft, answer_in
from feedback.domain.survey.kinds import MANY
from feedback.domain.survey.questionnaires import Condition, Order, Question, Questionnaire, Role
from forms.bank import available, load, pair
from tests.domain.conftest import questionnaire_of

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


def role_of(group: Group, invited: dict[Role, int]) -> list[Role]:
    """Who answers first in a group: its role, or both in turn as long as there are any."""
    if group.role is not None:
        return [group.role] * group.invited
    left, order = dict(invited), []
    for role in cycle(Role):
        if not any(left.values()):
            return order
        if left.get(role):
            left[role] -= 1
            order.append(role)
    return order


def tally_at(
    percent: int, groups: tuple[Group, ...], people: dict[Atom, int], questionnaires: dict[Role, Questionnaire]
) -> Tally:
    """The real tally, once `percent` of each group have answered everything."""
    roles = {atom.role for atom in people}
    asked = {role: questionnaires[role] for role in Role if role in roles}
    invited = {role: sum(size for atom, size in people.items() if atom.role is role) for role in roles}
    tally = Tally(asked, groups)
    for group in groups:
        for number, role in enumerate(role_of(group, invited)[: group.invited * percent // 100]):
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


@settings(max_examples=120)
@given(sizes, st.sampled_from(STAGES), st.integers(5, 9))
def test_what_is_foreseen_is_exactly_what_is_published_and_hidden(people: dict[Atom, int], stage: str, k: int) -> None:
    seen = forecast(people, pair(stage), k)
    assert [one.percent for one in seen.outlooks] == [*RATES, EVERYBODY_ANSWERS]
    for outlook in seen.outlooks:
        tally = tally_at(outlook.percent, seen.groups, people, pair(stage))
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
    assert Reason.ONE_ROLE in {hidden.reason for hidden in seen.best.hidden["all"]}


def test_a_role_alone_is_never_too_small_for_the_other() -> None:
    assert of(9, 0).small_roles == ()
    assert of(9, 0).best.hidden == {"all": ()}


@pytest.mark.parametrize(("mentees", "kept"), [(9, False), (10, True)])
def test_comments_need_ten_answers(mentees: int, kept: bool) -> None:
    assert bool(of(0, mentees).best.comments) is kept


def test_nobody_invited_is_nothing_to_report() -> None:
    seen = forecast({}, pair("kickoff"), 5)
    assert not seen.best.is_opened


LOW = Condition("P1", ("0", "1"))


@settings(max_examples=300)
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


def test_what_hangs_on_a_question_that_is_never_shown_is_not_foreseen(ask: Callable[..., Question]) -> None:
    asked = {
        role: questionnaire_of(role, (ask("P1", text={"en": f"{role}?"}), ask("P2", shown_when=LOW))) for role in Role
    }
    best = forecast({Atom(Role.MENTOR, ""): 9, Atom(Role.MENTEE, ""): 9}, asked, 5).best
    hidden = {("all", "P1", Reason.ONE_ROLE), ("all", "P2", Reason.CONDITION_HIDDEN)}
    assert published_by(best.publication) == ({"all"}, set(), hidden)
