"""An administrator keeps names past their day, says why, and lets them go: on their day, or on the next one."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from feedback.domain.errors import EndRefused
from feedback.services.programmes.end_programme import take_back_end
from feedback.services.programmes.hold_purge import hold_purge, lift_hold
from feedback.services.programmes.show_ending import ending_view
from feedback.storage.audit_log import LogEntry
from feedback.storage.people import Participant
from tests.ending import end, known, planner
from tests.world import World, noted

WHY = "A complaint is being looked into."


def hold(world: World, reason: str = WHY) -> None:
    staff_id = planner(world)
    with world.session() as session:
        hold_purge(session, 1, reason, staff_id=staff_id, now=world.clock())


def lift(world: World) -> None:
    staff_id = planner(world)
    with world.session() as session:
        lift_hold(session, 1, staff_id=staff_id, now=world.clock())


def people(world: World) -> int:
    with world.session() as session:
        return session.scalar(select(func.count()).select_from(Participant)) or 0


def pass_days(world: World, days: int) -> None:
    for _day in range(days):
        world.clock.pass_time(days=1)
        world.do_what_is_due()


def test_names_on_hold_are_deleted_on_no_day(world: World) -> None:
    end(world, world.programme(), days=2)
    pass_days(world, 1)
    assert known(world, 1).due_at is not None
    hold(world)
    pass_days(world, 4)
    assert people(world) == 27
    with world.session() as session:
        ending = ending_view(session, 1)
    assert ending is not None
    assert (ending.held_by, ending.held_because, ending.purged_at) == ("Ana", WHY, None)


def test_a_lifted_hold_deletes_on_the_next_day_at_the_earliest(world: World) -> None:
    end(world, world.programme(), days=2)
    hold(world)
    pass_days(world, 10)
    lift(world)
    assert known(world, 1).purge_on == date(2027, 3, 12)
    world.do_what_is_due()
    assert people(world) == 27
    pass_days(world, 1)
    assert people(world) == 0


def test_a_hold_that_is_lifted_in_time_moves_no_day(world: World) -> None:
    end(world, world.programme(), days=20)
    hold(world)
    lift(world)
    assert known(world, 1).purge_on == date(2027, 3, 21)
    assert known(world, 1).held_because is None


def test_the_log_says_who_held_and_not_why(world: World) -> None:
    end(world, world.programme())
    hold(world)
    lift(world)
    who = f"staff {planner(world)}"
    for act in ("put the deletion of names on hold", "let the deletion of names go on"):
        assert noted(world, act) == [(who, "programme 1")]
    with world.session() as session:
        assert not [one for one in session.scalars(select(LogEntry)) if WHY in one.act + one.subject]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "a\u0000b"])
def test_a_hold_has_a_reason_that_can_be_read(world: World, reason: str) -> None:
    end(world, world.programme())
    with pytest.raises(EndRefused, match="Write the reason"):
        hold(world, reason)


def test_what_is_not_held_is_not_lifted_and_what_is_held_not_held_again(world: World) -> None:
    world.programme()
    with pytest.raises(EndRefused, match="has not ended"):
        hold(world)
    end(world, 1)
    with pytest.raises(EndRefused, match="not on hold any more"):
        lift(world)
    hold(world)
    with pytest.raises(EndRefused, match="on hold already"):
        hold(world)


def test_an_end_that_is_taken_back_takes_its_hold_along(world: World) -> None:
    end(world, world.programme())
    hold(world)
    with world.session() as session:
        take_back_end(session, 1, now=world.clock() + timedelta(hours=1), actor="staff 1")
    end(world, 1)
    assert known(world, 1).held_at is None
