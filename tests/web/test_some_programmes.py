"""Somebody who may see some programmes alone finds of the others what is found where nothing is."""

import re

import pytest
from flask.testing import FlaskClient

from feedback.domain.address import read_address
from feedback.domain.errors import AccessRefused, NotFound
from feedback.domain.staff import StaffRole
from feedback.services.programmes.set_programme import name_people
from feedback.services.roster.import_roster import import_roster
from feedback.services.staff.invite_staff import invite_staff
from feedback.services.staff.manage_access import change_role, limit_access, person_with_access
from feedback.services.staff.sign_in import Member
from feedback.services.waves.check_history import known_twice
from feedback.storage.staff import account_at, staff_in_role
from tests.answering import respond
from tests.databases import ON_SQLITE
from tests.kept import kept
from tests.promises.closing import spread
from tests.services.mail.test_tell_staff import ADA, account
from tests.web.test_access import ELSEWHERE, Way, go, seen, token, ways
from tests.web.test_staff_pages import SITE, SURE, press, see, signed_in
from tests.world import World

pytestmark = ON_SQLITE

MAKES = {"staff.ask_programme", "staff.create_programme"}


def number(world: World, role: StaffRole) -> int:
    with world.session() as session:
        found = account_at(session, 1, f"{role}@example.com")
        assert found is not None
        return found.id


def boss(world: World) -> Member:
    return Member(account(world, ADA, StaffRole.ADMINISTRATOR), 1, "Ada", StaffRole.ADMINISTRATOR, read_address(ADA))


def limit(world: World, role: StaffRole, *programmes: int) -> None:
    by = boss(world)
    with world.session() as session:
        limit_access(session, by, number(world, role), programmes, now=world.clock())


def reported(world: World) -> int:
    wave = world.open(world.planned_wave(world.programme()))
    respond(world, spread(world, wave, 20))
    world.close(wave)
    return wave


@pytest.fixture
def two(world: World) -> World:
    """Two programmes, each with a report on the same."""
    assert kept(world, "two programmes", lambda: _two(world)) == (1, 2)
    return world


def _two(world: World) -> tuple[int, int]:
    return reported(world), world.open(world.planned_wave(world.programme()))


def found_at(client: FlaskClient, world: World, place: int) -> list[tuple[int, str]]:
    fields = {**SURE, "csrf_token": token(client)}
    asked = [way for way in ways(world.app, lambda _argument: place) if way.endpoint not in ELSEWHERE | MAKES]
    return [_without_numbers(way, seen(go(client, way, **fields))) for way in asked if "/people/" not in way.address]


def _without_numbers(way: Way, answer: tuple[int, str]) -> tuple[int, str]:
    return answer[0], f"{way.endpoint} {way.method} {answer[1]}"


@pytest.mark.parametrize("role", [StaffRole.COORDINATOR, StaffRole.REVIEWER, StaffRole.VIEWER])
def test_every_page_of_another_programme_is_as_if_it_did_not_exist(two: World, role: StaffRole) -> None:
    client = signed_in(two, role)
    limit(two, role, 1)
    if role is StaffRole.REVIEWER:
        # Whoever is named sees what names them.
        assert see(client, "/staff/programmes/2")
        return
    assert found_at(client, two, 2) == found_at(client, two, 404)
    assert client.get("/staff/programmes/1", base_url=SITE).status_code == 200


def test_the_first_page_and_the_reports_name_no_other_programme(two: World) -> None:
    client = signed_in(two)
    respond(two, spread(two, 2, 20))
    two.close(2)
    assert "Pilot 2" in see(client, "/staff/")
    assert "Pilot 2" in see(client, "/staff/waves/1/report")
    limit(two, StaffRole.COORDINATOR, 1)
    for page in ("/staff/", "/staff/waves/1/report", "/staff/programmes/1"):
        assert "Pilot 2" not in see(client, page)


def test_they_make_no_programme_which_they_would_not_see(two: World) -> None:
    client = signed_in(two)
    limit(two, StaffRole.COORDINATOR, 1)
    assert "New programme" not in see(client, "/staff/")
    assert client.get("/staff/programmes/new", base_url=SITE).status_code == 403
    assert client.post("/staff/programmes/new", base_url=SITE).status_code == 403


def test_a_limit_holds_in_a_session_that_has_begun_and_is_lifted_in_it(two: World) -> None:
    client, admin = signed_in(two), signed_in(two, StaffRole.ADMINISTRATOR)
    page = f"/staff/people/{number(two, StaffRole.COORDINATOR)}"
    assert press(admin, page, f"{page}/programmes", reach="some", programmes="1").location == page
    assert client.get("/staff/programmes/2", base_url=SITE).status_code == 404
    assert "Some programmes only" in see(admin, "/staff/people")
    assert press(admin, page, f"{page}/programmes", reach="all").location == page
    assert client.get("/staff/programmes/2", base_url=SITE).status_code == 200


def test_some_without_a_tick_are_none(two: World) -> None:
    client = signed_in(two)
    limit(two, StaffRole.COORDINATOR)
    assert "Your organisation has no programme yet." in see(client, "/staff/")
    assert [client.get(f"/staff/programmes/{one}", base_url=SITE).status_code for one in (1, 2)] == [404, 404]


def test_whoever_is_named_later_sees_what_names_them(two: World) -> None:
    client = signed_in(two, StaffRole.VIEWER)
    limit(two, StaffRole.VIEWER, 1)
    with two.session() as session:
        viewer = number(two, StaffRole.VIEWER)
        name_people(session, 2, contact=viewer, reviewer=None, now=two.clock(), actor="test")
    assert client.get("/staff/programmes/2/support", base_url=SITE).status_code == 200


def test_administrators_see_everything(two: World) -> None:
    signed_in(two, StaffRole.ADMINISTRATOR)
    with pytest.raises(AccessRefused):
        limit(two, StaffRole.ADMINISTRATOR, 1)
    client = signed_in(two)
    limit(two, StaffRole.COORDINATOR, 1)
    by = boss(two)
    with two.session() as session:
        staff_id = number(two, StaffRole.COORDINATOR)
        change_role(session, by, staff_id, StaffRole.ADMINISTRATOR, now=two.clock())
        assert person_with_access(session, staff_id).programmes is None
    assert client.get("/staff/programmes/2", base_url=SITE).status_code == 200


def test_an_invitation_limits_from_the_first_moment_and_no_administrator(two: World) -> None:
    admin = signed_in(two, StaffRole.ADMINISTRATOR)
    sent = {"name": "Olu", "email": "olu@example.com", "role": "viewer", "reach": "some", "programmes": "2"}
    refused = press(admin, "/staff/people", "/staff/people", **(sent | {"role": "administrator"}))
    assert (refused.status_code, "Administrators see every programme" in refused.text) == (422, True)
    assert press(admin, "/staff/people", "/staff/people", **sent).status_code == 303
    with two.session() as session:
        olu = account_at(session, 1, "olu@example.com")
        assert olu is not None
        number_of_olu = olu.id
    with two.session() as session:
        assert person_with_access(session, number_of_olu).programmes == {2}


def test_no_programme_of_another_organisation_is_given(two: World) -> None:
    signed_in(two)
    two.programme(organisation="Another Organisation")
    with pytest.raises(NotFound):
        limit(two, StaffRole.COORDINATOR, 1, 3)


def test_mails_about_a_programme_go_to_those_who_may_see_it(two: World) -> None:
    signed_in(two)
    limit(two, StaffRole.COORDINATOR, 1)
    with two.session() as session:
        told = [[one.email for one in staff_in_role(session, 1, StaffRole.COORDINATOR, place)] for place in (1, 2)]
    assert told == [["coordinator@example.com"], []]


def test_names_on_a_roster_that_is_not_theirs_are_not_looked_up_for_them(two: World) -> None:
    client = signed_in(two)
    with two.session() as session:
        hidden = b"name,email,role\nZed Probe,zed@example.com,mentor\n"
        mine = b"name,email,role\nZed Probe,probe@example.org,mentor\n"
        for programme, people in ((1, hidden), (3, mine)):
            programme = programme if programme == 1 else two.programme(0, 0)
            import_roster(session, two.keys, programme, people, now=two.clock(), actor="test")
        assert known_twice(session, 3) == ("Zed Probe",)
        session.rollback()
        assert known_twice(session, 3, {3}) == ()
    limit(two, StaffRole.COORDINATOR, 3)
    assert "Zed Probe" not in see(client, "/staff/programmes/3/plan-three")


def test_whoever_becomes_an_administrator_by_command_sees_everything(two: World) -> None:
    signed_in(two)
    limit(two, StaffRole.COORDINATOR, 1)
    with two.session() as session:
        who = {"organisation": "Example Organisation", "name": "Ana", "email": "coordinator@example.com"}
        invite_staff(session, **who, role=StaffRole.ADMINISTRATOR, now=two.clock(), actor="test")
        assert person_with_access(session, number(two, StaffRole.COORDINATOR)).programmes is None


def test_what_is_shown_of_other_programmes_is_not_even_counted(two: World) -> None:
    client = signed_in(two)
    limit(two, StaffRole.COORDINATOR, 1)
    assert len(re.findall('class="card halves"', client.get("/staff/", base_url=SITE).text)) == 1
