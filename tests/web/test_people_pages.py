"""People with access: who is let in, as what, and for how long."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.domain.address import read_address
from feedback.domain.errors import AccessRefused, MailRefused, NotFound
from feedback.domain.staff import StaffRole
from feedback.services.staff.ask_for_link import ask_for_link
from feedback.services.staff.manage_access import change_role, give_access, take_access
from feedback.services.staff.sign_in import Member
from feedback.storage.audit_log import LogEntry
from feedback.storage.staff import StaffMember
from feedback.storage.staff_invitations import StaffInvitation
from tests.databases import ON_SQLITE
from tests.services.mail.relays import ScriptedRelay
from tests.web.test_staff_pages import SITE, SURE, press, see, signed_in, token_for
from tests.world import World

PEOPLE = "/staff/people"
MIA = {"name": "Mia Müller", "email": " Mia@Example.com", "role": "reviewer", "reach": "all"}


@pytest.fixture
def smtp_port(relay: ScriptedRelay) -> int:
    return relay.port


@pytest.fixture
def admin(world: World) -> FlaskClient:
    return signed_in(world, StaffRole.ADMINISTRATOR)


def number(world: World, email: str) -> int:
    with world.session() as session:
        return session.scalars(select(StaffMember.id).where(StaffMember.email == email)).one()


def page_of(world: World, email: str) -> str:
    return f"{PEOPLE}/{number(world, email)}"


def acts(world: World) -> list[str]:
    with world.session() as session:
        return [act for act in session.scalars(select(LogEntry.act).order_by(LogEntry.id)) if "access" in act]


def test_somebody_who_is_given_access_is_told_by_mail_and_signs_in_by_themselves(
    world: World, admin: FlaskClient, relay: ScriptedRelay
) -> None:
    assert press(admin, PEOPLE, PEOPLE, **MIA).location == PEOPLE
    assert "Mia Müller mia@example.com Reviewer" in see(admin, PEOPLE)
    world.do_what_is_due()
    world.do_what_is_due()
    ((to, mail),) = relay.received
    text = mail.get_body(("plain",)).get_content()
    assert to == "mia@example.com"
    assert "Ana has given you access to the surveys of Example Organisation." in " ".join(text.split())
    assert re.findall(rf"{SITE}\S+", text) == [f"{SITE}/staff/sign-in?language=en"]
    with world.session() as session:
        ask_for_link(session, "mia@example.com", language="en", now=world.clock())
    world.do_what_is_due()
    link = re.search(rf"{SITE}(\S+)", relay.received[1][1].get_body(("plain",)).get_content())
    assert link
    client = world.client()
    assert press(client, link[1], link[1]).status_code == 303
    assert "Mia Müller" in see(client, "/staff/")
    assert acts(world) == ["gave access as reviewer"]


@ON_SQLITE
def test_an_invitation_that_the_relay_does_not_take_is_sent_later(
    world: World, admin: FlaskClient, relay: ScriptedRelay
) -> None:
    press(admin, PEOPLE, PEOPLE, **MIA)
    relay.says("mia@example.com", "451 later")
    with pytest.raises(MailRefused):
        world.do_what_is_due()
    world.do_what_is_due()
    assert relay.received == []
    world.clock.now += timedelta(minutes=5)
    world.do_what_is_due()
    assert relay.recipients == ["mia@example.com"]


@ON_SQLITE
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "Write the person’s name."),
        ({"name": "A\x07B"}, "cannot be shown on one line"),
        ({"email": "mia"}, "is not an email address"),
        ({"role": "owner"}, "Choose what this person may do."),
        ({"email": "administrator@example.com"}, "has access already"),
    ],
)
def test_what_is_written_wrongly_gives_nobody_access(
    world: World, admin: FlaskClient, changed: dict[str, str], said: str
) -> None:
    answer = press(admin, PEOPLE, PEOPLE, **{**MIA, **changed})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value=" Mia@Example.com"' in answer.text or "email" in changed
    assert acts(world) == []


@ON_SQLITE
def test_an_invitation_changes_nobodys_role(world: World, admin: FlaskClient) -> None:
    token_for(world, StaffRole.COORDINATOR)
    press(admin, PEOPLE, PEOPLE, **{**MIA, "email": "coordinator@example.com"})
    assert "Ana coordinator@example.com Coordinator" in see(admin, PEOPLE)


@ON_SQLITE
def test_another_role_is_taken_on_only_after_the_page_has_said_what_changes(world: World, admin: FlaskClient) -> None:
    coordinator = signed_in(world)
    page = page_of(world, "coordinator@example.com")
    asked = press(admin, page, f"{page}/role", role="reviewer")
    assert asked.status_code == 200
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", asked.text))
    assert "Nothing has changed yet." in shown
    assert "Now: Plans surveys" in shown
    assert "From then on: Reads the comments of surveys that name this person" in shown
    assert "Coordinator" in see(admin, page)
    assert acts(world) == []
    assert press(admin, page, f"{page}/role", role="reviewer", confirmed="administrator").status_code == 200
    assert press(admin, page, f"{page}/role", role="reviewer", confirmed="reviewer").location == page
    assert coordinator.get("/staff/programmes/1/plan", base_url=SITE).status_code == 403
    assert acts(world) == ["changed access from coordinator to reviewer"]


def test_whose_access_is_taken_away_is_out_at_once_and_stays_out(
    world: World, admin: FlaskClient, relay: ScriptedRelay
) -> None:
    client, page = signed_in(world), page_of(world, "coordinator@example.com")
    assert press(admin, page, f"{page}/remove").status_code == 422
    assert see(client, "/staff/")
    spare = token_link(world, relay)
    assert press(admin, page, f"{page}/remove", **SURE).location == PEOPLE
    assert client.get("/staff/", base_url=SITE).location == "/staff/sign-in"
    assert press(world.client(), spare, spare).status_code == 403
    assert token_link(world, relay) is None
    assert admin.get(page, base_url=SITE).status_code == 404
    assert "coordinator@example.com" not in see(admin, PEOPLE)
    assert acts(world) == ["took access away from a coordinator"]


def token_link(world: World, relay: ScriptedRelay) -> str | None:
    """What is mailed to the coordinator who asks for a link."""
    before = len(relay.received)
    with world.session() as session:
        ask_for_link(session, "coordinator@example.com", language="en", now=world.clock())
    world.do_what_is_due()
    if len(relay.received) == before:
        return None
    found = re.search(rf"{SITE}(\S+)", relay.received[-1][1].get_body(("plain",)).get_content())
    assert found
    return found[1]


@ON_SQLITE
def test_who_is_given_access_again_is_the_same_account(world: World, admin: FlaskClient) -> None:
    token_for(world)
    page = page_of(world, "coordinator@example.com")
    press(admin, page, f"{page}/remove", **SURE)
    press(admin, PEOPLE, PEOPLE, **{**MIA, "email": "coordinator@example.com"})
    assert page_of(world, "coordinator@example.com") == page
    assert "Mia Müller" in see(admin, page)


@ON_SQLITE
def test_nobody_changes_their_own_access(world: World, admin: FlaskClient) -> None:
    page = page_of(world, "administrator@example.com")
    assert "This is your own access." in see(admin, page)
    for way, fields in (("role", {"role": "reviewer", "confirmed": "reviewer"}), ("remove", SURE)):
        answer = press(admin, page, f"{page}/{way}", **fields)
        assert answer.status_code == 422
    assert see(admin, PEOPLE)
    assert acts(world) == []


@ON_SQLITE
def test_an_administrator_reaches_nobody_of_another_organisation(world: World, admin: FlaskClient) -> None:
    token_for(world, organisation="Another Organisation")
    page = page_of(world, "coordinator@example.com")
    assert admin.get(page, base_url=SITE).status_code == 404
    for way, fields in (("role", {"role": "reviewer", "confirmed": "reviewer"}), ("remove", SURE)):
        assert press(admin, PEOPLE, f"{page}/{way}", **fields).status_code == 404
    assert "coordinator@example.com" not in see(admin, PEOPLE)


@ON_SQLITE
def test_the_service_refuses_what_no_page_offers(world: World) -> None:
    token_for(world, StaffRole.ADMINISTRATOR)
    with world.session() as session:
        boss = Member(1, 1, "Ana", StaffRole.ADMINISTRATOR, read_address("administrator@example.com"))
        with pytest.raises(AccessRefused):
            change_role(session, boss, boss.id, StaffRole.REVIEWER, now=world.clock())
        with pytest.raises(AccessRefused):
            take_access(session, boss, boss.id, now=world.clock())
        with pytest.raises(NotFound):
            take_access(session, boss, 404, now=world.clock())
        session.rollback()
        give(world, session, boss)
        with pytest.raises(AccessRefused):
            give(world, session, boss)
        assert session.scalars(select(StaffInvitation.staff_id)).all() == [2]


def give(world: World, session: Session, by: Member) -> None:
    role, now = StaffRole.REVIEWER, world.clock()
    give_access(session, by, name="Mia", email="mia@example.com", role=role, language="en", now=now)
