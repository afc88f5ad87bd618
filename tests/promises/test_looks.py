"""While a wave is open staff learn one coarse word, once; only "too few" lets them wait longer, once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback.domain.errors import WaveNotReady
from feedback.domain.waves.states import Band, MomentKind
from feedback.services.waves.extend_wave import extend_wave
from feedback.services.waves.look_at_wave import look_at_wave
from feedback.storage.audit_log import LogEntry
from feedback.storage.waves import Moment, Wave, moments_of, wave_by_id
from tests.answering import respond
from tests.world import World

OWN = {"id", "wave_id", "programme_id", "subject"}
KEYS = {"response_key_id", "response_public_key", "comment_key_id", "comment_public_key", "terms_seal"}


def looked_at(world: World, responses: int) -> int:
    """A wave at its half, at which the look has just been taken."""
    wave = world.open_wave()
    respond(world, world.links(wave)[:responses])
    world.clock.pass_time(days=7)
    world.do_what_is_due()
    return wave


def band_of(world: World, wave: int) -> str | None:
    with world.session() as session:
        (look,) = (moment for moment in moments_of(session, wave) if moment.kind == MomentKind.LOOK)
        return look.band


def extend(world: World, wave: int, days: int = 7) -> None:
    with world.session() as session:
        later = wave_by_id(session, wave).closes_at + timedelta(days=days)
        session.rollback()
        extend_wave(session, wave, later, now=world.clock(), actor="test")


def everything_said_of(world: World, wave: int) -> list[dict[str, object]]:
    """All that the wave, its calendar and the audit log hold, but for numbers that name things and keys."""
    with world.session() as session:
        rows = [session.get_one(Wave, wave)]
        rows += session.scalars(select(Moment).where(Moment.wave_id == wave).order_by(Moment.id))
        rows += session.scalars(select(LogEntry).where(LogEntry.subject == f"wave {wave}").order_by(LogEntry.id))
        return [
            {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key not in OWN | KEYS}
            for row in rows
        ]


@pytest.mark.parametrize(("responses", "band"), [(4, Band.FEWER_THAN_K), (5, Band.K_OR_MORE), (27, Band.K_OR_MORE)])
def test_a_look_shows_a_band(world: World, responses: int, band: Band) -> None:
    assert band_of(world, looked_at(world, responses)) == band


def test_a_look_keeps_no_number(world: World) -> None:
    few, many = world.open_wave(), world.open_wave()
    respond(world, world.links(few)[:6])
    respond(world, world.links(many)[:20])
    world.clock.pass_time(days=7)
    world.do_what_is_due()
    assert everything_said_of(world, few) == everything_said_of(world, many)


def test_a_look_is_taken_once(world: World) -> None:
    wave = looked_at(world, 4)
    respond(world, world.links(wave)[4:20])
    world.do_what_is_due()
    assert band_of(world, wave) == Band.FEWER_THAN_K


def test_a_look_that_is_asked_for_twice_stays_as_it_was(world: World) -> None:
    wave = looked_at(world, 4)
    respond(world, world.links(wave)[4:20])
    with world.session() as session:
        look_at_wave(session, 1, now=world.clock())
    assert band_of(world, wave) == Band.FEWER_THAN_K


def test_a_look_that_was_missed_is_not_taken_after_the_close(world: World) -> None:
    wave = world.open_wave()
    respond(world, world.links(wave)[:6])
    world.close(wave)
    world.do_what_is_due()
    assert band_of(world, wave) is None


def test_a_wave_that_too_few_have_answered_can_be_extended(world: World) -> None:
    wave = looked_at(world, 4)
    with world.session() as session:
        before = wave_by_id(session, wave).closes_at
    extend(world, wave)
    with world.session() as session:
        assert wave_by_id(session, wave).closes_at == before + timedelta(days=7)


def test_a_wave_is_extended_once_at_most(world: World) -> None:
    wave = looked_at(world, 4)
    extend(world, wave)
    with pytest.raises(WaveNotReady, match="once at most"):
        extend(world, wave)


def test_a_wave_that_enough_have_answered_is_not_extended(world: World) -> None:
    wave = looked_at(world, 5)
    with pytest.raises(WaveNotReady, match="only after a look"):
        extend(world, wave)


def test_a_wave_is_not_extended_before_the_look(world: World) -> None:
    wave = world.open_wave()
    with pytest.raises(WaveNotReady, match="only after a look"):
        extend(world, wave)


@pytest.mark.parametrize("days", [0, -1])
def test_the_close_never_moves_earlier(world: World, days: int) -> None:
    wave = looked_at(world, 4)
    with pytest.raises(WaveNotReady, match="never moves earlier"):
        extend(world, wave, days)


def test_an_extended_wave_takes_answers_until_its_new_close(world: World) -> None:
    wave = looked_at(world, 4)
    link = world.links(wave)[20]
    extend(world, wave)
    world.clock.pass_time(days=8)
    world.do_what_is_due()
    assert world.answer(link).status_code == 200
