"""Promise: nothing is lost and nothing is half done, wherever the service is killed.

Opening, sending, submitting, closing, releasing comments and deleting names each die by SIGKILL before their first
statement and around every commit (`make test` takes every third of these points), on a fresh copy of the databases each
time; then the worker goes on as it would after a restart.
"""

from collections import Counter
from contextlib import AbstractContextManager
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from feedback.demo.mailbox import Mailbox
from feedback.domain.errors import KeysMissing
from feedback.domain.waves.states import WaveState
from feedback.storage.comment_releases import CommentRelease
from feedback.storage.comments import StoredComment
from feedback.storage.deliveries import Batch, Delivery, DeliveryState
from feedback.storage.people import Participant
from feedback.storage.responses import count_responses
from feedback.storage.support import SupportDesk
from tests.answering import respond
from tests.databases import Pair, PostgresServer, SqliteServer, first_of
from tests.ending import end, known
from tests.killing import Deed, points, run, world_on
from tests.promises.closing import blobs, document_of, how_many, newly_answered_wave, rows_left, spread, state_of
from tests.promises.evidence import Needles, found, stored_bytes
from tests.reviewing import newly_reviewed_wave, release, review_of
from tests.world import START, World

KILLED = -9
PEOPLE = 27


class Stage:
    """Prepares a deed once, and sweeps its points, each on a copy of what was prepared."""

    def __init__(
        self, server, environment: dict[str, str], mailbox: Mailbox, kind: str, folder: Path, step: int
    ) -> None:
        self._server, self._environment, self._mailbox, self._kind = server, environment, mailbox, kind
        self._step = step
        self._trace = folder / "trace.json"
        self._sent_before: set[int] = set()

    def sweep(self, name: str, prepare, check, undisturbed=lambda _world, _subject: None) -> int:
        """Kill the deed at each of its points, or some of them, and let `check` look; how many points there were.

        `undisturbed` looks where nothing was killed.
        """
        with self._server.pair() as prepared, self._world(prepared) as (world, _reach):
            subject, now = prepare(world), world.clock()
            with self._server.copy_of(prepared) as pair, self._world(pair, now) as (world, reach):
                found = points(Deed(name, str(subject), reach, now), self._trace)
                undisturbed(world, subject)
            for point in found[:: self._step]:
                self._sent_before = set(self._mailbox.serials())
                with self._server.copy_of(prepared) as pair, self._world(pair, now) as (world, reach):
                    assert run(Deed(name, str(subject), reach, now), self._trace, kill_at=point) == KILLED
                    check(world, subject)
        return len(found)

    def _world(self, pair: Pair, now: datetime = START) -> AbstractContextManager[tuple[World, dict[str, str]]]:
        return world_on(pair, self._environment, self._mailbox, self._kind, now)

    def mails(self) -> list[EmailMessage]:
        """What was sent since the deed began that was killed last."""
        return [self._mailbox.read(serial) for serial in self._mailbox.serials() if serial not in self._sent_before]


@pytest.fixture(params=first_of(1, [6, 1]), ids=["at some points", "at each"])
def step(request: pytest.FixtureRequest) -> int:
    """How many points the next one killed at is away."""
    return int(request.param)


@pytest.fixture
def stage(
    server: SqliteServer | PostgresServer,
    environment: dict[str, str],
    mailbox: Mailbox,
    kind: str,
    tmp_path: Path,
    step: int,
) -> Stage:
    return Stage(server, environment, mailbox, kind, tmp_path, step)


def planned(world: World) -> int:
    return world.planned_wave(world.programme())


def test_an_opening_that_is_killed_opens_once_and_for_everybody(stage: Stage) -> None:
    def check(world: World, wave: int) -> None:
        if state_of(world, wave) != WaveState.OPEN:
            assert rows_left(world, wave) == (0, 0)
            assert how_many(world, Delivery.wave_id == wave) == 0
            world.open(wave)
        assert rows_left(world, wave) == (0, PEOPLE)
        assert how_many(world, Delivery.wave_id == wave) == PEOPLE
        assert all(world.client().get(f"/s/{link}").status_code == 200 for link in world.links(wave)[:3])

    assert stage.sweep("open", planned, check) > 5


def queued(world: World) -> int:
    wave = world.open_new_wave(mentors=3, mentees=2)
    with world.session() as session:
        return session.scalars(select(Batch.id).where(Batch.wave_id == wave)).one()


def test_a_sending_that_is_killed_loses_no_mail_and_doubles_the_one_in_flight(stage: Stage) -> None:
    def check(world: World, batch: int) -> None:
        world.clock.pass_time(hours=2)
        world.do_what_is_due()
        names = Counter(str(mail["Message-ID"]) for mail in stage.mails())
        accepted = how_many(world, Delivery.batch_id == batch, Delivery.state == DeliveryState.ACCEPTED)
        assert (accepted, len(names)) == (5, 5)
        assert sum(names.values()) <= 6

    assert stage.sweep("send", queued, check) > 5


def linked(world: World) -> str:
    return world.links(world.open_new_wave())[0]


def test_a_submission_that_is_killed_is_stored_whole_or_not_at_all(stage: Stage) -> None:
    def check(world: World, link: str) -> None:
        with world.session() as session:
            assert count_responses(session, 1) in {0, 1}
        respond(world, [link])
        respond(world, spread(world, 1, 20)[1:])
        world.close(1)
        assert len(counted_receipts(world)) == 20

    assert stage.sweep("submit", linked, check) >= 2


def counted_receipts(world: World) -> list[str]:
    return list(document_of(world, 1).receipts)


def due_to_close(world: World) -> int:
    wave = newly_answered_wave(world)
    world.clock.pass_time(days=15)
    return wave


def test_a_close_that_is_killed_ends_in_the_same_report_once_and_leaves_nothing_sealed(stage: Stage) -> None:
    marks: list[bytes] = []
    hashes: list[str] = []

    def prepare(world: World) -> int:
        wave = due_to_close(world)
        marks.extend(sealed_to_the_wave(world, wave))
        return wave

    def look(world: World, wave: int) -> None:
        hashes.append(document_of(world, wave).statement_hash)

    def check(world: World, wave: int) -> None:
        world.do_what_is_due()
        assert [document_of(world, wave).statement_hash] == hashes
        assert rows_left(world, wave) == (0, 0)
        assert world.keys.purposes_held() == kept_for_comments(world, wave)
        assert state_of(world, wave) == WaveState.CLOSED
        if world.kind == "sqlite":
            assert files_that_hold(world, marks) == []

    assert stage.sweep("close", prepare, check, undisturbed=look) > 5


def kept_for_comments(world: World, wave: int) -> dict[int, set[str]]:
    return {wave: {"comment"}} if how_many(world, StoredComment.wave_id == wave) else {}


def sealed_to_the_wave(world: World, wave: int) -> list[bytes]:
    """What of each answer, and which keys, no file may hold after the close."""
    marks = [mark[:32] for key, sealed in blobs(world, wave) for mark in (key, sealed[20:])]
    return [*marks, world.keys.link_key(wave), world.keys.response_key(wave).raw]


def files_that_hold(world: World, marks: list[bytes]) -> list[str]:
    assert marks
    return [name for name, raw in stored_bytes(world) if any(mark in raw for mark in marks)]


def sealed_to_the_comment_key(world: World) -> Needles:
    with world.session() as session:
        rows = session.execute(select(StoredComment.id, StoredComment.sealed)).all()
    marks = [mark for number, sealed in rows for mark in (number, sealed[20:60], sealed[-40:])]
    return {f"mark {number}": mark for number, mark in enumerate(marks)}


def everything(world: World) -> bytes:
    return b"".join(raw for _name, raw in stored_bytes(world))


def test_a_release_that_is_killed_is_whole_and_ends_with_the_key_destroyed(stage: Stage) -> None:
    marks: Needles = {}

    def prepare(world: World) -> int:
        wave = newly_reviewed_wave(world)
        marks.update(sealed_to_the_comment_key(world))
        assert found(marks, everything(world))
        return wave

    def check(world: World, wave: int) -> None:
        if how_many(world, CommentRelease.wave_id == wave) == 0:
            assert review_of(world, wave).is_finished
            release(world, wave)
        assert how_many(world, StoredComment.wave_id == wave) == 0
        world.do_what_is_due()
        assert world.keys.purposes_held() == {}
        assert found(marks, everything(world)) == []

    assert stage.sweep("release", prepare, check) > 4


def ended(world: World) -> int:
    """A programme that has ended and whose names are deleted now."""
    wave = world.open_new_wave(8, 7)
    respond(world, world.links(wave))
    world.close(wave)
    world.clock.pass_time(days=70)
    world.do_what_is_due()
    end(world, 1, days=1)
    world.do_what_is_due()
    world.clock.pass_time(days=1, hours=15)
    return 1


def test_a_deletion_of_names_that_is_killed_is_finished(stage: Stage) -> None:
    marks: list[bytes] = []

    def prepare(world: World) -> int:
        programme = ended(world)
        marks[:] = [b"mentor.0@example.com", b"Mentee Number 6", world.keys.opt_out_key(programme)]
        return programme

    def check(world: World, programme: int) -> None:
        for _tick in range(2):
            world.do_what_is_due()
        assert known(world, programme).rewritten_at is not None
        with world.session() as session:
            assert session.scalar(select(Participant.id).limit(1)) is None
            assert session.scalar(select(SupportDesk.programme_id).limit(1)) is None
        for key in (world.keys.opt_out_key, world.keys.support_key):
            with pytest.raises(KeysMissing):
                key(programme)
        if world.kind == "sqlite":
            assert files_that_hold(world, marks) == []

    assert stage.sweep("purge", prepare, check) > 5
