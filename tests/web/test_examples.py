"""The example of the empty first page: one button makes it, its pages say what it is, one button deletes it."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback.domain.languages import LANGUAGES
from feedback.domain.staff import StaffRole
from feedback.domain.waves.states import WaveState
from feedback.services.programmes.create_organisation import create_organisation
from feedback.storage.programmes import Programme
from feedback.storage.waves import Wave
from tests.databases import first_of
from tests.web.test_staff_pages import SITE, press, see, signed_in
from tests.world import World

HOME, STEPS, BUTTON = "/staff/", "The way to the first report", "Try it with example people"
PEOPLE = re.compile(r"\w+@people\.example")


@pytest.fixture
def client(world: World) -> FlaskClient:
    """A coordinator of an organisation without programmes."""
    with world.session() as session:
        create_organisation(session, world.keys, "Example Organisation", now=world.clock(), actor="test")
    return signed_in(world)


def make(client: FlaskClient) -> str:
    """The address of the example's page, made by the button of the first page."""
    made = press(client, HOME, "/staff/programmes/example")
    assert made.status_code == 303
    return made.location.removeprefix(SITE)


def test_one_button_makes_it_and_the_first_steps_stay(client: FlaskClient) -> None:
    assert BUTTON in see(client, HOME)
    page = make(client)
    shown = see(client, page)
    assert "12 mentors, 12 mentees" in shown
    assert [stage for stage in ("Kick-off", "Mid-point", "Exit") if stage not in shown] == []
    home = see(client, HOME)
    assert STEPS in home
    assert BUTTON not in home
    assert "Example" in home


def test_a_second_press_leads_to_the_first(world: World, client: FlaskClient) -> None:
    home = client.get(HOME, base_url=SITE).text
    page = make(client)
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', home)[0]
    again = client.post("/staff/programmes/example", base_url=SITE, data={"csrf_token": token})
    assert again.location.removeprefix(SITE) == page
    with world.session() as session:
        assert len(session.scalars(select(Programme.id)).all()) == 1
        assert session.scalars(select(Wave.state)).all() == [WaveState.SCHEDULED] * 3


@pytest.mark.parametrize(
    "below",
    [
        *("", "/roster", "/questions?stage=kickoff", "/plan", "/plan-three", "/settings", "/end"),
        *("/waves/1", "/waves/1/emails", "/waves/1/dry-run", "/waves/1/plan"),
    ],
)
def test_every_page_says_that_it_is_an_example(client: FlaskClient, below: str) -> None:
    page = make(client)
    address = f"/staff{below}" if below.startswith("/waves") else f"{page}{below}"
    shown = client.get(address, base_url=SITE, follow_redirects=True)
    assert shown.status_code == 200
    assert "The people here are invented. No survey opens" in shown.text


def test_a_programme_of_ones_own_says_nothing_of_examples(world: World) -> None:
    client, programme = signed_in(world), world.programme()
    assert "invented" not in see(client, f"/staff/programmes/{programme}")
    assert BUTTON not in see(client, HOME)
    refused = client.post(f"/staff/programmes/{programme}/example", base_url=SITE)
    assert refused.status_code == 400


def test_opening_by_hand_is_refused_with_a_sentence(world: World, client: FlaskClient) -> None:
    make(client)
    refused = press(client, "/staff/waves/1", "/staff/waves/1/open", sure="y")
    assert "no survey of it opens" in refused.text
    world.do_what_is_due()
    with world.session() as session:
        assert session.scalars(select(Wave.state)).all() == [WaveState.SCHEDULED] * 3


@pytest.mark.parametrize("below", ["roster/new", "roster/people"])
def test_real_people_are_refused_with_a_sentence(client: FlaskClient, below: str) -> None:
    page = make(client)
    refused = client.get(f"{page}/{below}", base_url=SITE)
    assert refused.status_code >= 400
    assert "real ones cannot be put into it" in refused.text


def test_one_button_deletes_it_and_another_can_be_made(client: FlaskClient) -> None:
    page = make(client)
    assert press(client, page, f"{page}/example").status_code == 303
    assert client.get(page, base_url=SITE).status_code == 404
    assert BUTTON in see(client, HOME)
    assert make(client)


@pytest.mark.parametrize("role", [StaffRole.REVIEWER, StaffRole.VIEWER, StaffRole.CONTACT])
def test_who_plans_nothing_makes_no_example(world: World, client: FlaskClient, role: StaffRole) -> None:
    other = signed_in(world, role)
    assert BUTTON not in see(other, HOME)
    assert other.post("/staff/programmes/example", base_url=SITE).status_code == 403


@pytest.mark.parametrize("language", first_of(2, [one.code for one in LANGUAGES]))
def test_it_shows_what_a_report_looks_like_in_every_language(client: FlaskClient, language: str) -> None:
    page = client.get(f"{make(client)}/sample-report?language={language}", base_url=SITE).text
    assert f'<html lang="{language}"' in page
    assert ("25 of 27 answers came in (93%)" in page) is (language == "en")
    assert "<details" in page


def test_no_other_programme_has_a_report_that_nobody_gave(world: World) -> None:
    answer = signed_in(world).get(f"/staff/programmes/{world.programme()}/sample-report", base_url=SITE)
    assert answer.status_code == 404
