"""A sentence of the organisation's own at the top of an email: written on a page, read in the email."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback.domain.languages import LANGUAGES
from feedback.domain.staff import StaffRole
from feedback.services.mail.write_openings import show_openings
from feedback.services.roster.import_roster import import_roster
from tests.databases import ON_SQLITE
from tests.web.test_staff_pages import SITE, press, see, signed_in
from tests.world import World, noted

pytestmark = ON_SQLITE

DEAR = "Dear all, <b>your</b> view counts & 100 % of you are asked."


@pytest.fixture
def planned(world: World) -> int:
    programme = world.programme()
    with world.session() as session:
        people = b"name,email,role,language\nChlo\xc3\xa9,chloe@example.com,mentor,fr\n"
        import_roster(session, world.keys, programme, people, now=world.clock(), actor="test")
    return world.planned_wave(programme)


def write(client: FlaskClient, wave: int, mail: str = "invitation", **written: str) -> TestResponse:
    page = f"/staff/waves/{wave}/emails/{mail}"
    return press(client, page, page, **written)


def kept(world: World, wave: int, mail: str = "invitation") -> dict[str, str]:
    with world.session() as session:
        return show_openings(session, wave, mail)


def mails(world: World) -> dict[str, tuple[str, str]]:
    read = (world.mailbox.read(serial) for serial in world.mailbox.serials())
    return {
        str(mail["To"]): tuple(" ".join(mail.get_body((kind,)).get_content().split()) for kind in ("plain", "html"))  # type: ignore[misc]
        for mail in read
    }


def test_it_is_written_read_in_the_preview_and_sent(world: World, planned: int) -> None:
    client = signed_in(world)
    answer = write(client, planned, en=DEAR)
    assert answer.location == f"/staff/waves/{planned}/emails?shown=invitation&in=en#invitation"
    assert kept(world, planned) == {"en": DEAR}
    said = f"Hello Ana, Example Organisation writes: “{DEAR}” Example Organisation asks everybody"
    assert said.replace("<", "&lt;").replace(">", "&gt;").replace("& ", "&amp; ") in see(client, answer.location)
    world.open(planned)
    world.send_mails()
    text, html = mails(world)["mentor.1@example.com"]
    assert f"Hello Mentor Number 1, Example Organisation writes: “{DEAR}” Example" in text
    assert "Example Organisation writes: “Dear all, &lt;b&gt;your&lt;/b&gt; view counts &amp; 100 % of you" in html
    assert noted(world, "wrote a first sentence: invitation")[0][1] == f"wave {planned}"


def test_a_language_in_which_nothing_was_written_goes_without(world: World, planned: int) -> None:
    write(signed_in(world), planned, en=DEAR)
    world.open(planned)
    world.send_mails()
    assert "100 %" in mails(world)["mentor.1@example.com"][0]
    text, html = mails(world)["chloe@example.com"]
    assert "100 %" not in text + html
    assert "Bonjour" in text


def test_each_language_and_each_email_has_its_own(world: World, planned: int) -> None:
    client = signed_in(world)
    write(client, planned, en=DEAR, fr="Chers collègues, merci.")
    write(client, planned, "reminder", en="Once more.")
    assert kept(world, planned) == {"en": DEAR, "fr": "Chers collègues, merci."}
    assert kept(world, planned, "reminder") == {"en": "Once more."}
    write(client, planned, en="", fr="Chers collègues, merci.")
    assert kept(world, planned) == {"fr": "Chers collègues, merci."}
    for language in LANGUAGES:
        page = see(client, f"/staff/waves/{planned}/emails?in={language.code}")
        assert ("Chers collègues" in page) is (language.code == "fr")


@pytest.mark.parametrize(
    "text", ["See evil.example now", "Ask mia@example.com", "One\r\nBcc: eve@example.net", "x" * 301]
)
def test_what_leads_elsewhere_or_is_no_line_is_refused_at_its_field(world: World, planned: int, text: str) -> None:
    answer = write(signed_in(world), planned, en="Hello.", fr=text)
    assert answer.status_code == 422
    assert 'href="#fr"' in answer.text
    assert 'id="fr-error"' in answer.text
    assert kept(world, planned) == {}


def test_nothing_of_it_reaches_a_header(world: World, planned: int) -> None:
    write(signed_in(world), planned, en="Subject: gone =?utf-8?q?x?=")
    world.open(planned)
    world.send_mails()
    for serial in world.mailbox.serials():
        mail = world.mailbox.read(serial)
        assert "gone" not in str(mail.items())


def test_an_invitation_cannot_be_changed_once_it_went_out_but_a_reminder_can(world: World, planned: int) -> None:
    client = signed_in(world)
    token_page = f"/staff/waves/{planned}/emails/reminder"
    world.open(planned)
    assert "can no longer be changed" in see(client, f"/staff/waves/{planned}/emails/invitation")
    answer = press(client, token_page, f"/staff/waves/{planned}/emails/invitation", en="Too late")
    assert answer.status_code == 422
    assert "can no longer be changed" in answer.text
    assert kept(world, planned) == {}
    assert write(client, planned, "reminder", en="Still time.").status_code == 303


def test_no_other_email_has_one(world: World, planned: int) -> None:
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    for mail in ("sign-in", "held", "x", "..%2Finvitation"):
        assert client.get(f"/staff/waves/{planned}/emails/{mail}", base_url=SITE).status_code == 404
    for role in (StaffRole.REVIEWER, StaffRole.VIEWER):
        page = f"/staff/waves/{planned}/emails/invitation"
        assert signed_in(world, role).get(page, base_url=SITE).status_code == 403
