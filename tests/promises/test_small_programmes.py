"""Promise: a small programme sees what can be shown, in groups that everybody knew before the first question."""

import json
from typing import Any

import pytest

from feedback.domain.disclosure.groups import Grouping
from feedback.domain.errors import HistoryRefused
from feedback.domain.survey.questionnaires import Role
from feedback.services.waves.forecast_wave import forecast_wave
from feedback.services.waves.seal_terms import seal_terms
from feedback.storage.entitlements import rights_of_wave
from feedback.storage.waves import groups_of, questionnaires_of, wave_by_id
from forms.bank import pair
from tests.answering import respond
from tests.databases import ON_SQLITE
from tests.promises.closing import stored_report
from tests.world import World

OWN_OF_MENTORS = "C5"
Record = dict[str, Any]


def eight_pairs(world: World, grouping: Grouping | None = None, stage: str = "kickoff") -> int:
    programme = world.programme(mentors=8, mentees=8)
    return world.open(world.planned_wave(programme, stage=stage, questionnaires=pair(stage), grouping=grouping))


def report_on(world: World, wave: int, mentors: int = 6, mentees: int = 6) -> Record:
    respond(world, [*world.links(wave, Role.MENTOR)[:mentors], *world.links(wave, Role.MENTEE)[:mentees]])
    world.close(wave)
    read = json.loads(stored_report(world, wave).document)
    assert isinstance(read, dict)
    return read


def about(report: Record, group: str) -> dict[str, str]:
    """What is said in a group: by question, the kind of statement, or why there is none."""
    said = [one for one in report["statements"] if one.get("group") == group and "question" in one]
    return {one["question"]: one.get("reason", one["kind"]) for one in said}


def promise(world: World, wave: int) -> str:
    return world.client().get(f"/s/{world.links(wave)[0]}").text


def names(world: World, wave: int) -> list[str]:
    with world.session() as session:
        return [group.name for group in groups_of(session, wave)]


def test_eight_pairs_together_see_what_each_side_was_asked(world: World) -> None:
    report = report_on(world, eight_pairs(world, Grouping.TOGETHER))
    own = {code for one in report["questions"] if one["roles"] == ["mentor"] for code in [one["code"]]}
    assert own
    assert own == about(report, "mentor").keys()
    assert "role-too-few" not in {*about(report, "mentor").values(), *about(report, "mentee").values()}
    assert (report["grouping"], len(about(report, "all")) > 0) == ("together", True)


@ON_SQLITE
@pytest.mark.parametrize(("mentors", "mentees"), [(4, 7), (7, 4)])
def test_unless_k_of_each_side_answer_nothing_is_told_of_either(world: World, mentors: int, mentees: int) -> None:
    report = report_on(world, eight_pairs(world, Grouping.TOGETHER), mentors, mentees)
    assert {*about(report, "mentor").values(), *about(report, "mentee").values()} == {"role-too-few"}
    assert "role-too-few" not in about(report, "all").values()


@ON_SQLITE
def test_where_too_many_links_of_one_side_are_contested_nothing_is_told_of_either(world: World) -> None:
    wave = eight_pairs(world, Grouping.TOGETHER)
    respond(world, world.links(wave, Role.MENTOR)[:2], seed=9)
    report = report_on(world, wave, mentors=8, mentees=8)
    assert report["statements"][0]["answered"] == 14
    assert {*about(report, "mentor").values(), *about(report, "mentee").values()} == {"role-too-few"}
    assert "role-too-few" not in about(report, "all").values()


def test_eight_pairs_each_role_by_itself_are_two_groups(world: World) -> None:
    wave = eight_pairs(world, Grouping.APART)
    assert names(world, wave) == ["mentor", "mentee"]
    assert "Mentors: 8 people" in promise(world, wave)
    report = report_on(world, wave)
    assert (report["grouping"], about(report, "all")) == ("apart", {})


@ON_SQLITE
def test_participants_read_of_whom_what_one_side_is_asked_is_shown(world: World) -> None:
    together, apart = (eight_pairs(world, one) for one in (Grouping.TOGETHER, Grouping.APART))
    sentence = "only if at least 5 mentors and at least 5 mentees answer the survey"
    assert [sentence in promise(world, wave) for wave in (together, apart)] == [True, False]


def test_what_can_never_be_shown_is_not_asked_and_the_report_says_so(world: World) -> None:
    wave = eight_pairs(world, Grouping.APART, stage="exit")
    with world.session() as session:
        asked = questionnaires_of(session, wave)
    assert not [one for questionnaire in asked.values() for one in questionnaire.questions if one.sensitive]
    report = report_on(world, wave)
    assert {"role": "mentor", "theme": "harm", "is_open": False} in report["not_asked"]
    withheld = {one.get("reason") for one in report["statements"]} - {None}
    assert withheld <= {"question-too-few", "condition-hidden"}


def test_a_wave_that_was_opened_before_this_keeps_its_promise(world: World) -> None:
    wave = eight_pairs(world, Grouping.TOGETHER)
    assert OWN_OF_MENTORS in foreseen(world, wave)
    with world.session() as session:
        row = wave_by_id(session, wave)
        row.grouping = row.not_asked = None
        session.flush()
        row.terms_seal = seal_terms(session, world.keys.link_key(wave), row, rights_of_wave(session, wave))
        session.commit()
    assert "at least 5 mentors and" not in promise(world, wave)
    assert OWN_OF_MENTORS not in foreseen(world, wave)
    report = report_on(world, wave)
    assert (about(report, "mentor"), about(report, "all")[OWN_OF_MENTORS]) == ({}, "one-role")
    assert "grouping" not in report


def foreseen(world: World, wave: int) -> set[str]:
    """The codes of what the forecast of a wave could show of the mentors."""
    with world.session() as session:
        return {one.code for one in forecast_wave(session, wave).asked[Role.MENTOR].questions}


def test_later_waves_keep_the_groups(world: World) -> None:
    programme = world.programme(mentors=8, mentees=8)
    first = world.open(world.planned_wave(programme, grouping=Grouping.APART))
    report_on(world, first)
    exit_wave = world.planned_wave(programme, stage="exit", questionnaires=pair("exit"), grouping=Grouping.TOGETHER)
    assert names(world, world.open(exit_wave)) == ["mentor", "mentee"]
    assert report_on(world, exit_wave)["grouping"] == "kept"


@ON_SQLITE
def test_the_same_eight_pairs_see_what_each_side_was_asked_in_a_later_wave_too(world: World) -> None:
    programme = world.programme(mentors=8, mentees=8)
    report_on(world, world.open(world.planned_wave(programme, grouping=Grouping.TOGETHER)))
    exit_wave = world.open(world.planned_wave(programme, stage="exit", questionnaires=pair("exit")))
    later = report_on(world, exit_wave, mentors=8, mentees=8)
    assert later["grouping"] == "kept"
    told = {*about(later, "mentor").values()}
    assert told & {"distribution", "dominance-band"}
    assert "with-earlier" not in told


@ON_SQLITE
def test_what_one_side_was_asked_cannot_be_subtracted_either(world: World) -> None:
    first = world.programme(mentors=8, mentees=20)
    report_on(world, world.open(world.planned_wave(first, grouping=Grouping.TOGETHER)), mentors=6, mentees=12)
    one_more_mentor_and_many_mentees = world.programme(mentors=9, mentees=60)
    with pytest.raises(HistoryRefused, match="fewer than 10"):
        world.planned_wave(one_more_mentor_and_many_mentees, grouping=Grouping.APART)


def test_a_first_wave_that_told_nothing_binds_no_later_one(world: World) -> None:
    programme = world.programme(mentors=8, mentees=8)
    first = world.open(world.planned_wave(programme, grouping=Grouping.APART))
    report_on(world, first, mentors=2, mentees=2)
    exit_wave = world.planned_wave(programme, stage="exit", questionnaires=pair("exit"), grouping=Grouping.TOGETHER)
    assert names(world, world.open(exit_wave)) == ["all"]
