"""Contacts are told by mail that somebody asks for support: soon, at night too, and in no mail more than that."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from feedback.domain.errors import MailRefused
from feedback.domain.links import to_address
from feedback.domain.staff import StaffRole
from feedback.domain.support import Request
from feedback.services.staff.keep_language import keep_language
from feedback.services.staff.name_people import name_contact
from feedback.services.support.ask_for_support import ask_for_support
from feedback.services.support.read_support_requests import finish_support_request
from feedback.services.support.serve_support_desks import serve_support_desks
from feedback.storage.programmes import programme_by_id
from feedback.storage.staff_letters import StaffLetter
from feedback.storage.support import SupportRequest, desk_of
from feedback.storage.waves import wave_by_id
from tests.kept import kept
from tests.services.mail.relays import ScriptedRelay
from tests.services.mail.test_tell_staff import account, set_on, smtp_port, tell, text_of
from tests.web.test_staff_pages import SITE, signed_in
from tests.world import CONTACT, START, World, entries_about

__all__ = ["smtp_port"]
SAID = ("Mia", "mia@example.com", "Please call me.")


@pytest.fixture
def wave(world: World, relay: ScriptedRelay) -> int:
    """An open wave, of which everybody has heard already."""
    wave = kept(world, "everybody has heard", lambda: _newly_heard_of(world))
    relay.received.clear()
    return wave


def _newly_heard_of(world: World) -> int:
    wave = world.open_new_wave()
    world.do_what_is_due()
    world.do_what_is_due()
    return wave


def ask(world: World, wave: int) -> None:
    with world.session() as session:
        desk = desk_of(session, wave_by_id(session, wave).programme_id)
        assert desk
        ask_for_support(session, to_address(desk.handle), Request(*SAID), now=world.clock())


def pass_on(world: World) -> None:
    """Have what was asked for passed on to the mails to staff."""
    with world.session() as session:
        serve_support_desks(session, now=world.clock())


def asked_of(world: World, relay: ScriptedRelay, hours: int = 1) -> int:
    """How many mails the contact has after some hours."""
    for _hour in range(hours):
        world.clock.pass_time(hours=1)
        for _tick in range(2):
            world.do_what_is_due()
    return relay.recipients.count(CONTACT.email)


def contact_of(world: World, wave: int) -> int:
    with world.session() as session:
        return programme_by_id(session, wave_by_id(session, wave).programme_id).contact_id or 0


def test_a_contact_is_told_again_the_day_after_of_a_request_that_is_not_done(
    world: World, relay: ScriptedRelay, wave: int
) -> None:
    ask(world, wave)
    assert asked_of(world, relay) == 1
    assert asked_of(world, relay, hours=28) == 1
    assert asked_of(world, relay) == 2
    assert asked_of(world, relay, hours=72) == 2


def test_a_contact_is_not_told_again_of_a_request_that_is_done(world: World, relay: ScriptedRelay, wave: int) -> None:
    ask(world, wave)
    assert asked_of(world, relay) == 1
    with world.session() as session:
        session.execute(update(SupportRequest).values(is_done=True))
        session.commit()
    assert asked_of(world, relay, hours=72) == 1


def test_a_row_tells_no_more_of_a_request_than_its_day(world: World, relay: ScriptedRelay, wave: int) -> None:
    for _request in range(3):
        ask(world, wave)
        asked_of(world, relay, hours=2)
    with world.session() as session:
        assert len(set(session.scalars(select(SupportRequest.tell_at)))) == 1


def test_a_contact_is_told_at_night_in_their_language_and_may_open_the_page(
    world: World, relay: ScriptedRelay, wave: int
) -> None:
    world.clock.now = START.replace(hour=1) + timedelta(days=2)
    with world.session() as session:
        keep_language(session, contact_of(world, wave), "fr")
    ask(world, wave)
    world.clock.pass_time(minutes=10)
    pass_on(world)
    tell(world)
    ((to, mail),) = relay.received
    assert (to, mail["Subject"]) == (CONTACT.email, "Une personne vous demande du soutien")
    with world.session() as session:
        page = f"/staff/programmes/{wave_by_id(session, wave).programme_id}/support?language=fr"
    assert f"https://feedback.example.com{page}" in text_of(mail)
    assert signed_in(world, StaffRole.ADMINISTRATOR).get(page, base_url=SITE).status_code == 200


def test_neither_mail_nor_log_says_who_has_asked_or_what_or_when(world: World, relay: ScriptedRelay, wave: int) -> None:
    ask(world, wave)
    with world.session() as session:
        before = len(entries_about(session, f"staff {contact_of(world, wave)}"))
    assert asked_of(world, relay) == 1
    mails = [mail.as_string() for to, mail in relay.received if to == CONTACT.email]
    assert [said for said in SAID for mail in mails if said in mail] == []
    with world.session() as session:
        assert len(entries_about(session, f"staff {contact_of(world, wave)}")) == before


def test_two_workers_pass_a_request_on_once_and_nothing_lies_between(
    world: World, relay: ScriptedRelay, wave: int
) -> None:
    ask(world, wave)
    world.clock.pass_time(minutes=10)
    # Who dies here has passed it on and noted that, or neither.
    for _worker in range(2):
        pass_on(world)
    with world.session() as session:
        assert [one.kind for one in session.scalars(select(StaffLetter).where(StaffLetter.wave_id.is_(None)))] == [
            "support"
        ]
    for _tick in range(2):
        tell(world)
    assert relay.recipients.count(CONTACT.email) == 1


def test_a_relay_that_is_away_for_days_loses_no_request(world: World, relay: ScriptedRelay, wave: int) -> None:
    ask(world, wave)
    world.clock.pass_time(minutes=10)
    pass_on(world)
    for _day in range(6):
        relay.says(CONTACT.email, "451 later")
        with pytest.raises(MailRefused):
            tell(world)
        world.clock.pass_time(days=1)
    tell(world)
    assert relay.recipients.count(CONTACT.email) == 1


def test_whoever_is_named_contact_while_the_mail_waits_is_told_instead(
    world: World, relay: ScriptedRelay, wave: int
) -> None:
    another = account(world, "nia@example.com", StaffRole.CONTACT)
    ask(world, wave)
    world.clock.pass_time(minutes=10)
    pass_on(world)
    relay.says(CONTACT.email, "451 later")
    with pytest.raises(MailRefused):
        tell(world)
    with world.session() as session:
        name_contact(session, programme_by_id(session, wave_by_id(session, wave).programme_id), another)
        session.commit()
    world.clock.pass_time(minutes=5)
    for _tick in range(2):
        tell(world)
    assert CONTACT.email not in relay.recipients
    assert relay.recipients.count("nia@example.com") == 1


def test_administrators_are_told_where_the_contact_has_no_access(world: World, relay: ScriptedRelay, wave: int) -> None:
    account(world, "ada@example.com", StaffRole.ADMINISTRATOR)
    set_on(world, contact_of(world, wave), is_removed=True)
    ask(world, wave)
    assert asked_of(world, relay) == 0
    assert relay.recipients.count("ada@example.com") == 1


def test_a_contact_is_told_of_nothing_that_is_done_already(world: World, relay: ScriptedRelay, wave: int) -> None:
    ask(world, wave)
    world.clock.pass_time(minutes=10)
    pass_on(world)
    with world.session() as session:
        request = session.scalars(select(SupportRequest)).one()
        finish_support_request(session, request.programme_id, request.id.hex(), now=world.clock(), actor="staff 1")
    tell(world)
    assert CONTACT.email not in relay.recipients
