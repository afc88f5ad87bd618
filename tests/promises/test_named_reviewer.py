"""Participants are told the name of one person who reads what they write: nobody else does, whatever their role."""

import re
from threading import Thread

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from feedback.domain.address import read_address
from feedback.domain.errors import AccessRefused, NotNamed, PlanRefused, WaveNotReady
from feedback.domain.staff import Reviewer, StaffRole
from feedback.services.comments.list_comments import list_comments
from feedback.services.programmes.set_programme import name_people
from feedback.services.staff.invite_staff import invite_staff
from feedback.services.staff.manage_access import change_role, give_access, take_access, take_access_of
from feedback.services.staff.name_people import Newcomer, name_reviewer
from feedback.services.staff.sign_in import Member
from feedback.storage.comments import count_comments
from feedback.storage.database import lock_organisation
from feedback.storage.keys import Purpose
from feedback.storage.programmes import programme_by_id
from feedback.storage.staff import account_at
from feedback.storage.waves import wave_by_id
from tests.answering import respond
from tests.databases import ON_POSTGRESQL
from tests.promises.closing import spread
from tests.reviewing import QUOTED, TEXTS, WISHES, wave_in_review
from tests.web.test_access import SURE, Way, go, token, ways
from tests.web.test_staff_pages import SITE, press, see, signed_in
from tests.world import CONTACT, REVIEWER, World, noted

ADA = read_address("ada@example.com")
OTHER = "other.reviewer@example.com"
WAITS = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


def account(world: World, email: str = REVIEWER.email) -> int:
    with world.session() as session:
        found = account_at(session, 1, email)
        assert found is not None
        return found.id


def invite(world: World, email: str, role: StaffRole = StaffRole.REVIEWER, name: str = REVIEWER.name) -> str:
    with world.session() as session:
        return invite_staff(
            session,
            organisation="Example Organisation",
            name=name,
            email=email,
            role=role,
            now=world.clock(),
            actor="test",
        )


def administrator(world: World) -> Member:
    invite(world, ADA, StaffRole.ADMINISTRATOR, "Ada")
    return Member(account(world, ADA), 1, "Ada", StaffRole.ADMINISTRATOR, ADA)


def namesake(world: World) -> FlaskClient:
    """Another reviewer of the organisation, who even has the same name."""
    client, page = world.client(), f"/staff/sign-in/{invite(world, OTHER)}"
    assert press(client, page, page).status_code == 303
    return client


def pages_of_comments(world: World) -> list[Way]:
    found = [way for way in ways(world.app, lambda _argument: 1) if re.search(r"/comments(/|$)", way.address)]
    return [way._replace(address=way.address.replace("<comment>", "00" * 16)) for way in found]


def read_as(world: World, wave: int, staff_id: int | None) -> int:
    with world.session() as session:
        reviewer = Reviewer(staff_id, "test", is_owner=True)
        return len(list_comments(session, world.keys, wave, now=world.clock(), reviewer=reviewer).comments)


def take(world: World, staff_id: int, *destroys: int) -> None:
    with world.session() as session:
        take_access_of(session, staff_id, destroys=destroys, now=world.clock(), actor="test")


def comments_left(world: World, wave: int) -> int:
    with world.session() as session:
        return count_comments(session, wave)


def test_another_reviewer_opens_no_page_of_comments_and_is_not_noted_as_having_read(world: World) -> None:
    wave_in_review(world)
    client = namesake(world)
    found = pages_of_comments(world)
    assert len(found) > 7
    fields = {**SURE, "csrf_token": token(client), "comment": "00" * 16, "decision": "withheld", "question": "F2"}
    assert {go(client, way, **fields).status_code for way in found} <= {403, 422}
    read = [go(client, way).status_code for way in found if way.method == "GET"]
    assert set(read) == {403}
    assert noted(world, "read the comments") == []


def test_a_reviewer_is_told_of_no_comments_but_those_that_are_theirs(world: World) -> None:
    wave_in_review(world)
    assert "Comments wait for" not in see(namesake(world), "/staff/")
    assert "Review the comments" not in see(namesake(world), "/staff/waves/1")
    mine = signed_in(world, StaffRole.REVIEWER)
    assert f"Comments wait for {REVIEWER.name}" in see(mine, "/staff/").replace("\u2068", "").replace("\u2069", "")
    assert QUOTED[0] in see(mine, "/staff/waves/1/comments")


def test_services_open_comments_for_whom_participants_were_told_and_for_nobody_else(world: World) -> None:
    wave = wave_in_review(world)
    with pytest.raises(NotNamed):
        read_as(world, wave, account(world, CONTACT.email))
    assert read_as(world, wave, account(world)) > 0


def test_a_new_reviewer_reads_surveys_to_come_and_none_of_those_that_named_another(world: World) -> None:
    programme = world.programme()
    opened, planned = world.open(world.planned_wave(programme)), world.planned_wave(programme, stage="exit")
    invite(world, OTHER)
    with world.session() as session:
        name_people(session, 1, contact=None, reviewer=account(world, OTHER), now=world.clock(), actor="test")
        readers = [wave_by_id(session, wave).reviewer_id for wave in (opened, planned)]
    assert readers == [account(world), account(world, OTHER)]


@pytest.mark.parametrize("role", [None, *(role for role in StaffRole if role is not StaffRole.REVIEWER)])
def test_comments_of_a_reviewer_who_goes_are_destroyed_unread_but_only_if_that_was_said(
    world: World, role: StaffRole | None
) -> None:
    wave, staff_id = wave_in_review(world), None
    staff_id, by = account(world), administrator(world)

    def goes(*destroys: int) -> None:
        with world.session() as session:
            if role is None:
                take_access(session, by, staff_id, destroys=destroys, now=world.clock())
            else:
                change_role(session, by, staff_id, role, destroys=destroys, now=world.clock())

    for named in ((), (404,)):
        with pytest.raises(AccessRefused):
            goes(*named)
    assert read_as(world, wave, staff_id) > 0
    goes(wave)
    with pytest.raises(WaveNotReady):
        read_as(world, wave, staff_id)
    world.do_what_is_due()
    assert comments_left(world, wave) == 0
    assert Purpose.COMMENT not in world.keys.purposes_held().get(wave, set())
    assert "the reviewer left. The comments were destroyed unread." in see(signed_in(world), "/staff/waves/1/report")


def test_the_command_line_changes_no_reviewers_role_behind_their_comments(world: World) -> None:
    wave = wave_in_review(world)
    with pytest.raises(AccessRefused):
        invite(world, REVIEWER.email, StaffRole.COORDINATOR)
    assert read_as(world, wave, account(world)) > 0


def test_whoever_gets_access_again_does_not_get_the_comments_back(world: World) -> None:
    wave = wave_in_review(world)
    take(world, account(world), wave)
    by = administrator(world)
    with world.session() as session:
        named = {"name": REVIEWER.name, "email": REVIEWER.email, "role": StaffRole.REVIEWER}
        give_access(session, by, **named, language="en", now=world.clock())
    with pytest.raises(WaveNotReady):
        read_as(world, wave, account(world))


def test_once_the_reviewer_is_gone_pages_say_that_nobody_reads_and_nobody_can(world: World) -> None:
    wave = world.open_new_wave()
    people = spread(world, wave, 20)
    respond(world, people[:19], TEXTS, wishes=WISHES)
    client, link = world.client(), people[19]
    before = client.get(f"/s/{link}").text
    assert REVIEWER.name in before
    take(world, account(world), wave)
    promise, page = client.get(f"/s/{link}").text, world.part_asking(link, "F2")
    for shown in (promise, page):
        assert REVIEWER.name not in shown
        assert "the person who was to read it has left" in re.sub(r"<[^>]*>|\s+", " ", shown).replace("  ", " ")
    respond(world, people[19:], TEXTS, wishes=WISHES)
    world.close(wave)
    assert comments_left(world, wave) == 0
    assert Purpose.COMMENT not in world.keys.purposes_held().get(wave, set())


def test_no_survey_opens_without_a_contact_and_a_reviewer_who_have_access(world: World) -> None:
    programme = world.programme()
    wave = world.planned_wave(programme)
    for email in (CONTACT.email, REVIEWER.email):
        take(world, account(world, email))
        with pytest.raises(PlanRefused, match="Nobody is named yet"):
            world.open(wave)
        role = StaffRole.CONTACT if email == CONTACT.email else StaffRole.REVIEWER
        invite(world, email, role, "Somebody")
    assert world.open(wave) == wave


def test_a_contact_is_replaced_before_they_go_while_participants_may_turn_to_them(world: World) -> None:
    world.open_new_wave()
    with pytest.raises(AccessRefused):
        take(world, account(world, CONTACT.email))
    invite(world, OTHER, StaffRole.VIEWER, "Olu")
    with world.session() as session:
        name_people(session, 1, contact=account(world, OTHER), reviewer=None, now=world.clock(), actor="test")
        told = programme_by_id(session, 1)
        assert (told.contact_name, told.contact_email) == ("Olu", OTHER)
    take(world, account(world, CONTACT.email))


@pytest.mark.parametrize("role", [role for role in StaffRole if role is not StaffRole.REVIEWER])
def test_nobody_is_named_as_reviewer_who_is_none(world: World, role: StaffRole) -> None:
    world.programme()
    invite(world, OTHER, role)
    with world.session() as session, pytest.raises(PlanRefused):
        name_people(session, 1, contact=None, reviewer=account(world, OTHER), now=world.clock(), actor="test")


def test_nobody_of_another_organisation_is_named(world: World) -> None:
    world.programme()
    world.programme(organisation="Another Organisation", contact=Newcomer("Eve", OTHER), reviewer=None)
    with world.session() as session:
        stranger = account_at(session, 2, OTHER)
        assert stranger is not None
        with pytest.raises(PlanRefused):
            name_people(session, 1, contact=stranger.id, reviewer=None, now=world.clock(), actor="test")


def test_a_survey_of_before_there_were_accounts_is_read_by_whoever_bears_the_very_name(world: World) -> None:
    wave = wave_in_review(world)
    with world.session() as session:
        wave_by_id(session, wave).reviewer_id = None
        session.commit()
    invite(world, OTHER, name="Rea Other")
    with world.session() as session:
        name_people(session, 1, contact=None, reviewer=account(world, OTHER), now=world.clock(), actor="test")
    with pytest.raises(NotNamed):
        read_as(world, wave, account(world, OTHER))
    with world.session() as session:
        name_people(session, 1, contact=None, reviewer=account(world), now=world.clock(), actor="test")
    assert read_as(world, wave, account(world)) > 0


def test_an_account_that_is_given_to_somebody_else_is_told_by_their_name(world: World) -> None:
    wave = world.planned_wave(world.programme())
    take(world, account(world))
    boss = administrator(world)
    invite(world, REVIEWER.email, StaffRole.CONTACT, "Bob Boss")
    with world.session() as session:
        change_role(session, boss, account(world), StaffRole.REVIEWER, now=world.clock())
    world.open(wave)
    assert reader_of(world, wave) == (account(world), "Bob Boss")


def reader_of(world: World, wave: int) -> tuple[int | None, str]:
    with world.session() as session:
        found = wave_by_id(session, wave)
        return found.reviewer_id, found.reviewer_name


def test_no_page_makes_anybody_the_reader_of_a_survey_that_named_no_account(world: World) -> None:
    wave = wave_in_review(world)
    with world.session() as session:
        wave_by_id(session, wave).reviewer_id = None
        session.commit()
    client, settings = signed_in(world), "/staff/programmes/1/settings"
    sent = {
        "name": "Pilot",
        "word": "reverse",
        "focus": "race and ethnicity",
        "contact": str(account(world, CONTACT.email)),
    }
    assert press(client, settings, settings, **sent, reviewer=str(account(world))).status_code == 303
    assert reader_of(world, wave)[0] is None


def test_a_contact_is_replaced_before_they_go_after_a_close_too(world: World) -> None:
    wave_in_review(world)
    with pytest.raises(AccessRefused):
        take(world, account(world, CONTACT.email))


@ON_POSTGRESQL
@pytest.mark.parametrize("goes", [False, True])
def test_what_changes_while_a_survey_opens_is_told_or_keeps_it_shut(world: World, goes: bool) -> None:
    wave = world.planned_wave(world.programme())
    invite(world, OTHER, name="Olu Other")
    refused: list[Exception] = []

    def open_it() -> None:
        try:
            world.open(wave)
        except PlanRefused as refusal:
            refused.append(refusal)

    opening = Thread(target=open_it)
    with world.session() as session:
        lock_organisation(session, 1)
        opening.start()
        while opening.is_alive() and not session.scalar(WAITS):
            session.execute(text("SELECT pg_sleep(0.05)"))
        if goes:
            take_access_of(session, account(world), now=world.clock(), actor="test")
        else:
            name_reviewer(session, programme_by_id(session, 1), account(world, OTHER))
            session.commit()
    opening.join()
    if goes:
        assert len(refused) == 1
        return
    assert reader_of(world, wave) == (account(world, OTHER), "Olu Other")
    respond(world, spread(world, wave, 20), TEXTS, wishes=WISHES)
    world.close(wave)
    assert read_as(world, wave, account(world, OTHER)) > 0


def test_the_page_says_first_which_comments_are_lost_and_believes_no_other_list(world: World) -> None:
    wave_in_review(world)
    client, staff_id = signed_in(world, StaffRole.ADMINISTRATOR), account(world)
    page = f"/staff/people/{staff_id}"
    assert "Comments that only this person may read are destroyed unread" in see(client, page)
    answer = press(client, page, f"{page}/remove", sure="y", destroys="")
    assert answer.status_code == 422
    assert "Say first that you know it" in answer.text
    assert press(client, page, f"{page}/remove", sure="y", destroys="1").status_code == 303
    assert client.get(page, base_url=SITE).status_code == 404
