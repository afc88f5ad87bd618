"""What an organisation is called: changed by its administrators, between surveys, with what it changes said before."""

import pytest
from sqlalchemy import update

from feedback.demo.mailbox import plain_text
from feedback.domain.staff import StaffRole
from feedback.storage.organisations import Organisation
from feedback.storage.waves import Wave
from tests.databases import ON_SQLITE
from tests.web.test_after_answering import closed_wave, results_address
from tests.web.test_staff_pages import SITE, press, see, signed_in
from tests.world import World, noted

PAGE, NEW = "/staff/organisation", "/staff/organisation/name"
BOSS = StaffRole.ADMINISTRATOR
OPEN = "The name cannot change while a survey is open"


def called(world: World) -> str:
    with world.session() as session:
        return session.get_one(Organisation, 1).name


def test_a_new_name_is_said_from_then_on_and_published_reports_keep_the_old_one(world: World) -> None:
    closed_wave(world)
    client = signed_in(world, BOSS)
    assert "Reports that are published keep the name under which they were signed" in see(client, PAGE)
    assert press(client, PAGE, NEW, name="  Renamed & Sons ").location == PAGE
    assert called(world) == "Renamed & Sons"
    assert len(noted(world, "renamed")) == 1
    assert "Example Organisation" in see(signed_in(world, organisation="Renamed & Sons"), "/staff/waves/1/report")
    assert "Example Organisation" in world.client().get(results_address(world)).text
    world.open(world.planned_wave(1, stage="midpoint"))
    world.send_mails()
    mail = world.mailbox.read(world.mailbox.serials()[-1])
    assert "Renamed & Sons" in plain_text(mail)
    assert "Renamed & Sons" in str(mail["From"])


@pytest.mark.parametrize("state", ["open", "held"])
def test_a_name_that_participants_of_an_open_survey_were_told_stays(world: World, state: str) -> None:
    client, wave = signed_in(world, BOSS), world.planned_wave(world.programme())
    form = client.get(PAGE, base_url=SITE).text
    assert OPEN not in form
    assert 'action="/staff/organisation/name"' in form
    world.open(wave)
    with world.session() as session:
        session.execute(update(Wave).where(Wave.id == wave).values(state=state))
        session.commit()
    page = client.get(PAGE, base_url=SITE).text
    assert OPEN in page
    assert 'action="/staff/organisation/name"' not in page
    answer = press(client, PAGE, NEW, name="Renamed")
    assert (answer.status_code, OPEN in answer.text) == (422, True)
    assert called(world) == "Example Organisation"


@ON_SQLITE
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "Write a name."),
        ("  ", "is empty"),
        ("x" * 201, "Write at most 200 characters."),
        ("Another Organisation", "There is an organisation of this name already."),
        (" another ORGANISATION ", "There is an organisation of this name already."),
        ("Two\u2028lines", "cannot be shown on one line"),
    ],
)
def test_a_name_that_cannot_be_is_refused_at_its_field(world: World, name: str, why: str) -> None:
    world.programme()
    signed_in(world, BOSS, "Another Organisation")
    answer = press(signed_in(world, BOSS), PAGE, NEW, name=name)
    assert answer.status_code == 422
    assert why in answer.text.split('id="name-error">')[1][:200]
    assert called(world) == "Example Organisation"
    assert noted(world, "renamed") == []


@ON_SQLITE
def test_a_name_may_be_spelled_anew(world: World) -> None:
    world.programme()
    press(signed_in(world, BOSS), PAGE, NEW, name="EXAMPLE Organisation")
    assert called(world) == "EXAMPLE Organisation"


@ON_SQLITE
def test_coordinators_rename_nothing(world: World) -> None:
    world.programme()
    client = signed_in(world)
    assert press(client, "/staff/", NEW, name="Mine").status_code == 403
    assert called(world) == "Example Organisation"
