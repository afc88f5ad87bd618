"""Which waves of an organisation may follow each other: generated ones, as organisations run them."""

import pytest

from feedback.domain.report.overlaps import KnownWave, Overlap, Topic, find_overlaps, topics_published
from feedback.domain.survey.questionnaires import PREFER_NOT_TO_SAY, Role
from tests.domain.report.organisations import some_organisation, wave
from tests.reporting.reports import Said, facts, question, report


def overlaps(mine: KnownWave, *others: KnownWave, allowed: tuple[int, ...] = ()) -> list[Overlap]:
    return list(find_overlaps(mine, others, allowed))


def places(mine: KnownWave, *others: KnownWave) -> list[set[tuple[int, str]]]:
    return [set(one.places) for one in overlaps(mine, *others)]


def test_each_role_by_itself_is_published_whole_however_small() -> None:
    first = wave(1, {"mentor": set(range(30)), "mentee": set(range(40, 70))})
    small = {"mentor": set(range(100, 108)), "mentee": set(range(110, 118))}
    assert overlaps(wave(2, small), first) == []
    assert overlaps(wave(2, small), wave(1, small)) == []


def test_one_role_of_everybody_is_compared_as_that_role() -> None:
    first = wave(1, {"all": set(range(16)), "mentor": set(range(8))}, asks="mentor")
    again = {"all": set(range(1, 16)) | {50}, "mentor": set(range(8))}
    assert places(wave(2, {"mentor": set(range(7))}, asks="mentor"), first) == [{(2, "mentor"), (1, "mentor")}] * 2
    assert {(2, "all"), (1, "all")} in places(wave(2, again, asks="mentor"), first)


def test_waves_about_others_are_not_even_looked_at() -> None:
    others = [wave(number, {"mentor": set(range(100 * number, 100 * number + 20))}) for number in range(2, 60)]
    assert overlaps(wave(1, {"mentor": set(range(20))}), *others) == []


def test_what_is_allowed_with_one_wave_is_not_with_another() -> None:
    before, elsewhere = wave(1, {"mentor": set(range(14))}), wave(2, {"mentor": set(range(14)) | set(range(50, 60))})
    mine = wave(3, {"mentor": set(range(13))})
    assert overlaps(mine, before, allowed=(1,)) == []
    assert places(mine, before) == [{(3, "mentor"), (1, "mentor")}]
    assert overlaps(mine, elsewhere) == []
    assert places(mine, elsewhere, wave(1, {"mentor": set(range(50, 61))})) != []


def test_what_a_report_says_nothing_of_leaves_the_history() -> None:
    few = [*"0011", *[PREFER_NOT_TO_SAY] * 6]
    asked = facts(question("C1", "How is it?"), question("C2", "And what else?"))
    said = report(asked, Said("mentor", Role.MENTOR, {"C1": "0011223344", "C2": few}))
    assert topics_published(said) == (Topic({"en": "How is it?"}, frozenset({"mentor"})),)


@pytest.mark.parametrize("seed", range(3))
def test_hardly_any_programme_without_leavers_is_refused(seed: int) -> None:
    seen = some_organisation(seed)
    assert (seen["first"], seen["later"]) == (6, 12)
    assert seen["refused first"] + seen["refused later"] + seen["labelled"] == 0


def test_where_people_leave_their_own_sequence_is_labelled() -> None:
    seen = some_organisation(0, returning=0.0, leaving=0.1)
    assert seen["labelled"] > 3
    assert seen["refused first"] + seen["refused later"] == 0
