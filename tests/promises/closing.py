"""Waves to be closed in tests, step by step, and what is left of them."""

from collections.abc import Callable, Iterator
from contextlib import suppress

from sqlalchemy import func, select

from feedback.domain.errors import KeysMissing, ScrubUnfinished
from feedback.domain.report.report import Report
from feedback.domain.sealing import Place, PrivateKey
from feedback.domain.survey.questionnaires import Role
from feedback.services.waves.close_wave import begin_closing, finish_closing
from feedback.storage.entitlements import Entitlement
from feedback.storage.reports import StoredReport, report_of
from feedback.storage.responses import StoredResponse
from feedback.storage.waves import wave_by_id
from tests.answering import respond
from tests.kept import kept
from tests.world import World

HOW_MANY = 20
COMMENTS = tuple(f"Comment number {number}" for number in range(6))


class Stopped(Exception):
    """The worker died here."""


def stop_after(step: str) -> Callable[[str], None]:
    def heard(name: str) -> None:
        if name == step:
            raise Stopped

    return heard


def answered_wave(world: World, programme: int | None = None, responses: int = HOW_MANY, **changes: object) -> int:
    """An open wave of 14 mentors and 13 mentees in which some have answered, always the same."""
    if programme or changes:
        return newly_answered_wave(world, programme, responses, **changes)
    return kept(world, f"{responses} have answered", lambda: newly_answered_wave(world, responses=responses))


def newly_answered_wave(
    world: World, programme: int | None = None, responses: int = HOW_MANY, **changes: object
) -> int:
    """The same, for tests that look at what is said meanwhile, or at what it leaves in files."""
    wave = world.open(world.planned_wave(programme or world.programme(), **changes))
    respond(world, spread(world, wave, responses), COMMENTS)
    return wave


def spread(world: World, wave: int, responses: int) -> list[str]:
    mentors, mentees = world.links(wave, Role.MENTOR), world.links(wave, Role.MENTEE)
    return [link for pair in zip(mentors, mentees, strict=False) for link in pair][:responses]


def begin(world: World, wave: int) -> None:
    with world.session() as session:
        world.clock.now = max(world.clock.now, wave_by_id(session, wave).closes_at)
        begin_closing(session, wave, now=world.clock(), actor="test")


def finish(world: World, wave: int, step: Callable[[str], None] = lambda _name: None) -> None:
    with world.session() as session:
        finish_closing(session, world.keys, wave, now=world.clock(), step=step)


def finish_in_a_crowd(world: World, wave: int) -> None:
    """Finish a close while others are at work: the files are then rewritten by a later tick."""
    with suppress(ScrubUnfinished):
        finish(world, wave)


def stored_report(world: World, wave: int) -> StoredReport:
    with world.session() as session:
        found = report_of(session, wave)
        assert found is not None
        return found


def state_of(world: World, wave: int) -> str:
    with world.session() as session:
        return wave_by_id(session, wave).state


def how_many(world: World, *conditions: object) -> int:
    with world.session() as session:
        return session.scalar(select(func.count()).where(*conditions)) or 0


def rows_left(world: World, wave: int) -> tuple[int, int]:
    """How many sealed responses and entitlements of a wave there are."""
    return how_many(world, StoredResponse.wave_id == wave), how_many(world, Entitlement.wave_id == wave)


def blobs(world: World, wave: int) -> list[tuple[bytes, bytes]]:
    with world.session() as session:
        rows = session.scalars(select(StoredResponse).where(StoredResponse.wave_id == wave))
        return [(row.response_key, row.sealed) for row in rows]


def place_of(world: World, wave: int) -> Place:
    with world.session() as session:
        return Place(wave_by_id(session, wave).programme_id, wave)


def keys_left(world: World) -> Iterator[bytes]:
    """Every key that somebody who holds the master key can still unwrap."""
    readers = (world.keys.link_key, world.keys.response_key, world.keys.comment_key, world.keys.opt_out_key)
    for number in range(1, 10):
        for read in readers:
            try:
                found = read(number)
            except KeysMissing:
                continue
            yield found.raw if isinstance(found, PrivateKey) else found


def document_of(world: World, wave: int) -> Report:
    return Report.parse(stored_report(world, wave).document)
