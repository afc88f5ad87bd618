"""Correcting an address: one person, one mailbox, the same link, and no address in the audit log."""

import pytest
from sqlalchemy import select

from feedback.domain.errors import AddressRefused, NotFound
from feedback.services.roster.correct_address import correct_address
from feedback.services.roster.import_roster import import_roster
from feedback.services.roster.leave_programme import leave_programme
from feedback.storage.audit_log import LogEntry
from feedback.storage.people import Participant
from tests.databases import ON_SQLITE
from tests.world import World

ROSTER = b"""name,email,role
Ana,ana@example.com,mentor
Ben,ben@example.com,mentee
Cem,cem@example.com,mentor
Cem,zem@example.com,mentee
"""


@pytest.fixture
def programme(world: World) -> int:
    programme = world.programme(0, 0)
    with world.session() as session:
        import_roster(session, world.keys, programme, ROSTER, now=world.clock(), actor="test")
    return programme


def correct(world: World, programme: int, old: str, new: str) -> None:
    with world.session() as session:
        correct_address(session, programme, old, new, now=world.clock(), actor="test")


def addresses(world: World) -> list[str]:
    with world.session() as session:
        return list(session.scalars(select(Participant.email).order_by(Participant.id)))


def test_the_address_is_corrected_and_the_person_stays_the_same(world: World, programme: int) -> None:
    correct(world, programme, "ANA@example.com ", " Ana.Maria@Example.com")
    assert addresses(world)[0] == "ana.maria@example.com"
    assert len(addresses(world)) == 4


@pytest.mark.parametrize("old", ["nobody@example.com", ""])
def test_an_unknown_address_is_not_found(world: World, programme: int, old: str) -> None:
    with pytest.raises(NotFound):
        correct(world, programme, old, "new@example.com")


@ON_SQLITE
@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("ben@example.com", "Somebody else"),
        ("ben+ana@example.com", "Somebody else"),
        ("aná@example.com", "has “á” before its @"),
        ("ana@example.com", "already"),
        ("no address", "cannot be used"),
    ],
)
def test_an_address_that_cannot_be_hers_is_refused(world: World, programme: int, new: str, why: str) -> None:
    before = addresses(world)
    with pytest.raises(AddressRefused, match=why):
        correct(world, programme, "ana@example.com", new)
    assert addresses(world) == before


def test_the_address_of_somebody_who_has_left_is_refused(world: World, programme: int) -> None:
    with world.session() as session:
        leave_programme(session, programme, "ben@example.com", now=world.clock(), actor="test")
    with pytest.raises(AddressRefused, match="before leaving"):
        correct(world, programme, "ana@example.com", "ben@example.com")


def test_a_tag_behind_the_own_name_is_nobody_elses(world: World, programme: int) -> None:
    correct(world, programme, "ana@example.com", "ana+work@example.com")
    assert addresses(world)[0] == "ana+work@example.com"


def test_one_person_in_two_roles_gets_one_mailbox(world: World, programme: int) -> None:
    correct(world, programme, "zem@example.com", "cem@example.com")
    assert addresses(world).count("cem@example.com") == 2


def test_the_audit_log_tells_of_it_without_an_address(world: World, programme: int) -> None:
    correct(world, programme, "ana@example.com", "new@example.com")
    with world.session() as session:
        entries = session.scalars(select(LogEntry)).all()
    assert entries[-1].act == "corrected an address"
    assert not [entry for entry in entries if "@" in entry.act + entry.subject + entry.actor]
