"""Held reports, rosters that wait, people out of reach: each real deed tells other systems ids and states alone."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from feedback.domain.waves.states import WaveState
from feedback.services.programmes.set_organisation import set_approval
from feedback.services.roster.import_roster import import_roster
from feedback.storage.deliveries import Delivery, DeliveryState
from feedback.storage.waves import wave_by_id
from tests.hooks import Receiver, add, receiver, send
from tests.promises.test_held import held_wave
from tests.world import World, roster_csv


@pytest.fixture
def found() -> Iterator[Receiver]:
    with receiver() as one:
        yield one


def told(found: Receiver) -> list[tuple[str, dict[str, object]]]:
    """The type and the data of each message; nothing else is in one but its moment."""
    messages = [json.loads(body) for _headers, body in found.came]
    assert {key for message in messages for key in message} <= {"type", "timestamp", "data"}
    return [(message["type"], message["data"]) for message in messages]


def about(world: World, wave: int, state: WaveState) -> dict[str, object]:
    with world.session() as session:
        programme = wave_by_id(session, wave).programme_id
    return {"organisation": 1, "programme": programme, "wave": wave, "state": state}


def test_a_report_that_the_last_check_keeps_back_is_told_as_held(world: World, found: Receiver) -> None:
    add(world, found)
    wave = held_wave(world)
    world.clock.pass_time(minutes=15)
    send(world, found)
    assert told(found)[-1] == ("report.held", about(world, wave, WaveState.HELD))
    assert "report.published" not in dict(told(found))


def test_a_roster_that_waits_for_approval_is_told_once(world: World, found: Receiver) -> None:
    programme = world.programme(0, 0)
    add(world, found)
    with world.session() as session:
        set_approval(session, "Example Organisation", approves_rosters=True, now=world.clock(), actor="test")
    for size in (6, 7):
        with world.session() as session:
            import_roster(
                session, world.keys, programme, roster_csv(size, size), now=world.clock(), actor=f"staff {size}"
            )
    send(world, found)
    data = {"organisation": 1, "programme": programme, "wave": None, "state": None}
    assert told(found) == [("roster.approval_wanted", data)]


def test_people_whom_no_email_reaches_are_told_at_the_daily_look_and_not_by_name(world: World, found: Receiver) -> None:
    add(world, found)
    wave = world.open_new_wave()
    world.do_what_is_due()
    with world.session() as session:
        lost = select(Delivery.id).where(Delivery.wave_id == wave).order_by(Delivery.id).limit(2)
        session.execute(update(Delivery).where(Delivery.id.in_(lost)).values(state=DeliveryState.BOUNCED))
        session.commit()
    world.clock.pass_time(hours=4)
    world.do_what_is_due()
    # Its own worker may not call a receiver on this machine, and has put off what it tried.
    world.clock.pass_time(hours=1)
    send(world, found)
    assert dict(told(found))["people.not_reached"] == about(world, wave, WaveState.OPEN)
