"""A passkey after the mailed link, where an organisation demands it: no page but one is seen without it."""

import json
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback.domain.errors import PasskeyRefused
from feedback.domain.passkeys import PasskeySite
from feedback.domain.staff import BY_LINK, StaffRole
from feedback.services.staff.keep_sessions import HalfSignedIn, SignedIn, find_session
from feedback.services.staff.make_passkeys import ask_for_new_passkey, make_passkey
from feedback.storage.audit_log import LogEntry
from feedback.storage.organisations import Organisation
from feedback.storage.passkeys import Passkey
from feedback.storage.staff import StaffSession
from feedback.web.staff import guards
from tests.databases import ON_SQLITE, first_of
from tests.passkeys import Device, asked, make, remove, send, send_removal, use
from tests.promises.scanner import fingerprint
from tests.reviewing import reviewed_wave
from tests.web.test_access import LEADS_ON, first, go, ways
from tests.web.test_passkeys import NAME, PAGE, SIGN_IN, acts, is_in, with_passkey
from tests.web.test_staff_pages import SITE, SURE, press, see, signed_in, token_for
from tests.world import World, hidden_value

STEP = "/staff/passkey"
ORGANISATION = "/staff/organisation"


def demanding(world: World) -> tuple[FlaskClient, Device]:
    """An administrator who has made a passkey and demands one of everybody, and has gone on with it; and the device."""
    client, device = with_passkey(world, StaffRole.ADMINISTRATOR)
    assert press(client, ORGANISATION, f"{ORGANISATION}/passkeys", demands="yes").status_code == 303
    assert use(client, device, STEP).status_code == 303
    return client, device


def secret_of(client: FlaskClient) -> str:
    with client.session_transaction("/staff/", base_url=SITE) as cookie:
        return str(cookie[guards.IN_COOKIE])


def half_in(world: World, role: StaffRole = StaffRole.COORDINATOR) -> FlaskClient:
    """Somebody who has used a mailed link where a passkey is demanded too."""
    client = signed_in(world, role)
    with world.session() as session:
        assert not isinstance(find_session(session, secret_of(client), now=guards.system_clock()), SignedIn)
    return client


def linked_again(world: World, staff_id: int) -> FlaskClient:
    """A browser in which an account has used another mailed link, keeping its passkeys."""
    from tests.staff_sessions import begin_session

    client = world.client()
    with world.session() as session:
        secret = begin_session(session, staff_id, BY_LINK, now=guards.system_clock())
    with client.session_transaction("/staff/", base_url=SITE) as cookie:
        cookie[guards.IN_COOKIE], cookie["who"] = secret, staff_id
    return client


def test_whoever_has_none_makes_one_right_after_the_link_and_is_in(world: World) -> None:
    demanding(world)
    client, device = half_in(world), Device()
    assert client.get("/staff/", base_url=SITE).location == STEP
    assert "You have none yet. Make one now" in see(client, STEP)
    assert make(client, device, STEP).location == "/staff/"
    assert is_in(client)
    assert use(world.client(), device).status_code == 303


def test_whoever_has_one_uses_it_after_the_link_and_gets_to_what_was_wanted(world: World) -> None:
    _admin, device = demanding(world)
    client = linked_again(world, 1)
    assert client.get("/staff/people", base_url=SITE).location == STEP
    assert [one["type"] for one in asked(client, STEP)["allowCredentials"]] == ["public-key"]
    assert use(client, device, STEP).location == "/staff/people"
    assert is_in(client)
    assert acts(world)[-1] == "went on with a passkey"


def test_who_signs_in_with_a_passkey_is_asked_for_no_more(world: World) -> None:
    _admin, device = demanding(world)
    client = world.client()
    assert use(client, device).location == "/staff/"
    assert is_in(client)


@ON_SQLITE
@pytest.mark.parametrize(
    "role", first_of(1, [StaffRole.ADMINISTRATOR, *(role for role in StaffRole if role is not StaffRole.ADMINISTRATOR)])
)
def test_every_address_of_staff_leads_whoever_has_only_used_a_link_to_the_passkey(
    world: World, role: StaffRole
) -> None:
    reviewed_wave(world)
    demanding(world)
    client = half_in(world, role) if role is not StaffRole.ADMINISTRATOR else linked_again(world, 1)
    token = hidden_value(client.get(STEP, base_url=SITE).text, "csrf_token")
    before, closed = fingerprint(world), [way for way in ways(world.app, first) if way.endpoint not in LEADS_ON]
    for way in closed:
        answer = go(client, way, **SURE)
        assert (answer.status_code, answer.location, len(answer.data) < 500) == (302, STEP, True), way
    assert fingerprint(world) == before
    logged = len(everything_logged(world))
    for way in closed:
        assert go(client, way, **SURE, csrf_token=token).location == STEP, way
    assert len(everything_logged(world)) == logged
    assert len({way.endpoint for way in closed}) > 100


def everything_logged(world: World) -> list[str]:
    with world.session() as session:
        return list(session.scalars(select(LogEntry.act)))


def test_a_session_of_before_the_demand_sees_nothing_from_then_on(world: World) -> None:
    other = signed_in(world)
    assert is_in(other)
    demanding(world)
    assert other.get("/staff/", base_url=SITE).location == STEP


def test_an_error_page_says_nothing_of_whoever_has_only_used_a_link(world: World) -> None:
    demanding(world)
    client = half_in(world)
    assert "Ana" not in client.get("/staff/nothing-here", base_url=SITE).text


def test_who_has_a_passkey_makes_no_other_one_with_the_link_alone(world: World) -> None:
    demanding(world)
    mine, theirs = linked_again(world, 1), Device()
    # As whoever has none would be asked; and what such a browser was asked before the account had one.
    assert "user" not in asked(mine, STEP)
    assert send(mine, STEP, theirs.made({**asked(mine, STEP), "user": {"id": "AAAA"}}), name="x").status_code == 422
    assert mine.post(PAGE, data={"name": "x", "credential": "{}"}, base_url=SITE).location == STEP
    with world.session() as session:
        assert len(session.scalars(select(Passkey.id)).all()) == 1


def test_two_browsers_with_a_link_make_one_first_passkey_and_not_two(world: World) -> None:
    demanding(world)
    mine = half_in(world)
    theirs = linked_again(world, 2)
    thief, found = Device(), asked(theirs, STEP)
    assert make(mine, Device(), STEP).status_code == 303
    assert send(theirs, STEP, thief.made(found), name="x").status_code == 422
    assert not is_in(theirs)
    assert use(world.client(), thief).status_code == 403


def test_another_accounts_passkey_does_not_go_on(world: World) -> None:
    _admin, admins = demanding(world)
    client, device = half_in(world), Device()
    make(client, device, STEP)
    again = linked_again(world, 2)
    found = asked(again, STEP)
    assert send(again, STEP, admins.used(found)).status_code == 422
    # Nor one that says whose it would have to be.
    admins.handle = device.handle
    assert send(again, STEP, admins.used(asked(again, STEP))).status_code == 422
    assert not is_in(again)


def test_what_a_sign_in_was_asked_does_not_go_on_and_the_other_way_round(world: World) -> None:
    _admin, device = demanding(world)
    half, stranger = linked_again(world, 1), world.client()
    found = asked(stranger, SIGN_IN)
    move_challenge(stranger, half)
    assert send(half, STEP, device.used(found)).status_code == 422
    found = asked(half, STEP)
    move_challenge(half, stranger)
    assert send(stranger, SIGN_IN, device.used(found)).status_code == 403


def move_challenge(giver: FlaskClient, taker: FlaskClient) -> None:
    """Put the secret of a challenge from one browser's cookie into another's, as only this service could."""
    with giver.session_transaction("/staff/", base_url=SITE) as cookie:
        secret = cookie["challenge"]
    with taker.session_transaction("/staff/", base_url=SITE) as cookie:
        cookie["challenge"] = secret


def test_a_first_passkey_that_comes_after_another_is_not_kept(world: World) -> None:
    demanding(world)
    mine, site, now, late = half_in(world), PasskeySite("feedback.example.com", SITE), guards.system_clock(), Device()
    with world.session() as session:
        half = find_session(session, secret_of(linked_again(world, 2)), now=now)
        assert isinstance(half, HalfSignedIn)
        asked_first = ask_for_new_passkey(session, site, half, now=now)
    assert make(mine, Device(), STEP).status_code == 303
    made, secret = late.made(json.loads(asked_first.make)), asked_first.challenge.secret
    fields = {"name": "x", "secret": secret, "sent": made, "confirmation": ""}
    with world.session() as session, pytest.raises(PasskeyRefused, match="has a passkey already"):
        make_passkey(session, site, half, **fields, now=now, noted_at=now)


def test_a_device_that_counts_back_does_not_go_on(world: World) -> None:
    _admin, device = demanding(world)
    client = linked_again(world, 1)
    device.count -= 1
    assert use(client, device, STEP).status_code == 422
    assert not is_in(client)


def test_going_on_begins_another_session_and_ends_the_one_by_the_link(world: World) -> None:
    _admin, device = demanding(world)
    client = linked_again(world, 1)
    before = secret_of(client)
    cookie = client.get_cookie(NAME, domain="feedback.example.com", path="/staff/")
    assert cookie is not None
    assert use(client, device, STEP).status_code == 303
    assert secret_of(client) != before
    thief = world.client()
    thief.set_cookie(NAME, cookie.value, domain="feedback.example.com", path="/staff/", secure=True)
    assert thief.get("/staff/", base_url=SITE).location == "/staff/sign-in"


def test_a_first_passkey_begins_another_session_too(world: World) -> None:
    demanding(world)
    client = half_in(world)
    before = secret_of(client)
    make(client, Device(), STEP)
    with world.session() as session:
        assert find_session(session, before, now=guards.system_clock()) is None


def test_who_signs_out_half_way_ends_that_session(world: World) -> None:
    demanding(world)
    client = half_in(world)
    assert press(client, STEP, "/staff/sign-out").location == "/staff/sign-in"
    with world.session() as session:
        assert len(session.scalars(select(StaffSession.digest)).all()) == 1


def test_another_link_in_the_same_browser_takes_the_place_of_the_first(world: World) -> None:
    demanding(world)
    client, page = half_in(world), f"/staff/sign-in/{token_for(world)}"
    assert press(client, page, page).status_code == 303
    assert client.get("/staff/", base_url=SITE).location == STEP


def test_what_was_sent_without_the_passkey_is_kept_and_shown_and_not_done(world: World) -> None:
    other = signed_in(world, StaffRole.COORDINATOR)
    form = {"csrf_token": hidden_value(other.get("/staff/programmes/new", base_url=SITE).text, "csrf_token")}
    demanding(world)
    answer = other.post("/staff/programmes/new", data={**form, "name": "Kept"}, base_url=SITE)
    assert answer.location == STEP
    assert make(other, Device(), STEP).location == "/staff/kept"


def test_the_step_is_for_nobody_else(world: World) -> None:
    client, _device = demanding(world)
    assert client.get(STEP, base_url=SITE).location == "/staff/"
    assert client.post(STEP, base_url=SITE).location == "/staff/"
    assert world.client().get(STEP, base_url=SITE).location == "/staff/sign-in"


def test_nobody_demands_a_passkey_who_has_none(world: World) -> None:
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    answer = press(client, ORGANISATION, f"{ORGANISATION}/passkeys", demands="yes")
    assert (answer.status_code, "Make a passkey of your own first" in answer.text) == (422, True)
    assert is_in(client)


def test_the_demand_is_of_one_organisation(world: World) -> None:
    other = signed_in(world, organisation="Another Organisation")
    demanding(world)
    assert is_in(other)


def test_a_demand_is_taken_back_and_both_are_in_the_log_in_words(world: World) -> None:
    client, _device = demanding(world)
    other = half_in(world)
    assert "asked for a passkey after the emailed link" in see(client, ORGANISATION)
    assert press(client, ORGANISATION, f"{ORGANISATION}/passkeys", demands="no").status_code == 303
    assert is_in(other)
    assert acts(world) == ["made a passkey", "demands passkeys", "went on with a passkey", "demands no passkeys"]
    assert re.search("Asks for no passkey any more.*Asks for a passkey after", see(client, "/staff/audit-log"))


def test_the_only_passkey_is_not_removed_while_one_is_demanded(world: World) -> None:
    client, device = demanding(world)
    assert "It cannot be removed as long as it is the only one." in see(client, PAGE)
    answer = send_removal(client, 1, "")
    assert (answer.status_code, "this is your only one" in answer.text) == (422, True)
    second = Device()
    make(client, second, by=device)
    assert remove(client, 1, second).status_code == 303
    assert send_removal(client, 2, "").status_code == 422


def test_a_lost_passkey_is_replaced_by_an_administrator(world: World) -> None:
    admin, _device = demanding(world)
    client, lost = half_in(world), Device()
    make(client, lost, STEP)
    assert press(admin, "/staff/people/2", "/staff/people/2/passkeys", **SURE).status_code == 303
    assert not is_in(client)
    assert use(world.client(), lost).status_code == 403
    world.do_what_is_due()
    mails = [world.mailbox.read(serial) for serial in world.mailbox.serials()]
    assert ("coordinator@example.com", "Your passkeys were removed") in [(one["To"], one["Subject"]) for one in mails]
    again, found = linked_again(world, 2), Device()
    assert "You have none yet" in see(again, STEP)
    assert make(again, found, STEP).status_code == 303
    assert found.handle != lost.handle
    assert "removed somebody’s passkeys" in acts(world)


def test_the_mail_goes_out_once_and_again_after_a_relay_that_failed(world: World) -> None:
    admin, _device = demanding(world)
    make(half_in(world), Device(), STEP)
    press(admin, "/staff/people/2", "/staff/people/2/passkeys", **SURE)
    for _turn in range(2):
        world.do_what_is_due()
        world.clock.pass_time(minutes=6)
    subjects = [world.mailbox.read(serial)["Subject"] for serial in world.mailbox.serials()]
    # An administrator and a coordinator have made one each.
    assert sorted(subjects) == ["A passkey was made"] * 2 + ["Your passkeys were removed"]


@ON_SQLITE
@pytest.mark.parametrize("role", [role for role in StaffRole if role is not StaffRole.ADMINISTRATOR])
def test_nobody_but_an_administrator_replaces_or_demands(world: World, role: StaffRole) -> None:
    client = signed_in(world, role)
    for page in ("/staff/people/1/passkeys", f"{ORGANISATION}/passkeys"):
        token = hidden_value(client.get(PAGE, base_url=SITE).text, "csrf_token")
        fields = {**SURE, "csrf_token": token, "demands": "yes"}
        assert client.post(page, data=fields, base_url=SITE).status_code == 403


def test_nobody_replaces_their_own_or_those_of_whoever_has_none_or_of_another_organisation(world: World) -> None:
    admin, _device = demanding(world)
    half_in(world)
    signed_in(world, organisation="Another Organisation")
    found = [press(admin, ORGANISATION, f"/staff/people/{one}/passkeys", **SURE).status_code for one in (1, 2, 3)]
    assert found == [422, 422, 404]
    assert is_in(admin)


def test_passkeys_are_replaced_by_whoever_says_to_be_sure(world: World) -> None:
    admin, _device = demanding(world)
    make(half_in(world), Device(), STEP)
    assert press(admin, "/staff/people/2", "/staff/people/2/passkeys").status_code == 422
    with world.session() as session:
        assert len(session.scalars(select(Passkey.id)).all()) == 2


@ON_SQLITE
def test_what_is_written_in_the_log_names_nobody(world: World) -> None:
    admin, _device = demanding(world)
    make(half_in(world), Device(), STEP, name="Ana’s telephone")
    press(admin, "/staff/people/2", "/staff/people/2/passkeys", **SURE)
    with world.session() as session:
        said = " ".join(f"{one.actor} {one.act} {one.subject}" for one in session.scalars(select(LogEntry)))
        assert session.scalars(select(Organisation.demands_passkeys)).all() == [True]
    assert "Ana" not in said
