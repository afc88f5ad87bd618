"""Commands that refuse say why in a sentence, with an exit code that a script can read."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.cli import ScriptInfo

from feedback.cli import feedback
from feedback.domain.errors import (
    AccessRefused,
    FeedbackError,
    NameRefused,
    NotFound,
    PlanRefused,
    QuestionnaireRefused,
    WaveNotReady,
)
from feedback.storage.programmes import programme_by_id
from tests.databases import ON_SQLITE
from tests.reviewing import wave_in_review
from tests.web.test_programme_settings import NEW
from tests.web.test_staff_pages import press, see
from tests.world import World

pytestmark = ON_SQLITE


def run(world: World, *words: str) -> Result:
    return CliRunner().invoke(feedback, list(words), obj=ScriptInfo(create_app=lambda: world.bare))


def output(world: World, *words: str) -> str:
    result = run(world, *words)
    assert result.exit_code == 0, result.output
    return result.output


def refusal(world: World, *words: str) -> FeedbackError:
    error = run(world, *words).exception
    assert isinstance(error, FeedbackError)
    return error


def test_status_never_says_how_many_have_answered(world: World) -> None:
    wave = world.open_wave()
    before = output(world, "wave", "status", str(wave), "--json")
    world.answer(world.links(wave)[0])
    assert output(world, "wave", "status", str(wave), "--json") == before


def test_status_of_all_waves_is_json_for_scripts(world: World) -> None:
    world.open_wave()
    (wave,) = json.loads(output(world, "wave", "status", "--json"))
    assert (wave["state"], wave["invited"]) == ("open", 27)


def test_a_wave_that_is_open_cannot_be_opened_again(world: World) -> None:
    assert isinstance(refusal(world, "wave", "open", str(world.open_wave())), WaveNotReady)


def test_a_wave_cannot_be_closed_before_its_time(world: World) -> None:
    assert "cannot close earlier" in str(refusal(world, "wave", "close", str(world.open_wave())))


def test_an_unknown_programme_is_named(world: World) -> None:
    assert isinstance(refusal(world, "programme", "show", "77"), NotFound)


def test_a_programme_is_shown_in_sizes_not_names(world: World) -> None:
    shown = output(world, "programme", "show", str(world.programme(cohorts=("Spring", "Autumn"))))
    assert "mentors, Spring" in shown
    assert "Number" not in shown


def test_a_roster_check_names_lines_and_changes_nothing(world: World, tmp_path: Path) -> None:
    programme, file = world.programme(mentors=0, mentees=0), tmp_path / "roster.csv"
    file.write_text("name,email,role\nAna,ana@example.com,mentor\nBo,nowhere,pilot\n")
    result = run(world, "roster", "import", str(programme), str(file))
    assert result.exit_code == 1
    assert "Line 3, email" in result.output
    assert "Line 3, role" in result.output
    assert json.loads(output(world, "programme", "show", str(programme), "--json"))["roster"] == []


def test_an_unknown_questionnaire_plans_nothing_and_names_those_there_are(world: World) -> None:
    programme = str(world.programme())
    words = ("wave", "plan", programme, "--stage", "half-time", "--closes", "2099-01-01T12:00")
    refused = refusal(world, *words)
    assert isinstance(refused, QuestionnaireRefused)
    assert "exit, kickoff, midpoint" in str(refused)
    assert json.loads(output(world, "wave", "status", "--json")) == []


def test_a_role_too_small_to_be_shown_must_be_confirmed(world: World) -> None:
    wave = str(world.planned_wave(world.programme(mentors=4, mentees=20)))
    result = run(world, "wave", "open", wave)
    assert result.exit_code == 1
    assert "4 mentors" in result.output
    assert "not asked of mentors" in result.output
    assert "is open" in output(world, "wave", "open", wave, "--yes")


def test_comments_that_can_never_be_kept_are_foreseen(world: World) -> None:
    wave = str(world.planned_wave(world.programme(mentors=4, mentees=5)))
    assert "destroyed unread" in run(world, "wave", "open", wave).output


def test_a_wave_in_which_all_can_be_shown_opens_without_a_question(world: World) -> None:
    assert "Warning" not in output(world, "wave", "open", str(world.planned_wave(world.programme())))


def test_who_has_left_gets_no_more_mail(world: World) -> None:
    programme = world.programme()
    output(world, "roster", "leave", str(programme), "mentor.0@example.com")
    assert isinstance(refusal(world, "roster", "leave", str(programme), "nobody@example.com"), NotFound)
    world.open(world.planned_wave(programme))
    world.send_mails()
    assert world.mailbox.count() == 26


def test_a_cancelled_wave_asks_first(world: World) -> None:
    wave = world.open_wave()
    assert run(world, "wave", "cancel", str(wave)).exit_code == 1
    assert "its answers were destroyed unread" in output(world, "wave", "cancel", str(wave), "--yes")


def test_cancelling_a_wave_that_never_opened_says_that_nobody_is_told(world: World) -> None:
    wave = world.planned_wave(world.programme())
    assert "so nobody is told" in output(world, "wave", "cancel", str(wave), "--yes")
    world.send_mails()
    assert world.mailbox.count() == 0


def test_a_test_mail_goes_through_the_relay(world: World) -> None:
    assert "accepted" in output(world, "mail", "test", "ana@example.com")
    assert world.mailbox.count() == 1


@pytest.mark.parametrize("organisation", ["Smith, Jones & Partners", "Example"])
def test_a_test_mail_comes_from_whom_participants_will_see(world: World, organisation: str) -> None:
    world.programme(organisation=organisation)
    assert organisation in output(world, "mail", "test", "ana@example.com")
    (sender,) = world.mailbox.read(world.mailbox.serials()[0])["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (organisation, "feedback@example.com")


def test_of_several_organisations_a_test_mail_names_one(world: World) -> None:
    for organisation in ("One", "Two"):
        world.programme(0, 0, organisation=organisation)
    assert "One, Two" in str(refusal(world, "mail", "test", "ana@example.com"))
    assert "from Two" in output(world, "mail", "test", "ana@example.com", "--organisation", "Two")


@pytest.mark.parametrize("name", ["Two\nlines", "A" * 201, " "])
def test_a_name_that_cannot_be_shown_is_not_invited(world: World, name: str) -> None:
    world.programme()
    words = ["--organisation", "Example Organisation", "--name", name, "--email", "ana@example.com"]
    assert isinstance(refusal(world, "staff", "invite", *words), NameRefused)


def test_a_programme_names_the_page_where_it_was_announced(world: World) -> None:
    world.open_wave(5, 5)
    page = "https://intranet.example.com/leaders"
    assert "name that page" in output(world, "programme", "set", "1", "--announced-at", page)
    world.send_mails()
    text = world.mailbox.read(world.mailbox.serials()[0]).get_body(("plain",)).get_content()
    assert page in text.split()
    assert "no page" in output(world, "programme", "set", "1", "--announced-at", "")


@pytest.mark.parametrize(
    "page",
    [
        "intranet",
        "http://example.com",
        "https://",
        "javascript:x",
        "https://a b",
        'https://x"y',
        "https://é.example",
        "https://u@x.example",
    ],
)
def test_what_is_no_page_is_not_named_in_mails(world: World, page: str) -> None:
    world.programme(0, 0)
    assert isinstance(refusal(world, "programme", "set", "1", "--announced-at", page), PlanRefused)


def test_a_staff_invitation_prints_a_link(world: World) -> None:
    world.programme()
    words = ["--organisation", "Example Organisation", "--name", "Ana", "--email", "ana@example.com"]
    assert "/staff/sign-in/" in output(world, "staff", "invite", *words)


def test_staff_are_listed_and_lose_their_access_by_command(world: World) -> None:
    world.programme()
    words = ["--organisation", "Example Organisation"]
    output(world, "staff", "invite", *words, "--name", "Ana", "--email", "ana@example.com", "--role", "reviewer")
    named = "Ana Contact <contact@example.com>, contact\nRea Viewer <reviewer@example.com>, reviewer\n"
    assert output(world, "staff", "list", *words) == f"Ana <ana@example.com>, reviewer\n{named}"
    output(world, "staff", "remove", *words, "--email", "Ana@example.com")
    assert output(world, "staff", "list", *words) == named
    assert isinstance(refusal(world, "staff", "remove", *words, "--email", "ana@example.com"), NotFound)
    assert isinstance(refusal(world, "staff", "list", "--organisation", "Exmaple"), NotFound)


def test_keys_are_wrapped_anew_only_when_the_master_key_changed(world: World) -> None:
    world.open_wave()
    assert output(world, "db", "rewrap-keys").startswith("0 keys")


@pytest.mark.parametrize("name", ["kickoff-mentor", "kickoff-mentee"])
def test_shipped_questionnaires_are_listed(name: str) -> None:
    result = CliRunner().invoke(feedback, ["questionnaire", "list"])
    assert name in result.output


def test_a_questionnaire_file_is_checked(tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text('name = "broken"\n')
    error = CliRunner().invoke(feedback, ["questionnaire", "check", str(file)]).exception
    assert "broken.toml" in str(error)


@pytest.mark.parametrize("words", [[], ["wave"], ["wave", "plan"], ["roster", "import"], ["demo", "run"], ["report"]])
def test_every_command_explains_itself(words: list[str]) -> None:
    result = CliRunner().invoke(feedback, [*words, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_an_organisation_is_made_with_an_administrator_who_needs_no_command_from_then_on(world: World) -> None:
    who = ["--administrator-name", "Ada", "--administrator-email", "ada@example.com"]
    link = output(world, "organisation", "create", "Example Organisation", *who).strip()
    assert isinstance(refusal(world, "organisation", "create", "Example Organisation", *who), PlanRefused)
    client, page = world.client(), link.removeprefix(world.tools.settings.base_url)
    assert press(client, page, page).location == "/staff/"
    assert "The way to the first report" in see(client, "/staff/")
    filled = {"name": "Pilot", "word": "reverse", "focus": "disability", "contact": "", "reviewer": ""}
    sent = press(client, NEW, NEW, **filled, time_zone="Europe/Paris", minimum_group_size="5")
    assert sent.location == "/staff/programmes/1"


@pytest.mark.parametrize("name", ["", "two\nlines", "x" * 201])
def test_an_organisation_has_a_name_that_can_be_shown(world: World, name: str) -> None:
    who = ["--administrator-name", "Ada", "--administrator-email", "ada@example.com"]
    assert isinstance(refusal(world, "organisation", "create", name, *who), PlanRefused)


def test_whom_participants_are_told_is_named_by_command(world: World) -> None:
    world.programme()
    words = ["--organisation", "Example Organisation", "--name", "Olu", "--email", "olu@example.com"]
    output(world, "staff", "invite", *words, "--role", "reviewer")
    output(world, "programme", "set", "1", "--contact-email", "Olu@example.com", "--reviewer-email", "olu@example.com")
    with world.session() as session:
        told = programme_by_id(session, 1)
        assert (told.contact_name, told.contact_email, told.reviewer_name) == ("Olu", "olu@example.com", "Olu")
    assert isinstance(refusal(world, "programme", "set", "1", "--reviewer-email", "nobody@example.com"), NotFound)
    assert isinstance(refusal(world, "programme", "set", "1", "--reviewer-email", "contact@example.com"), PlanRefused)


def test_comments_are_destroyed_with_an_account_only_if_that_is_asked_for(world: World) -> None:
    wave_in_review(world)
    words = ["--organisation", "Example Organisation", "--email", "reviewer@example.com"]
    refused = refusal(world, "staff", "remove", *words)
    assert isinstance(refused, AccessRefused)
    assert "wave 1 (Pilot, kickoff)" in str(refused)
    output(world, "staff", "remove", *words, "--destroy-comments")
    world.do_what_is_due()
    assert isinstance(refusal(world, "comment", "list", "1"), WaveNotReady)


def test_an_emergency_link_is_printed_for_an_administrator_alone(world: World) -> None:
    world.programme()
    who = ("--organisation", "Example Organisation", "--email", "ada@example.com")
    output(world, "staff", "invite", *who, "--name", "Ada", "--role", "administrator")
    assert "/staff/sign-in/" in output(world, "staff", "emergency-link", *who)
    output(world, "staff", "invite", *who, "--name", "Ada", "--role", "viewer")
    assert isinstance(refusal(world, "staff", "emergency-link", *who), AccessRefused)
