"""Importing a roster: all of it or nothing, and the same file twice changes nothing."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from feedback.domain.errors import NotFound, RosterRefused
from feedback.domain.links import opt_out_digest, opt_out_token, to_address
from feedback.services.roster.import_roster import RosterChange, compare_roster, import_roster
from feedback.services.roster.leave_programme import leave_programme
from feedback.storage.deliveries import invited_to
from feedback.storage.opt_outs import OptOut, unwilling
from feedback.storage.people import Participant
from feedback.storage.responses import StoredResponse
from feedback.storage.waves import groups_of
from tests.roster_cases import case
from tests.world import World, entries_about, roster_csv

HEADERS = "name,email,role,cohort"
ANA = "Ana Mentor,ana@example.com,mentor,North"
BEN = "Ben Mentee,ben@example.com,mentee,South"


@pytest.fixture
def programme(world: World) -> int:
    return world.programme(mentors=0, mentees=0)


def take_in(world: World, programme: int, *lines: str, **options: object) -> RosterChange:
    return take_file(world, programme, "\n".join((HEADERS, *lines)).encode(), **options)


def take_file(world: World, programme: int, data: bytes, **options: object) -> RosterChange:
    with world.session() as session:
        return import_roster(session, world.keys, programme, data, now=world.clock(), actor="test", **options)


def roster(world: World, programme: int) -> list[str]:
    query = select(Participant).where(Participant.programme_id == programme).order_by(Participant.email)
    with world.session() as session:
        people = session.scalars(query.order_by(Participant.role)).all()
        return [f"{one.name},{one.email},{one.role},{one.cohort}" for one in people]


def opt_outs(world: World) -> int:
    with world.session() as session:
        return session.scalar(select(func.count()).select_from(OptOut)) or 0


def test_new_people_are_added(world: World, programme: int) -> None:
    assert take_in(world, programme, ANA, BEN) == RosterChange(added=2, changed=0, unchanged=0, absent=0)
    assert roster(world, programme) == [ANA, BEN]


def test_the_same_file_twice_changes_nothing(world: World, programme: int) -> None:
    take_in(world, programme, ANA, BEN)
    assert take_in(world, programme, ANA, BEN) == RosterChange(added=0, changed=0, unchanged=2, absent=0)
    assert roster(world, programme) == [ANA, BEN]
    assert opt_outs(world) == 2


def test_a_changed_name_or_cohort_is_taken_over(world: World, programme: int) -> None:
    take_in(world, programme, ANA, BEN)
    changed = take_in(world, programme, "Ana Maria Mentor,ana@example.com,mentor,East", BEN)
    assert changed == RosterChange(added=0, changed=1, unchanged=1, absent=0)
    assert roster(world, programme)[0] == "Ana Maria Mentor,ana@example.com,mentor,East"


def test_who_is_not_in_the_file_stays(world: World, programme: int) -> None:
    take_in(world, programme, ANA, BEN)
    assert take_in(world, programme, BEN) == RosterChange(added=0, changed=0, unchanged=1, absent=1)
    assert roster(world, programme) == [ANA, BEN]


def test_one_person_may_have_both_roles(world: World, programme: int) -> None:
    both = ("Ana,ana@example.com,mentee,", "Ana,ana@example.com,mentor,")
    assert take_in(world, programme, *both).added == 2
    assert roster(world, programme) == list(both)
    assert opt_outs(world) == 2


def test_the_same_address_in_other_letters_is_the_same_person(world: World, programme: int) -> None:
    take_in(world, programme, ANA)
    assert take_in(world, programme, "Ana Mentor,ANA@Example.COM,mentor,North").unchanged == 1


def test_a_second_name_at_an_address_of_the_roster_keeps_the_whole_file_out(world: World, programme: int) -> None:
    take_in(world, programme, ANA)
    with pytest.raises(RosterRefused, match=r"Line 3, email: .* is the mailbox of “Ana Mentor”"):
        take_in(world, programme, BEN, "Bo,ana+bo@example.com,mentee,")
    assert roster(world, programme) == [ANA]


def test_a_comparison_asks_about_a_name_with_two_addresses(world: World, programme: int) -> None:
    with world.session() as session:
        (question,) = compare_roster(session, programme, case("same-name/r.csv")).remarks
    assert "Is “Ada Ito” one person?" in question


def test_a_cohort_in_two_spellings_is_one_in_the_programme(world: World, programme: int) -> None:
    with world.session() as session:
        foreseen = compare_roster(session, programme, case("cohort-spelling/r.csv"))
    assert "are taken for one, “London”" in foreseen.remarks[0]
    assert take_file(world, programme, case("cohort-spelling/r.csv")) == foreseen
    assert {cohort for cohort, _ in known(world).values()} == {"London"}
    assert take_in(world, programme, "New,new@example.com,mentor,LONDON").added == 1
    assert known(world)["new@example.com"] == ("London", "en")


def leave(world: World, programme: int, *addresses: str) -> None:
    with world.session() as session:
        for address in addresses:
            leave_programme(session, programme, address, now=world.clock(), actor="test")


def those_here(world: World) -> set[str]:
    with world.session() as session:
        return set(session.scalars(select(Participant.email).where(Participant.has_left.is_(False))))


def test_an_old_file_brings_nobody_back(world: World, programme: int) -> None:
    take_in(world, programme, ANA, BEN)
    leave(world, programme, "ana@example.com")
    change = take_in(world, programme, ANA, BEN)
    assert change == RosterChange(0, 0, 1, 0, away=("Ana Mentor <ana@example.com>",))
    assert those_here(world) == {"ben@example.com"}


@pytest.mark.parametrize("row", ["Ana Mentor,ana@example.com,mentee,", "Ana Mentor,ana+home@example.com,mentor,"])
def test_nobody_comes_back_by_another_role_or_spelling_of_an_address(world: World, programme: int, row: str) -> None:
    take_in(world, programme, ANA, BEN)
    leave(world, programme, "ana@example.com")
    assert len(take_in(world, programme, row).away) == 1
    assert those_here(world) == {"ben@example.com"}


def test_who_is_asked_back_by_name_comes_back_alone(world: World, programme: int) -> None:
    take_in(world, programme, ANA, BEN)
    leave(world, programme, "ana@example.com", "ben@example.com")
    change = take_in(world, programme, ANA, BEN, rejoin=["ANA@example.com"])
    assert (change.changed, change.away) == (1, ("Ben Mentee <ben@example.com>",))
    assert those_here(world) == {"ana@example.com"}
    assert take_in(world, programme, ANA, BEN, rejoin=None).away == ()
    assert those_here(world) == {"ana@example.com", "ben@example.com"}


def test_only_those_who_have_left_and_are_in_the_file_can_rejoin(world: World, programme: int) -> None:
    take_in(world, programme, ANA, BEN)
    leave(world, programme, "ana@example.com")
    for address in ("ben@example.com", "nobody@example.com"):
        with pytest.raises(NotFound, match="to rejoin"):
            take_in(world, programme, ANA, BEN, rejoin=["ana@example.com", address])
    assert those_here(world) == {"ben@example.com"}


def test_leavers_are_not_among_those_who_stay(world: World, programme: int) -> None:
    take_in(world, programme, ANA, BEN)
    leave(world, programme, "ana@example.com")
    assert take_in(world, programme, "Cem,cem@example.com,mentor,").absent == 1


def known(world: World) -> dict[str, tuple[str, str]]:
    with world.session() as session:
        return {one.email: (one.cohort, one.language) for one in session.scalars(select(Participant))}


def test_a_column_that_is_not_there_changes_nothing(world: World, programme: int) -> None:
    take_file(world, programme, case("reimport/first.csv"))
    change = take_file(world, programme, case("reimport/second.csv"))
    assert change == RosterChange(added=1, changed=0, unchanged=2, absent=0)
    assert known(world) == {
        "ada@example.com": ("Lyon", "fr"),
        "bo@example.com": ("Lyon", "fr"),
        "cy@example.com": ("", "en"),
    }


@pytest.mark.parametrize(
    ("field", "kept", "counts"), [("cohort", ("", "fr"), (2, 0)), ("language", ("Lyon", "en"), (0, 2))]
)
def test_empty_cells_take_away_and_are_counted(
    world: World, programme: int, field: str, kept: tuple[str, str], counts: tuple[int, int]
) -> None:
    take_file(world, programme, case("reimport/first.csv"))
    rows = case("reimport/second.csv").decode().splitlines()
    data = "\n".join((f"{rows[0]},{field}", *(f"{row}," for row in rows[1:]))).encode()
    with world.session() as session:
        foreseen = compare_roster(session, programme, data)
    assert (foreseen.cohorts_lost, foreseen.languages_lost) == counts
    assert take_file(world, programme, data) == foreseen
    assert known(world)["ada@example.com"] == kept
    assert take_file(world, programme, data).changed == 0


@pytest.mark.parametrize("wrong", ["Cem,not an address,mentor,", "Cem,cem@example.com,boss,", ANA.replace("Ana", "B")])
def test_one_wrong_line_keeps_the_whole_file_out(world: World, programme: int, wrong: str) -> None:
    take_in(world, programme, BEN)
    with pytest.raises(RosterRefused, match="Line 4"):
        take_in(world, programme, ANA, "Dea,dea@example.com,mentee,", wrong)
    assert roster(world, programme) == [BEN]


def test_a_roster_needs_a_programme(world: World, programme: int) -> None:
    with pytest.raises(NotFound):
        take_in(world, programme + 1, ANA)


def test_a_comparison_tells_what_an_import_would_do_and_does_nothing(world: World, programme: int) -> None:
    take_in(world, programme, ANA)
    data = f"{HEADERS}\n{ANA}\n{BEN}".encode()
    with world.session() as session:
        assert compare_roster(session, programme, data) == RosterChange(added=1, changed=0, unchanged=1, absent=0)
    assert roster(world, programme) == [ANA]


def test_two_programmes_may_share_a_person(world: World, programme: int) -> None:
    other = world.programme(mentors=0, mentees=0)
    take_in(world, programme, ANA)
    assert take_in(world, other, ANA).added == 1


def test_two_imports_of_one_file_at_once_add_everybody_once(world: World, programme: int) -> None:
    data = roster_csv(20, 20)

    def take(_turn: int) -> int:
        with world.session() as session:
            return import_roster(session, world.keys, programme, data, now=world.clock(), actor="test").added

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, range(4))) == [0, 0, 0, 40]
    assert len(roster(world, programme)) == opt_outs(world) == 40


def test_a_wish_for_no_mail_outlives_the_next_import(world: World, programme: int) -> None:
    take_in(world, programme, ANA)
    token = opt_out_token(world.keys.opt_out_key(programme), 1)
    world.client().post(f"/o/{to_address(token)}", data={"List-Unsubscribe": "One-Click"})
    take_in(world, programme, ANA, BEN)
    with world.session() as session:
        assert unwilling(session, [opt_out_digest(token)]) == {opt_out_digest(token)}


def test_the_audit_log_counts_people_and_names_none(world: World, programme: int) -> None:
    take_in(world, programme, ANA, BEN)
    with world.session() as session:
        acts = [entry.act for entry in entries_about(session, f"programme {programme}")]
    assert acts == ["created", "imported roster: 2 added, 0 changed"]


def test_who_joins_while_a_wave_is_open_waits_for_the_next_one(world: World) -> None:
    wave = world.open_wave(6, 6)
    change = take_in(world, 1, "Zoe New,zoe@example.com,mentor,")
    assert (change.added, change.waiting, change.regrouped) == (1, 1, 0)
    world.send_mails()
    assert world.mailbox.count() == 12
    with world.session() as session:
        assert len(invited_to(session, wave)) == 12


def test_who_comes_back_while_a_wave_is_open_waits_unless_invited(world: World) -> None:
    programme, (one, other) = world.programme(6, 6), ("mentor.0@example.com", "mentor.1@example.com")
    with world.session() as session:
        leave_programme(session, programme, one, now=world.clock(), actor="test")
    world.open(world.planned_wave(programme))
    with world.session() as session:
        leave_programme(session, programme, other, now=world.clock(), actor="test")
    back = [f"Mentor Number {number},mentor.{number}@example.com,mentor," for number in (0, 1)]
    assert take_in(world, programme, *back, rejoin=None).waiting == 1


def test_a_new_cohort_counts_from_the_next_wave_on(world: World) -> None:
    wave = world.open_wave(11, 11, ("North",))
    change = take_in(world, 1, "Mentor Number 0,mentor.0@example.com,mentor,South")
    assert (change.changed, change.regrouped, change.waiting) == (1, 1, 0)
    with world.session() as session:
        assert sum(group.invited for group in groups_of(session, wave)) == 22
        assert {group.cohorts for group in groups_of(session, wave)} <= {("North",), ()}


def test_before_the_opening_nobody_waits(world: World, programme: int) -> None:
    assert take_in(world, programme, ANA, BEN).waiting == 0


def test_who_has_left_gets_no_more_mail_and_the_answer_stays(world: World) -> None:
    wave = world.open_wave(6, 6)
    world.answer(world.links(wave)[0])
    with world.session() as session:
        leave_programme(session, 1, "mentor.0@example.com", now=world.clock(), actor="test")
    world.send_mails()
    assert "mentor.0@example.com" not in {mail.to for mail in world.mailbox.newest(50)}
    with world.session() as session:
        assert session.scalar(select(func.count()).select_from(StoredResponse)) == 1
