"""A coordinator puts people in: a file or a paste is checked, mended and taken over, and kept nowhere in between."""

import base64
import html
import io
import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import request
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from feedback.domain.errors import RosterRefused, SealBroken
from feedback.domain.roster.files import RosterRecord
from feedback.domain.staff import StaffRole
from feedback.services.programmes.set_organisation import set_approval
from feedback.services.roster.approve_roster import show_roster
from feedback.services.roster.leave_programme import leave_programme
from feedback.storage.people import Participant
from feedback.web.staff import uploads
from feedback.web.staff.uploads import LARGEST_UPLOADING_POST, MOST_UPLOAD_BYTES
from tests.databases import ON_SQLITE
from tests.spreadsheets.test_reading import ADA, workbook, zipped
from tests.web.test_staff_pages import SITE, signed_in
from tests.world import World, hidden_value

pytestmark = ON_SQLITE

HEADER = "name,email,role,cohort\n"
MIA = "Mia Müller,mia@example.com,mentor,London\n"
BEN = "Ben Ito,ben@example.com,mentee,\n"
SCRIPT = "<script>alert(1)</script>"


def posted(data: bytes, name: str = "people.csv", token: str = "") -> dict[str, object]:
    """A form with a file as browsers send it; the test client would write a large one to a file of its own."""
    fields = f'--mark\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
    file = f'--mark\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = fields.encode() + file.encode() + data + b"\r\n--mark--\r\n"
    return {"data": body, "content_type": "multipart/form-data; boundary=mark"}


@dataclass
class Desk:
    """A coordinator at the page of a programme, and what that page says now."""

    world: World
    client: FlaskClient
    programme: int
    answer: TestResponse | None = None

    @property
    def page(self) -> str:
        return f"/staff/programmes/{self.programme}/roster/new"

    @property
    def html(self) -> str:
        assert self.answer is not None
        return self.answer.text

    @property
    def said(self) -> str:
        return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", self.html)).split())

    @property
    def status(self) -> int:
        assert self.answer is not None
        return self.answer.status_code

    def send(self, text: str | bytes, name: str = "people.csv") -> "Desk":
        """Upload a file."""
        token = hidden_value(self.client.get(self.page, base_url=SITE).text, "csrf_token")
        sent = posted(text.encode() if isinstance(text, str) else text, name, token)
        self.answer = self.client.post(self.page, base_url=SITE, **sent)
        return self

    def paste(self, text: str, language: str = "") -> "Desk":
        token = hidden_value(self.client.get(self.page, base_url=SITE).text, "csrf_token")
        address = self.page + (f"?language={language}" if language else "")
        self.answer = self.client.post(address, data={"csrf_token": token, "pasted": text}, base_url=SITE)
        return self

    def press(self, **changed: object) -> "Desk":
        """Send the form of the page as it is, with some fields changed."""
        action = re.findall(r'id="people"[^>]*action="([^"]+)"', self.html)[0]
        hidden = {name: hidden_value(self.html, name) for name in ("csrf_token", "sealed_file")}
        seen = {"seen": hidden_value(self.html, "seen")} if 'name="seen"' in self.html else {}
        self.answer = self.client.post(html.unescape(action), data=hidden | seen | changed, base_url=SITE)
        return self

    def people(self) -> dict[str, tuple[str, str, str, bool]]:
        """The programme's people by address: name, role, cohort, whether they have left."""
        with self.world.session() as session:
            found = session.scalars(select(Participant).where(Participant.programme_id == self.programme))
            return {one.email: (one.name, one.role, one.cohort, one.has_left) for one in found}


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world, signed_in(world), world.programme(0, 0))


def test_a_file_is_checked_by_name_and_saved_by_one_button(desk: Desk) -> None:
    desk.send(HEADER + MIA + BEN)
    assert "people.csv 2 lines Nothing has been saved yet" in desk.said
    assert "Mia Müller mia@example.com Mentor London Joins" in desk.said
    assert desk.people() == {}
    assert desk.press().status == 303
    assert desk.people()["mia@example.com"] == ("Mia Müller", "mentor", "London", False)
    assert desk.answer is not None
    after = desk.client.get(desk.answer.location, base_url=SITE).text
    assert "Joined: 2" in re.sub(r"\s+", " ", after)


def test_every_problem_stands_in_its_cell_and_is_mended_there(desk: Desk) -> None:
    desk.send(HEADER + "Mia,mia@example,mentor,\nBen,ben@example.com,sponsor,\n,cy@example.com,mentee,\nTotal: 3\n")
    assert desk.status == 422
    for cell, said in (
        ("2-email", "“mia@example” is not an email address"),
        ("3-role", "“sponsor” is not a role"),
        ("4-name", "The field is empty; write the participant’s name."),
    ):
        assert f'href="#cell-{cell}"' in desk.html
        assert said in " ".join(re.findall(rf'id="cell-{cell}-error">([^<]*)<', desk.html))
    desk.press(**{"cell-2-email": "mia@example.com", "cell-3-role": "mentor", "left_out": ["5"], "go": "check"})
    assert "Line 4, name" in desk.said
    assert "Line 2, address" not in desk.said
    desk.press(**{"cell-4-name": "Cy", "go": "check"}).press()
    assert {name for name, *_rest in desk.people().values()} == {"Mia", "Ben", "Cy"}


def test_all_wrong_lines_are_left_out_at_once(desk: Desk) -> None:
    desk.send(HEADER + MIA + "Ben,ben@example,mentee,\nTotal: 3\n").press(go="leave-out").press()
    assert list(desk.people()) == ["mia@example.com"]


def test_a_column_that_is_not_known_is_matched_or_left_out(desk: Desk) -> None:
    desk.send("Full name,Contact,Part,Site,Staff no.\nMia,mia@example.com,mentor,Leeds,40113\n")
    assert "What is in each column?" in desk.said
    assert desk.press(**{"column-0": "name", "column-1": "email", "has_headers": "y"}).status == 422
    assert "No column holds this yet, and it is needed: Role." in desk.said
    chosen = {"column-0": "name", "column-1": "email", "column-2": "role", "column-3": "cohort", "column-4": ""}
    desk.press(**chosen, has_headers="y")
    assert "40113" not in desk.html
    desk.press()
    assert desk.people() == {"mia@example.com": ("Mia", "mentor", "Leeds", False)}


def test_rows_are_pasted_without_headers(desk: Desk) -> None:
    desk.paste("Mia Müller\tmia@example.com\tmentor\nBen Ito\tben@example.com\tmentee\n")
    assert re.findall(r'value="(\w+)"\s+selected', desk.html) == ["email", "role"]
    desk.press(**{"column-0": "name", "column-1": "email", "column-2": "role"}).press()
    assert desk.people()["ben@example.com"][0] == "Ben Ito"


def test_a_doubtful_code_page_is_asked_about_by_names(desk: Desk) -> None:
    desk.send("name;email;role\nИван Петров;ivan@example.com;mentor\n".encode("cp1251"))
    assert "Иван Петров windows-1251" in desk.said
    assert desk.press().status == 200
    assert "Choose the line in which the names are right." in desk.said
    desk.press(code_page="windows-1251").press()
    assert desk.people()["ivan@example.com"][0] == "Иван Петров"


def test_words_that_look_wrong_are_taken_only_if_somebody_says_so(desk: Desk) -> None:
    desk.send("name,email,role\nJosÃ©,jose@example.com,mentor\n")
    assert "was perhaps José" in desk.said
    desk.press(code_page="utf-8").press()
    assert desk.people()["jose@example.com"][0] == "JosÃ©"


def test_who_has_left_comes_back_and_who_is_absent_leaves_only_if_ticked(desk: Desk) -> None:
    desk.send(HEADER + MIA + BEN).press()
    with desk.world.session() as session:
        leave_programme(session, desk.programme, "ben@example.com", now=desk.world.clock(), actor="test")
        mia = session.scalars(select(Participant.id).where(Participant.email == "mia@example.com")).one()
    desk.send(HEADER + BEN)
    assert "These have left the programme. Do they come back?" in desk.said
    desk.press()
    assert desk.people()["ben@example.com"][3]
    desk.send(HEADER + BEN).press(rejoin=["ben@example.com"], leaving=[str(mia)])
    assert {address: left for address, (*_rest, left) in desk.people().items()} == {
        "mia@example.com": True,
        "ben@example.com": False,
    }


def test_one_name_at_two_addresses_is_asked_about(desk: Desk) -> None:
    desk.send(HEADER + MIA).press().send(desk_again := HEADER + MIA.replace("mia@", "mia.mueller@"))
    assert "Is “Mia Müller” one person?" in desk.said
    assert desk.press().status == 422
    assert "tick the box" in desk.said
    assert len(desk.people()) == 1
    assert desk.send(desk_again).press(sure="y").status == 303


def test_a_roster_that_has_changed_meanwhile_is_not_written_over(desk: Desk) -> None:
    desk.send(HEADER + MIA).press()
    shown = desk.send(HEADER + BEN).answer
    desk.send(HEADER + MIA.replace("London", "Leeds")).press()
    desk.answer = shown
    assert desk.press().status == 422
    assert "Somebody has changed the people of this programme" in desk.said
    assert "ben@example.com" not in desk.people()
    assert desk.press().status == 303


def test_a_sealed_file_opens_for_its_owner_and_programme_alone(desk: Desk) -> None:
    sealed = hidden_value(desk.send(HEADER + MIA).html, "sealed_file")
    assert b"mia" not in base64.b64decode(sealed)
    elsewhere = Desk(desk.world, desk.client, desk.world.programme(0, 0, name="Second")).send(HEADER + BEN)
    assert "Choose the file again" in elsewhere.press(sealed_file=sealed).said
    colleague = Desk(desk.world, signed_in(desk.world, StaffRole.ADMINISTRATOR), desk.programme).send(HEADER + BEN)
    assert "Choose the file again" in colleague.press(sealed_file=sealed).said
    assert "Choose the file again" in desk.send(HEADER + BEN).press(sealed_file="bm9uc2Vuc2U=").said
    assert desk.people() == {}


def test_what_is_carried_ends_after_two_hours(desk: Desk) -> None:
    with desk.world.app.test_request_context():
        table = uploads.Upload("x", table=uploads.RosterTable(uploads.RosterNote("Read"), (RosterRecord(1, ("a",)),)))
        sealed = uploads.sealed(table, 1, 2, now=desk.world.clock())
        assert uploads.opened(sealed, 1, 2, now=desk.world.clock()) == table
        with pytest.raises(SealBroken):
            uploads.opened(sealed, 1, 2, now=desk.world.clock() + timedelta(hours=2, seconds=1))
        with pytest.raises(RosterRefused):
            uploads.sealed(uploads.Upload("x", data=b"x" * 17 * 2**20), 1, 2, now=desk.world.clock())


def test_hostile_names_are_text_on_every_page(desk: Desk) -> None:
    desk.send(f"{SCRIPT},Contact,Part\n{SCRIPT},mia@example.com,mentor\n", name=f"{SCRIPT}.csv")
    pages = [desk.html]
    desk.press(**{"column-0": "name", "column-1": "email", "has_headers": "y", "column-2": "role"})
    pages.append(desk.html)
    desk.press()
    pages.append(desk.client.get(f"/staff/programmes/{desk.programme}/roster", base_url=SITE).text)
    pages.append(desk.send(HEADER + f"{SCRIPT},mia@example,{SCRIPT},{SCRIPT}\n").html)
    assert [(SCRIPT in page, html.escape(SCRIPT) in page) for page in pages] == [(False, True)] * 4


def test_bombs_and_far_cells_are_refused_with_a_sentence(desk: Desk) -> None:
    bomb = zipped({"xl/workbook.xml": b"\0" * 200 * 2**20})
    assert len(bomb) < MOST_UPLOAD_BYTES
    assert "too large when unpacked" in desk.send(bomb, "people.xlsx").said
    far = workbook(ADA, build=lambda book: book.active.cell(3, 16_000, "x"))
    assert "there is something in column 16000" in desk.send(far, "people.xlsx").said
    assert "larger than 2 MB" in desk.send(b"x" * (MOST_UPLOAD_BYTES + 1)).said
    assert desk.status == 422
    assert desk.send(b"x" * LARGEST_UPLOADING_POST).status == 413
    assert desk.people() == {}


def test_what_is_sent_lies_in_no_file(desk: Desk) -> None:
    with desk.world.app.test_request_context(desk.page, method="POST", **posted(b"x" * MOST_UPLOAD_BYTES)):
        request.max_content_length = LARGEST_UPLOADING_POST
        assert isinstance(request.files["file"].stream, io.BytesIO)


def test_a_workbook_is_read(desk: Desk) -> None:
    assert desk.send(workbook(ADA), "people.xlsx").press().status == 303
    assert desk.people()["ada@example.com"][2] == "Lyon"


def test_the_pages_speak_the_language_of_the_reader_and_keep_the_file(desk: Desk) -> None:
    desk.paste("name,email,role\nMia,mia@example,mentor\n", language="fr")
    assert "Ligne 2, adresse" in desk.said
    assert "n’est pas une adresse" in desk.said
    desk.press(**{"cell-2-email": "mia@example.com", "language": "es"})
    assert "Mia mia@example.com Persona mentora" in desk.said
    assert 'lang="es"' in desk.html
    assert desk.press(language="ar").status == 200
    assert desk.people() == {}


def test_the_check_says_that_a_colleague_must_approve(desk: Desk) -> None:
    with desk.world.session() as session:
        set_approval(session, "Example Organisation", approves_rosters=True, now=desk.world.clock(), actor="test")
    assert "Afterwards a colleague who had no hand in it must approve the list." in desk.send(HEADER + MIA).said
    desk.press()
    with desk.world.session() as session:
        assert show_roster(session, desk.programme).changed_by == ("Ana",)


def test_an_open_survey_is_joined_by_nobody_and_the_check_says_so(world: World) -> None:
    world.open_wave(6, 6)
    desk = Desk(world, signed_in(world), 1).send(HEADER + MIA)
    assert "A survey is open, and nobody joins it now. Invited only from the next one on: 1 person." in desk.said
