"""Promise (R11): nobody is left out of the history unnoticed, whatever their cohort has been called since."""

from collections.abc import Mapping

import pytest

from feedback.domain.errors import HistoryRefused
from feedback.services.waves.fill_history import Misfit, fill_history, unite_domains
from feedback.storage.history import add_history, drop_history, history_of
from tests.cli.test_commands import output
from tests.promises.test_history import closed, enrol, lose_history, opened, programme_of, remembered, roster
from tests.world import World

PEOPLE = range(24)
OTHERS = range(100, 124)
THEN = dict.fromkeys(range(12), "North") | dict.fromkeys(range(12, 24), "South")
MOVED = THEN | dict.fromkeys(range(21, 24), "East")
RENAMED = THEN | dict.fromkeys(range(12, 24), "East")
SWAPPED = THEN | dict.fromkeys(range(21, 24), "North")


def two_cohorts(world: World) -> tuple[int, int]:
    """A programme with a closed wave that was reported by cohort."""
    programme = programme_of(world, roster(PEOPLE, cohorts=THEN))
    return programme, closed(world, programme)


def filled(world: World) -> list[Misfit]:
    with world.session() as session:
        return fill_history(session, world.keys)


@pytest.mark.parametrize(
    ("now", "misfits"),
    [
        (MOVED, [("mentor/South", 12, 9)]),
        (RENAMED, [("mentor/South", 12, 0)]),
        (SWAPPED, [("mentor/North", 12, 15), ("mentor/South", 12, 9)]),
    ],
)
def test_a_history_is_filled_in_only_with_as_many_people_as_the_report_says(
    world: World, now: Mapping[int, str], misfits: list[tuple[str, int, int]]
) -> None:
    programme, wave = two_cohorts(world)
    lose_history(world, wave)
    enrol(world, programme, roster(PEOPLE, cohorts=now))
    assert filled(world) == [Misfit(wave, *one) for one in misfits]
    assert remembered(world, wave) == 0
    with pytest.raises(HistoryRefused, match="no longer known"):
        opened(world, programme_of(world, roster(OTHERS)))
    enrol(world, programme, roster(PEOPLE, cohorts=THEN))
    assert filled(world) == []
    assert remembered(world, wave) == 24
    opened(world, programme_of(world, roster(OTHERS)))


@pytest.mark.own_databases
def test_an_upgrade_names_the_group_and_both_numbers(world: World) -> None:
    programme, wave = two_cohorts(world)
    lose_history(world, wave)
    enrol(world, programme, roster(PEOPLE, cohorts=MOVED))
    said = output(world, "db", "upgrade")
    assert f"Wave {wave} invited 12 people in the group “mentor/South”, and by the roster of today 9 of them" in said


def test_a_history_that_lacks_a_few_of_those_invited_is_one_of_unknown_people(world: World) -> None:
    _programme, wave = two_cohorts(world)
    with world.session() as session:
        left = history_of(session, wave)
        drop_history(session, wave)
        # as an earlier version filled it in
        add_history(session, wave, {name: sorted(people)[:9] for name, people in left.items()})
        session.commit()
    with pytest.raises(HistoryRefused, match="no longer known"):
        opened(world, programme_of(world, roster(OTHERS)))


def test_uniting_domains_leaves_nobody_out_whose_cohort_was_renamed(world: World) -> None:
    programme, wave = two_cohorts(world)
    enrol(world, programme, roster(PEOPLE, cohorts=RENAMED))
    with world.session() as session:
        alike = ("a.example", "example.com")
        before = history_of(session, wave)
        unite_domains(session, world.keys, "Example Organisation", alike, now=world.clock(), actor="test")
        after = history_of(session, wave)
    assert {name: len(people) for name, people in after.items()} == {"mentor/North": 12, "mentor/South": 12}
    assert not any(after[name] & before[name] for name in before)
