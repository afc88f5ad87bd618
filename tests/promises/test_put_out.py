"""Who lost access while they waited for their turn acts no more: what was let in is asked again under the lock."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.domain.errors import AccessRefused, RosterNotApproved
from feedback.domain.staff import StaffRole
from feedback.services.programmes.set_organisation import set_approval
from feedback.services.roster.approve_roster import approve_roster, show_roster
from feedback.services.staff import make_passkeys
from feedback.services.staff.connect_accounts import disconnect
from feedback.services.staff.manage_access import change_role, give_access, take_access, take_access_of
from feedback.services.staff.manage_passkeys import remove_passkeys_of
from feedback.services.staff.sign_in import Member
from feedback.storage.passkeys import passkeys_of
from feedback.storage.staff import StaffMember, staff_of
from tests.databases import ON_SQLITE
from tests.passkeys import Device, asked, token, use
from tests.providers import by_provider, connected, provider, with_provider
from tests.services.mail.test_tell_staff import ADA, account
from tests.services.roster.test_approve_roster import ORGANISATION, enrol, staff
from tests.web.test_passkeys import is_in, with_passkey
from tests.web.test_staff_pages import SITE
from tests.world import World

BEA = "bea@example.com"


def member_of(world: World, number: int) -> Member:
    with world.session() as session:
        found = session.get_one(StaffMember, number)
        return Member(found.id, found.organisation_id, found.name, StaffRole(found.role), found.email)


def test_whose_access_was_taken_while_they_waited_approves_no_roster(world: World) -> None:
    programme = world.programme(0, 0)
    with world.session() as session:
        set_approval(session, ORGANISATION, approves_rosters=True, now=world.clock(), actor="test")
    ana, bo = staff(world, "Ana"), staff(world, "Bo")
    enrol(world, programme, ana)
    with world.session() as session:
        digest = show_roster(session, programme).digest
    # Bo's request was let in; an administrator takes the access away before its turn comes.
    with world.session() as session:
        take_access_of(session, bo, now=world.clock(), actor="test")
    with world.session() as session, pytest.raises(RosterNotApproved):
        approve_roster(session, programme, digest, staff_id=bo, now=world.clock())
    with pytest.raises(RosterNotApproved):
        world.open(world.planned_wave(programme))


def demote(session: Session, by: Member, number: int, world: World) -> None:
    change_role(session, by, number, StaffRole.VIEWER, now=world.clock())


def invite(session: Session, by: Member, _number: int, world: World) -> None:
    who = {"name": "Cob", "email": "cob@example.com", "role": StaffRole.VIEWER}
    give_access(session, by, **who, language="en", now=world.clock())


def take(session: Session, by: Member, number: int, world: World) -> None:
    take_access(session, by, number, now=world.clock())


@pytest.mark.parametrize("act", [take, demote])
def test_two_administrators_who_put_each_other_out_leave_one(
    world: World, act: Callable[[Session, Member, int, World], None]
) -> None:
    world.programme(0, 0)
    ada, bea = (account(world, email, StaffRole.ADMINISTRATOR) for email in (ADA, BEA))
    # Both requests were let in, by what stood in the database then; the lock lets one wait for the other.
    by_ada, by_bea = member_of(world, ada), member_of(world, bea)
    with world.session() as session:
        act(session, by_ada, bea, world)
    with world.session() as session, pytest.raises(AccessRefused):
        act(session, by_bea, ada, world)
    with world.session() as session:
        assert StaffRole.ADMINISTRATOR in {one.role for one in staff_of(session, 1)}


def test_an_administrator_who_was_put_out_lets_nobody_in(world: World) -> None:
    world.programme(0, 0)
    ada, bea = (account(world, email, StaffRole.ADMINISTRATOR) for email in (ADA, BEA))
    by_bea = member_of(world, bea)
    with world.session() as session:
        take_access(session, member_of(world, ada), bea, now=world.clock())
    with world.session() as session, pytest.raises(AccessRefused):
        invite(session, by_bea, 0, world)


def number_of(world: World, email: str) -> int:
    with world.session() as session:
        return session.scalars(select(StaffMember.id).where(StaffMember.email == email)).one()


@ON_SQLITE
def test_no_passkey_is_made_in_a_session_that_was_cut_off_meanwhile(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever runs a provider is in until the owner cuts it off, and then no more: by what they make just then, too."""
    world.programme(0, 0)
    with provider() as found:
        with_provider(world, found)
        connected(world, found)
        puppet, thief, page = world.client(), Device(), "/staff/passkeys"
        by_provider(puppet, found)
        assert is_in(puppet)
        made = thief.made(asked(puppet, page))
        fields = {"csrf_token": token(puppet, page), "credential": made, "name": "Mine"}
        lock = make_passkeys.lock_organisation
        owner = number_of(world, "coordinator@example.com")

        def cut_off_before(session: Session, number: int) -> None:
            with world.session() as other:
                disconnect(other, member_of(world, owner), now=world.clock())
            lock(session, number)

        monkeypatch.setattr(make_passkeys, "lock_organisation", cut_off_before)
        puppet.post(page, data=fields, base_url=SITE)
        monkeypatch.undo()
        assert not is_in(puppet)
        stranger = world.client()
        assert use(stranger, thief).status_code == 403
        assert not is_in(stranger)


@ON_SQLITE
def test_no_passkey_is_made_unconfirmed_as_all_others_are_removed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a copied cookie nobody makes a passkey, since one there is must confirm; unless those go just then."""
    client, _device = with_passkey(world)
    ada, page, thief = account(world, ADA, StaffRole.ADMINISTRATOR), "/staff/passkeys", Device()
    fields = {"credential": thief.made(asked(client, page)), "name": "Mine", "csrf_token": token(client, page)}
    lock = make_passkeys.lock_organisation
    owner = number_of(world, "coordinator@example.com")

    def removed_before(session: Session, number: int) -> None:
        with world.session() as other:
            remove_passkeys_of(other, member_of(world, ada), owner, now=world.clock())
        lock(session, number)

    monkeypatch.setattr(make_passkeys, "lock_organisation", removed_before)
    client.post(page, data=fields, base_url=SITE)
    with world.session() as session:
        assert passkeys_of(session, owner) == []
