"""The first steps on the first page: each ticks itself off by what is there, for an organisation's real programmes."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from feedback.domain.staff import StaffRole
from feedback.domain.waves.states import WaveState
from feedback.services.programmes.create_organisation import create_organisation
from feedback.storage.waves import Wave
from tests.promises.closing import answered_wave
from tests.web.test_staff_pages import SITE, press, see, signed_in
from tests.world import World

HOME, AWAY = "/staff/", "/staff/first-steps/put-away"
TITLE = "The way to the first report"
STEP = re.compile(r'<li class="(good|planned)">(.*?)</li>', re.DOTALL)


@pytest.fixture
def new(world: World) -> World:
    """An organisation without programmes."""
    with world.session() as session:
        create_organisation(session, world.keys, "Example Organisation", now=world.clock(), actor="test")
    return world


def steps(client: FlaskClient) -> str:
    """A letter for each step: x if it is done."""
    page = client.get(HOME, base_url=SITE).text
    return "".join("x" if state == "good" else "-" for state, _words in STEP.findall(page))


def next_place(client: FlaskClient) -> str:
    page = client.get(HOME, base_url=SITE).text
    (found,) = [re.findall(r'href="([^"]+)"', words) for _state, words in STEP.findall(page) if "href" in words]
    return str(found[0])


def test_each_step_is_ticked_off_by_what_is_there(new: World) -> None:
    client = signed_in(new)
    assert (steps(client), next_place(client)) == ("x------", "/staff/programmes/new")
    programme = new.programme(0, 0)
    assert (steps(client), next_place(client)) == ("xx-----", f"/staff/programmes/{programme}/roster/new")


def test_a_survey_its_emails_and_its_opening_are_ticked_off(world: World) -> None:
    wave, client = world.planned_wave(world.programme()), signed_in(world)
    assert (steps(client), next_place(client)) == ("xxxx---", f"/staff/waves/{wave}/emails")
    page = f"/staff/waves/{wave}/emails?role=mentor"
    press(client, page, f"/staff/waves/{wave}/emails", role="mentor", written_in="en")
    assert (steps(client), next_place(client)) == ("xxxxx--", f"/staff/waves/{wave}")
    world.open(wave)
    assert (steps(client), next_place(client)) == ("xxxxxx-", f"/staff/waves/{wave}")


def test_the_list_goes_once_a_report_is_there(world: World) -> None:
    wave, client = answered_wave(world), signed_in(world)
    assert TITLE in see(client, HOME)
    world.close(wave)
    assert TITLE not in see(client, HOME)


def test_a_survey_that_was_cancelled_is_none(world: World) -> None:
    wave, client = world.planned_wave(world.programme()), signed_in(world)
    with world.session() as session:
        session.execute(update(Wave).where(Wave.id == wave).values(state=WaveState.CANCELLED))
        session.commit()
    assert steps(client) == "xxx----"


def test_whoever_puts_the_list_away_sees_it_no_more_and_others_do(world: World) -> None:
    world.programme()
    client, other = signed_in(world), signed_in(world, StaffRole.ADMINISTRATOR)
    assert press(client, HOME, AWAY).location == HOME
    assert TITLE not in see(client, HOME)
    assert TITLE in see(other, HOME)


@pytest.mark.parametrize("role", [StaffRole.REVIEWER, StaffRole.VIEWER, StaffRole.CONTACT])
def test_who_makes_no_programmes_sees_no_steps(world: World, role: StaffRole) -> None:
    world.programme()
    assert TITLE not in see(signed_in(world, role), HOME)


def test_what_another_organisation_has_done_ticks_nothing_off(world: World) -> None:
    world.open(world.planned_wave(world.programme(organisation="Another Organisation", name="Theirs")))
    world.programme(0, 0)
    assert steps(signed_in(world)) == "xx-----"
