"""Keys for programs on the desk: made with a passkey, shown once, revoked; and what a copied cookie cannot do."""

import html
import re
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from feedback.domain.api_keys import ApiScope
from feedback.domain.errors import ApiKeyRefused
from feedback.domain.passkeys import SignedFor
from feedback.domain.staff import StaffRole
from feedback.services.api_keys import make_key as service
from feedback.services.api_keys.make_key import MOST, WantedKey
from feedback.services.programmes.finish_purge import finish_purge
from feedback.services.staff import sign_deed
from feedback.services.staff.keep_sessions import SignedIn
from feedback.services.staff.sign_deed import Signature
from feedback.storage.api_keys import ApiKey
from feedback.web.staff import api_keys
from tests import hooks
from tests.api import Program, program
from tests.databases import ON_SQLITE
from tests.passkeys import SITE, Device, asked, make
from tests.web.test_staff_pages import press, see, signed_in
from tests.world import World, hidden_value, noted

pytestmark = ON_SQLITE

PAGE = "/staff/organisation/keys"
WANTED = {"purpose": "Staff list", "scopes": "reports:read", "programme": "all", "days": "30"}


def administrator(world: World) -> tuple[FlaskClient, Device]:
    client, device = signed_in(world, StaffRole.ADMINISTRATOR), Device()
    assert make(client, device).status_code == 303
    return client, device


def make_one(client: FlaskClient, device: Device | None, **changed: str) -> TestResponse:
    token = hidden_value(client.get(PAGE, base_url=SITE).text, "csrf_token")
    answer = "" if device is None else device.used(asked(client, PAGE))
    return client.post(PAGE, data={**WANTED, "csrf_token": token, "credential": answer, **changed}, base_url=SITE)


def key_in(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text
    return re.findall("fbk_[0-9A-Za-z]{49}", answer.text)[0]


def test_a_key_is_made_with_a_passkey_shown_once_and_works_until_it_is_revoked(world: World) -> None:
    world.programme()
    client, device = administrator(world)
    key = key_in(make_one(client, device))
    assert key not in client.get(PAGE, base_url=SITE).text
    assert "Read published reports In all programmes." in see(client, PAGE)
    asks = Program(world.client(), key)
    assert (asks.ask("/key").status_code, asks.ask("/audit-log").status_code) == (200, 403)
    assert "Last used on" in see(client, PAGE)
    assert press(client, PAGE, f"{PAGE}/revoke", number="1").status_code == 303
    assert asks.ask("/key").status_code == 401
    assert "It works no more." in see(client, PAGE)
    assert noted(world, "made a key") == [("staff 3", "key 1")]
    assert noted(world, "revoked a key") == [("staff 3", "key 1")]
    assert "Made a key for a program" in see(client, "/staff/audit-log")
    assert "Key: Staff list" in see(client, "/staff/audit-log")


def test_a_copied_cookie_makes_no_key(world: World) -> None:
    client, device = administrator(world)
    assert make_one(client, None).status_code == 422
    assert make_one(client, Device(handle=device.handle)).status_code == 422
    assert make_one(client, replace(device, origin="https://evil.example.com")).status_code == 422
    with world.session() as session:
        assert session.scalars(select(ApiKey)).all() == []


def test_what_was_signed_for_something_else_makes_no_key(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client, device = administrator(world)
    for other in set(SignedFor) - {SignedFor.ALLOW_KEY}:
        token = hidden_value(client.get(PAGE, base_url=SITE).text, "csrf_token")
        with monkeypatch.context() as misled:
            misled.setattr(api_keys, "SignedFor", SimpleNamespace(ALLOW_KEY=other))
            signed = device.used(asked(client, PAGE))
        answer = client.post(PAGE, data={**WANTED, "csrf_token": token, "credential": signed}, base_url=SITE)
        assert answer.status_code == 422


def test_what_was_signed_makes_one_key(world: World) -> None:
    client, device = administrator(world)
    token = hidden_value(client.get(PAGE, base_url=SITE).text, "csrf_token")
    data = {**WANTED, "csrf_token": token, "credential": device.used(asked(client, PAGE))}
    statuses = [client.post(PAGE, data=data, base_url=SITE).status_code for _time in range(2)]
    assert statuses == [200, 422]


def test_whoever_has_no_passkey_is_led_to_make_one(world: World) -> None:
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    assert "First make a passkey of your own" in see(client, PAGE)
    token = hidden_value(client.get("/staff/organisation", base_url=SITE).text, "csrf_token")
    assert client.post(PAGE, data={**WANTED, "csrf_token": token}, base_url=SITE).status_code == 422


def test_where_there_are_no_passkeys_a_key_is_made_soon_after_signing_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    monkeypatch.setattr(api_keys, "site", lambda: None)
    assert key_in(make_one(client, None))
    monkeypatch.setattr(sign_deed, "JUST_NOW", -sign_deed.JUST_NOW)
    answer = make_one(client, None)
    assert (answer.status_code, "Sign out, sign in again" in answer.text) == (422, True)


def test_two_keys_for_one_purpose_work_at_a_time(world: World) -> None:
    client, device = administrator(world)
    for _key in range(2):
        key_in(make_one(client, device))
    assert "Two keys for this purpose work already." in html.unescape(make_one(client, device).text)
    press(client, PAGE, f"{PAGE}/revoke", number="1")
    assert key_in(make_one(client, device))


def test_an_organisation_has_so_many_keys_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST >= 10
    client, device = administrator(world)
    monkeypatch.setattr(service, "MOST", 1)
    key_in(make_one(client, device))
    assert make_one(client, device, purpose="Another").status_code == 422


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"purpose": ""}, 422),
        ({"purpose": "two\nlines"}, 422),
        ({"scopes": ""}, 422),
        ({"scopes": "everything"}, 422),
        ({"programme": "99"}, 400),
        ({"days": "1000"}, 400),
    ],
)
def test_a_key_that_cannot_be_is_not_made(world: World, changed: dict[str, str], status: int) -> None:
    client, device = administrator(world)
    assert make_one(client, device, **changed).status_code == status


def test_nobody_but_administrators_makes_or_revokes_keys_of_their_organisation(world: World) -> None:
    program(world)
    other = signed_in(world, StaffRole.ADMINISTRATOR, "Another Organisation")
    token = hidden_value(other.get("/staff/organisation", base_url=SITE).text, "csrf_token")
    answer = other.post(f"{PAGE}/revoke", data={"csrf_token": token, "number": "1"}, base_url=SITE)
    assert answer.status_code == 404
    for role in set(StaffRole) - {StaffRole.ADMINISTRATOR}:
        assert signed_in(world, role).get(PAGE, base_url=SITE).status_code == 403


def test_a_key_for_one_programme_sees_no_other(world: World) -> None:
    first, second = world.programme(), world.new_programme(0, 0, ("",))
    client, device = administrator(world)
    asks = Program(world.client(), key_in(make_one(client, device, programme=str(first))))
    assert [one["id"] for one in asks.get("/programmes")["items"]] == [first]
    assert asks.ask(f"/programmes/{second}").status_code == 404


def test_the_keys_of_a_programme_go_with_its_names(world: World) -> None:
    first = world.programme()
    asks, of_all = program(world, programme_id=first), program(world)
    assert asks.ask("/key").status_code == 200
    with world.session() as session:
        from feedback.storage.programme_endings import ProgrammeEnding

        day = world.clock()
        session.add(ProgrammeEnding(programme_id=first, ended_at=day, purge_on=day.date(), purged_at=day))
        session.commit()
        finish_purge(session, world.keys, first, now=day + timedelta(minutes=1))
    assert (asks.ask("/key").status_code, of_all.ask("/key").status_code) == (401, 200)


@pytest.mark.parametrize(("scopes", "days"), [((), 30), ((ApiScope.READ_REPORTS,), 0), ((ApiScope.READ_REPORTS,), 367)])
def test_a_key_for_nothing_or_for_ever_is_refused_before_any_passkey_is_asked(
    world: World, scopes: tuple[ApiScope, ...], days: int
) -> None:
    who = cast(SignedIn, SimpleNamespace(member=hooks.administrator()))
    wanted = WantedKey("Staff list", scopes, None, days)
    with world.session() as session, pytest.raises(ApiKeyRefused):
        service.make_key(session, None, who, wanted, cast(Signature, None), now=world.clock(), noted_at=world.clock())
