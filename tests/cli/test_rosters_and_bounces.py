"""The commands for returned mails, resends, corrections and approvals, as an operator types them."""

import json
import mailbox
from pathlib import Path

import pytest
from sqlalchemy import update

from feedback.domain.errors import AddressRefused, NotFound, RosterNotApproved, SettingsRefused
from feedback.storage.deliveries import Batch, Delivery
from tests.bouncing import BOUNCES, bounce_of, mail_states, mail_to, return_path_of
from tests.cli.test_commands import output, refusal, run
from tests.databases import ON_SQLITE
from tests.promises.visits import mailed_wave
from tests.roster_cases import case
from tests.world import World

# Commands speak alike on both databases.
pytestmark = ON_SQLITE

MIA = "mentor.0@example.com"
ORGANISATION = "Example Organisation"


@pytest.fixture
def environment(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    mailbox.Maildir(tmp_path / "bounces", create=True)
    own = {"FEEDBACK_BOUNCE_ADDRESS": BOUNCES, "FEEDBACK_BOUNCES_URL": f"maildir:{tmp_path / 'bounces'}"}
    return {**environment, **own}


def roster_file(tmp_path: Path, *lines: str) -> str:
    file = tmp_path / "roster.csv"
    file.write_text("\n".join(("name,email,role,cohort", *lines)))
    return str(file)


def invite(world: World, name: str) -> str:
    email = f"{name}@example.com"
    output(world, "staff", "invite", "--organisation", ORGANISATION, "--name", name, "--email", email)
    return email


def test_bounces_are_read_from_files_and_told_in_numbers(world: World, tmp_path: Path) -> None:
    mailed_wave(world, 3, 3)
    (tmp_path / "one.eml").write_bytes(bounce_of(mail_to(world, MIA), to=return_path_of(world, MIA)))
    (tmp_path / "two.eml").write_bytes(b"junk")
    told = output(world, "bounces", "read", str(tmp_path / "one.eml"), str(tmp_path / "two.eml"))
    assert told == "2 emails were read; 1 of ours is now known to be lost.\n"
    assert mail_states(world)[MIA] == "bounced"


def test_without_a_file_the_mailbox_is_emptied(world: World, tmp_path: Path) -> None:
    mailed_wave(world, 3, 3)
    box = mailbox.Maildir(tmp_path / "bounces")
    box.add(bounce_of(mail_to(world, MIA), to=return_path_of(world, MIA)))
    assert json.loads(output(world, "bounces", "read", "--json")) == {"read": 1, "noted": 1}
    assert json.loads(output(world, "bounces", "read", "--json")) == {"read": 0, "noted": 0}


def test_without_a_mailbox_the_command_asks_for_one(world: World, environment: dict[str, str]) -> None:
    from feedback.app import create_app
    from feedback.config import read_settings

    del environment["FEEDBACK_BOUNCES_URL"]
    bare = World(create_app(read_settings(environment), world.clock), world.clock, world.mailbox, world.kind)
    refused = refusal(bare, "bounces", "read")
    bare.dispose()
    assert isinstance(refused, SettingsRefused)


def test_who_cannot_be_reached_is_listed_and_invited_again(world: World) -> None:
    wave = str(mailed_wave(world, 3, 3))
    assert output(world, "invitation", "undeliverable", wave) == "No email is known to be lost.\n"
    with world.session() as session:
        values = {"state": "refused", "reply_code": 550}
        session.execute(update(Delivery).where(Delivery.participant_id == 1).values(**values))
        session.commit()
    world.clock.pass_time(hours=1)
    told = output(world, "invitation", "undeliverable", wave)
    assert told == f"Mentor Number 0 <{MIA}>, mentor: invitation refused (550)\n"
    assert "The worker sends it now" in output(world, "invitation", "resend", wave, MIA)
    (row,) = json.loads(output(world, "invitation", "undeliverable", wave, "--json"))
    assert (row["email"], row["is_on_its_way"]) == (MIA, True)


def test_an_address_is_corrected_or_a_sentence_says_why_not(world: World) -> None:
    programme = str(world.programme(3, 3))
    told = output(world, "roster", "correct-address", programme, MIA, "mia@example.com")
    assert "still holds the same link" in told
    taken = ("roster", "correct-address", programme, "mia@example.com", "mentor.1@example.com")
    assert isinstance(refusal(world, *taken), AddressRefused)
    assert isinstance(refusal(world, "roster", "correct-address", programme, MIA, "x@example.com"), NotFound)


def test_an_import_into_an_open_wave_says_who_waits(world: World, tmp_path: Path) -> None:
    world.open_wave(6, 6)
    file = roster_file(tmp_path, "Zoe,zoe@example.com,mentor,", f"Mentor Number 0,{MIA},mentor,North")
    told = output(world, "roster", "import", "1", file)
    assert "nobody joins it now: 1 of them are invited from the next one on" in told
    assert "1 people with a new cohort count in their old one until the open wave is closed" in told


def test_a_code_page_is_asked_about_and_then_named(world: World, tmp_path: Path) -> None:
    programme, file = str(world.programme(0, 0)), tmp_path / "roster.csv"
    file.write_bytes(case("code-pages/cp1251.csv"))
    for command in ("check", "import"):
        result = run(world, "roster", command, programme, str(file))
        assert result.exit_code == 1
        assert "--encoding windows-1251 (Cyrillic): Иван Петров" in result.output
        assert "Error: 1 problem; nothing was imported." in result.output
    told = output(world, "roster", "check", programme, str(file), "--encoding", "windows-1251")
    assert "names with other letters begin so: Иван Петров." in told
    output(world, "roster", "import", programme, str(file), "--encoding", "windows-1251")
    assert "Иван Петров" in output(world, "roster", "show", programme)


@pytest.mark.parametrize("name", ["xlsx.xlsx", "xlsx-renamed.csv"])
def test_a_spreadsheet_is_imported_whatever_it_is_called(world: World, tmp_path: Path, name: str) -> None:
    programme, file = str(world.programme(0, 0)), tmp_path / name
    file.write_bytes(case(f"structure/{name}"))
    assert "would be added" in output(world, "roster", "check", programme, str(file))
    output(world, "roster", "import", programme, str(file))
    assert "<ada@example.com>" in output(world, "roster", "show", programme)


def test_a_spreadsheet_that_cannot_be_read_is_refused_in_a_sentence(world: World, tmp_path: Path) -> None:
    programme, file = str(world.programme(0, 0)), tmp_path / "roster.xlsx"
    file.write_bytes(case("structure/xlsx.xlsx")[:-200])
    result = run(world, "roster", "import", programme, str(file))
    assert result.exit_code == 1
    assert "The file is a damaged spreadsheet; open it in your spreadsheet program" in result.output


def test_the_check_says_how_many_would_lose_what(world: World, tmp_path: Path) -> None:
    programme, file = str(world.programme(0, 0)), tmp_path / "roster.csv"
    file.write_bytes(case("reimport/first.csv"))
    output(world, "roster", "import", programme, str(file))
    file.write_text("name,email,role,cohort,language\nAda Ito,ada@example.com,mentor,,\n")
    told = output(world, "roster", "check", programme, str(file))
    assert "1 people would lose their cohort: their cells are empty. To keep" in told
    assert "1 people would lose their language, and get English" in told
    assert "1 people have lost their cohort" in output(world, "roster", "import", programme, str(file))


def test_whoever_has_left_is_asked_back_by_name(world: World, tmp_path: Path) -> None:
    programme, file = str(world.programme(3, 3)), roster_file(tmp_path, f"Mentor Number 0,{MIA},mentor,")
    output(world, "roster", "leave", programme, MIA)
    told = output(world, "roster", "check", programme, file)
    assert f"1 person in the file has left the programme, and will not be brought back: Mentor Number 0 <{MIA}>" in told
    assert "will not be brought back" in output(world, "roster", "import", programme, file)
    assert isinstance(refusal(world, "roster", "import", programme, file, "--rejoin", "x@example.com"), NotFound)
    assert "1 would be changed" in output(world, "roster", "check", programme, file, "--rejoin")
    assert "1 changed" in output(world, "roster", "import", programme, file, "--rejoin", MIA)


def test_a_roster_is_shown_and_approved_by_a_second_person(world: World, tmp_path: Path) -> None:
    programme = str(world.programme(0, 0))
    output(world, "organisation", "set", ORGANISATION, "--approve-rosters")
    ana, bo = invite(world, "Ana"), invite(world, "Bo")
    people = [f"Person {number},p{number}@example.com,mentor," for number in range(12)]
    output(world, "roster", "import", programme, roster_file(tmp_path, *people), "--as", ana)
    shown = output(world, "roster", "show", programme)
    assert "Changed since then by: Ana" in shown
    assert "Not approved." in shown
    assert isinstance(run(world, "roster", "approve", programme, "--as", bo).exception, SystemExit)
    digest = json.loads(output(world, "roster", "show", programme, "--json"))["digest"]
    by_ana = refusal(world, "roster", "approve", programme, "--as", ana, "--digest", digest)
    assert isinstance(by_ana, RosterNotApproved)
    assert output(world, "roster", "approve", programme, "--as", bo, "--digest", digest) == "The roster is approved.\n"
    assert "Approved by Bo." in output(world, "roster", "show", programme)


def test_opening_says_that_an_approval_is_missing(world: World) -> None:
    wave = str(world.planned_wave(world.programme(14, 14)))
    output(world, "organisation", "set", ORGANISATION, "--approve-rosters")
    assert "approval of a second person" in str(refusal(world, "wave", "open", wave, "--yes"))
    output(world, "organisation", "set", ORGANISATION, "--no-approve-rosters")
    assert "is open" in output(world, "wave", "open", wave, "--yes")


def test_a_stranger_cannot_be_named_as_the_one_who_asked(world: World, tmp_path: Path) -> None:
    programme, file = str(world.programme(3, 3)), roster_file(tmp_path, "Zoe,zoe@example.com,mentor,")
    refused = refusal(world, "roster", "import", programme, file, "--as", "nobody@example.com")
    assert isinstance(refused, NotFound)


def test_all_who_were_refused_get_it_again_by_one_command(world: World) -> None:
    wave = mailed_wave(world, 3, 3)
    with world.session() as session:
        session.execute(update(Delivery).where(Delivery.participant_id.in_((2, 3))).values(state="refused"))
        session.commit()
    told = output(world, "invitation", "resend", str(wave), "--all-refused")
    assert told.startswith("The worker sends ")
    assert run(world, "invitation", "resend", str(wave)).exit_code == 2
    assert run(world, "invitation", "resend", str(wave), MIA, "--all-refused").exit_code == 2


def test_a_relay_that_refuses_the_sender_makes_the_check_fail(world: World) -> None:
    mailed_wave(world, 3, 3)
    with world.session() as session:
        session.execute(update(Delivery).values(state="queued"))
        session.execute(update(Batch).values(sender_refusals=1, refusal_code=550))
        session.commit()
    checked = run(world, "status", "--check")
    assert checked.exit_code == 1
    assert "The mail relay refuses the sender (550): 6 emails of wave 1 wait" in checked.output
