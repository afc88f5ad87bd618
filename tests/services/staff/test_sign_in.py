from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.domain.errors import NotFound, SignInRefused
from feedback.domain.links import from_address
from feedback.domain.staff import StaffRole
from feedback.services.staff.invite_staff import LINK_LIFETIME, invite_staff
from feedback.storage.audit_log import LogEntry
from feedback.storage.organisations import organisation_named
from feedback.storage.staff import SignIn, StaffMember
from tests.databases import ON_SQLITE
from tests.staff_sessions import use_link
from tests.world import FixedClock

Invite = Callable[..., str]


@pytest.fixture
def invite(session: Session, clock: FixedClock) -> Invite:
    """A builder: `invite()` returns the token of a sign-in link for Ana, a coordinator."""

    def build(name: str = "Ana", email: str = "ana@example.com", role: StaffRole = StaffRole.COORDINATOR) -> str:
        organisation_named(session, "Example")
        return invite_staff(
            session, organisation="Example", name=name, email=email, role=role, now=clock(), actor="test"
        )

    return build


def test_a_link_signs_in_whom_it_was_made_for(session: Session, clock: FixedClock, invite: Invite) -> None:
    member = session.get(StaffMember, use_link(session, invite(), now=clock())[0])
    assert member is not None
    assert (member.name, member.role) == ("Ana", StaffRole.COORDINATOR)


def test_a_link_works_once(session: Session, clock: FixedClock, invite: Invite) -> None:
    token = invite()
    use_link(session, token, now=clock())
    with pytest.raises(SignInRefused):
        use_link(session, token, now=clock())


def test_a_link_lasts_a_day(session: Session, clock: FixedClock, invite: Invite) -> None:
    token = invite()
    assert timedelta(hours=24) == LINK_LIFETIME
    with pytest.raises(SignInRefused):
        use_link(session, token, now=clock() + LINK_LIFETIME)


def test_a_link_works_until_its_last_moment(session: Session, clock: FixedClock, invite: Invite) -> None:
    assert use_link(session, invite(), now=clock() + LINK_LIFETIME - timedelta(seconds=1))[0]


@ON_SQLITE
@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 44, "é" * 43, "../../etc", "A" * 42 + "="])
def test_what_is_not_a_link_signs_nobody_in(session: Session, clock: FixedClock, invite: Invite, token: str) -> None:
    invite()
    with pytest.raises(SignInRefused):
        use_link(session, token, now=clock())


def test_only_a_digest_of_the_link_is_kept(session: Session, invite: Invite) -> None:
    secret = from_address(invite())
    assert secret is not None
    assert session.scalars(select(SignIn.digest)).one() != secret


def test_inviting_again_changes_name_and_role_of_the_same_member(
    session: Session, clock: FixedClock, invite: Invite
) -> None:
    before = use_link(session, invite(), now=clock())[0]
    after = use_link(session, invite("Ana B", " ANA@example.com", StaffRole.REVIEWER), now=clock())[0]
    member = session.get(StaffMember, after)
    assert member is not None
    assert (before, member.name, member.role) == (after, "Ana B", StaffRole.REVIEWER)


def test_the_log_names_no_address(session: Session, clock: FixedClock, invite: Invite) -> None:
    use_link(session, invite(), now=clock())
    entries = session.scalars(select(LogEntry).order_by(LogEntry.id)).all()
    assert [entry.act for entry in entries] == ["invited as coordinator", "signed in"]
    assert not [entry for entry in entries if "ana" in (entry.actor + entry.act + entry.subject).lower()]


def refused(session: Session) -> list[tuple[str, str]]:
    entries = session.scalars(select(LogEntry).where(LogEntry.act == "refused a sign-in").order_by(LogEntry.id))
    return [(entry.actor, entry.subject) for entry in entries]


def test_a_refused_link_that_is_too_old_is_in_the_log_with_whose_it_was(
    session: Session, clock: FixedClock, invite: Invite
) -> None:
    token = invite()
    with pytest.raises(SignInRefused):
        use_link(session, token, now=clock() + LINK_LIFETIME)
    assert refused(session) == [("service", f"staff {session.scalars(select(StaffMember.id)).one()}")]


@pytest.mark.parametrize("token", ["x", "A" * 43])
def test_a_refused_link_that_nobody_knows_is_in_the_log_without_a_name(
    session: Session, clock: FixedClock, invite: Invite, token: str
) -> None:
    invite()
    with pytest.raises(SignInRefused):
        use_link(session, token, now=clock())
    assert refused(session) == [("service", "an unknown link")]


def test_a_later_link_takes_the_place_of_an_earlier_one(session: Session, clock: FixedClock, invite: Invite) -> None:
    earlier, later = invite(), invite()
    with pytest.raises(SignInRefused):
        use_link(session, earlier, now=clock())
    assert use_link(session, later, now=clock())[0]


def test_an_unknown_organisation_is_not_created_by_a_typing_error(session: Session, clock: FixedClock) -> None:
    with pytest.raises(NotFound):
        invite_staff(
            session,
            organisation="Exmaple",
            name="Ana",
            email="ana@example.com",
            role=StaffRole.COORDINATOR,
            now=clock(),
            actor="test",
        )
