"""What a file that comes again does to a roster that somebody else changes meanwhile, and how many may leave."""

import pytest

from feedback.domain.errors import LeaversRefused, RosterChanged
from feedback.domain.roster.leavers import most_leavers
from feedback.services.roster import sync_roster as module
from feedback.services.roster.import_roster import RosterComparison, compare_people
from feedback.services.roster.leave_programme import leave_programme
from feedback.services.roster.sync_roster import LeaverRule, RosterSync, sync_roster
from feedback.storage.people import roster_entries
from tests.world import World, entries_about, roster_csv

STAY = LeaverRule()


def sync(world: World, programme: int, data: bytes, rule: LeaverRule = STAY) -> RosterSync:
    with world.session() as session:
        return sync_roster(session, world.keys, programme, data, now=world.clock(), actor="test", leavers=rule)


def names(world: World, programme: int) -> set[str]:
    with world.session() as session:
        return {entry.name for entry in roster_entries(session, programme)}


def test_a_roster_that_somebody_changes_meanwhile_is_left_as_they_made_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    programme = world.programme(mentors=5, mentees=5)

    def compared_and_overtaken(*told: object, **more: object) -> RosterComparison:
        found = compare_people(*told, **more)
        with world.session() as session:
            leave_programme(session, programme, "mentor.0@example.com", now=world.clock(), actor="test")
        return found

    monkeypatch.setattr(module, "compare_people", compared_and_overtaken)
    with pytest.raises(RosterChanged):
        sync(world, programme, roster_csv(6, 4), LeaverRule(lets_go=True))
    assert len(names(world, programme)) == 9
    assert "Mentor Number 5" not in names(world, programme)


def test_who_is_let_go_is_in_the_log_by_number_and_what_is_the_same_is_not(world: World) -> None:
    programme = world.programme(mentors=5, mentees=5)
    done = sync(world, programme, roster_csv(6, 4), LeaverRule(lets_go=True))
    assert (done.is_new, done.have_left, [one.name for one in done.missing]) == (True, True, ["Mentee Number 4"])
    assert not sync(world, programme, roster_csv(6, 4), LeaverRule(lets_go=True)).is_new
    with world.session() as session:
        last = entries_about(session, f"programme {programme}")[-1]
    assert last.act == "imported roster: 1 added, 0 changed, 1 left"


def test_too_many_leavers_are_refused_in_the_middle_of_a_survey_too(world: World) -> None:
    programme = world.programme(mentors=14, mentees=13)
    world.open(world.planned_wave(programme))
    with pytest.raises(LeaversRefused, match="13 of 27 people"):
        sync(world, programme, roster_csv(14, 1)[:-1].rpartition(b"\n")[0], LeaverRule(lets_go=True))
    assert len(names(world, programme)) == 27


@pytest.mark.parametrize(("people", "most"), [(0, 0), (1, 0), (2, 1), (3, 2), (10, 2), (15, 3), (1000, 200)])
def test_a_file_that_broke_off_lets_few_go(people: int, most: int) -> None:
    assert most_leavers(people) == most
