"""Noting bounces: only what is proved, once, and nothing but the state of a mail."""

from email.message import EmailMessage

import pytest

from feedback.domain.bounces import LARGEST_NUMBER
from feedback.domain.links import bounce_mac, return_path
from feedback.domain.waves.mails import MailKind, WaveMail
from feedback.services.mail.note_bounces import note_bounce
from tests.bouncing import (
    BOUNCES,
    absence_notice,
    bounce_of,
    complaint,
    delivery_id,
    mail_states,
    mail_to,
    return_path_of,
)
from tests.promises.visits import mailed_wave
from tests.world import World, entries_about

MIA = "mentor.0@example.com"


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return {**environment, "FEEDBACK_BOUNCE_ADDRESS": BOUNCES}


@pytest.fixture
def wave(world: World) -> int:
    return mailed_wave(world, 3, 3)


def hand_in(world: World, raw: bytes) -> bool:
    with world.session() as session:
        return note_bounce(session, world.keys, raw, now=world.clock())


def lost(world: World) -> set[str]:
    return {email for email, state in mail_states(world).items() if state == "bounced"}


def test_a_bounce_to_the_return_path_is_noted(world: World, wave: int) -> None:
    assert hand_in(world, bounce_of(mail_to(world, MIA), to=return_path_of(world, MIA)))
    assert lost(world) == {MIA}


def test_the_same_bounce_twice_is_noted_once(world: World, wave: int) -> None:
    raw = bounce_of(mail_to(world, MIA), to=return_path_of(world, MIA))
    assert [hand_in(world, raw) for _turn in range(3)] == [True, False, False]
    with world.session() as session:
        assert [entry.act for entry in entries_about(session, f"wave {wave}")].count("noted a bounce") == 1


def test_without_a_return_path_address_and_message_together_prove_it(world: World, wave: int) -> None:
    assert hand_in(world, bounce_of(mail_to(world, MIA), to="feedback@example.com"))
    assert lost(world) == {MIA}


def test_who_knows_only_the_address_invents_no_bounce(world: World, wave: int) -> None:
    mail = mail_to(world, MIA)
    mail.replace_header("Message-ID", f"<{'0' * 32}@example.com>")
    assert not hand_in(world, bounce_of(mail))
    assert lost(world) == set()


def test_a_message_of_somebody_else_proves_nothing(world: World, wave: int) -> None:
    mail = mail_to(world, MIA)
    mail.replace_header("To", "mentor.1@example.com")
    assert not hand_in(world, bounce_of(mail))
    assert lost(world) == set()


def test_a_guessed_return_path_proves_nothing(world: World, wave: int) -> None:
    mail = mail_to(world, MIA)
    mail.replace_header("Message-ID", "<none@example.com>")
    number = delivery_id(world, MIA)
    for mac in ("0" * 20, bounce_mac(world.keys.opt_out_key(1), number + 1), bounce_mac(bytes(32), number)):
        assert not hand_in(world, bounce_of(mail, to=f"bounces+{number}-{mac}@example.com"))
    assert lost(world) == set()


@pytest.mark.parametrize("number", [0, LARGEST_NUMBER, 10**17])
def test_a_return_path_of_no_mail_proves_nothing(world: World, wave: int, number: int) -> None:
    mail = mail_to(world, MIA)
    mail.replace_header("Message-ID", "<none@example.com>")
    unknown = return_path(BOUNCES, world.keys.opt_out_key(1), number)
    assert not hand_in(world, bounce_of(mail, to=unknown))


def test_the_key_of_another_programme_proves_nothing(world: World, wave: int) -> None:
    other = world.programme(0, 0)
    mail = mail_to(world, MIA)
    mail.replace_header("Message-ID", "<none@example.com>")
    forged = return_path(BOUNCES, world.keys.opt_out_key(other), delivery_id(world, MIA))
    assert not hand_in(world, bounce_of(mail, to=forged))


@pytest.mark.parametrize("action", ["delayed", "relayed"])
def test_a_mail_that_may_still_arrive_stays_as_it_is(world: World, wave: int, action: str) -> None:
    assert not hand_in(world, bounce_of(mail_to(world, MIA), to=return_path_of(world, MIA), action=action))
    assert lost(world) == set()


@pytest.mark.parametrize("write", [absence_notice, complaint])
def test_absence_and_complaint_are_no_bounces(world: World, wave: int, write) -> None:
    assert not hand_in(world, write(mail_to(world, MIA), to=return_path_of(world, MIA)))
    assert lost(world) == set()


def test_a_mail_that_was_never_accepted_does_not_bounce(world: World) -> None:
    world.open_wave(6, 6)
    mail = EmailMessage()
    mail["To"] = MIA
    assert not hand_in(world, bounce_of(mail, to=return_path_of(world, MIA)))
    assert set(mail_states(world).values()) == {"queued"}


def test_a_bounce_stops_no_later_mail(world: World) -> None:
    world.open_wave(6, 6, reminders_at=(world.clock.now.replace(day=4),))
    world.send_mails()
    hand_in(world, bounce_of(mail_to(world, MIA), to=return_path_of(world, MIA)))
    world.clock.pass_time(days=4)
    world.do_what_is_due()
    world.do_what_is_due()
    assert mail_states(world, WaveMail(MailKind.REMINDER, 1)) == dict.fromkeys(mail_states(world), "accepted")


def test_mails_go_out_with_a_return_path_of_their_own(world: World, wave: int) -> None:
    assert return_path_of(world, MIA) != return_path_of(world, "mentor.1@example.com")
    assert return_path_of(world, MIA).startswith("bounces+")
