"""Promise: no web hook tells whether or when somebody answered. What is noted for them follows from the calendar."""

from datetime import datetime, timedelta

import pytest

from feedback.domain.hooks import HookEvent
from feedback.domain.waves.states import MomentKind
from feedback.services.waves.close_wave import begin_closing, finish_closing
from feedback.services.waves.look_at_wave import look_at_wave
from feedback.storage.waves import moments_of
from tests.answering import respond
from tests.databases import IN_TURN
from tests.hooks import Receiver, add, messages
from tests.promises.closing import spread
from tests.world import START, World

CLOSES_AT = START + timedelta(days=14)


def look(world: World, wave: int) -> datetime:
    with world.session() as session:
        [moment] = [one for one in moments_of(session, wave) if one.kind == MomentKind.LOOK]
        number, world.clock.now = moment.id, moment.due_at
        session.rollback()
        look_at_wave(session, number, now=world.clock())
    return world.clock()


@IN_TURN
@pytest.mark.parametrize("answers", [0, 4, 12])
def test_what_is_noted_is_the_same_whoever_answers(world: World, answers: int) -> None:
    programme = world.programme()
    hook, _secret = add(world, Receiver(port=9))
    wave = world.open(world.planned_wave(programme))
    links = spread(world, wave, answers)
    respond(world, links[: answers // 2])
    looked_at = look(world, wave)
    respond(world, links[answers // 2 :])
    with world.session() as session:
        world.clock.now = CLOSES_AT
        begin_closing(session, wave, now=CLOSES_AT, actor="test")
        # The more have answered, the longer it takes.
        finish_closing(session, world.keys, wave, now=CLOSES_AT + timedelta(seconds=10 * answers))
    ends_at = CLOSES_AT + timedelta(minutes=15)
    told = [
        (HookEvent.OPENED, START),
        (HookEvent.LOOKED_AT, looked_at),
        (HookEvent.STOPPED, CLOSES_AT),
        (HookEvent.PUBLISHED, ends_at),
    ]
    assert [tuple(vars_of(one)) for one in messages(world)] == [
        (number, hook, 36, event, programme, wave, at, at, None, 0, None, False)
        for number, (event, at) in enumerate(told, 1)
    ]


def vars_of(one: object) -> list[object]:
    """All that a row holds; of what is drawn at random the length."""
    values = {column.key: getattr(one, column.key) for column in type(one).__table__.columns}
    return list((values | {"message_id": len(values["message_id"])}).values())
