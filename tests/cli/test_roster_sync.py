"""A folder of rosters that comes again and again: what is the same changes nothing, and nothing is half done."""

import json
import os
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from feedback.services.programmes.set_organisation import set_approval
from feedback.services.roster import roster_folder
from feedback.services.roster.roster_folder import FoundRoster, StillWritten, read_settled, rosters_in
from feedback.storage.deliveries import invited_to
from feedback.storage.people import Participant
from tests.cli.test_commands import output, run
from tests.databases import ON_SQLITE
from tests.roster_cases import case
from tests.world import World, entries_about, roster_csv

# Commands speak alike on both databases.
pytestmark = ON_SQLITE

ORGANISATION = "Example Organisation"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "rosters"
    made.mkdir()
    return made


def put(folder: Path, name: str, data: bytes | str, ago: float = 3600) -> Path:
    """Put a file there as if it had come some time ago."""
    file = folder / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    os.utime(file, (time.time() - ago,) * 2)
    return file


def lines_of(data: bytes) -> list[str]:
    return data.decode().splitlines()


def present(world: World, programme: int) -> set[str]:
    query = select(Participant.email).where(Participant.programme_id == programme, Participant.has_left.is_(False))
    with world.session() as session:
        return set(session.scalars(query))


def acts(world: World, programme: int) -> int:
    with world.session() as session:
        return len(entries_about(session, f"programme {programme}"))


def sync(world: World, folder: Path, *words: str) -> list[dict[str, object]]:
    told: list[dict[str, object]] = json.loads(output(world, "roster", "sync", str(folder), "--json", *words))
    return told


def states(world: World, folder: Path, *words: str) -> list[object]:
    return [one["state"] for one in json.loads(run(world, "roster", "sync", str(folder), "--json", *words).stdout)]


def report_of(file: Path) -> str:
    return file.with_name(f"{file.name}.report.txt").read_text()


def test_each_file_is_of_the_programme_in_its_name_and_the_same_again_changes_nothing(
    world: World, folder: Path
) -> None:
    one, two = world.new_programme(0, 0, ("",)), world.new_programme(0, 0, ("",))
    put(folder, f"{one}.csv", roster_csv(3, 3))
    put(folder, f"{two}-leaders of 2027.xlsx", case("structure/xlsx.xlsx"))
    first = sync(world, folder)
    assert [(record["programme"], record["state"]) for record in first] == [(one, "changed"), (two, "changed")]
    assert first[0]["added"] == 6
    noted = acts(world, one), acts(world, two)
    again = sync(world, folder)
    assert [(record["state"], record["added"], record["changed"]) for record in again] == [("unchanged", 0, 0)] * 2
    assert (acts(world, one), acts(world, two)) == noted


def test_what_is_printed_names_nobody_and_the_report_does(world: World, folder: Path) -> None:
    programme = world.programme(mentors=3, mentees=3)
    file = put(folder, f"{programme}.csv", "\n".join(lines_of(roster_csv(3, 3))[:-1]))
    said = output(world, "roster", "sync", str(folder))
    assert said == (
        f"Programme {programme}, {programme}.csv: unchanged. 0 people added, 0 changed, 5 as they were; "
        "1 not in the file, who stay.\n"
    )
    assert "Mentee Number 2 <mentee.2@example.com>" in report_of(file)
    for words in (["--leavers", "--json"], ["--json"]):
        assert "@" not in output(world, "roster", "sync", str(folder), *words)


def test_a_wrong_line_keeps_all_of_its_file_out_and_no_other_file(world: World, folder: Path) -> None:
    one, two = world.new_programme(0, 0, ("",)), world.new_programme(0, 0, ("",))
    wrong = put(folder, f"{one}.csv", roster_csv(3, 3) + b"\nAda,not an address,mentor,\nAda,a@example.com,boss,")
    put(folder, f"{two}.csv", roster_csv(3, 3))
    done = run(world, "roster", "sync", str(folder))
    assert done.exit_code == 1
    assert f"Programme {one}, {one}.csv: refused. 2 problems; nothing was imported." in done.output
    assert "not an address" not in done.output
    assert (present(world, one), len(present(world, two))) == (set(), 6)
    assert "Line 8, email: " in report_of(wrong)
    put(folder, f"{one}.csv", roster_csv(3, 3))
    assert sync(world, folder)[0]["state"] == "changed"
    assert report_of(wrong).startswith("6 people added")


def test_who_is_missing_stays_unless_leavers_are_let_go(world: World, folder: Path) -> None:
    programme = world.programme(mentors=5, mentees=5)
    everybody = present(world, programme)
    put(folder, f"{programme}.csv", "\n".join(lines_of(roster_csv(5, 5))[:-2]))
    assert sync(world, folder)[0]["missing"] == 2
    assert present(world, programme) == everybody
    assert sync(world, folder, "--leavers")[0]["have_left"] is True
    assert everybody - present(world, programme) == {"mentee.3@example.com", "mentee.4@example.com"}
    put(folder, f"{programme}.csv", roster_csv(5, 5))
    assert sync(world, folder, "--leavers")[0]["away"] == 2
    assert len(present(world, programme)) == 8


@pytest.mark.parametrize("kept", [1, 5, 7])
def test_a_file_that_broke_off_lets_nobody_go_nor_in(world: World, folder: Path, kept: int) -> None:
    programme = world.programme(mentors=5, mentees=5)
    everybody, noted = present(world, programme), acts(world, programme)
    lines = [*lines_of(roster_csv(5, 5))[: kept + 1], "New One,new@example.com,mentor,"]
    put(folder, f"{programme}.csv", "\n".join(lines))
    assert states(world, folder, "--leavers") == ["refused"]
    assert states(world, folder, "--leavers", "--confirm", f"{programme}:{9 - kept}") == ["refused"]
    assert states(world, folder, "--leavers", "--confirm", f"{programme + 1}:{10 - kept}") == ["refused"]
    assert (present(world, programme), acts(world, programme)) == (everybody, noted)
    assert sync(world, folder, "--leavers", "--confirm", f"{programme}:{10 - kept}")[0]["have_left"] is True
    assert len(present(world, programme)) == kept + 1


def test_an_empty_file_is_refused_whatever_is_confirmed(world: World, folder: Path) -> None:
    programme = world.programme(mentors=3, mentees=3)
    for nothing in ("", "name,email,role\n"):
        put(folder, f"{programme}.csv", nothing)
        assert states(world, folder, "--leavers", "--confirm", f"{programme}:6") == ["refused"]
    assert len(present(world, programme)) == 6


def test_a_file_that_somebody_may_still_write_to_is_left(world: World, folder: Path) -> None:
    programme = world.programme(mentors=0, mentees=0)
    file = put(folder, f"{programme}.csv", roster_csv(3, 3), ago=5)
    assert sync(world, folder)[0]["state"] == "left"
    os.utime(file, (time.time() + 3600,) * 2)
    assert sync(world, folder)[0]["state"] == "left"
    assert not present(world, programme)
    os.utime(file, (time.time() - 5,) * 2)
    assert sync(world, folder, "--settled", "3")[0]["state"] == "changed"


def test_a_file_that_is_written_to_while_it_is_read_is_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = put(folder, "1.csv", roster_csv(3, 3))
    (found,) = rosters_in(folder)
    told = roster_folder.os.fstat

    def growing(handle: int) -> os.stat_result:
        seen = told(handle)
        with file.open("ab") as more:
            more.write(b"\n")
        return seen

    monkeypatch.setattr(roster_folder.os, "fstat", growing)
    with pytest.raises(StillWritten):
        read_settled(found, settled=roster_folder.timedelta(0), now=time.time())


def test_other_names_are_left_alone_and_two_files_of_one_programme_are_refused(world: World, folder: Path) -> None:
    programme = world.programme(mentors=0, mentees=0)
    for name in (f".{programme}.csv", f"{programme}.csv.part", f"{programme}.csv.report.txt", "notes.txt", "0.csv"):
        put(folder, name, roster_csv(3, 3))
    assert run(world, "roster", "sync", str(folder)).exit_code == 1
    put(folder, f"{programme}.csv", roster_csv(3, 3))
    put(folder, f"{programme}-old.CSV", roster_csv(2, 2))
    assert states(world, folder) == ["refused", "refused"]
    assert not present(world, programme)


def test_a_name_that_leads_elsewhere_is_not_followed_nor_quoted(world: World, folder: Path, tmp_path: Path) -> None:
    """Whoever may write into the folder must not have the service read its own secrets to them."""
    secret = tmp_path / "staff.env"
    secret.write_text(words := "name,email,role\nAda,FEEDBACK_SESSION_KEY=secret,mentor\n")
    os.utime(secret, (0, 0))
    programme = world.programme(mentors=0, mentees=0)
    for make in (os.symlink, os.link):
        make(secret, folder / f"{programme}.csv")
        assert states(world, folder) == ["refused"]
        assert "It is no plain file" in report_of(folder / f"{programme}.csv")
        assert "secret" not in report_of(folder / f"{programme}.csv")
        (folder / f"{programme}.csv").unlink()
    os.mkfifo(folder / f"{programme}.csv")
    assert states(world, folder) == ["refused"]
    report = folder / f"{programme}.csv.report.txt"
    report.unlink()
    report.symlink_to(secret)
    assert states(world, folder) == ["refused"]
    assert (secret.read_text(), report.is_symlink()) == (words, False)


def test_the_report_is_for_whoever_may_read_the_file_and_is_written_once(world: World, folder: Path) -> None:
    programme = world.programme(mentors=0, mentees=0)
    file = put(folder, f"{programme}.csv", roster_csv(3, 3))
    file.chmod(0o640)
    sync(world, folder)
    sync(world, folder)
    report = folder / f"{file.name}.report.txt"
    assert report.stat().st_mode & 0o777 == 0o640
    os.utime(report, (1, 1))
    sync(world, folder)
    assert report.stat().st_mtime == 1
    assert {one.name for one in folder.iterdir()} == {file.name, report.name}


def test_a_roster_that_asks_for_a_second_person_waits_for_one_and_keeps_an_approval_that_still_holds(
    world: World, folder: Path
) -> None:
    programme = world.programme(mentors=3, mentees=3)
    with world.session() as session:
        set_approval(session, ORGANISATION, approves_rosters=True, now=world.clock(), actor="test")
    for name in ("ada", "rea"):
        output(
            world, "staff", "invite", "--organisation", ORGANISATION, "--name", name, "--email", f"{name}@example.com"
        )
    put(folder, f"{programme}.csv", roster_csv(4, 3))
    assert sync(world, folder, "--as", "ada@example.com")[0]["awaits_approval"] is True
    digest = json.loads(output(world, "roster", "show", str(programme), "--json"))["digest"]
    approve = ("roster", "approve", str(programme), "--digest", digest, "--as")
    assert run(world, *approve, "ada@example.com").exit_code == 1
    output(world, *approve, "rea@example.com")
    assert sync(world, folder, "--as", "ada@example.com")[0]["awaits_approval"] is False
    put(folder, f"{programme}.csv", roster_csv(5, 3))
    assert sync(world, folder, "--as", "ada@example.com")[0]["awaits_approval"] is True


def test_nobody_joins_an_open_survey_and_no_address_in_it_changes(world: World, folder: Path) -> None:
    wave = world.open_wave()
    with world.session() as session:
        invited = set(invited_to(session, wave))
        programme = session.scalars(select(Participant.programme_id)).first() or 0
    before = present(world, programme)
    moved = "mentor.0@example.com"
    query = select(Participant).where(Participant.programme_id == programme)
    with world.session() as session:
        lines = [f"{one.name},{one.email},{one.role},{one.cohort or ''}" for one in session.scalars(query)]
    text = "\n".join(("name,email,role,cohort", *lines)).replace(moved, "moved@example.com")
    put(folder, f"{programme}.csv", text)
    (told,) = sync(world, folder)
    assert (told["added"], told["missing"]) == (1, 1)
    with world.session() as session:
        assert set(invited_to(session, wave)) == invited
    assert present(world, programme) == {*before, "moved@example.com"}
    assert "invited from the next one on" in report_of(folder / f"{programme}.csv")


def test_a_programme_that_is_not_there_and_a_wrong_use_say_so(world: World, folder: Path) -> None:
    file = put(folder, "999.csv", roster_csv(3, 3))
    assert states(world, folder) == ["refused"]
    assert "Nothing was imported." in report_of(file)
    assert run(world, "roster", "sync", str(folder), "--confirm", "1:3").exit_code == 2
    assert run(world, "roster", "sync", str(folder), "--leavers", "--confirm", "three").exit_code == 2


def test_a_folder_that_may_only_be_read_is_said(world: World, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programme = world.programme(mentors=0, mentees=0)
    put(folder, f"{programme}.csv", roster_csv(3, 3))

    def refuse(*_told: object) -> bool:
        raise PermissionError

    monkeypatch.setattr(Path, "replace", refuse)
    assert f"{programme}.csv.report.txt cannot be written" in output(world, "roster", "sync", str(folder))
    assert len(present(world, programme)) == 6


def test_a_file_may_not_be_of_any_size(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, "1.csv", roster_csv(3, 3))
    monkeypatch.setattr(roster_folder, "LARGEST", 10)
    (found,) = rosters_in(folder)
    assert found == FoundRoster(folder / "1.csv", 1, ())
    with pytest.raises(roster_folder.FileRefused, match="larger than"):
        read_settled(found, settled=roster_folder.timedelta(0), now=time.time())
