"""An organisation's logo: set on the command line or on a page, shown on reports to its own staff, and nowhere else."""

from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback.domain.staff import StaffRole
from tests.cli.test_commands import output, run
from tests.cli.test_rosters_and_bounces import ORGANISATION
from tests.databases import ON_SQLITE
from tests.rendering.test_logos import GOOD, HOSTILE
from tests.web.test_after_answering import closed_wave, results_address
from tests.web.test_staff_pages import SITE, press, see, signed_in
from tests.world import World, hidden_value

PNG = b"\x89PNG"
BOSS = StaffRole.ADMINISTRATOR
PICTURE = '<img class="logo"'


def set_logo(world: World, folder: Path, data: bytes = GOOD) -> str:
    file = folder / "logo.svg"
    file.write_bytes(data)
    return output(world, "organisation", "set", ORGANISATION, "--logo", str(file))


def test_a_logo_is_shown_on_reports_to_staff_until_it_is_taken_away(world: World, tmp_path: Path) -> None:
    closed_wave(world)
    client, page, picture = signed_in(world), "/staff/waves/1/report", "/staff/waves/1/report/logo.png"
    assert PICTURE not in see(client, page)
    assert client.get(picture, base_url=SITE).status_code == 404
    for _time in range(2):
        assert set_logo(world, tmp_path) == "Reports show this logo.\n"
    shown = client.get(page, base_url=SITE).text
    assert (PICTURE in shown, f'src="{picture}"' in shown, f'alt="Logo of {ORGANISATION}"' in shown) == (True,) * 3
    sent = client.get(picture, base_url=SITE)
    assert (sent.data[:4], sent.mimetype, sent.headers["Cache-Control"]) == (PNG, "image/png", "no-store")
    assert b"/Subtype/Image" in client.get(f"{page}.pdf", base_url=SITE).data
    assert output(world, "organisation", "set", ORGANISATION, "--no-logo") == "Reports show no logo.\n"
    assert PICTURE not in client.get(page, base_url=SITE).text


@ON_SQLITE
def test_a_logo_is_not_shown_to_strangers_or_participants(world: World, tmp_path: Path) -> None:
    closed_wave(world)
    set_logo(world, tmp_path)
    stranger = signed_in(world, organisation="Another Organisation")
    assert stranger.get("/staff/waves/1/report/logo.png", base_url=SITE).status_code == 404
    assert world.client().get("/staff/waves/1/report/logo.png", base_url=SITE).status_code == 302
    assert "<img" not in world.client().get(results_address(world)).text


@ON_SQLITE
def test_a_file_that_is_no_logo_leaves_the_one_before(world: World, tmp_path: Path) -> None:
    closed_wave(world)
    set_logo(world, tmp_path)
    (tmp_path / "logo.gif").write_bytes(b"GIF89a")
    refused = run(world, "organisation", "set", ORGANISATION, "--logo", str(tmp_path / "logo.gif"))
    assert "neither an SVG nor a PNG" in str(refused.exception)
    assert signed_in(world).get("/staff/waves/1/report/logo.png", base_url=SITE).data[:4] == PNG


@ON_SQLITE
def test_an_organisation_is_set_only_where_something_is_said(world: World, tmp_path: Path) -> None:
    world.programme(0, 0)
    file = tmp_path / "logo.svg"
    file.write_bytes(GOOD)
    for said in ((), ("--logo", str(file), "--no-logo")):
        assert run(world, "organisation", "set", ORGANISATION, *said).exit_code == 2
    assert run(world, "organisation", "set", "Nobody", "--logo", str(file)).exit_code == 1


def send_logo(client: FlaskClient, data: bytes) -> TestResponse:
    token = hidden_value(client.get("/staff/organisation", base_url=SITE).text, "csrf_token")
    fields = {"csrf_token": token, "file": (BytesIO(data), "logo.svg")}
    return client.post("/staff/organisation/logo", data=fields, base_url=SITE)


@ON_SQLITE
def test_an_administrator_sets_the_logo_on_a_page_and_takes_it_away(world: World) -> None:
    closed_wave(world)
    client, page, picture = signed_in(world, BOSS), "/staff/organisation", "/staff/organisation/logo.png"
    assert client.get(picture, base_url=SITE).status_code == 404
    assert send_logo(client, GOOD).status_code == 303
    assert "Reports show this logo" in see(client, page)
    assert client.get(picture, base_url=SITE).data == client.get("/staff/waves/1/report/logo.png", base_url=SITE).data
    assert signed_in(world, BOSS, "Another Organisation").get(picture, base_url=SITE).status_code == 404
    assert press(client, page, f"{page}/logo/drop").status_code == 303
    assert client.get(picture, base_url=SITE).status_code == 404


@ON_SQLITE
@pytest.mark.parametrize("kind", ["an address", "letters", "a bomb", "GIF"])
def test_a_hostile_logo_is_refused_at_its_field_and_changes_nothing(world: World, kind: str) -> None:
    world.programme()
    client = signed_in(world, BOSS)
    assert send_logo(client, GOOD).status_code == 303
    before = client.get("/staff/organisation/logo.png", base_url=SITE).data
    refused = send_logo(client, HOSTILE[kind][0])
    assert (refused.status_code, 'id="file-error"' in refused.text) == (422, True)
    assert client.get("/staff/organisation/logo.png", base_url=SITE).data == before


@ON_SQLITE
def test_what_is_far_too_large_is_not_even_read(world: World) -> None:
    world.programme()
    kind = "multipart/form-data; boundary=here"
    client = signed_in(world, BOSS)
    sent = client.post("/staff/organisation/logo", data=b" " * 5_000_000, content_type=kind, base_url=SITE)
    assert sent.status_code == 413
