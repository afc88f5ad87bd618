"""Promise: where a second person must approve the roster, nobody alone can enrol invented people and open a wave.

One coordinator tries every way that staff have: importing, approving, letting a colleague touch the roster, changing
it after the approval, letting the worker open it.
"""

import pytest

from feedback.domain.errors import RosterNotApproved
from feedback.services.roster.correct_address import correct_address
from feedback.services.roster.import_roster import import_roster
from feedback.services.waves.show_wave import show_wave
from tests.services.roster.test_approve_roster import approve, enrol, programme, scheduled, sheet, staff
from tests.world import World

__all__ = ["programme"]
PUPPETS = b"name,email,role\n" + b"\n".join(b"Puppet %d,p%d@example.com,mentor" % (n, n) for n in range(9))


@pytest.fixture
def attacker(world: World, programme: int) -> int:
    return staff(world, "Mallory")


@pytest.fixture
def colleague(world: World, programme: int, attacker: int) -> int:
    return staff(world, "Bo")


def add_puppets(world: World, programme: int, by: int) -> None:
    with world.session() as session:
        import_roster(session, world.keys, programme, PUPPETS, now=world.clock(), actor=f"staff {by}")


def assert_stays_shut(world: World, programme: int) -> None:
    wave = scheduled(world, programme)
    world.clock.pass_time(hours=2)
    world.do_what_is_due()
    with pytest.raises(RosterNotApproved):
        world.open(wave)
    with world.session() as session:
        assert show_wave(session, wave, now=world.clock()).invited is None


def test_one_person_alone_cannot_enrol_and_open(world: World, programme: int, attacker: int) -> None:
    add_puppets(world, programme, attacker)
    with pytest.raises(RosterNotApproved):
        approve(world, programme, attacker)
    assert_stays_shut(world, programme)


def test_puppets_added_after_the_approval_void_it(world: World, programme: int, attacker: int, colleague: int) -> None:
    enrol(world, programme, colleague)
    approve(world, programme, attacker)
    add_puppets(world, programme, attacker)
    with pytest.raises(RosterNotApproved):
        approve(world, programme, attacker)
    assert_stays_shut(world, programme)


def test_a_colleague_who_corrects_something_frees_nobody(
    world: World, programme: int, attacker: int, colleague: int
) -> None:
    add_puppets(world, programme, attacker)
    with world.session() as session:
        old, new = "p0@example.com", "p00@example.com"
        correct_address(session, programme, old, new, now=world.clock(), actor=f"staff {colleague}")
    with pytest.raises(RosterNotApproved):
        approve(world, programme, attacker)
    assert_stays_shut(world, programme)


def test_who_approves_is_shown_every_puppet_by_name(
    world: World, programme: int, attacker: int, colleague: int
) -> None:
    enrol(world, programme, attacker)
    approve(world, programme, colleague)
    add_puppets(world, programme, attacker)
    assert len([name for name in sheet(world, programme).joined if name.startswith("Puppet")]) == 9
    assert sheet(world, programme).changed_by == ("Mallory",)


def test_an_approval_that_was_seen_before_the_puppets_came_does_not_cover_them(
    world: World, programme: int, attacker: int, colleague: int
) -> None:
    enrol(world, programme, attacker)
    seen = sheet(world, programme).digest
    add_puppets(world, programme, attacker)
    with pytest.raises(RosterNotApproved):
        approve(world, programme, colleague, digest=seen)
    assert_stays_shut(world, programme)
