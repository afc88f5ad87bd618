"""What is true of the sender is written on nobody: mails wait, staff see it, and everybody gets theirs once."""

from collections import Counter
from contextlib import suppress

import pytest
from sqlalchemy import update

from feedback.domain.errors import MailRefused, WaveNotReady
from feedback.services.mail.resend_invitation import Resent, resend_to_refused
from feedback.services.waves.show_wave import show_wave
from feedback.storage.deliveries import Delivery
from feedback.web.metrics import write_metrics
from tests.bouncing import mail_states
from tests.databases import ON_SQLITE
from tests.kept import small_wave
from tests.services.mail.relays import ScriptedRelay
from tests.services.mail.test_send_mail import EVERYBODY, MENTOR, OTHER
from tests.world import World

QUOTA = "550 5.4.5 Daily user sending limit exceeded"
OF_THE_SENDER = [QUOTA, "554 5.7.1 Relay access denied", "550 Relaying denied", "530 5.7.0 Authentication required"]
ALIKE = ["550 No such user", "550 5.1.1 User unknown", "554 Transaction failed", "571 Refused"]


@pytest.fixture
def smtp_port(relay: ScriptedRelay) -> int:
    return relay.port


@pytest.fixture
def wave(world: World) -> int:
    return small_wave(world)


def try_for(world: World, minutes: int) -> None:
    """Let the worker tick every five minutes."""
    for _tick in range(minutes // 5):
        world.clock.pass_time(minutes=5)
        send(world)


def send(world: World) -> None:
    with suppress(MailRefused):
        world.send_mails()


@ON_SQLITE
@pytest.mark.parametrize("reply", [*OF_THE_SENDER, *ALIKE])
def test_nobody_is_refused_for_what_is_said_to_everybody(
    world: World, wave: int, relay: ScriptedRelay, reply: str
) -> None:
    relay.says_to_everybody(reply)
    send(world)
    assert mail_states(world) == dict.fromkeys(EVERYBODY, "queued")


@pytest.mark.parametrize("reply", [QUOTA, "550 No such user"])
def test_once_it_is_over_everybody_gets_the_mail_exactly_once(
    world: World, wave: int, relay: ScriptedRelay, reply: str
) -> None:
    relay.says_to_everybody(reply)
    send(world)
    try_for(world, 120)
    relay.says_to_everybody(None)
    try_for(world, 60)
    assert Counter(relay.recipients) == dict.fromkeys(EVERYBODY, 1)
    assert mail_states(world) == dict.fromkeys(EVERYBODY, "accepted")


def test_the_relay_is_asked_ever_more_rarely(world: World, wave: int, relay: ScriptedRelay) -> None:
    relay.says_to_everybody(QUOTA)
    send(world)
    assert len(relay.asked) == 3
    try_for(world, 60)
    first_hour = len(relay.asked)
    try_for(world, 180)
    assert first_hour <= 7 * 3
    assert len(relay.asked) - first_hour <= 4 * 3


@ON_SQLITE
@pytest.mark.parametrize("reply", ["550 5.7.1 Sender refused", "451 4.7.1 Not now", "553 5.1.8 Bad sender"])
def test_a_sender_refused_by_name_is_no_fault_of_readers(
    world: World, wave: int, relay: ScriptedRelay, reply: str
) -> None:
    relay.says_of_the_sender(reply)
    send(world)
    assert mail_states(world) == dict.fromkeys(EVERYBODY, "queued")
    relay.says_of_the_sender(None)
    try_for(world, 10)
    assert Counter(relay.recipients) == dict.fromkeys(EVERYBODY, 1)


def test_a_real_refusal_stays_one(world: World, wave: int, relay: ScriptedRelay) -> None:
    relay.says(MENTOR, "550 5.1.1 User unknown")
    relay.says(OTHER, "550 5.1.1 User unknown")
    send(world)
    try_for(world, 60)
    assert mail_states(world) == dict.fromkeys(EVERYBODY, "accepted") | {MENTOR: "refused", OTHER: "refused"}


def test_who_alone_is_refused_for_a_policy_keeps_nobody_waiting(world: World, wave: int, relay: ScriptedRelay) -> None:
    relay.says(MENTOR, *["554 5.7.1 Rejected by policy"] * 50)
    send(world)
    try_for(world, 5)
    assert mail_states(world) == dict.fromkeys(EVERYBODY, "accepted") | {MENTOR: "queued"}
    assert world.status().sender_refused[0].mails == 1


def test_what_was_sent_before_a_quota_was_reached_stays_sent(world: World, wave: int, relay: ScriptedRelay) -> None:
    relay.before_it_takes = lambda _recipient: relay.says_to_everybody(QUOTA) if len(relay.received) == 1 else None
    send(world)
    assert Counter(mail_states(world).values()) == {"accepted": 2, "queued": 4}
    relay.before_it_takes = lambda _recipient: None
    relay.says_to_everybody(None)
    try_for(world, 10)
    assert Counter(relay.recipients) == dict.fromkeys(EVERYBODY, 1)


def test_status_and_page_say_that_mails_wait_and_then_no_more(world: World, wave: int, relay: ScriptedRelay) -> None:
    relay.says_to_everybody(QUOTA)
    send(world)
    assert [tuple(one) for one in world.status().sender_refused] == [(wave, 6, 550)]
    assert seen(world, wave) == (wave, 6, 550)
    relay.says_to_everybody(None)
    try_for(world, 10)
    assert world.status().sender_refused == ()
    assert seen(world, wave) is None


def test_a_figure_counts_the_mails_that_wait_for_the_sender(world: World, wave: int, relay: ScriptedRelay) -> None:
    relay.says_to_everybody(QUOTA)
    send(world)
    assert b"feedback_mails_sender_refused 6.0" in write_metrics(world.status())
    relay.says_to_everybody(None)
    try_for(world, 10)
    assert b"feedback_mails_sender_refused 0.0" in write_metrics(world.status())


def seen(world: World, wave: int) -> tuple[int, int, int | None] | None:
    with world.session() as session:
        shown = show_wave(session, wave, now=world.clock()).sender_refused
    return tuple(shown) if shown else None


# ---- sending again to all who were refused


def lose(world: World, state: str, *people: int) -> None:
    with world.session() as session:
        session.execute(update(Delivery).where(Delivery.participant_id.in_(people)).values(state=state))
        session.commit()


def again(world: World, wave: int) -> Resent:
    with world.session() as session:
        return resend_to_refused(session, wave, now=world.clock(), actor="test")


def test_all_who_were_refused_get_it_again_and_nobody_else(world: World, wave: int, relay: ScriptedRelay) -> None:
    send(world)
    lose(world, "refused", 1, 2, 3)
    lose(world, "bounced", 4)
    world.clock.pass_time(hours=1)
    first = len(relay.received)
    assert again(world, wave) == Resent(sent=3, left_out=0)
    send(world)
    assert sorted(relay.recipients[first:]) == sorted(f"mentor.{number}@example.com" for number in range(3))


def test_who_had_one_within_the_hour_is_left_out(world: World, wave: int, relay: ScriptedRelay) -> None:
    send(world)
    lose(world, "refused", 1, 2)
    assert again(world, wave) == Resent(sent=0, left_out=2)
    world.clock.pass_time(hours=1)
    assert again(world, wave) == Resent(sent=2, left_out=0)
    assert again(world, wave) == Resent(sent=0, left_out=2)


def test_nothing_is_sent_again_when_the_wave_is_over(world: World, wave: int) -> None:
    send(world)
    lose(world, "refused", 1)
    world.close(wave)
    with pytest.raises(WaveNotReady):
        again(world, wave)
