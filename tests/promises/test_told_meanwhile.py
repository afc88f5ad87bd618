"""What changes while emails go out holds for those that have not: nobody is told by a list that was read before.

And what is done once more while its email is on the way is told once more.
"""

from collections.abc import Callable

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from feedback.domain.staff import StaffRole
from feedback.services.programmes.hold_purge import hold_purge, lift_hold
from feedback.services.staff.connect_accounts import LIFETIME
from feedback.services.staff.manage_access import give_access, take_access_of
from feedback.storage.address_corrections import AddressNotice, forget_all
from feedback.storage.passkey_letters import PasskeyNews, drop_passkey_letters, tell_of_passkeys_at
from feedback.storage.people import Participant
from feedback.storage.sign_in_providers import WaitingConnection, drop_connection
from feedback.worker.due import Chore, Due, do
from feedback.worker.worker import worker_context
from tests.ending import end, planner
from tests.promises.test_put_out import member_of, number_of
from tests.services.mail.relays import ScriptedRelay
from tests.services.mail.test_tell_staff import ADA, COB, account, closed_wave
from tests.world import World

pytestmark = pytest.mark.usefixtures("relay")


@pytest.fixture
def smtp_port(relay: ScriptedRelay) -> int:
    return relay.port


def while_the_first_goes_out(world: World, relay: ScriptedRelay, change: Callable[[Session], object]) -> None:
    """Let `change` happen before the relay takes the next mail, whosever it is."""

    def once(_recipient: str) -> None:
        relay.before_it_takes = lambda _recipient: None
        with world.session() as session:
            change(session)
            session.commit()

    relay.before_it_takes = once


def run(world: World, chore: Chore, number: int = 0) -> None:
    do(Due(chore, number), worker_context(world.app))


def two_accounts(world: World) -> tuple[int, int]:
    world.programme(0, 0)
    return account(world, ADA, StaffRole.ADMINISTRATOR), account(world, COB, StaffRole.COORDINATOR)


def test_a_passkey_that_is_made_while_the_mail_on_another_goes_out_is_told_as_well(
    world: World, relay: ScriptedRelay
) -> None:
    ada, cob = two_accounts(world)
    with world.session() as session:
        for one in (ada, cob):
            tell_of_passkeys_at(session, one, PasskeyNews.MADE, world.clock())
        session.commit()

    def change(session: Session) -> None:
        tell_of_passkeys_at(session, ada, PasskeyNews.MADE, world.clock())
        drop_passkey_letters(session, cob)

    while_the_first_goes_out(world, relay, change)
    run(world, Chore.MAIL_LINKS)
    assert relay.recipients == [ADA]
    run(world, Chore.MAIL_LINKS)
    assert relay.recipients == [ADA, ADA]


def test_whose_access_is_taken_while_others_are_invited_is_not_and_who_is_invited_anew_is(
    world: World, relay: ScriptedRelay
) -> None:
    by = member_of(world, two_accounts(world)[0])
    names = ("dan", "eve")

    def invite(session: Session, name: str) -> None:
        who = {"name": name.title(), "email": f"{name}@example.com", "role": StaffRole.VIEWER}
        give_access(session, by, **who, language="en", now=world.clock())

    for one in names:
        with world.session() as session:
            invite(session, one)
    dan, eve = (number_of(world, f"{one}@example.com") for one in names)

    def change(session: Session) -> None:
        for one in (dan, eve):
            take_access_of(session, one, now=world.clock(), actor="test")
        invite(session, "dan")

    while_the_first_goes_out(world, relay, change)
    run(world, Chore.MAIL_LINKS)
    assert relay.recipients == ["dan@example.com"]
    run(world, Chore.MAIL_LINKS)
    assert relay.recipients == ["dan@example.com"] * 2


def test_whose_access_is_taken_while_others_hear_of_a_report_does_not(world: World, relay: ScriptedRelay) -> None:
    two_accounts(world)
    closed_wave(world)

    def change(session: Session) -> None:
        for email in {ADA, COB} - set(relay.asked):
            take_access_of(session, number_of(world, email), now=world.clock(), actor="test")

    while_the_first_goes_out(world, relay, change)
    run(world, Chore.TELL_STAFF)
    assert len(relay.recipients) > 0
    assert set(relay.asked) == set(relay.recipients)
    assert not {ADA, COB} <= set(relay.recipients)


def test_who_is_not_told_of_an_end_before_it_is_held_is_told_later(world: World, relay: ScriptedRelay) -> None:
    two_accounts(world)
    end(world, 1)
    staff_id = planner(world)
    while_the_first_goes_out(
        world, relay, lambda session: hold_purge(session, 1, "A complaint.", staff_id=staff_id, now=world.clock())
    )
    run(world, Chore.TELL_OF_END, 1)
    assert relay.recipients == [ADA]
    with world.session() as session:
        lift_hold(session, 1, staff_id=staff_id, now=world.clock())
    run(world, Chore.TELL_OF_END, 1)
    assert {ADA, COB} <= set(relay.recipients[1:])


def wait_for_owner(session: Session, staff_id: int, world: World) -> None:
    drop_connection(session, staff_id)
    whom = {"issuer": "https://login.example.com", "subject": "somebody", "browser_digest": bytes(32)}
    times = {"tell_at": world.clock(), "expires_at": world.clock() + LIFETIME}
    session.add(WaitingConnection(staff_id=staff_id, language="en", **whom, **times))


def test_no_link_to_connect_an_account_goes_out_once_it_was_revoked(world: World, relay: ScriptedRelay) -> None:
    ada, cob = two_accounts(world)
    with world.session() as session:
        for one in (ada, cob):
            wait_for_owner(session, one, world)
        session.commit()

    def change(session: Session) -> None:
        wait_for_owner(session, ada, world)
        drop_connection(session, cob)

    while_the_first_goes_out(world, relay, change)
    run(world, Chore.MAIL_LINKS)
    assert relay.recipients == [ADA]
    run(world, Chore.MAIL_LINKS)
    assert relay.recipients == [ADA, ADA]
    with world.session() as session:
        assert session.scalars(select(WaitingConnection.digest)).one() is not None


def test_no_old_address_is_written_to_once_its_names_are_deleted(world: World, relay: ScriptedRelay) -> None:
    programme = world.programme()
    with world.session() as session:
        for number in session.scalars(select(Participant.id).order_by(Participant.id).limit(2)).all():
            notice = {"participant_id": number, "email": f"old.{number}@example.com", "tell_at": world.clock()}
            session.execute(insert(AddressNotice).values(notice))
        session.commit()
    while_the_first_goes_out(world, relay, lambda session: forget_all(session, programme))
    run(world, Chore.TELL_FORMER)
    assert len(relay.recipients) == 1
