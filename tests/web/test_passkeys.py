"""Passkeys of staff: made, used, removed; and what a stranger tries with what a device has signed."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback.domain.staff import StaffRole
from feedback.services.staff.begin_sessions import IDLE, LONGEST
from feedback.services.staff.manage_access import take_access_of
from feedback.services.staff.passkey_challenges import LIFETIME
from feedback.storage.audit_log import LogEntry
from feedback.storage.passkeys import Passkey, PasskeyChallenge, PasskeyHandle
from feedback.storage.staff import StaffMember, StaffSession
from feedback.web.staff import guards, passkey_sign_in
from tests.databases import ON_SQLITE
from tests.passkeys import PRESENT, VERIFIED, Device, asked, eddsa, es384, make, remove, rs256, send, use
from tests.web.test_staff_pages import SITE, press, see, signed_in, token_for
from tests.world import World

PAGE = "/staff/passkeys"
SIGN_IN = "/staff/sign-in/passkey"
Turn = Callable[[Device], object]


def is_in(client: FlaskClient) -> bool:
    return client.get("/staff/", base_url=SITE).status_code == 200


def with_passkey(world: World, role: StaffRole = StaffRole.COORDINATOR, **device: Any) -> tuple[FlaskClient, Device]:
    """Somebody who is signed in by a link and has made a passkey, and their device."""
    client, made = signed_in(world, role), Device(**device)
    assert make(client, made).status_code == 303
    return client, made


def acts(world: World) -> list[str]:
    with world.session() as session:
        return list(session.scalars(select(LogEntry.act).where(LogEntry.act.contains("passkey")).order_by(LogEntry.id)))


@pytest.mark.parametrize("make_key", [None, rs256, eddsa])
def test_who_has_made_a_passkey_signs_in_with_it_and_names_no_address(world: World, make_key: Any) -> None:
    _client, device = with_passkey(world, **({"make_key": make_key} if make_key else {}))
    other = world.client()
    assert "allowCredentials" not in {name for name, value in asked(other, SIGN_IN).items() if value}
    answer = use(other, device)
    assert (answer.status_code, answer.location) == (303, "/staff/")
    assert is_in(other)
    assert acts(world) == ["made a passkey", "signed in with a passkey"]


def test_a_session_by_passkey_ends_when_any_other_does(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _client, device = with_passkey(world)
    for limit in (IDLE + timedelta(minutes=2), LONGEST + timedelta(minutes=1)):
        other, now = world.client(), guards.system_clock()
        assert use(other, device).status_code == 303
        with monkeypatch.context() as later:
            later.setattr(guards, "system_clock", lambda now=now, limit=limit: now + limit)
            assert not is_in(other)


def test_whose_account_it_is_hears_of_every_passkey_that_is_made_or_removed(world: World) -> None:
    """Whoever had the mail or the screen for a moment could keep a way in, and nobody would see it."""
    client, device = with_passkey(world)
    world.do_what_is_due()
    make(client, Device(), by=device)
    remove(client, 1, device)
    world.do_what_is_due()
    world.do_what_is_due()
    mails = [world.mailbox.read(serial) for serial in world.mailbox.serials()]
    assert {one["To"] for one in mails} == {"coordinator@example.com"}
    assert sorted(one["Subject"] for one in mails) == [
        "A passkey was made",
        "A passkey was made",
        "A passkey was removed",
    ]


def test_a_passkey_leads_to_the_page_that_was_wanted(world: World) -> None:
    _client, device = with_passkey(world)
    other = world.client()
    other.get("/staff/signed-in", base_url=SITE)
    assert use(other, device).location == "/staff/signed-in"


def test_several_passkeys_are_listed_by_name_and_removed_one_by_one(world: World) -> None:
    client, device = with_passkey(world)
    key = Device()
    make(client, key, name="Key <b>ring", by=device)
    assert re.search(r"Work computer .*Key &lt;b&gt;ring", see(client, PAGE))
    assert remove(client, 1, key).status_code == 303
    assert "Work computer" not in see(client, PAGE)
    assert use(world.client(), device).status_code == 403
    assert use(world.client(), key).status_code == 303
    assert acts(world) == ["made a passkey", "made a passkey", "removed a passkey", "signed in with a passkey"]


def test_nobody_removes_somebody_elses_passkey(world: World) -> None:
    with_passkey(world)
    other = signed_in(world, StaffRole.ADMINISTRATOR)
    assert press(other, PAGE, f"{PAGE}/remove", number="1").status_code == 404
    assert press(other, PAGE, f"{PAGE}/remove", number="x").status_code == 400


@ON_SQLITE
@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "two\nlines"])
def test_a_passkey_without_a_proper_name_is_not_made(world: World, name: str) -> None:
    client = signed_in(world)
    assert make(client, Device(), name=name).status_code == 422
    assert "You have none yet." in see(client, PAGE)


def test_a_device_that_has_one_is_told_so_and_the_same_one_is_not_kept_twice(world: World) -> None:
    client, device = with_passkey(world)
    assert [one["type"] for one in asked(client, PAGE)["excludeCredentials"]] == ["public-key"]
    answer = make(client, device, by=device)
    assert (answer.status_code, "This passkey is known already" in answer.text) == (422, True)
    assert make(signed_in(world, StaffRole.ADMINISTRATOR), device).status_code == 422


def test_an_account_has_so_many_passkeys_and_no_more(world: World) -> None:
    client, device = with_passkey(world)
    for _one in range(9):
        assert make(client, Device(), by=device).status_code == 303
    answer = client.post(f"{PAGE}/challenge", data={"csrf_token": _token(client)}, base_url=SITE)
    assert (answer.status_code, "as many passkeys" in answer.text) == (409, True)
    answer = send(client, PAGE, "{}", name="One more")
    assert (answer.status_code, "as many passkeys" in answer.text) == (422, True)


def _token(client: FlaskClient) -> str:
    from tests.passkeys import token

    return token(client, PAGE)


def test_a_device_is_asked_to_verify_its_owner_and_to_tell_nothing_of_itself(world: World) -> None:
    found = asked(signed_in(world), PAGE)
    assert found["rp"] == {"id": "feedback.example.com", "name": "Feedback"}
    assert found["attestation"] == "none"
    assert found["authenticatorSelection"]["userVerification"] == "required"
    assert found["authenticatorSelection"]["residentKey"] == "required"
    assert {one["alg"] for one in found["pubKeyCredParams"]} == {-7, -257, -8}
    assert asked(world.client(), SIGN_IN)["userVerification"] == "required"


def test_a_device_knows_an_account_by_what_was_drawn_and_not_by_its_address(world: World) -> None:
    _client, device = with_passkey(world)
    with world.session() as session:
        assert session.scalars(select(PasskeyHandle.handle)).all() == [device.handle]
    assert device.handle is not None
    assert len(device.handle) == 32
    assert b"example" not in device.handle


def other_origin(device: Device) -> None:
    device.origin = "https://feedback.example.com.evil.example"


def plain_origin(device: Device) -> None:
    device.origin = "http://feedback.example.com"


def other_site(device: Device) -> None:
    device.domain = "example.com"


def not_verified(device: Device) -> None:
    device.flags = PRESENT


def not_present(device: Device) -> None:
    device.flags = VERIFIED


def counts_back(device: Device) -> None:
    device.count -= 2


def stands_still(device: Device) -> None:
    device.count -= 1


def other_key(device: Device) -> None:
    device.public, device.sign = device.make_key()


def says_another(device: Device) -> None:
    device.handle = bytes(32)


def says_nobody(device: Device) -> None:
    device.handle = None


def unknown(device: Device) -> None:
    device.credential = bytes(32)


ATTACKS = [
    other_origin,
    plain_origin,
    other_site,
    not_verified,
    not_present,
    counts_back,
    stands_still,
    other_key,
    says_another,
    says_nobody,
    unknown,
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_not_signed_just_so_signs_nobody_in(world: World, attack: Turn) -> None:
    _client, device = with_passkey(world, count=5)
    assert use(world.client(), device).status_code == 303
    attack(device)
    client = world.client()
    assert use(client, device).status_code == 403
    assert not is_in(client)


@ON_SQLITE
@pytest.mark.parametrize("attack", [other_origin, plain_origin, other_site, not_verified, not_present])
def test_what_is_not_made_just_so_is_not_kept(world: World, attack: Turn) -> None:
    client, device = signed_in(world), Device()
    attack(device)
    assert make(client, device).status_code == 422
    assert "You have none yet." in see(client, PAGE)


@ON_SQLITE
def test_a_passkey_whose_number_is_longer_than_any_may_be_is_not_kept(world: World) -> None:
    assert make(signed_in(world), Device(credential=bytes(1023))).status_code == 303
    assert make(signed_in(world), Device(credential=bytes(1024))).status_code == 422


@ON_SQLITE
def test_a_passkey_of_a_kind_that_was_not_asked_for_is_not_kept(world: World) -> None:
    assert make(signed_in(world), Device(make_key=es384)).status_code == 422


def test_a_refused_passkey_is_in_the_log_with_whose_it_is(world: World) -> None:
    _client, device = with_passkey(world, count=5)
    counts_back(device)
    counts_back(device)
    use(world.client(), device)
    with world.session() as session:
        last = session.scalars(select(LogEntry).order_by(LogEntry.id.desc())).first()
    assert last is not None
    assert (last.actor, last.act, last.subject) == ("service", "refused a passkey", "staff 1")


def test_what_was_signed_once_signs_in_once(world: World) -> None:
    _client, device = with_passkey(world)
    client = world.client()
    answer = device.used(asked(client, SIGN_IN))
    before = client.get_cookie(NAME, domain="feedback.example.com", path="/staff/")
    assert before is not None
    assert send(client, SIGN_IN, answer).status_code == 303
    # With the cookie of before, too, in which the secret of the challenge still stands.
    thief = world.client()
    thief.set_cookie(NAME, before.value, domain="feedback.example.com", path="/staff/", secure=True)
    assert send(thief, SIGN_IN, answer).status_code == 403
    assert send(world.client(), SIGN_IN, answer).status_code == 403


NAME = "__Secure-feedback-staff"


def test_a_challenge_that_was_answered_wrongly_is_used_up(world: World) -> None:
    _client, device = with_passkey(world)
    client = world.client()
    found = asked(client, SIGN_IN)
    assert send(client, SIGN_IN, replace_origin(device).used(found)).status_code == 403
    device.count += 5
    assert send(client, SIGN_IN, device.used(found)).status_code == 403


def replace_origin(device: Device) -> Device:
    other = replace(device, origin="https://evil.example")
    other.public, other.sign = device.public, device.sign
    return other


def test_what_another_browser_was_asked_signs_nobody_in(world: World) -> None:
    _client, device = with_passkey(world)
    mine, theirs = world.client(), world.client()
    asked(mine, SIGN_IN)
    assert send(mine, SIGN_IN, device.used(asked(theirs, SIGN_IN))).status_code == 403
    assert not is_in(mine)


def test_what_was_asked_to_make_one_or_before_the_sign_in_is_good_for_nothing_else(world: World) -> None:
    client, device = with_passkey(world)
    before, own = asked(world.client(), SIGN_IN), asked(client, PAGE)
    assert send(client, PAGE, Device().made({**own, "challenge": before["challenge"]}), name="x").status_code == 422
    assert send(client, SIGN_IN, device.used(asked(client, PAGE))).status_code == 403


def test_a_challenge_is_too_old_after_some_minutes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _client, device = with_passkey(world)
    client, now = world.client(), guards.system_clock()
    answer = device.used(asked(client, SIGN_IN))
    monkeypatch.setattr(passkey_sign_in, "system_clock", lambda: now + LIFETIME + timedelta(seconds=1))
    assert send(client, SIGN_IN, answer).status_code == 403


def test_challenges_that_nobody_answers_are_forgotten(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(world.client(), SIGN_IN)
    now = guards.system_clock()
    monkeypatch.setattr("feedback.worker.due.system_clock", lambda: now + LIFETIME)
    world.do_what_is_due()
    with world.session() as session:
        assert session.scalars(select(PasskeyChallenge.digest)).all() == []


@ON_SQLITE
@pytest.mark.parametrize(
    "sent", ["", "[" * 60_000, "x", "{}", "[]", "null", '{"id": 1}', '{"id":"a","rawId":"a","type":"public-key"}']
)
def test_what_is_no_answer_of_a_device_is_refused_in_words(world: World, sent: str) -> None:
    client = world.client()
    asked(client, SIGN_IN)
    answer = send(client, SIGN_IN, sent)
    assert (answer.status_code, "This passkey was not accepted" in answer.text) == (403, True)


def test_who_has_no_access_any_more_has_no_passkey(world: World) -> None:
    _client, device = with_passkey(world)
    with world.session() as session:
        take_access_of(session, 1, now=world.clock(), actor="test")
    assert use(world.client(), device).status_code == 403
    with world.session() as session:
        assert session.scalars(select(Passkey.id)).all() == session.scalars(select(PasskeyHandle.handle)).all() == []


def test_a_passkey_signs_nobody_in_whose_row_says_that_access_was_taken_away(world: World) -> None:
    _client, device = with_passkey(world)
    with world.session() as session:
        session.get_one(StaffMember, 1).is_removed = True
        session.commit()
    assert use(world.client(), device).status_code == 403


def test_whoever_is_invited_at_an_address_begins_without_the_passkeys_of_before(world: World) -> None:
    _client, device = with_passkey(world)
    token_for(world)
    assert use(world.client(), device).status_code == 403


def test_a_passkey_begins_a_session_of_its_own_and_ends_the_one_of_before(world: World) -> None:
    client, device = with_passkey(world)
    with client.session_transaction("/staff/", base_url=SITE) as cookie:
        before = cookie[guards.IN_COOKIE]
    assert use(client, device).status_code == 303
    with client.session_transaction("/staff/", base_url=SITE) as cookie:
        after = cookie[guards.IN_COOKIE]
    assert before != after
    with world.session() as session:
        assert session.scalars(select(StaffSession.has_passkey)).all() == [True]
    thief = world.client()
    with thief.session_transaction("/staff/", base_url=SITE) as cookie:
        cookie[guards.IN_COOKIE] = before
    assert not is_in(thief)


def test_a_forged_form_asks_and_does_nothing(world: World) -> None:
    client, _device = with_passkey(world)
    for page in (PAGE, f"{PAGE}/challenge", f"{PAGE}/remove", SIGN_IN, f"{SIGN_IN}/challenge"):
        assert client.post(page, data={"number": "1", "credential": "{}"}, base_url=SITE).status_code == 400
    with world.session() as session:
        assert len(session.scalars(select(Passkey.id)).all()) == 1


def test_pages_on_passkeys_run_their_own_script_alone(world: World) -> None:
    client = signed_in(world)
    for page in (PAGE, "/staff/sign-in", SIGN_IN):
        policy = client.get(page, base_url=SITE).headers["Content-Security-Policy"]
        assert "script-src 'self'; connect-src 'self'" in policy
        assert "unsafe" not in policy
    assert "script-src" not in client.get("/staff/", base_url=SITE).headers["Content-Security-Policy"]
