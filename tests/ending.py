"""Programmes that end: how tests bring them about."""

from feedback.domain.staff import StaffRole
from feedback.services.programmes.end_programme import end_programme
from feedback.storage.programme_endings import ProgrammeEnding, known_ending
from feedback.storage.staff import account_at
from tests.web.test_staff_pages import token_for
from tests.world import World


def planner(world: World) -> int:
    """The number of a coordinator's account."""
    token_for(world)
    with world.session() as session:
        found = account_at(session, 1, f"{StaffRole.COORDINATOR}@example.com")
    assert found is not None
    return found.id


def end(world: World, programme: int, days: int = 30) -> None:
    staff_id = planner(world)
    with world.session() as session:
        end_programme(session, programme, days, staff_id=staff_id, now=world.clock())


def known(world: World, programme: int) -> ProgrammeEnding:
    with world.session() as session:
        found = known_ending(session, programme)
    assert found is not None
    return found
