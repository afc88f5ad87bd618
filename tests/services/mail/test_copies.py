"""A relay that takes each mail and falls silent over it does not get it for ever, and nobody is forgotten."""

from collections import Counter

import pytest
from sqlalchemy import select

from feedback.domain.errors import MailRefused
from feedback.domain.waves.states import WaveState
from feedback.storage.deliveries import MOST_UNANSWERED, Delivery, DeliveryState, fence_unsent, mark_bounced
from feedback.storage.ledger import open_ledger
from feedback.storage.people import people_by_id
from feedback.worker.due import Chore, Due, do
from feedback.worker.worker import worker_context
from tests.kept import small_wave
from tests.promises.visits import engine_of
from tests.services.mail import test_tell_of_endings as endings
from tests.services.mail import test_tell_staff as letters
from tests.services.mail.relays import ScriptedRelay
from tests.services.mail.test_send_mail import EVERYBODY, MENTOR, OTHER, ledger
from tests.services.mail.test_tell_of_endings import ADA, COB, ended  # noqa: F401  # a fixture
from tests.world import World

FOR_EVER = 100


@pytest.fixture
def smtp_port(relay: ScriptedRelay) -> int:
    return relay.port


@pytest.fixture
def wave(world: World) -> int:
    return small_wave(world)


def send_for_hours(world: World, hours: int = 12) -> None:
    for _hour in range(hours):
        world.send_mails()
        world.clock.pass_time(hours=1)


def test_nobody_gets_more_than_three_copies_of_a_mail(world: World, wave: int, relay: ScriptedRelay) -> None:
    for address in EVERYBODY:
        relay.hangs_up_on(address, FOR_EVER)
    send_for_hours(world)
    assert Counter(relay.recipients) == dict.fromkeys(EVERYBODY, MOST_UNANSWERED)
    assert ledger(world) == dict.fromkeys(EVERYBODY, DeliveryState.UNCERTAIN)
    assert len({mail["Message-ID"] for _to, mail in relay.received}) == len(EVERYBODY)


def test_a_mail_that_is_answered_in_the_end_was_accepted(world: World, wave: int, relay: ScriptedRelay) -> None:
    relay.hangs_up_on(OTHER, MOST_UNANSWERED - 1)
    send_for_hours(world)
    assert ledger(world) == dict.fromkeys(EVERYBODY, DeliveryState.ACCEPTED)
    assert Counter(relay.recipients)[OTHER] == MOST_UNANSWERED


def test_what_a_relay_certainly_did_not_take_is_no_copy(world: World, wave: int, relay: ScriptedRelay) -> None:
    relay.says(MENTOR, *["451 later"] * 5, *["421 going away"] * 3)
    send_for_hours(world)
    assert ledger(world)[MENTOR] == DeliveryState.ACCEPTED
    assert Counter(relay.recipients)[MENTOR] == 1


def test_workers_that_die_over_a_mail_again_and_again_are_no_reason_to_send_it_for_ever(
    world: World, wave: int, relay: ScriptedRelay
) -> None:
    for life in range(MOST_UNANSWERED):
        fence = bytes([life])
        with world.session() as session:
            first = fence_unsent(session, 1, fence)[0]
            number, email = first.id, people_by_id(session, [first.participant_id])[first.participant_id].email
            session.commit()
        with open_ledger(engine_of(world), fence) as dies:
            assert dies.begin(number, WaveState.OPEN, to=email)
    world.send_mails()
    assert Counter(ledger(world).values()) == {DeliveryState.ACCEPTED: 5, DeliveryState.UNCERTAIN: 1}


def test_a_mail_of_which_nothing_is_known_can_still_come_back(world: World, wave: int, relay: ScriptedRelay) -> None:
    relay.hangs_up_on(OTHER, FOR_EVER)
    send_for_hours(world)
    with world.session() as session:
        uncertain = session.scalars(select(Delivery.id).where(Delivery.state == DeliveryState.UNCERTAIN)).one()
        assert mark_bounced(session, uncertain)
        session.commit()
    assert ledger(world)[OTHER] == DeliveryState.BOUNCED


def test_staff_get_a_mail_twice_at_most(world: World, relay: ScriptedRelay) -> None:
    letters.closed_wave(world)
    relay.hangs_up_on(letters.REVIEWER.email, FOR_EVER)
    for _try in range(3):
        letters.tell(world)
        world.clock.pass_time(minutes=5)
    names = [mail["Message-ID"] for _to, mail in relay.received]
    assert len(names) == 2
    assert len(set(names)) == 1
    assert letters.waiting(world) == []


def test_who_was_told_of_an_end_is_not_told_again_because_another_one_has_to_wait(
    ended: World,  # noqa: F811
    relay: ScriptedRelay,
) -> None:
    relay.says(COB, *["451 later"] * 3)
    for _try in range(3):
        with pytest.raises(MailRefused):
            do(Due(Chore.TELL_OF_END, 1), worker_context(ended.app))
        ended.clock.pass_time(minutes=5)
    endings.tell(ended)
    assert endings.told(relay) == sorted([ADA, COB, endings.ANA])
