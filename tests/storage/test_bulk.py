"""More people than a statement has parameters are found as few are."""

import pytest
from sqlalchemy.orm import Session

from feedback.domain.links import OptOutDigest, opt_out_digest, opt_out_token
from feedback.services.waves.dry_run import dry_run_wave
from feedback.storage.bulk import insert_rows
from feedback.storage.opt_outs import add_opt_outs, set_wish, unwilling
from feedback.storage.people import Participant, invitees, mark_left, names_of, people_by_id
from tests.databases import LARGE
from tests.world import START, World

# So many rows would be in the way of other tests, deleted too.
pytestmark = pytest.mark.own_databases


@pytest.fixture
def people(kind: str) -> int:
    """More than PostgreSQL takes parameters, 65,535, and more than one part on SQLite."""
    return {"postgresql": 70_000, "sqlite": 2_000}[kind]


def enrolled(session: Session, people: int) -> list[int]:
    """The ids of as many people, whose names are in their order."""
    columns = ("programme_id", "name", "email", "role", "cohort", "language", "has_left")
    names = (f"Person {number:05}" for number in range(people))
    insert_rows(
        session,
        Participant,
        columns,
        ((1, name, f"{name[-5:]}@example.com", "mentor", "", "en", False) for name in names),
    )
    return [one.participant_id for one in invitees(session, 1)]


def opted_out(world: World, session: Session, ids: list[int]) -> list[OptOutDigest]:
    key = world.keys.opt_out_key(1)
    digests = [opt_out_digest(opt_out_token(key, number)) for number in ids]
    add_opt_outs(session, 1, digests)
    for digest in (digests[0], digests[-1]):
        set_wish(session, digest, wants_no_mail=True)
    return digests


@LARGE
def test_a_dry_run_and_wishes_for_no_mail_reach_very_many(world: World, people: int) -> None:
    wave = world.planned_wave(world.programme(mentors=0, mentees=0))
    with world.session() as session:
        digests = opted_out(world, session, enrolled(session, people))
        session.commit()
        assert len(unwilling(session, digests)) == 2
        session.commit()
        assert dry_run_wave(session, wave, now=START).reached == people


def test_very_many_people_are_found_by_number_and_marked(world: World, people: int) -> None:
    world.programme(mentors=0, mentees=0)
    with world.session() as session:
        ids = enrolled(session, people)
        assert names_of(session, reversed(ids)) == [f"Person {number:05}" for number in range(people)]
        assert list(people_by_id(session, reversed(ids))) == ids
        mark_left(session, ids[1:])
        assert [one.participant_id for one in invitees(session, 1)] == ids[:1]


def test_nobody_is_found_among_none(world: World) -> None:
    world.programme()
    with world.session() as session:
        assert (names_of(session, []), people_by_id(session, [])) == ([], {})
