"""Sending an invitation again: the same link, a few times, an hour apart, and nothing said of answers."""

import re

import pytest
from sqlalchemy import update

from feedback.domain.errors import AddressRefused, NotFound, ResendRefused, WaveNotReady
from feedback.services.mail.resend_invitation import mend_delivery, resend_invitation
from feedback.services.mail.show_undeliverable import show_undeliverable
from feedback.services.roster.leave_programme import leave_programme
from feedback.storage.deliveries import Delivery
from tests.bouncing import FIRST_COPY, mail_states, mail_to
from tests.promises.visits import mailed_wave
from tests.world import World

MIA, OTHER = "mentor.0@example.com", "mentor.1@example.com"
NEW = "mia.new@example.com"


@pytest.fixture
def wave(world: World) -> int:
    wave = mailed_wave(world, 3, 3)
    world.clock.pass_time(hours=1)
    return wave


def resend(world: World, wave: int, email: str = MIA) -> int:
    with world.session() as session:
        return resend_invitation(session, wave, email, now=world.clock(), actor="test")


def mend(world: World, wave: int, person: int, address: str) -> None:
    with world.session() as session:
        mend_delivery(session, wave, person, address, now=world.clock(), actor="test")


def lose(world: World, person: int = 1, state: str = "bounced") -> None:
    with world.session() as session:
        session.execute(update(Delivery).where(Delivery.participant_id == person).values(state=state))
        session.commit()


def unreachable(world: World, wave: int) -> list[tuple[str, bool]]:
    with world.session() as session:
        return [(one.email, one.is_on_its_way) for one in show_undeliverable(session, wave)]


def link_to(world: World, email: str) -> str:
    (link,) = set(re.findall(r"/s/([A-Za-z0-9_-]{43})", str(mail_to(world, email).get_body(("plain",)).get_content())))
    return link


def test_the_copy_holds_the_same_link_under_another_message_id(world: World, wave: int) -> None:
    first, link = mail_to(world, MIA), link_to(world, MIA)
    resend(world, wave)
    world.send_mails()
    assert link_to(world, MIA) == link
    assert mail_to(world, MIA)["Message-ID"] != first["Message-ID"]
    assert mail_states(world, FIRST_COPY) == {MIA: "accepted"}


def test_the_fourth_copy_is_refused(world: World, wave: int) -> None:
    for _copy in range(3):
        resend(world, wave)
        world.send_mails()
        world.clock.pass_time(hours=1)
    with pytest.raises(ResendRefused, match="as often as it may be"):
        resend(world, wave)


def test_two_copies_within_the_hour_are_refused(world: World, wave: int) -> None:
    resend(world, wave)
    world.send_mails()
    world.clock.pass_time(minutes=59)
    with pytest.raises(ResendRefused, match="less than an hour"):
        resend(world, wave)


def test_a_mail_that_waits_is_not_doubled(world: World, wave: int) -> None:
    resend(world, wave)
    with pytest.raises(ResendRefused, match="on its way"):
        resend(world, wave)


def test_who_has_left_gets_no_copy(world: World, wave: int) -> None:
    with world.session() as session:
        leave_programme(session, 1, MIA, now=world.clock(), actor="test")
    with pytest.raises(ResendRefused, match="has left"):
        resend(world, wave)


def test_a_stranger_gets_no_copy(world: World, wave: int) -> None:
    with pytest.raises(NotFound, match="invited to this wave"):
        resend(world, wave, "stranger@example.com")


def test_a_closed_wave_invites_nobody_again(world: World, wave: int) -> None:
    world.close(wave)
    with pytest.raises(WaveNotReady):
        resend(world, wave)


def test_only_those_whose_last_mail_was_lost_are_unreachable(world: World, wave: int) -> None:
    lose(world, 1)
    lose(world, 2, "refused")
    assert unreachable(world, wave) == [(MIA, False), (OTHER, False)]
    resend(world, wave)
    assert unreachable(world, wave) == [(MIA, True), (OTHER, False)]
    world.send_mails()
    assert unreachable(world, wave) == [(OTHER, False)]


def test_a_corrected_address_gets_the_same_link(world: World, wave: int) -> None:
    link = link_to(world, MIA)
    lose(world)
    mend(world, wave, 1, NEW)
    world.send_mails()
    assert link_to(world, NEW) == link


def test_a_full_mailbox_is_tried_again_as_it_is(world: World, wave: int) -> None:
    lose(world)
    mend(world, wave, 1, MIA)
    world.send_mails()
    assert mail_states(world, FIRST_COPY) == {MIA: "accepted"}


def test_who_can_be_reached_keeps_address_and_mails(world: World, wave: int) -> None:
    with pytest.raises(NotFound, match="known to be lost"):
        mend(world, wave, 1, NEW)
    assert MIA in mail_states(world)


def test_a_refused_correction_sends_nothing(world: World, wave: int) -> None:
    lose(world)
    with pytest.raises(AddressRefused):
        mend(world, wave, 1, OTHER)
    assert mail_states(world, FIRST_COPY) == {}


def test_a_refused_copy_corrects_nothing(world: World, wave: int) -> None:
    lose(world)
    world.clock.pass_time(minutes=-1)
    with pytest.raises(ResendRefused):
        mend(world, wave, 1, NEW)
    assert MIA in mail_states(world)
