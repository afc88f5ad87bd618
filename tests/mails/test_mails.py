"""What mails say, word for word, and what none may do. Change a mail, then change its file in `english/` too."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask

from feedback.domain.languages import LANGUAGES
from feedback.domain.waves.staff_mails import StaffMail
from feedback.mail.message import MailValue
from feedback.resources import templates_folder
from tests.mails.letters import LINK, MAILS, OPT_OUT, SIGN_IN, TO_PARTICIPANTS, VALUES, Read, a_letter, read

WORDS = Path(__file__).parent / "english"
ADDRESS = re.compile(r"https?://[^\s\"'<>]+|\S+@\S+")


def written(app: Flask, mail: str, **changes: MailValue) -> Read:
    return read(app, a_letter(mail, **changes))


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_says_what_its_file_says(app: Flask, name: str) -> None:
    message = written(app, name)
    assert f"{message.subject}\n\n{message.body}\n" == (WORDS / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MAILS)
def test_a_subject_reveals_nothing_over_a_shoulder(app: Flask, name: str) -> None:
    subject = written(app, name).subject
    telling = ("Example", "mentor", "Mia", "Ana", "race", "anonym", "inclusion", "http")
    assert not [word for word in telling if word.casefold() in subject.casefold()]
    assert 5 < len(subject) < 70


@pytest.mark.parametrize("name", TO_PARTICIPANTS)
def test_a_mail_says_why_it_comes_how_to_check_that_and_whom_to_write_to(app: Flask, name: str) -> None:
    message = written(app, name)
    for half in (" ".join(message.body.split()), " ".join(_Words(message.html).words)):
        assert "You are getting this email because you are in the programme “Pilot” of Example Organisation." in half
        assert "Look up Ana Contact in your own directory, not in this email, and ask." in half
        assert "Please do not reply: replies are neither read nor kept" in half
        assert "write a new email to Ana Contact: contact@example.com" in half
        assert "announced here" not in half


@pytest.mark.parametrize("name", TO_PARTICIPANTS)
def test_a_mail_names_the_page_where_the_programme_was_announced(app: Flask, name: str) -> None:
    page = "https://intranet.example.com/leaders"
    message = written(app, name, announced_at=page)
    assert f"The programme was announced here:\n{page}\n" in message.body
    assert f'href="{page}"' in message.html


STAGES = {
    "kickoff": "Leaders learn: what do you think, at the start?",
    "midpoint": "Leaders learn: what do you think, halfway through?",
    "exit": "Leaders learn: what do you think, now that it ends?",
    "pulse": "Leaders learn: what do you think?",
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_subject_names_programme_and_stage(app: Flask, stage: str) -> None:
    changes = {"programme": "Leaders learn", "stage": stage}
    assert written(app, "invitation", **changes).subject == STAGES[stage]
    assert written(app, "reminder", **changes).subject == f"Still open – {STAGES[stage]}"


@pytest.mark.parametrize("name", TO_PARTICIPANTS)
def test_a_subject_does_not_name_a_programme_whose_name_tells_its_focus(app: Flask, name: str) -> None:
    subject = written(app, name, programme="Women lead", programme_is_discreet=None).subject
    assert "Women" not in subject
    assert "Your programme: " in subject


LINKED = ("invitation", "reminder", "last-day", "extension")


@pytest.mark.parametrize("name", LINKED)
@pytest.mark.parametrize("role", ["mentor", "mentee"])
def test_who_is_in_both_roles_is_told_why_there_are_two_links(app: Flask, name: str, role: str) -> None:
    message = written(app, name, role_of_two=role)
    for half in (" ".join(message.body.split()), " ".join(_Words(message.html).words)):
        assert f"so you get two emails, each with a link of its own. This one asks you as a {role}." in half
    assert "two emails" not in written(app, name).body


@pytest.mark.parametrize("name", LINKED)
def test_midnight_is_the_end_of_the_day_before(app: Flask, name: str) -> None:
    message = written(app, name, closes_on="Sunday 14 March 2027", closes_at=None)
    for half in (" ".join(message.body.split()), " ".join(_Words(message.html).words)):
        assert "the end of Sunday 14 March 2027 (Paris time)." in half
        assert "None" not in half


@pytest.mark.parametrize("name", TO_PARTICIPANTS)
def test_every_mail_leads_to_support_and_to_no_more_mail(app: Flask, name: str) -> None:
    message = written(app, name)
    for part in (message.body, message.html):
        assert VALUES["support_url"] in part
        assert OPT_OUT in part


@pytest.mark.parametrize("name", MAILS)
def test_every_address_stands_on_a_line_of_its_own(app: Flask, name: str) -> None:
    for language in LANGUAGES:
        body = read(app, a_letter(name, language=language.code)).body
        lines = [line for line in body.splitlines() if ADDRESS.search(line)]
        assert lines
        assert [line for line in lines if not re.fullmatch(r"\w[!-~]*\w", line, re.ASCII)] == []


@pytest.mark.parametrize("name", ["invitation", "reminder", "last-day"])
def test_the_link_stands_in_both_halves(app: Flask, name: str) -> None:
    message = written(app, name)
    assert f"\n{LINK}\n" in message.body
    assert f'href="{LINK}"' in message.html


@pytest.mark.parametrize("name", ["results", "unreported", "said", "cancellation", "support"])
def test_a_mail_about_what_is_over_holds_no_link(app: Flask, name: str) -> None:
    message = written(app, name)
    assert "/s/" not in message.body + message.html


def test_every_mail_is_among_those_that_are_looked_at() -> None:
    folders = {folder.name for folder in (templates_folder() / "mail").iterdir() if folder.is_dir()}
    assert folders == {*MAILS, "test"}


@pytest.mark.parametrize("name", MAILS)
def test_no_line_is_longer_than_mail_programs_like(app: Flask, name: str) -> None:
    lines = written(app, name).body.splitlines()
    assert [line for line in lines if len(line) > 78 and not ADDRESS.fullmatch(line)] == []


@pytest.mark.parametrize("name", [*TO_PARTICIPANTS, "corrected"])
def test_the_contacts_address_is_a_link(app: Flask, name: str) -> None:
    assert '<a dir="ltr" href="mailto:contact@example.com">contact@example.com</a>' in written(app, name).html


@pytest.mark.parametrize(
    "name",
    [
        *LINKED,
        "results",
        "said",
        "sign-in",
        "access",
        "passkeys-removed",
        "passkey-made",
        "passkey-removed",
        "connect-account",
        "account-connected",
        "names-deleted",
        "halted",
        *StaffMail,
    ],
)
def test_the_box_of_a_link_says_what_it_opens(app: Flask, name: str) -> None:
    box = re.search(
        r'<a class="link" href="([^"]+)">\s*([^<]+?)\s*<br>\s*<span class="address" dir="ltr">\1<',
        written(app, name).html,
    )
    assert box
    assert re.fullmatch("[A-Z][a-z ’]+", box[2])


class _Words(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()
        self._quiet = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._quiet = tag in {"style", "title"}

    def handle_endtag(self, tag: str) -> None:
        self._quiet = False

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.words += data.split()


@pytest.mark.parametrize("name", TO_PARTICIPANTS)
def test_both_halves_of_a_mail_say_the_same(app: Flask, name: str) -> None:
    message = written(app, name)
    text = re.sub(r"https?://\S+|[:.]", " ", message.body).split()
    html = re.sub(r"https?://\S+|[:.]", " ", " ".join(_Words(message.html).words)).split()
    assert sorted(html) == sorted(text)


@pytest.mark.parametrize("name", TO_PARTICIPANTS)
def test_both_halves_begin_with_the_organisations_own_sentence(app: Flask, name: str) -> None:
    message = written(app, name, opening="Dear <all>, " + "it matters & " * 20)
    for half in (" ".join(message.body.split()), " ".join(_Words(message.html).words)):
        assert "Hello Mia Mentor, Example Organisation writes: “Dear <all>, it matters & it" in half
    assert "<all>" not in message.html
    assert max(map(len, (line for line in message.body.splitlines() if not ADDRESS.fullmatch(line)))) <= 78


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_loads_nothing_and_runs_nothing(app: Flask, name: str) -> None:
    html = written(app, name).html
    assert not _Words(html).tags & {"img", "script", "link", "iframe", "form", "input", "object", "video"}
    assert not re.search(r"url\(|@import|@font-face", html)
    assert "prefers-color-scheme: dark" in html


@pytest.mark.parametrize("name", MAILS)
def test_names_are_harmless_in_a_mail(app: Flask, name: str) -> None:
    hostile = "A & <b>B</b>"
    names = {"programme": hostile, "inviter": hostile, "administrator": hostile, "accounts": ((hostile, SIGN_IN),)}
    # These name nothing else.
    of_accounts = {"passkey-made", "passkey-removed", "connect-account", "account-connected", "halted"}
    names |= {"organisation": hostile} if name in of_accounts else {}
    message = written(app, name, addressee="<script>alert(1)</script>", **names)
    assert "<script>" not in message.html
    assert "<b>B</b>" not in message.html
    assert "A & <b>B</b>" in " ".join(message.body.split())


@pytest.mark.parametrize("name", TO_PARTICIPANTS)
def test_a_programme_without_a_support_desk_names_none(app: Flask, name: str) -> None:
    message = written(app, name, support_url=None)
    assert "Ask for support" not in message.body + message.html
