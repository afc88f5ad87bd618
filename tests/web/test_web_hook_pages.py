"""Messages to other systems on the desk: an address is added with a passkey, its secret shown once, and it is tried."""

import html
import re
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from feedback.domain.passkeys import SignedFor
from feedback.domain.staff import StaffRole
from feedback.services.staff import sign_deed
from feedback.storage.web_hooks import HookDelivery, WebHook
from feedback.web.staff import web_hooks
from tests.databases import ON_SQLITE
from tests.passkeys import SITE, Device, asked
from tests.promises.closing import answered_wave
from tests.web.test_api_keys import administrator
from tests.web.test_staff_pages import press, see, signed_in
from tests.world import World, hidden_value, noted

pytestmark = ON_SQLITE

PAGE = "/staff/organisation/web-hooks"
ONE = f"{PAGE}/1"
WANTED = {"url": "https://hr.example.com/feedback", "events": "report.published", "programme": "all"}


def send(client: FlaskClient, device: Device | None, address: str, **fields: str) -> TestResponse:
    page = ONE if address != PAGE else PAGE
    token = hidden_value(client.get(page, base_url=SITE).text, "csrf_token")
    answer = "" if device is None else device.used(asked(client, PAGE))
    return client.post(address, data={**fields, "csrf_token": token, "credential": answer}, base_url=SITE)


def add(client: FlaskClient, device: Device | None, **changed: str) -> TestResponse:
    return send(client, device, PAGE, **{**WANTED, **changed})


def renew(client: FlaskClient, device: Device | None) -> TestResponse:
    return send(client, device, f"{ONE}/secret")


def secret_in(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text
    return re.findall("whsec_[0-9A-Za-z+/=]{44}", html.unescape(answer.text))[0]


def hooks(world: World) -> list[WebHook]:
    with world.session() as session:
        return list(session.scalars(select(WebHook).order_by(WebHook.id)))


def test_an_address_lives_from_its_first_secret_to_being_forgotten(world: World) -> None:
    world.programme()
    client, device = administrator(world)
    first = secret_in(add(client, device))
    assert first not in client.get(ONE, base_url=SITE).text
    assert "https://hr.example.com/feedback A report is there In all programmes." in see(client, PAGE)
    assert press(client, ONE, f"{ONE}/test").status_code == 303
    assert "A test Is sent within a minute of its moment Not tried yet" in see(client, ONE)
    second = secret_in(renew(client, device))
    assert second != first
    assert "Two secrets sign each message now." in see(client, ONE)
    assert press(client, ONE, f"{ONE}/former").status_code == 303
    assert "The former secret signs no more." in see(client, ONE)
    assert press(client, ONE, f"{ONE}/switch", state="off").status_code == 303
    assert "It is told nothing now." in see(client, PAGE)
    assert "A test Given up Not tried yet" in see(client, ONE)
    assert press(client, ONE, f"{ONE}/switch", state="on").status_code == 303
    assert "It is told nothing now." not in see(client, PAGE)
    assert press(client, ONE, f"{ONE}/remove").status_code == 303
    assert "There is none yet." in see(client, PAGE)
    for act in ("added web hook 1 at hr.example.com", "made a new secret for web hook 1", "removed web hook 1"):
        assert noted(world, act) == [("staff 3", "organisation 1")]


def test_how_a_close_ends_is_in_the_log_from_the_quarter_of_an_hour_on(world: World) -> None:
    wave = answered_wave(world)
    client, device = administrator(world)
    secret_in(add(client, device))
    world.close(wave)
    assert "A report is there" in see(client, ONE).partition("Its last messages")[0]
    assert "None yet." in see(client, ONE).partition("Its last messages")[2]
    world.clock.pass_time(minutes=15)
    assert "A report is there" in see(client, ONE).partition("Its last messages")[2]


@pytest.mark.parametrize("number", ["0", str(2**31), str(2**64)])
def test_a_number_that_no_row_has_is_a_bad_request_or_not_found(world: World, number: str) -> None:
    client, _device = administrator(world)
    token = hidden_value(client.get(PAGE, base_url=SITE).text, "csrf_token")
    data = {"csrf_token": token, "number": number, "participant": number, "credential": "x"}
    for address in ("organisation/keys/revoke", "passkeys/remove", f"organisation/web-hooks/{number}/test"):
        assert client.post(f"/staff/{address}", data=data, base_url=SITE).status_code in {400, 404}, address


def test_what_became_of_a_message_is_said_in_words(world: World) -> None:
    world.programme()
    client, device = administrator(world)
    secret_in(add(client, device))
    for values in (
        {"is_delivered": True, "attempts": 1, "status": 204, "tell_at": None},
        {"is_delivered": False, "attempts": 2, "status": 500, "tell_at": world.clock()},
        {"is_delivered": False, "attempts": 8, "status": None, "tell_at": None},
    ):
        with world.session() as session:
            told = {"hook_id": 1, "message_id": "msg", "event": "report.published", "happened_at": world.clock()}
            session.add(HookDelivery(**told, **values))
            session.commit()
    found = see(client, ONE)
    assert "A report is there Given up No answer" in found
    assert re.search("A report is there Is tried again: .* Answer: 500", found)
    assert "A report is there Arrived Answer: 204" in found


@pytest.mark.parametrize("deed", [add, renew])
def test_a_copied_cookie_neither_adds_an_address_nor_learns_a_secret(
    world: World, deed, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, device = administrator(world)
    secret_in(add(client, device))
    assert deed(client, None).status_code == 422
    assert deed(client, Device(handle=device.handle)).status_code == 422
    for other in set(SignedFor) - {SignedFor.ALLOW_HOOK}:
        with monkeypatch.context() as misled:
            misled.setattr(web_hooks, "SignedFor", SimpleNamespace(ALLOW_HOOK=other))
            assert deed(client, device).status_code == 422
    assert [one.sealed_former for one in hooks(world)] == [None]


def test_where_there_are_no_passkeys_it_is_done_soon_after_signing_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    monkeypatch.setattr(web_hooks, "site", lambda: None)
    secret_in(add(client, None))
    monkeypatch.setattr(sign_deed, "JUST_NOW", -sign_deed.JUST_NOW)
    answer = add(client, None)
    assert (answer.status_code, "Sign out, sign in again" in answer.text) == (422, True)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"url": "http://hr.example.com"}, "Write an address that begins with https://"),
        ({"url": "https://10.0.0.1/x"}, "This address is not in the public network."),
        ({"url": ""}, "Write an address that begins with https://"),
        ({"events": ""}, "Tick what it is told."),
    ],
)
def test_what_cannot_be_is_said_and_adds_nothing(world: World, changed: dict[str, str], says: str) -> None:
    client, device = administrator(world)
    answer = add(client, device, **changed)
    assert (answer.status_code, says in html.unescape(answer.text)) == (422, True)
    assert hooks(world) == []


def test_another_organisation_finds_none_of_it(world: World) -> None:
    client, device = administrator(world)
    secret_in(add(client, device))
    other = signed_in(world, StaffRole.ADMINISTRATOR, "Another Organisation")
    assert "hr.example.com" not in other.get(PAGE, base_url=SITE).text
    assert other.get(ONE, base_url=SITE).status_code == 404
    token = hidden_value(other.get(PAGE, base_url=SITE).text, "csrf_token")
    for deed in ("former", "test", "switch", "remove"):
        data = {"csrf_token": token, "state": "off"}
        assert other.post(f"{ONE}/{deed}", data=data, base_url=SITE).status_code == 404, deed
    assert [one.disabled_at for one in hooks(world)] == [None]


def test_whoever_has_no_passkey_is_led_to_make_one(world: World) -> None:
    assert "First make a passkey of your own" in see(signed_in(world, StaffRole.ADMINISTRATOR), PAGE)
