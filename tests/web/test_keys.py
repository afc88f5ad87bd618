"""The address at which an organisation's public key is shown, and where it is named."""

import base64
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from feedback.cli import feedback
from feedback.domain.languages import LANGUAGES
from feedback.domain.report.report import key_name
from feedback.domain.staff import StaffRole
from feedback.services.programmes.create_organisation import create_organisation
from feedback.storage.organisations import signing_keys
from tests.databases import first_of
from tests.web.test_staff_pages import SITE, reported, see, signed_in, two_reports
from tests.world import World


@pytest.fixture
def key(world: World) -> bytes:
    """The key of an organisation that has a report, beside another organisation."""
    with world.session() as session:
        create_organisation(session, world.keys, "Another Organisation", now=world.clock(), actor="test")
    reported(world, 8)
    with world.session() as session:
        return dict(signing_keys(session.connection()))["Example Organisation"]


def test_the_key_of_a_report_is_at_the_address_that_the_report_names(world: World, key: bytes) -> None:
    client = signed_in(world)
    page = f"https://feedback.example.com/keys/{key_name(key)}"
    assert page in see(client, "/staff/waves/1/report")
    shown = world.client().get(f"/keys/{key_name(key)}", base_url=SITE)
    file = json.loads(client.get("/staff/waves/1/report.json", base_url=SITE).data)
    assert shown.text.count(file["public_key"]) == 2
    assert ("Example Organisation" in shown.text, "Another Organisation" in shown.text) == (True, False)


def test_it_is_there_for_programs_too(world: World, key: bytes) -> None:
    told = world.client().get(f"/keys/{key_name(key)}.json", base_url=SITE).get_json()
    assert told == {
        "organisation": "Example Organisation",
        "algorithm": "Ed25519",
        "public_key": base64.b64encode(key).decode(),
    }


@pytest.mark.parametrize("language", first_of(2, [one.code for one in LANGUAGES]))
def test_it_is_explained_in_every_language(world: World, key: bytes, language: str) -> None:
    page = world.client().get(f"/keys/{key_name(key)}?language={language}", base_url=SITE)
    assert (page.status_code, f'<html lang="{language}"' in page.text) == (200, True)
    assert ("genuine" in page.text) is (language == "en")


@pytest.mark.parametrize("name", ["", "1", "0" * 64, "Example Organisation", "x.json", "é"])
def test_whoever_does_not_have_the_key_learns_of_none(world: World, key: bytes, name: str) -> None:
    answer = world.client().get(f"/keys/{name}", base_url=SITE)
    assert answer.status_code == 404
    assert "Organisation" not in answer.text.replace("No organisation", "")


def test_the_email_about_the_results_names_it(world: World, key: bytes) -> None:
    world.do_what_is_due()
    world.send_mails_now()
    texts = [world.mailbox.read(one).get_body(("plain",)).get_content() for one in world.mailbox.serials()]
    told = [text for text in texts if "Read the results" in text]
    assert told
    assert [text for text in told if f"/keys/{key_name(key)}" not in text] == []


def test_several_reports_are_checked_together_with_what_administrators_download(world: World, tmp_path: Path) -> None:
    two_reports(world)
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    files = []
    for name in ("waves/1/report", "waves/2/report", "programmes/1/cells"):
        answer = client.get(f"/staff/{name}.json", base_url=SITE)
        files.append(tmp_path / f"{name.replace('/', '-')}.json")
        files[-1].write_bytes(answer.data)
    *reports, cells = map(str, files)
    told = CliRunner().invoke(feedback, ["report", "audit", *reports, "--roster", cells])
    assert (told.exit_code, "Its chain follows waves-1-report.json." in told.output) == (0, True)
    assert sum(one["people"] for one in json.loads(files[-1].read_bytes())) == 27


def test_before_a_report_there_is_nothing_to_download(world: World) -> None:
    programme = world.programme()
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    assert client.get(f"/staff/programmes/{programme}/cells.json", base_url=SITE).status_code == 404
