"""Promise: nobody learns what a few people answered by adding and subtracting reports of the organisation (R11)."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from feedback.domain.errors import HistoryRefused, People, ReportHeld
from feedback.domain.survey.questionnaires import Question, Questionnaire, Role
from feedback.domain.waves.states import WaveState
from feedback.reporting.forecast_words import forecast_words
from feedback.services.programmes.set_organisation import set_approval
from feedback.services.roster.import_roster import import_roster
from feedback.services.roster.leave_programme import leave_programme
from feedback.services.waves.ask_opening import ask_opening
from feedback.services.waves.cancel_wave import cancel_wave
from feedback.services.waves.check_history import SEARCHES
from feedback.services.waves.close_wave import finish_closing
from feedback.services.waves.fill_history import fill_history, unite_domains
from feedback.services.waves.plan_wave import WavePlan, plan_wave
from feedback.services.waves.preview_wave import preview_wave
from feedback.storage.history import add_history, drop_history, history_of
from feedback.storage.waves import wave_by_id, waves_of
from forms.bank import pair
from tests.answering import respond
from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.promises.closing import begin, state_of, stored_report
from tests.web.test_staff_pages import see, signed_in
from tests.world import World

K = 5
MANY = range(14)
Asked = dict[Role, Questionnaire]


def roster(
    mentors: Iterable[int], mentees: Iterable[int] = (), tag: str = "", cohorts: Mapping[int, str] | None = None
) -> bytes:
    """A roster of people by number; the same number is the same person, in whatever role."""
    rows = [("mentor", number) for number in mentors] + [("mentee", number) for number in mentees]
    lines = (
        f"Person {number},person.{number}{tag}@example.com,{role},{(cohorts or {}).get(number, '')}"
        for role, number in rows
    )
    return "\n".join(["name,email,role,cohort", *lines]).encode()


def enrol(world: World, programme: int, data: bytes) -> None:
    with world.session() as session:
        import_roster(session, world.keys, programme, data, now=world.clock(), actor="test", rejoin=None)


def programme_of(world: World, data: bytes, **changes: object) -> int:
    programme = world.programme(0, 0, **changes)
    enrol(world, programme, data)
    return programme


def opened(world: World, programme: int, **asked: object) -> int:
    return world.open(world.planned_wave(programme, **asked))


def closed(world: World, programme: int, answers: int = 100, **asked: object) -> int:
    wave = opened(world, programme, **asked)
    respond(world, world.links(wave)[:answers])
    world.close(wave)
    return wave


def leave(world: World, programme: int, *numbers: int) -> None:
    for number in numbers:
        with world.session() as session:
            leave_programme(session, programme, f"person.{number}@example.com", now=world.clock(), actor="test")


def exit_wave(world: World, programme: int) -> int:
    return world.planned_wave(programme, stage="exit", questionnaires=pair("exit"))


def twins_of(world: World, wave: int) -> list[dict[str, str]]:
    with world.session() as session:
        return wave_by_id(session, wave).twins


def is_refused(world: World, programme: int, **asked: object) -> bool:
    """Whether the service refuses to plan this; if not, it opens."""
    try:
        opened(world, programme, **asked)
    except HistoryRefused:
        return True
    return False


# Attacks.


def test_a_leaver_is_not_found_behind_cohorts_that_were_blanked(world: World) -> None:
    cohorts = dict.fromkeys(range(12), "North") | dict.fromkeys(range(12, 24), "South")
    programme = programme_of(world, roster(range(24), cohorts=cohorts))
    closed(world, programme)
    enrol(world, programme, roster(range(24)))
    leave(world, programme, 7)
    assert is_refused(world, programme)


def test_two_newcomers_are_not_found_when_nine_pairs_become_ten(world: World) -> None:
    programme = programme_of(world, roster(range(9), range(20, 29)))
    closed(world, programme)
    enrol(world, programme, roster(range(10), range(20, 30)))
    assert is_refused(world, programme, stage="exit again", questionnaires=pair("kickoff"))


@ON_SQLITE
def test_one_person_is_not_found_by_inclusion_and_exclusion_over_four_programmes(world: World) -> None:
    one, two, three, four = (set(range(start, start + 12)) for start in (0, 20, 40, 60))
    for people in (one | two, one | three, two | four):
        opened(world, programme_of(world, roster(people)))
    assert is_refused(world, programme_of(world, roster(three | four | {99})))
    assert not is_refused(world, programme_of(world, roster(three | four)))


@ON_SQLITE
def test_nobody_is_found_behind_cohorts_of_another_name(world: World) -> None:
    cohorts = dict.fromkeys(range(10), "North") | dict.fromkeys(range(10, 20), "South")
    opened(world, programme_of(world, roster(range(20), cohorts=cohorts)))
    renamed = {number: cohort.upper() for number, cohort in cohorts.items()}
    assert is_refused(world, programme_of(world, roster(range(1, 20), cohorts=renamed)))


@ON_SQLITE
def test_an_address_with_a_tag_is_the_same_person(world: World) -> None:
    opened(world, programme_of(world, roster(MANY)))
    assert is_refused(world, programme_of(world, roster(range(13), tag="+new")))


def renamed(question: Question) -> Question:
    return replace(question, code=f"Z{question.code}", shown_when=None)


def without_a_full_stop(question: Question) -> Question:
    texts = {language: f"{text.rstrip('.?!؟').upper()} …" for language, text in question.text.items()}
    return replace(question, text=texts)


def nearly_the_same(question: Question) -> Question:
    return replace(question, text={"en": f"{question.text['en']} ok"})


def reworded(change: Callable[[Question], Question]) -> Asked:
    """The kick-off, its questions changed."""
    return {role: replace(one, questions=tuple(map(change, one.questions))) for role, one in pair("kickoff").items()}


@ON_SQLITE
@pytest.mark.parametrize("change", [renamed, without_a_full_stop, nearly_the_same])
def test_the_same_question_is_known_by_its_words(world: World, change: Callable[[Question], Question]) -> None:
    opened(world, programme_of(world, roster(MANY)))
    assert is_refused(world, programme_of(world, roster(range(13))), questionnaires=reworded(change))


@ON_SQLITE
def test_other_questions_of_nearly_the_same_people_may_be_asked(world: World) -> None:
    opened(world, programme_of(world, roster(MANY)))
    other = reworded(lambda one: replace(one, text={"en": f"{one.code[::-1] * 3} {len(one.text['en'])}"}))
    assert not is_refused(world, programme_of(world, roster(range(13))), questionnaires=other)


@ON_SQLITE
def test_a_stage_of_ones_own_is_no_part_of_the_planned_sequence(world: World) -> None:
    programme = programme_of(world, roster(MANY))
    closed(world, programme)
    leave(world, programme, 3)
    assert is_refused(world, programme, stage="interim")


@ON_SQLITE
@pytest.mark.parametrize(("k", "least"), [(5, 10), (7, 14)])
def test_the_larger_k_of_two_reports_says_how_many_must_differ(world: World, k: int, least: int) -> None:
    opened(world, programme_of(world, roster(range(20))))
    assert is_refused(world, programme_of(world, roster(range(19 + least)), k=k))
    assert not is_refused(world, programme_of(world, roster(range(20 + least)), k=k))


def test_of_two_waves_that_were_planned_before_either_opened_only_one_opens(world: World) -> None:
    first, second = (programme_of(world, roster(range(count))) for count in (14, 15))
    waves = [world.planned_wave(first), world.planned_wave(second)]
    world.open(waves[0])
    with pytest.raises(HistoryRefused):
        world.open(waves[1])
    assert state_of(world, waves[1]) == WaveState.DRAFT


@ON_SQLITE
def test_one_out_and_one_in_is_refused_as_well(world: World) -> None:
    opened(world, programme_of(world, roster(MANY)))
    assert is_refused(world, programme_of(world, roster(range(1, 15))))


def lose_history(world: World, wave: int) -> None:
    """As if a wave had opened before there was a history, and its roster were gone."""
    with world.session() as session:
        drop_history(session, wave)
        session.commit()


@ON_SQLITE
@pytest.mark.parametrize("lost", ["mentor", "mentee"])
def test_a_survey_of_which_nobody_is_known_any_more_may_have_been_of_the_same_people(world: World, lost: str) -> None:
    programme = programme_of(world, roster(MANY, range(20, 34)))
    wave = closed(world, programme)
    with world.session() as session:
        left = history_of(session, wave)
        drop_history(session, wave)
        add_history(session, wave, {name: people for name, people in left.items() if name != lost})
        session.commit()
    with pytest.raises(HistoryRefused, match="no longer known"):
        opened(world, programme_of(world, roster(range(100, 114), range(200, 214))))
    world.clock.pass_time(days=732)
    later = opened(world, programme_of(world, roster(range(100, 114), range(200, 214))))
    assert twins_of(world, later) == [{"group": one, "stage": "another"} for one in ("mentee", "mentor")]


def test_with_an_unknown_survey_of_its_own_sequence_a_wave_is_labelled_once_that_is_closed(world: World) -> None:
    programme = programme_of(world, roster(MANY))
    first = opened(world, programme)
    lose_history(world, first)
    later = exit_wave(world, programme)
    with pytest.raises(HistoryRefused, match="no longer known"):
        world.open(later)
    respond(world, world.links(first))
    world.close(first)
    assert twins_of(world, world.open(exit_wave(world, programme))) == [{"group": "mentor", "stage": "kickoff"}]


@ON_SQLITE
def test_an_unknown_survey_of_other_questions_or_without_results_keeps_nobody_from_opening(world: World) -> None:
    lose_history(world, closed(world, programme_of(world, roster(MANY)), answers=K - 1))
    other = reworded(lambda one: replace(one, text={"en": f"{one.code[::-1] * 3} {len(one.text['en'])}"}))
    lose_history(world, closed(world, programme_of(world, roster(range(30, 44))), questionnaires=other))
    assert not is_refused(world, programme_of(world, roster(MANY)))


# What is allowed.


@ON_SQLITE
@pytest.mark.parametrize(("mentors", "mentees"), [(8, 8), (9, 60), (4, 4), (14, 13)])
def test_a_first_wave_opens_whatever_its_size(world: World, mentors: int, mentees: int) -> None:
    opened(world, programme_of(world, roster(range(100, 114), range(200, 213))))
    assert not is_refused(world, programme_of(world, roster(range(mentors), range(20, 20 + mentees))))


@ON_SQLITE
def test_the_same_people_may_be_asked_again(world: World) -> None:
    opened(world, programme_of(world, roster(MANY)))
    assert not is_refused(world, programme_of(world, roster(MANY)))


def test_a_wave_that_published_nothing_leaves_the_history(world: World) -> None:
    programme = programme_of(world, roster(MANY))
    closed(world, programme, answers=K - 1)
    leave(world, programme, 1)
    assert not is_refused(world, programme)


def test_a_group_that_was_not_published_leaves_the_history(world: World) -> None:
    programme = programme_of(world, roster(range(14), range(20, 33)))
    wave = opened(world, programme)
    respond(world, world.links(wave, Role.MENTEE))
    world.close(wave)
    assert not is_refused(world, programme_of(world, roster(range(13))))
    assert is_refused(world, programme_of(world, roster((), range(20, 32))))


def test_a_cancelled_wave_leaves_the_history(world: World) -> None:
    programme = programme_of(world, roster(MANY))
    wave = opened(world, programme)
    with world.session() as session:
        cancel_wave(session, world.keys, wave, now=world.clock(), actor="test")
    leave(world, programme, 1)
    assert not is_refused(world, programme)


def remembered(world: World, wave: int) -> int:
    """How many rows say who was invited to a wave."""
    with world.session() as session:
        return sum(len(people) for people in history_of(session, wave).values())


def held(world: World) -> int:
    """A wave whose report the auditor could break."""
    wave = opened(world, programme_of(world, roster(MANY)))
    respond(world, world.links(wave))
    begin(world, wave)
    with world.session() as session, pytest.raises(ReportHeld):
        finish_closing(session, world.keys, wave, now=world.clock(), attack=lambda *_: ("D1",))
    return wave


@pytest.mark.parametrize("cancelled", [held, lambda world: opened(world, programme_of(world, roster(MANY)))])
def test_of_a_cancelled_or_discarded_wave_nobody_is_remembered(world: World, cancelled: Callable[[World], int]) -> None:
    wave = cancelled(world)
    assert remembered(world, wave) == 14
    with world.session() as session:
        cancel_wave(session, world.keys, wave, now=world.clock(), actor="test")
    assert remembered(world, wave) == 0


def test_of_a_wave_that_too_few_answered_nobody_is_remembered(world: World) -> None:
    programmes = [programme_of(world, roster(range(start, start + 14))) for start in (0, 20)]
    assert [remembered(world, closed(world, one, answers=K - 1 + at)) for at, one in enumerate(programmes)] == [0, 14]


def test_nobody_comes_back_into_the_history_of_a_wave_that_published_nothing(world: World) -> None:
    few, wave = (opened(world, programme_of(world, roster(range(start, start + 14)))) for start in (0, 20))
    with world.session() as session:
        left = [(one, history_of(session, one)) for one in (few, wave)]
        cancel_wave(session, world.keys, wave, now=world.clock(), actor="test")
    world.close(few)
    with world.session() as session:
        for one, people in left:  # as an earlier version left them
            add_history(session, one, people)
        fill_history(session, world.keys)
        unite_domains(
            session, world.keys, "Example Organisation", ("a.example", "b.example"), now=world.clock(), actor="test"
        )
    assert remembered(world, few) == remembered(world, wave) == 0


@ON_SQLITE
@pytest.mark.parametrize(("days", "refused"), [(730, True), (732, False)])
def test_a_report_of_two_years_ago_is_labelled(world: World, days: int, refused: bool) -> None:
    closed(world, programme_of(world, roster(MANY)))
    world.clock.pass_time(days=days)
    programme = programme_of(world, roster(range(13)))
    if refused:
        assert is_refused(world, programme)
    else:
        assert twins_of(world, opened(world, programme)) == [{"group": "mentor", "stage": "another"}]


# The planned sequence.


def test_within_the_sequence_such_a_wave_is_labelled(world: World) -> None:
    programme = programme_of(world, roster(range(14), range(20, 33)))
    closed(world, programme)
    leave(world, programme, 1, 2)
    wave = world.open(exit_wave(world, programme))
    label = [{"group": "mentor", "stage": "kickoff"}]
    assert twins_of(world, wave) == label
    page = world.client().get(f"/s/{world.links(wave)[0]}").text
    assert "Nearly the same people were asked before (Kick-off)" in page
    respond(world, world.links(wave)[:20])
    world.close(wave)
    assert json.loads(stored_report(world, wave).document)["twins"] == label


def test_within_the_sequence_it_waits_for_the_earlier_one_to_close(world: World) -> None:
    programme = programme_of(world, roster(MANY))
    first = opened(world, programme)
    leave(world, programme, 1)
    later = exit_wave(world, programme)
    with pytest.raises(HistoryRefused, match="is not closed") as refused:
        world.open(later)
    assert refused.value.values == {"stages": "kickoff"}
    respond(world, world.links(first))
    world.close(first)
    with pytest.raises(HistoryRefused):
        world.open(world.planned_wave(programme, stage="kickoff"))
    assert twins_of(world, world.open(exit_wave(world, programme))) == [{"group": "mentor", "stage": "kickoff"}]


@ON_SQLITE
def test_where_nobody_joined_or_left_nothing_is_labelled(world: World) -> None:
    programme = programme_of(world, roster(MANY))
    closed(world, programme)
    wave = world.open(exit_wave(world, programme))
    assert twins_of(world, wave) == []
    assert "Nearly the same people" not in world.client().get(f"/s/{world.links(wave)[0]}").text


@ON_SQLITE
def test_the_coordinator_reads_of_it_at_planning(world: World) -> None:
    programme = programme_of(world, roster(range(14), range(20, 33)))
    closed(world, programme)
    leave(world, programme, 1, 2)
    plan = WavePlan(programme, "exit", pair("exit"), None, world.clock() + timedelta(days=14))
    with world.app.test_request_context(), world.session() as session:
        seen = preview_wave(session, world.keys, plan, now=world.clock())
        words = forecast_words(seen.formed.forecast, seen.twins)
    assert any("Kick-off survey asked nearly the same people (Mentors)" in one for one in words.warnings)


# The words.


@ON_SQLITE
def test_a_refusal_names_surveys_of_its_own_programme_only(world: World) -> None:
    programme = programme_of(world, roster(MANY), name="A name to be kept")
    closed(world, programme)
    leave(world, programme, 1)
    with pytest.raises(HistoryRefused) as own:
        world.planned_wave(programme)
    with pytest.raises(HistoryRefused) as others:
        world.planned_wave(programme_of(world, roster(range(13))))
    assert (own.value.values["stages"], own.value.values["groups"]) == ("kickoff", "mentor")
    assert others.value.values == {"people": People(10), "groups": "mentor"}
    assert not any("A name to be kept" in str(one.value) for one in (own, others))
    with world.session() as session:
        assert len(waves_of(session, programme)) == 1


# At its hour.


def test_a_wave_refused_at_its_hour_stays_scheduled_and_opens_once_that_is_mended(world: World) -> None:
    opened(world, programme_of(world, roster(MANY)))
    programme = programme_of(world, roster(range(14), range(20, 33)))
    client, wave = signed_in(world), scheduled(world, programme)
    leave(world, programme, 3)
    world.clock.pass_time(days=1)
    world.do_what_is_due()
    made = SEARCHES.made
    for _tick in range(3):
        world.do_what_is_due()
    assert SEARCHES.made == made
    assert state_of(world, wave) == WaveState.SCHEDULED
    assert mails_that_it_could_not_open(world) == 1
    page = see(client, f"/staff/waves/{wave}")
    assert "This survey could not open at its time" in page
    assert "what fewer than 10 people answered (Mentors)" in page
    assert SEARCHES.made == made
    enrol(world, programme, roster([3]))
    world.do_what_is_due()
    assert SEARCHES.made > made
    assert state_of(world, wave) == WaveState.OPEN
    assert "could not open" not in see(client, f"/staff/waves/{wave}")


def mails_that_it_could_not_open(world: World) -> int:
    return [mail.subject for mail in world.mailbox.newest(99)].count("A survey could not open")


def approval(world: World, *, wanted: bool) -> None:
    with world.session() as session:
        set_approval(session, "Example Organisation", approves_rosters=wanted, now=world.clock(), actor="test")


Act = Callable[[World, int], None]


@pytest.mark.parametrize(
    ("shut", "mend", "said"),
    [
        (
            lambda world, programme: leave(world, programme, *range(4, 14)),
            lambda world, programme: enrol(world, programme, roster(MANY)),
            "The programme has 4 people",
        ),
        (
            lambda world, _programme: approval(world, wanted=True),
            lambda world, _programme: approval(world, wanted=False),
            "must approve it",
        ),
    ],
)
def test_whatever_keeps_a_wave_shut_at_its_hour_is_told_once_and_forgotten_with_its_cause(
    world: World, shut: Act, mend: Act, said: str
) -> None:
    programme = programme_of(world, roster(MANY))
    client, wave = signed_in(world), scheduled(world, programme)
    shut(world, programme)
    world.clock.pass_time(days=1)
    for _tick in range(3):
        world.do_what_is_due()
    assert mails_that_it_could_not_open(world) == 1
    page = see(client, f"/staff/waves/{wave}")
    assert "What keeps it stands below" in page
    assert said in page
    mend(world, programme)
    assert "What kept it is mended" in see(client, f"/staff/waves/{wave}")
    world.do_what_is_due()
    assert state_of(world, wave) == WaveState.OPEN
    assert "could not open" not in see(client, f"/staff/waves/{wave}")
    with world.session() as session:
        assert not wave_by_id(session, wave).opening_was_refused


def scheduled(world: World, programme: int) -> int:
    opens_at = world.clock() + timedelta(days=1)
    plan = WavePlan(programme, "kickoff", pair("kickoff"), opens_at, opens_at + timedelta(days=9))
    with world.session() as session:
        return plan_wave(session, world.keys, plan, key_backup_days=7, comment_days=60, now=world.clock(), actor="test")


def test_no_key_is_made_for_a_wave_that_may_not_open(world: World) -> None:
    opened(world, programme_of(world, roster(MANY)))
    programme = programme_of(world, roster(MANY))
    wave = world.planned_wave(programme)
    leave(world, programme, 3)
    with pytest.raises(HistoryRefused):
        world.open(wave)
    assert wave not in world.keys.purposes_held()


# At the same time.


@ON_SQLITE
def test_a_history_is_searched_once_for_each_roster(world: World) -> None:
    # No other test has this organisation, of which something would be remembered.
    new = {"organisation": "Searched once"}
    opened(world, programme_of(world, roster(MANY), **new))
    programme = programme_of(world, roster(range(20, 34)), **new)
    made = SEARCHES.made
    planned = world.planned_wave(programme)
    with world.session() as session:
        ask_opening(session, world.keys, planned, now=world.clock(), actor="test")
    world.open(planned)
    assert SEARCHES.made - made == 2  # before there is a number, and then of the wave that has one


def may_open(world: World, wave: int) -> bool:
    """Whether a wave could open now; does not open it."""
    with world.session() as session:
        try:
            ask_opening(session, world.keys, wave, now=world.clock(), actor="test")
        except HistoryRefused:
            return False
    return True


def test_what_a_search_has_found_is_forgotten_with_what_it_followed_from(world: World) -> None:
    closed(world, programme_of(world, roster(MANY)))
    programme = programme_of(world, roster(MANY))
    wave = world.planned_wave(programme, days=800)
    assert may_open(world, wave)
    leave(world, programme, 3)
    enrol(world, programme, roster([99]))
    assert not may_open(world, wave)
    world.clock.pass_time(days=732)
    assert may_open(world, wave)


def waiting_for_locks(session: Session) -> int:
    here = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    return session.scalar(text(f"SELECT count(*) FROM pg_locks WHERE NOT granted AND {here}")) or 0


@ON_POSTGRESQL
@pytest.mark.own_databases
def test_of_two_waves_that_open_at_the_same_moment_only_one_opens(world: World) -> None:
    waves = [world.planned_wave(programme_of(world, roster(range(count)))) for count in (14, 15)]
    with world.session() as session, ThreadPoolExecutor(2) as pool:
        # Who has searched cannot write, until both have come as far as they can.
        session.execute(text("LOCK TABLE history IN SHARE MODE"))
        openings = [pool.submit(world.open, wave) for wave in waves]
        while waiting_for_locks(session) < 2 and not any(one.done() for one in openings):
            time.sleep(0.05)
        session.rollback()
    assert [type(one.exception()) for one in openings if one.exception()] == [HistoryRefused]
    assert sorted(state_of(world, wave) for wave in waves) == [WaveState.DRAFT, WaveState.OPEN]


# Names, domains and later surveys.


@ON_SQLITE
def test_equal_names_at_different_addresses_are_a_warning(world: World) -> None:
    programme_of(world, roster(MANY))
    programme = programme_of(world, roster(range(12, 24), tag=".new"))
    plan = WavePlan(programme, "kickoff", pair("kickoff"), None, world.clock() + timedelta(days=14))
    with world.app.test_request_context(), world.session() as session:
        seen = preview_wave(session, world.keys, plan, now=world.clock())
        words = forecast_words(seen.formed.forecast, seen.twins, seen.namesakes)
    assert seen.namesakes == ("Person 12", "Person 13")
    assert any("at more than one address: Person 12 and Person 13." in one for one in words.warnings)


@ON_SQLITE
def test_one_domain_of_two_names_is_the_same_people(world: World) -> None:
    opened(world, programme_of(world, roster(MANY)))
    moved = roster(range(13)).replace(b"example.com", b"example.org")
    with world.session() as session:
        alike = ("example.org", "EXAMPLE.COM")
        unite_domains(session, world.keys, "Example Organisation", alike, now=world.clock(), actor="test")
    assert is_refused(world, programme_of(world, moved))


@ON_SQLITE
def test_the_first_survey_names_those_that_may_hint_at_a_few(world: World) -> None:
    page = world.client().get(f"/s/{world.links(world.open_wave())[0]}").text
    assert "Later surveys of this programme (Mid-point, Exit) ask some of this again." in page
    assert "Who was invited to which group, as codes instead of addresses: kept" in page
