"""Approving a roster: exactly that one, by somebody who had no hand in it, and void after any change."""

import re
from datetime import timedelta

import pytest

from feedback.domain.errors import NotFound, RosterNotApproved
from feedback.domain.staff import StaffRole
from feedback.services.programmes.set_organisation import set_approval
from feedback.services.roster.approve_roster import approve_roster, show_roster
from feedback.services.roster.correct_address import correct_address
from feedback.services.roster.import_roster import import_roster
from feedback.services.roster.leave_programme import leave_programme
from feedback.services.staff.invite_staff import invite_staff
from feedback.services.staff.name_people import account_of_programme
from tests.world import World, roster_csv

ORGANISATION = "Example Organisation"


@pytest.fixture
def programme(world: World) -> int:
    """A programme with nobody in it, of an organisation that asks for approval."""
    programme = world.programme(0, 0)
    with world.session() as session:
        set_approval(session, ORGANISATION, approves_rosters=True, now=world.clock(), actor="test")
    return programme


def staff(world: World, name: str, role: StaffRole = StaffRole.COORDINATOR) -> int:
    email = f"{name}@example.com"
    with world.session() as session:
        invite_staff(
            session, organisation=ORGANISATION, name=name, email=email, role=role, now=world.clock(), actor="test"
        )
    with world.session() as session:
        return account_of_programme(session, 1, email)


@pytest.fixture
def ana(world: World, programme: int) -> int:
    return staff(world, "Ana")


@pytest.fixture
def bo(world: World, programme: int, ana: int) -> int:
    return staff(world, "Bo")


def enrol(world: World, programme: int, by: int | str, data: bytes = roster_csv(6, 6)) -> None:
    actor = f"staff {by}" if isinstance(by, int) else by
    with world.session() as session:
        import_roster(session, world.keys, programme, data, now=world.clock(), actor=actor)


def approve(world: World, programme: int, by: int, **how) -> None:
    with world.session() as session:
        digest = how.pop("digest", None) or show_roster(session, programme).digest
        approve_roster(session, programme, digest, staff_id=by, now=world.clock(), **how)


def sheet(world: World, programme: int):
    with world.session() as session:
        return show_roster(session, programme)


def test_a_wave_opens_once_a_second_person_has_approved(world: World, programme: int, ana: int, bo: int) -> None:
    enrol(world, programme, ana)
    wave = world.planned_wave(programme)
    with pytest.raises(RosterNotApproved, match="second person"):
        world.open(wave)
    approve(world, programme, bo)
    assert world.open(wave) == wave


def test_an_unapproved_opening_makes_no_keys(world: World, programme: int, ana: int) -> None:
    enrol(world, programme, ana)
    with pytest.raises(RosterNotApproved):
        world.open(world.planned_wave(programme))
    assert world.keys.purposes_held() == {}


def test_who_imported_cannot_approve(world: World, programme: int, ana: int) -> None:
    enrol(world, programme, ana)
    with pytest.raises(RosterNotApproved, match="cannot approve"):
        approve(world, programme, ana)


def test_a_small_change_by_another_hand_does_not_free_the_first(
    world: World, programme: int, ana: int, bo: int
) -> None:
    enrol(world, programme, ana)
    with world.session() as session:
        correct_address(
            session, programme, "mentor.0@example.com", "m@example.com", now=world.clock(), actor=f"staff {bo}"
        )
    for hand in (ana, bo):
        with pytest.raises(RosterNotApproved, match="cannot approve"):
            approve(world, programme, hand)


def change_by_import(world: World, programme: int) -> None:
    enrol(world, programme, 99, roster_csv(7, 6))


def change_by_leaving(world: World, programme: int) -> None:
    with world.session() as session:
        leave_programme(session, programme, "mentor.0@example.com", now=world.clock(), actor="staff 99")


def change_by_address(world: World, programme: int) -> None:
    with world.session() as session:
        correct_address(
            session, programme, "mentor.0@example.com", "m@example.com", now=world.clock(), actor="staff 99"
        )


def change_in_the_database(world: World, programme: int) -> None:
    from sqlalchemy import text

    with world.session() as session:
        session.execute(text("UPDATE participants SET cohort = 'x' WHERE id = 1"))
        session.commit()


@pytest.mark.parametrize("change", [change_by_import, change_by_leaving, change_by_address, change_in_the_database])
def test_any_change_voids_the_approval(world: World, programme: int, ana: int, bo: int, change) -> None:
    enrol(world, programme, ana)
    approve(world, programme, bo)
    change(world, programme)
    assert sheet(world, programme).approved_by is None
    with pytest.raises(RosterNotApproved):
        world.open(world.planned_wave(programme))


def test_an_import_that_changes_nothing_voids_nothing(world: World, programme: int, ana: int, bo: int) -> None:
    enrol(world, programme, ana)
    approve(world, programme, bo)
    enrol(world, programme, ana)
    assert sheet(world, programme).approved_by == "Bo"


def test_only_the_roster_that_was_looked_at_is_approved(world: World, programme: int, ana: int, bo: int) -> None:
    enrol(world, programme, ana)
    seen = sheet(world, programme).digest
    enrol(world, programme, ana, roster_csv(7, 6))
    with pytest.raises(RosterNotApproved, match="changed while you looked"):
        approve(world, programme, bo, digest=seen)


def test_reviewers_and_strangers_approve_nothing(world: World, programme: int, ana: int) -> None:
    enrol(world, programme, ana)
    for number in (staff(world, "Rea", StaffRole.REVIEWER), 404):
        with pytest.raises(RosterNotApproved, match="Only administrators and coordinators"):
            approve(world, programme, number)


def test_staff_of_another_organisation_approve_nothing(world: World, programme: int, ana: int) -> None:
    from feedback.storage.organisations import organisation_named

    enrol(world, programme, ana)
    with world.session() as session:
        organisation_named(session, "Another")
        invite_staff(
            session,
            organisation="Another",
            name="Eve",
            email="eve@example.com",
            role=StaffRole.ADMINISTRATOR,
            now=world.clock(),
            actor="test",
        )
    with pytest.raises(RosterNotApproved, match="Only administrators"):
        approve(world, programme, ana + 1)


def test_the_command_line_does_not_approve_what_it_changed_without_a_name(
    world: World, programme: int, ana: int
) -> None:
    enrol(world, programme, "command line")
    with pytest.raises(RosterNotApproved, match="programme's page"):
        approve(world, programme, ana, at_command_line=True)
    approve(world, programme, ana)


def test_who_asked_the_command_line_to_import_cannot_approve(world: World, programme: int, ana: int) -> None:
    enrol(world, programme, f"staff {ana} by command line")
    with pytest.raises(RosterNotApproved, match="cannot approve"):
        approve(world, programme, ana)


def test_the_sheet_tells_what_has_changed_since_the_last_approval(
    world: World, programme: int, ana: int, bo: int
) -> None:
    enrol(world, programme, ana)
    approve(world, programme, bo)
    enrol(world, programme, ana, b"name,email,role\nZoe,zoe@example.com,mentor\nNew Name,mentor.1@example.com,mentor\n")
    change_by_leaving(world, programme)
    seen = sheet(world, programme)
    assert (seen.joined, seen.changed, seen.left) == (("Zoe",), ("New Name",), ("Mentor Number 0",))
    assert seen.changed_by == ("Ana", "staff 99")


def test_where_nobody_asks_for_approval_none_is_given_and_waves_open(world: World) -> None:
    programme = world.programme(6, 6)
    with pytest.raises(RosterNotApproved, match="does not ask"):
        approve(world, programme, staff(world, "Bo"))
    assert world.open(world.planned_wave(programme))


def test_an_unknown_organisation_is_not_found(world: World) -> None:
    with world.session() as session, pytest.raises(NotFound):
        set_approval(session, "Nobody", approves_rosters=True, now=world.clock(), actor="test")


def test_a_scheduled_wave_waits_and_opens_once_it_is_approved(world: World, programme: int, ana: int, bo: int) -> None:
    from feedback.storage.waves import wave_by_id

    enrol(world, programme, ana)
    wave = scheduled(world, programme)
    world.clock.pass_time(hours=2)
    world.do_what_is_due()
    with world.session() as session:
        assert wave_by_id(session, wave).state == "scheduled"
    approve(world, programme, bo)
    world.do_what_is_due()
    with world.session() as session:
        assert wave_by_id(session, wave).state == "open"


def scheduled(world: World, programme: int) -> int:
    from feedback.services.waves.plan_wave import WavePlan, plan_wave
    from forms.bank import pair

    now = world.clock()
    plan = WavePlan(programme, "kickoff", pair("kickoff"), now + timedelta(hours=1), now + timedelta(days=9))
    with world.session() as session:
        return plan_wave(session, world.keys, plan, key_backup_days=7, comment_days=60, now=now, actor="test")


@pytest.mark.parametrize("is_asked_for", [True, False])
def test_participants_are_told_of_an_approval_only_if_there_was_one(
    world: World, programme: int, ana: int, bo: int, is_asked_for: bool
) -> None:
    enrol(world, programme, ana)
    approve(world, programme, bo)
    with world.session() as session:
        set_approval(session, ORGANISATION, approves_rosters=is_asked_for, now=world.clock(), actor="test")
    wave = world.open(world.planned_wave(programme))
    page = re.sub(r"\s+", " ", world.client().get(f"/s/{world.links(wave)[0]}").text)
    assert ("A second person has checked and approved who is invited" in page) is is_asked_for
    world.close(wave)
