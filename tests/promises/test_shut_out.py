"""Who is shut out at the very moment at which they sign in is out: no session begins by what was revoked."""

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback.domain.api_keys import ApiScope
from feedback.domain.errors import PasskeyRefused, ProviderRefused
from feedback.domain.providers import Identity
from feedback.domain.staff import StaffRole
from feedback.services.api_keys.make_key import WantedKey, make_key
from feedback.services.staff import begin_sessions
from feedback.services.staff.connect_accounts import connect, disconnect
from feedback.services.staff.invite_staff import invite_staff
from feedback.services.staff.keep_sessions import HalfSignedIn, SignedIn, end_all_sessions, find_session
from feedback.services.staff.manage_access import take_access_of
from feedback.services.staff.manage_passkeys import remove_passkeys_of
from feedback.services.staff.sign_deed import Signature
from feedback.services.staff.sign_in_by_provider import sign_in_by_provider
from feedback.services.staff.use_passkeys import go_on_with_new_passkey
from feedback.storage.sign_in_providers import ConnectedIdentity
from feedback.storage.staff import sessions_of
from feedback.web.staff import guards
from tests.databases import ON_POSTGRESQL
from tests.passkeys import Device, make, use
from tests.promises.test_put_out import member_of, number_of
from tests.providers import by_link, by_provider, connected, provider, with_provider
from tests.services.mail.test_tell_staff import ADA, account
from tests.web.test_passkeys import is_in, with_passkey
from tests.web.test_second_factor import STEP, demanding, half_in, linked_again, secret_of
from tests.web.test_staff_pages import signed_in
from tests.world import World

# On SQLite whoever writes waits for all others in any case.
pytestmark = ON_POSTGRESQL
OWNER = "coordinator@example.com"
Revoke = Callable[[Session], None]


class Meanwhile:
    """Has something revoked, in another thread, while a session begins: that goes on once it is done or waits."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch, revoke: Revoke) -> None:
        self._world, self._revoke, self._is_done = world, revoke, False
        self._thread = threading.Thread(target=self._run)
        forget = begin_sessions.forget_sessions

        def paused(session: Session, **before: datetime) -> None:
            monkeypatch.setattr(begin_sessions, "forget_sessions", forget)
            self._thread.start()
            # Long enough to be done, unless it has to wait.
            self._thread.join(0.7)
            forget(session, **before)

        monkeypatch.setattr(begin_sessions, "forget_sessions", paused)

    def _run(self) -> None:
        with self._world.session() as session:
            self._revoke(session)
        self._is_done = True

    def leaves_nobody_in(self, client: FlaskClient, staff_id: int) -> None:
        self._thread.join()
        assert self._is_done
        assert not is_in(client)
        with self._world.session() as session:
            assert sessions_of(session, staff_id) == []


def invite_again(world: World) -> Revoke:
    def run(session: Session) -> None:
        who = {"name": "Ada", "email": ADA, "role": StaffRole.COORDINATOR}
        invite_staff(session, organisation="Example Organisation", **who, now=world.clock(), actor="test")

    return run


def take_from(world: World, staff_id: int) -> Revoke:
    return lambda session: take_access_of(session, staff_id, now=world.clock(), actor="test")


@pytest.mark.parametrize("is_invited_again", [True, False])
def test_by_a_link_that_is_revoked_just_then(
    world: World, monkeypatch: pytest.MonkeyPatch, is_invited_again: bool
) -> None:
    world.programme(0, 0)
    ada = account(world, ADA, StaffRole.COORDINATOR)
    meanwhile = Meanwhile(world, monkeypatch, invite_again(world) if is_invited_again else take_from(world, ada))
    meanwhile.leaves_nobody_in(by_link(world, ADA), ada)


def test_by_a_passkey_that_is_removed_just_then(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _client, device = with_passkey(world)
    ada, owner, stranger = account(world, ADA, StaffRole.ADMINISTRATOR), number_of(world, OWNER), world.client()
    by = member_of(world, ada)
    meanwhile = Meanwhile(world, monkeypatch, lambda session: remove_passkeys_of(session, by, owner, now=world.clock()))
    use(stranger, device)
    meanwhile.leaves_nobody_in(stranger, owner)


def test_by_a_passkey_after_a_link_as_all_sessions_are_ended(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _admin, device = demanding(world)
    half, by = linked_again(world, 1), member_of(world, 1)
    meanwhile = Meanwhile(world, monkeypatch, lambda session: end_all_sessions(session, by, now=world.clock()))
    use(half, device, STEP)
    meanwhile.leaves_nobody_in(half, 1)


def test_by_the_first_passkey_as_all_sessions_are_ended(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    demanding(world)
    half = half_in(world)
    by = member_of(world, number_of(world, OWNER))
    meanwhile = Meanwhile(world, monkeypatch, lambda session: end_all_sessions(session, by, now=world.clock()))
    make(half, Device(), STEP)
    meanwhile.leaves_nobody_in(half, by.id)


@pytest.mark.parametrize("has_made_a_passkey", [False, True])
def test_by_a_provider_from_which_the_owner_cuts_off_just_then(
    world: World, monkeypatch: pytest.MonkeyPatch, has_made_a_passkey: bool
) -> None:
    """Whoever runs the provider comes by it, or by a passkey that they have made in a session that it began."""
    world.programme(0, 0)
    with provider() as found:
        with_provider(world, found)
        connected(world, found)
        by, puppet, device = member_of(world, number_of(world, OWNER)), world.client(), Device()
        if has_made_a_passkey:
            by_provider(puppet, found)
            assert make(puppet, device).status_code == 303
        with world.session() as session:
            end_all_sessions(session, by, now=world.clock())
        meanwhile = Meanwhile(world, monkeypatch, lambda session: disconnect(session, by, now=world.clock()))
        if has_made_a_passkey:
            use(puppet, device)
        else:
            by_provider(puppet, found)
        meanwhile.leaves_nobody_in(puppet, by.id)


def known_by(world: World, client: FlaskClient) -> SignedIn | HalfSignedIn:
    with world.session() as session:
        found = find_session(session, secret_of(client), now=guards.system_clock())
    assert found is not None
    return found


def test_no_session_goes_on_from_one_that_was_ended(world: World) -> None:
    demanding(world)
    half = known_by(world, half_in(world))
    assert isinstance(half, HalfSignedIn)
    with world.session() as session:
        end_all_sessions(session, half.member, now=world.clock())
    with world.session() as session, pytest.raises(PasskeyRefused):
        go_on_with_new_passkey(session, half, now=guards.system_clock())


def test_a_provider_keeps_nothing_of_a_session_that_was_ended(world: World) -> None:
    with provider() as found:
        with_provider(world, found)
        who = known_by(world, connected(world, found))
        assert who.beginning.is_owners
        times = {"now": world.clock(), "begun_at": guards.system_clock()}
        with world.session() as session:
            connection = session.get_one(ConnectedIdentity, who.member.id)
            identity = Identity(connection.issuer, connection.subject)
            end_all_sessions(session, who.member, now=world.clock())
        with world.session() as session:
            begun = sign_in_by_provider(session, who.member.id, identity, who, **times)
        with world.session() as session:
            anew = find_session(session, begun.secret, now=guards.system_clock())
        assert anew is not None
        assert not anew.beginning.is_owners
        with world.session() as session:
            disconnect(session, who.member, now=world.clock())
        with world.session() as session, pytest.raises(ProviderRefused):
            sign_in_by_provider(session, who.member.id, identity, None, **times)


def test_no_account_is_connected_in_a_session_that_was_ended(world: World) -> None:
    with provider() as found:
        with_provider(world, found)
        who = known_by(world, signed_in(world))
        with world.session() as session:
            end_all_sessions(session, who.member, now=world.clock())
        with world.session() as session, pytest.raises(ProviderRefused):
            connect(session, who, Identity(found.issuer, "somebody"), now=world.clock())


def test_no_key_is_made_in_a_session_that_was_ended(world: World) -> None:
    world.programme(0, 0)
    who = known_by(world, signed_in(world, StaffRole.ADMINISTRATOR))
    wanted, times = WantedKey("Staff list", (ApiScope.READ_REPORTS,), None, 30), {"now": guards.system_clock()}
    assert isinstance(who, SignedIn)
    with world.session() as session:
        end_all_sessions(session, who.member, now=world.clock())
    with world.session() as session, pytest.raises(PasskeyRefused):
        make_key(session, None, who, wanted, Signature(), noted_at=world.clock(), **times)
