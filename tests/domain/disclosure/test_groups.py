import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.disclosure.groups import Atom, Group, group_of, is_choice, kept_partition, partition
from feedback.domain.survey.questionnaires import Role

atoms = st.builds(Atom, st.sampled_from(Role), st.text("ab+/%é", max_size=3))
rosters = st.dictionaries(atoms, st.integers(0, 30), max_size=12)
thresholds = st.integers(5, 8)


def mentors(**sizes: int) -> dict[Atom, int]:
    return {Atom(Role.MENTOR, cohort): size for cohort, size in sizes.items()}


@given(rosters, thresholds)
def test_every_invited_person_is_in_exactly_one_group(sizes: dict[Atom, int], k: int) -> None:
    groups = partition(sizes, k)
    found = dict.fromkeys((group.name for group in groups), 0)
    for atom, size in sizes.items():
        if size:
            found[group_of(atom, groups).name] += size
            assert sum(_fits(group, atom) for group in groups) == 1
    assert found == {group.name: group.invited for group in groups}


@given(rosters, thresholds)
def test_every_group_has_2k_people_or_is_everybody(sizes: dict[Atom, int], k: int) -> None:
    groups = partition(sizes, k)
    assert all(group.invited >= 2 * k for group in groups) or [group.name for group in groups] == ["all"]


@given(rosters, thresholds, st.randoms(use_true_random=False))
def test_the_order_of_the_roster_changes_nothing(sizes: dict[Atom, int], k: int, random: object) -> None:
    items = list(sizes.items())
    random.shuffle(items)  # type: ignore[attr-defined]
    assert partition(dict(items), k) == partition(sizes, k)


@given(rosters, thresholds)
def test_groups_have_names_of_their_own(sizes: dict[Atom, int], k: int) -> None:
    groups = partition(sizes, k)
    assert len({group.name for group in groups}) == len(groups)


@pytest.mark.parametrize(("plus", "escaped"), [("a+b", "a%2Bb"), ("a%2Bb", "a%252Bb"), ("a/b", "a%2Fb")])
def test_a_cohort_that_looks_like_two_has_a_name_of_its_own(plus: str, escaped: str) -> None:
    groups = partition(mentors(a=6, b=6) | {Atom(Role.MENTOR, plus): 20}, 5)
    assert {group.name for group in groups} == {"mentor/a+b", f"mentor/{escaped}"}


def test_the_smallest_cohort_joins_the_next_smallest() -> None:
    groups = partition(mentors(York=4, London=7, Leeds=20), 5)
    assert [(group.name, group.invited) for group in groups] == [("mentor/Leeds", 20), ("mentor/London+York", 11)]


def test_cohorts_of_equal_size_join_by_name() -> None:
    groups = partition(mentors(D=6, C=6, B=6, A=6), 5)
    assert [group.name for group in groups] == ["mentor/A+B", "mentor/C+D"]


def test_a_role_whose_cohorts_all_join_bears_the_roles_name() -> None:
    assert partition(mentors(A=6, B=6), 5) == (Group("mentor", Role.MENTOR, (), 12),)


def test_one_small_role_makes_everybody_one_group() -> None:
    sizes = mentors(A=20, B=20) | {Atom(Role.MENTEE, ""): 9}
    assert partition(sizes, 5) == (Group("all", None, (), 49),)


def test_a_role_nobody_has_does_not_make_everybody_one_group() -> None:
    sizes = mentors(A=20) | {Atom(Role.MENTEE, ""): 0}
    assert [group.name for group in partition(sizes, 5)] == ["mentor"]


def test_an_empty_roster_is_one_empty_group() -> None:
    assert partition({}, 5) == (Group("all", None, (), 0),)


def test_an_unknown_cohort_has_no_group() -> None:
    groups = partition(mentors(A=10, B=10), 5)
    with pytest.raises(ValueError, match="without this role"):
        group_of(Atom(Role.MENTOR, "C"), groups)


def _fits(group: Group, atom: Atom) -> bool:
    return group.role in (None, atom.role) and (not group.cohorts or atom.cohort in group.cohorts)


def of_roles(mentors: int, mentees: int) -> dict[Atom, int]:
    return {Atom(Role.MENTOR, ""): mentors, Atom(Role.MENTEE, ""): mentees}


@pytest.mark.parametrize(("mentors", "mentees"), [(8, 8), (5, 40), (12, 9)])
def test_a_small_role_may_stay_apart(mentors: int, mentees: int) -> None:
    assert is_choice(of_roles(mentors, mentees), 5)
    groups = partition(of_roles(mentors, mentees), 5, apart=True)
    assert [(group.name, group.invited) for group in groups] == [("mentor", mentors), ("mentee", mentees)]


@pytest.mark.parametrize(("mentors", "mentees"), [(4, 20), (20, 4), (4, 4)])
def test_a_role_of_fewer_than_k_may_not(mentors: int, mentees: int) -> None:
    assert not is_choice(of_roles(mentors, mentees), 5)
    assert [group.name for group in partition(of_roles(mentors, mentees), 5, apart=True)] == ["all"]


@given(rosters, rosters, thresholds, st.booleans())
def test_kept_groups_hold_everybody_once_and_enough_people(
    first: dict[Atom, int], later: dict[Atom, int], k: int, apart: bool
) -> None:
    kept = kept_partition(partition(first, k, apart=apart), first, later, k)
    if kept is not None:
        assert sum(group.invited for group in kept) == sum(later.values())
        assert all(group.invited >= (k if group.role and not group.cohorts else 2 * k) for group in kept)
        assert all(group_of(atom, kept) in kept for atom, size in later.items() if size)


@given(rosters, thresholds, st.booleans())
def test_the_same_people_keep_their_groups(sizes: dict[Atom, int], k: int, apart: bool) -> None:
    groups = partition(sizes, k, apart=apart)
    assert kept_partition(groups, sizes, sizes, k) in (groups, None if sum(sizes.values()) < 2 * k else groups)


def kept(**now: int) -> list[tuple[str, int]] | None:
    """Mentors of London 20, York 12 at first, and these mentors now; mentees do not change."""
    mentees = {Atom(Role.MENTEE, ""): 20}
    before = mentors(London=20, York=12) | mentees
    groups = kept_partition(partition(before, 5), before, mentors(**now) | mentees, 5)
    return None if groups is None else [(one.name, one.invited) for one in groups if one.role is Role.MENTOR]


def test_a_new_cohort_of_fewer_than_twice_k_joins_the_smallest_group() -> None:
    assert kept(London=20, York=12, Leeds=3) == [("mentor/Leeds+York", 15), ("mentor/London", 20)]


def test_a_new_cohort_of_twice_k_is_a_group() -> None:
    assert kept(London=20, York=12, Leeds=10) == [("mentor/Leeds", 10), ("mentor/London", 20), ("mentor/York", 12)]


def test_groups_are_made_anew_once_one_has_fewer_than_twice_k() -> None:
    assert kept(London=20, York=9) is None


def test_a_role_keeps_its_group_down_to_k() -> None:
    before = of_roles(8, 12)
    groups = partition(before, 5, apart=True)
    assert [kept_partition(groups, before, of_roles(left, 12), 5) is None for left in (4, 5, 9)] == [True, False, False]


def test_groups_are_made_anew_once_a_role_is_there_that_was_not() -> None:
    before = {Atom(Role.MENTOR, ""): 12}
    assert kept_partition(partition(before, 5), before, of_roles(12, 12), 5) is None
