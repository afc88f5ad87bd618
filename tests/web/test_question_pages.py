"""What a programme asks is changed on a page, and planned surveys keep what they were planned with."""

import re

import pytest
from flask.testing import FlaskClient

from feedback.domain.staff import StaffRole
from feedback.domain.survey.questionnaires import Role
from feedback.services.waves.questions_left_out import questions_of_wave
from forms.bank import pair
from tests.databases import ON_SQLITE
from tests.web.test_staff_pages import SITE, press, see, signed_in
from tests.world import World, noted

pytestmark = ON_SQLITE

PLAN = {"stage": "kickoff", "closes_on": "2027-03-20", "closes_at": "17:00", "go": "plan"}


@pytest.fixture
def questions_page(world: World) -> str:
    return f"/staff/programmes/{world.programme()}/questions/change?stage=kickoff"


def codes(stage: str = "kickoff") -> list[str]:
    return list(dict.fromkeys(one.code for asked in pair(stage).values() for one in asked.questions))


def switch_off(client: FlaskClient, page: str, *off: str, version: int = 0):
    """Leave these questions of the kick-off without a tick, as somebody who saw that version."""
    known = codes()
    asked = [code for code in known if code not in off]
    return press(client, page, page, version=str(version), shown=known, asked=asked)


def asked_at(world: World, wave: int) -> dict[Role, list[str]]:
    with world.session() as session:
        asked = questions_of_wave(session, wave)
    return {role: [question.code for question in one.questions] for role, one in asked.items()}


def plan(client: FlaskClient) -> int:
    answer = press(client, "/staff/programmes/1/plan", "/staff/programmes/1/plan", **PLAN)
    assert answer.status_code == 303, answer.text
    return int(answer.location.rpartition("/")[2])


def test_what_is_switched_off_is_not_asked_by_surveys_planned_from_then_on(world: World, questions_page: str) -> None:
    client = signed_in(world)
    before = plan(client)
    assert switch_off(client, questions_page, "C5", "I1").location == questions_page
    assert "saved as version 1" in see(client, questions_page)
    wave = plan(client)
    assert {"C5", "I1"} <= set(asked_at(world, before)[Role.MENTOR])
    for codes_asked in asked_at(world, wave).values():
        assert not {"C5", "I1"} & set(codes_asked)
    assert "Your questions, version 1" in see(client, f"/staff/waves/{wave}")
    assert "Standard questions" in see(client, f"/staff/waves/{before}")
    assert len(noted(world, "changed the questions of")) == 1


def test_what_was_switched_off_is_still_listed_and_can_be_asked_again(world: World, questions_page: str) -> None:
    client = signed_in(world)
    switch_off(client, questions_page, "C5")
    shown = client.get(questions_page, base_url=SITE).text
    assert re.search(r'value="C5"\s+aria-describedby="about-C5"\s+>', shown)
    assert re.search(r'value="C1"\s+aria-describedby="about-C1"\s+checked>', shown)
    switch_off(client, questions_page, version=1)
    assert "Standard questions" in see(client, questions_page)
    assert "C5" in asked_at(world, plan(client))[Role.MENTOR]


def test_saving_without_a_change_makes_no_version(world: World, questions_page: str) -> None:
    client = signed_in(world)
    switch_off(client, questions_page, "C5")
    switch_off(client, questions_page, "C5", version=1)
    shown = see(client, questions_page)
    assert "Nothing was changed." in shown
    assert "Your questions, version 1" in shown
    assert len(noted(world, "changed the questions of")) == 1


def test_a_page_that_somebody_overtook_is_refused_and_keeps_what_was_ticked(world: World, questions_page: str) -> None:
    client = signed_in(world)
    switch_off(client, questions_page, "C5")
    late = switch_off(client, questions_page, "I1")
    assert late.status_code == 422
    assert "Somebody has changed these questions since you opened this page" in late.text
    assert re.search(r'name="version"[^>]*value="1"|value="1"[^>]*name="version"', late.text)
    assert re.search(r'value="I1"\s+aria-describedby="about-I1"\s+>', late.text)
    assert asked_at(world, plan(client))[Role.MENTOR] == [
        one.code for one in pair("kickoff")[Role.MENTOR].questions if one.code != "C5"
    ]


def test_a_survey_keeps_something_to_choose_for_each_role(world: World, questions_page: str) -> None:
    closed = [one.code for asked in pair("kickoff").values() for one in asked.questions if one.closed]
    answer = switch_off(signed_in(world), questions_page, *closed)
    assert answer.status_code == 422
    assert "would have nothing left to answer by choosing" in answer.text


def test_going_back_to_ours_wants_a_tick_and_counts_on(world: World, questions_page: str) -> None:
    client = signed_in(world)
    switch_off(client, questions_page, "C5")
    address = "/staff/programmes/1/questions/change/ours?stage=kickoff"
    assert press(client, questions_page, address, version="1").status_code == 422
    assert press(client, questions_page, address, version="0", sure="y").status_code == 422
    assert press(client, questions_page, address, version="1", sure="y").location == questions_page
    assert "Standard questions" in see(client, questions_page)
    switch_off(client, questions_page, "I1", version=2)
    assert "Your questions, version 3" in see(client, questions_page)


def test_each_survey_of_a_programme_has_questions_of_its_own(world: World, questions_page: str) -> None:
    client = signed_in(world)
    switch_off(client, questions_page, "C5")
    assert "Standard questions" in see(client, "/staff/programmes/1/questions/change?stage=exit")
    assert "Your questions, version 1" in see(client, "/staff/programmes/1/questions?stage=kickoff")
    assert "Standard questions" in see(client, "/staff/programmes/1/questions?stage=exit")


def test_the_pages_that_plan_say_which_questions_are_asked(world: World, questions_page: str) -> None:
    client = signed_in(world)
    switch_off(client, questions_page, "C5")
    wave = plan(client)
    for shown in ("programmes/1/plan", "programmes/1/plan-three", f"waves/{wave}/plan"):
        assert "Your questions, version 1" in see(client, f"/staff/{shown}"), shown


def test_three_surveys_planned_at_once_ask_the_programmes_own(world: World, questions_page: str) -> None:
    client = signed_in(world)
    switch_off(client, questions_page, "C5")
    form = client.get("/staff/programmes/1/plan-three?from=2027-03-08", base_url=SITE).text
    fields = dict(re.findall(r'<input[^>]*?name="([a-z-_]+)"[^>]*?value="([^"]*)"', form))
    fields |= {
        f"{stage}-closes_on": day for stage, day in re.findall(r'name="(\w+)-closes_on"[^>]*value="(.*?)"', form)
    }
    ticks = {f"{stage}-wanted": "y" for stage in ("kickoff",)}
    sent = {name: value for name, value in fields.items() if name.startswith("kickoff")}
    answer = press(
        client, "/staff/programmes/1/plan-three", "/staff/programmes/1/plan-three", **sent | ticks, go="plan"
    )
    assert answer.status_code == 303, answer.text
    assert "C5" not in asked_at(world, 1)[Role.MENTOR]


def test_a_planned_survey_shows_its_own_copy(world: World, questions_page: str) -> None:
    client = signed_in(world)
    switch_off(client, questions_page, "C5")
    wave = plan(client)
    switch_off(client, questions_page, version=1)
    asked = see(client, f"/staff/waves/{wave}/questions?role=mentor")
    assert "Your questions, version 1" in asked
    assert " C5 " not in asked
    assert " C5 " in see(client, "/staff/programmes/1/questions?role=mentor")


def test_reviewers_and_readers_change_nothing(world: World, questions_page: str) -> None:
    for role in (StaffRole.REVIEWER, StaffRole.VIEWER, StaffRole.CONTACT):
        client = signed_in(world, role)
        assert client.get(questions_page, base_url=SITE).status_code == 403
        assert client.post(questions_page, base_url=SITE).status_code in {400, 403}


def test_another_organisation_finds_no_questions(world: World, questions_page: str) -> None:
    wave = world.planned_wave(1)
    client = signed_in(world, organisation="Another Organisation")
    for address in (questions_page, f"/staff/waves/{wave}/questions"):
        assert client.get(address, base_url=SITE).status_code == 404


def test_a_planned_survey_says_that_its_questions_were_changed_since(world: World, questions_page: str) -> None:
    client = signed_in(world)
    wave, said = plan(client), "A survey that is planned now asks other questions."
    assert said not in see(client, f"/staff/waves/{wave}")
    switch_off(client, questions_page, "C5")
    assert said in see(client, f"/staff/waves/{wave}")
    world.open(wave)
    assert said not in see(client, f"/staff/waves/{wave}")
