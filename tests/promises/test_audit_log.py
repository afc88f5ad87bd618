"""Whoever changes what the log says of the past is found out, as far as a chain of digests can find it out."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from feedback.domain.log_chain import ChainVerdict, Head, LoggedAct, next_digest
from feedback.services.audit_log.check_log import check_log
from feedback.services.audit_log.keep_log import chain_log
from feedback.storage.audit_log import LogEntry, note
from feedback.storage.audit_log_chain import ChainedEntry, as_covered, head_of
from tests.world import START, World

ACTS = ("planned", "opened", "read the comments", "stopped accepting", "released the comments", "renamed")


@pytest.fixture
def logged(world: World) -> World:
    world.programme(0, 0)
    with world.session() as session:
        session.execute(text("DELETE FROM audit_log"))
        for number, act in enumerate(ACTS):
            note(session, world.clock() + timedelta(minutes=number), f"staff {number % 2 + 1}", act, "programme 1")
            session.flush()
        session.commit()
        chain_log(session)
    return world


def verdict(world: World, kept: Head | None = None) -> ChainVerdict:
    with world.session() as session:
        return check_log(session, now=world.clock(), kept=kept).verdict


def head(world: World) -> Head:
    with world.session() as session:
        found = head_of(session)
    assert found is not None
    return found


def entry_at(world: World, position: int) -> int:
    with world.session() as session:
        query = text("SELECT entry_id FROM audit_log_chain WHERE position = :position")
        return int(session.execute(query, {"position": position}).scalar_one())


def write(world: World, *statements: str, **values: object) -> None:
    with world.session() as session:
        for statement in statements:
            session.execute(text(statement), {name: one for name, one in values.items() if f":{name}" in statement})
        session.commit()


def rewrite_chain(world: World, from_position: int = 1) -> None:
    """What somebody does who can write to the database and knows how the chain is made."""
    with world.session() as session:
        digest = bytes(32)
        for link in session.query(ChainedEntry).order_by(ChainedEntry.position).all():
            entry = session.get(LogEntry, link.entry_id)
            if link.position >= from_position and entry is not None:
                link.made_at, link.content = entry.at, as_covered(entry).content
                link.digest = next_digest(digest, link.made_at, link.content)
            digest = link.digest
        session.commit()


def test_a_log_that_nobody_touched_is_whole(logged: World) -> None:
    found = verdict(logged, head(logged))
    assert (found.is_whole, found.present, found.head) == (True, len(ACTS), head(logged))


@pytest.mark.parametrize(
    "change", ["act = 'looked'", "actor = 'staff 9'", "subject = 'programme 2'", "organisation_id = 2", "id = 999"]
)
def test_an_altered_entry_is_found(logged: World, change: str) -> None:
    write(logged, f"UPDATE audit_log SET {change} WHERE id = :entry", entry=entry_at(logged, 3))
    assert verdict(logged).wrong_at == 3


def test_an_entry_that_was_moved_in_time_is_found(logged: World) -> None:
    with logged.session() as session:
        entry = session.get(LogEntry, entry_at(logged, 3))
        assert entry is not None
        entry.at += timedelta(seconds=1)
        session.commit()
    assert verdict(logged).wrong_at == 3


def test_two_entries_that_were_swapped_are_found(logged: World) -> None:
    first, second = entry_at(logged, 2), entry_at(logged, 4)
    write(
        logged,
        "UPDATE audit_log SET id = 999 WHERE id = :first",
        "UPDATE audit_log SET id = :first WHERE id = :second",
        "UPDATE audit_log SET id = :second WHERE id = 999",
        first=first,
        second=second,
    )
    assert verdict(logged).wrong_at == 2


def test_links_that_were_put_in_another_order_are_found(logged: World) -> None:
    write(
        logged,
        "UPDATE audit_log_chain SET position = 999 WHERE position = 2",
        "UPDATE audit_log_chain SET position = 2 WHERE position = 3",
        "UPDATE audit_log_chain SET position = 3 WHERE position = 999",
    )
    assert verdict(logged).wrong_at == 2


@pytest.mark.parametrize("position", [1, 3, len(ACTS)])
def test_an_entry_that_was_deleted_is_found(logged: World, position: int) -> None:
    write(logged, "DELETE FROM audit_log WHERE id = :entry", entry=entry_at(logged, position))
    assert verdict(logged).wrong_at == position


@pytest.mark.parametrize("position", [1, 3])
def test_an_entry_that_was_deleted_with_its_link_is_found(logged: World, position: int) -> None:
    entry = entry_at(logged, position)
    write(
        logged,
        "DELETE FROM audit_log WHERE id = :entry",
        "DELETE FROM audit_log_chain WHERE entry_id = :entry",
        entry=entry,
    )
    assert verdict(logged).wrong_at == position


def test_an_entry_that_was_put_in_between_is_found(logged: World) -> None:
    made = LoggedAct(999, START, "staff 1", "opened", "programme 1", 1)
    with logged.session() as session:
        session.execute(text("UPDATE audit_log_chain SET position = -position WHERE position > 2"))
        session.execute(text("UPDATE audit_log_chain SET position = 1 - position WHERE position < 0"))
        session.add(LogEntry(**made._asdict()))
        link = {"made_at": made.at, "content": made.content, "digest": bytes(32)}
        session.add(ChainedEntry(entry_id=999, position=3, **link))
        session.commit()
    assert verdict(logged).wrong_at == 3


def cut_off(world: World) -> None:
    last = entry_at(world, len(ACTS))
    write(
        world,
        "DELETE FROM audit_log WHERE id = :last",
        "DELETE FROM audit_log_chain WHERE entry_id = :last",
        last=last,
    )


def alter_and_rewrite(world: World) -> None:
    write(world, "UPDATE audit_log SET act = 'looked' WHERE id = :entry", entry=entry_at(world, 3))
    rewrite_chain(world)


@pytest.mark.parametrize("attack", [cut_off, alter_and_rewrite])
def test_what_is_consistent_again_shows_only_against_a_head_that_somebody_kept(
    logged: World, attack: Callable[[World], None]
) -> None:
    kept = head(logged)
    attack(logged)
    assert verdict(logged).is_whole
    assert verdict(logged, kept).wrong_at == len(ACTS)


def test_nobody_hides_what_is_young_by_saying_that_it_was_forgotten(logged: World) -> None:
    logged.clock.pass_time(days=300)
    write(logged, "DELETE FROM audit_log WHERE id <= :entry", entry=entry_at(logged, 3))
    for at in (logged.clock(), logged.clock() + timedelta(days=4000), logged.clock() - timedelta(days=4000)):
        with logged.session() as session:
            note(session, at, "service", "forgot entries up to position 3", "audit log")
            session.commit()
            chain_log(session)
        assert verdict(logged).wrong_at == 1


def test_only_the_service_says_that_entries_were_forgotten(logged: World) -> None:
    logged.clock.pass_time(days=2000)
    write(logged, "DELETE FROM audit_log WHERE id <= :entry", entry=entry_at(logged, 3))
    for actor, subject in (("staff 1", "audit log"), ("service", "programme 1")):
        with logged.session() as session:
            note(session, logged.clock(), actor, "forgot entries up to position 3", subject)
            session.commit()
            chain_log(session)
        assert verdict(logged).wrong_at == 1
    with logged.session() as session:
        note(session, logged.clock(), "service", "forgot entries up to position 3", "audit log")
        session.commit()
        chain_log(session)
    assert verdict(logged).is_whole
