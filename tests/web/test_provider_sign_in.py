"""Signing in by an organisation's provider: who gets in, who is asked, and what a bad provider achieves."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback.domain.staff import StaffRole
from feedback.logs import JsonFormatter
from feedback.services.staff.manage_access import take_access_of
from feedback.storage.audit_log import LogEntry
from feedback.storage.passkeys import Passkey
from feedback.storage.sign_in_providers import ConnectedIdentity, SignInProvider, WaitingConnection
from feedback.storage.staff import StaffSession
from feedback.web.staff import provider_browser
from tests.passkeys import Device, make, use
from tests.promises.scanner import fingerprint
from tests.providers import (
    CLIENT,
    SETTINGS,
    SIGN_IN,
    Provider,
    allow,
    back_in,
    by_provider,
    come_back,
    configure,
    connected,
    go_on,
    leave,
    provider,
    with_provider,
)
from tests.web.test_staff_pages import SITE, press, see, signed_in
from tests.world import World, hidden_value


@pytest.fixture
def found() -> Iterator[Provider]:
    with provider() as running:
        yield running


def is_in(client: FlaskClient) -> bool:
    return client.get("/staff/", base_url=SITE).status_code == 200


def acts(world: World) -> list[str]:
    with world.session() as session:
        return list(session.scalars(select(LogEntry.act).order_by(LogEntry.id)))


def sessions(world: World) -> list[tuple[str, bool]]:
    with world.session() as session:
        found = session.scalars(select(StaffSession).order_by(StaffSession.seen_at))
        return [(one.begun_by, one.is_owners) for one in found]


def age(world: World, by: timedelta) -> None:
    """Have every session begun earlier."""
    with world.session() as session:
        for one in session.scalars(select(StaffSession)):
            one.begun_at -= by
        session.commit()


def identities(world: World) -> list[tuple[int, str]]:
    with world.session() as session:
        return [(one.staff_id, one.subject) for one in session.scalars(select(ConnectedIdentity))]


def link_in_mail(world: World) -> str:
    world.do_what_is_due()
    text = world.mailbox.read(world.mailbox.serials()[-1]).get_body(("plain",)).get_content()
    return re.search(r"/staff/connect/[\w-]+", text)[0]


def test_who_has_connected_their_account_signs_in_there(world: World, found: Provider) -> None:
    with_provider(world, found)
    connected(world, found)
    client = world.client()
    answer = by_provider(client, found)
    assert (answer.status_code, answer.location) == (303, "/staff/")
    assert is_in(client)
    assert acts(world)[-1] == f"signed in by {found.issuer}"
    with world.session() as session:
        assert [one.begun_by for one in session.scalars(select(StaffSession).order_by(StaffSession.begun_at))][-1] == (
            "provider"
        )


def test_what_is_asked_of_the_provider(world: World, found: Provider) -> None:
    with_provider(world, found)
    address = leave(world.client())
    for expected in ("code_challenge_method=S256", "max_age=28800", "scope=openid+email", "response_type=code"):
        assert expected in address.replace("%20", "+")
    assert "nonce=" in address
    assert CLIENT["secret"] not in address


@pytest.mark.parametrize("language", ["", "?language=fr"])
def test_the_addresses_that_a_provider_knows_are_the_same_in_every_language(
    world: World, found: Provider, language: str
) -> None:
    with_provider(world, found)
    connected(world, found)
    client = world.client()
    token = hidden_value(client.get(f"{SIGN_IN}{language}", base_url=SITE).text, "csrf_token")
    answer = client.post(f"/staff/sign-in/provider/1{language}", data={"csrf_token": token}, base_url=SITE)
    asked = back_in(answer.headers["Refresh"].removeprefix("0; url="))
    assert asked["redirect_uri"] == f"{SITE}/staff/sign-in/provider/1/back"
    assert come_back(client, found.visit(answer.headers["Refresh"].removeprefix("0; url="))).status_code == 303
    token = hidden_value(client.get(f"/staff/{language}", base_url=SITE).text, "csrf_token")
    out = client.post(f"/staff/sign-out{language}", data={"csrf_token": token}, base_url=SITE).text
    assert 'post_logout_redirect_uri=https%3A%2F%2Ffeedback.example.com%2Fstaff%2Fsign-in"' in out


def test_an_account_is_connected_by_address_only_after_its_owner_has_followed_a_mailed_link(
    world: World, found: Provider
) -> None:
    with_provider(world, found)
    signed_in(world)
    client = world.client()
    answer = by_provider(client, found)
    assert (answer.status_code, identities(world)) == (200, [])
    assert not is_in(client)
    link = link_in_mail(world)
    assert "Connect my account" in see(client, link)
    assert identities(world) == []
    assert press(client, link, link).location == "/staff/"
    assert is_in(client)
    assert identities(world) == [(2, "somebody-1")]
    world.do_what_is_due()
    mails = [world.mailbox.read(serial) for serial in world.mailbox.serials()]
    assert [one["Subject"] for one in mails] == ["Connect your account", "Your account was connected"]
    assert {one["To"] for one in mails} == {"coordinator@example.com"}
    assert f"connected to {found.issuer}" in acts(world)


def test_the_mailed_link_works_once_and_in_the_browser_that_began_alone(world: World, found: Provider) -> None:
    """Whoever runs the provider can say that anybody is the owner, and must not have the owner press the button."""
    with_provider(world, found)
    signed_in(world)
    client = world.client()
    by_provider(client, found)
    link, owner = link_in_mail(world), world.client()
    before = fingerprint(world)
    assert press(owner, link, link).status_code == 403
    assert fingerprint(world) == before
    assert press(client, link, link).status_code == 303
    assert press(client, link, link).status_code == 403


def test_a_mailed_link_is_too_old_after_a_while(world: World, found: Provider) -> None:
    with_provider(world, found)
    signed_in(world)
    client = world.client()
    by_provider(client, found)
    link = link_in_mail(world)
    world.clock.pass_time(minutes=16)
    assert press(client, link, link).status_code == 403
    assert identities(world) == []


@pytest.mark.parametrize(
    ("email", "verified"),
    [
        ("coordinator@example.com", False),
        ("coordinator@example.com", "true"),
        ("coordinator@example.com", 1),
        ("coordinator@example.com", None),
        ("coordinatör@example.com", True),
        ("coordinator@exa\u212aple.com", True),
        (" coordinator@example.com", True),
        ("coordinator@example.com.evil.example", True),
        (["coordinator@example.com"], True),
        ("coordinator\0@example.com", True),
        ("stranger@example.com", True),
    ],
)
def test_nobody_is_asked_whose_address_is_not_said_to_be_theirs(
    world: World, found: Provider, email: object, verified: object
) -> None:
    found.email, found.email_verified = email, verified
    with_provider(world, found)
    signed_in(world)
    before = fingerprint(world)
    assert by_provider(world.client(), found).status_code == 200
    assert fingerprint(world) == before


def test_capitals_of_an_address_do_not_matter(world: World, found: Provider) -> None:
    found.email = "Coordinator@Example.com"
    with_provider(world, found)
    signed_in(world)
    by_provider(world.client(), found)
    assert "/staff/connect/" in link_in_mail(world)


def test_an_account_that_is_connected_is_not_connected_by_address_again(world: World, found: Provider) -> None:
    with_provider(world, found)
    connected(world, found)
    found.subject = "somebody-2"
    before = fingerprint(world)
    assert by_provider(world.client(), found).status_code == 200
    assert fingerprint(world) == before


def test_nobodys_inbox_is_filled(world: World, found: Provider) -> None:
    with_provider(world, found)
    signed_in(world)
    for _time in range(3):
        by_provider(world.client(), found)
        world.do_what_is_due()
    assert len(world.mailbox.serials()) == 1


def test_a_provider_that_is_gone_is_a_sentence(world: World, found: Provider) -> None:
    with_provider(world, found)
    with provider() as gone:
        allow(world, gone)
    allow(world, found, gone)
    with world.session() as session:
        session.scalars(select(SignInProvider)).one().issuer = gone.issuer
        session.commit()
    client = world.client()
    token = hidden_value(client.get(SIGN_IN, base_url=SITE).text, "csrf_token")
    answer = client.post("/staff/sign-in/provider/1", data={"csrf_token": token}, base_url=SITE)
    assert (answer.status_code, "does not answer at the moment" in answer.text) == (503, True)


def test_an_organisation_that_no_database_can_count_has_no_provider(world: World) -> None:
    client = world.client()
    token = hidden_value(client.get(SIGN_IN, base_url=SITE).text, "csrf_token")
    answer = client.post(f"/staff/sign-in/provider/{10**20}", data={"csrf_token": token}, base_url=SITE)
    assert (answer.status_code, "has no place where it signs in" in answer.text) == (403, True)


def test_nobody_gets_in_by_what_is_not_as_it_must_be(world: World, found: Provider) -> None:
    """What else is not: tests/services/staff/test_provider_desk.py."""
    with_provider(world, found)
    connected(world, found)
    found.claims["aud"] = "somebody-else"
    client, before = world.client(), fingerprint(world)
    answer = by_provider(client, found)
    assert answer.status_code == 403
    assert "was not accepted" in answer.text
    assert (fingerprint(world), is_in(client)) == (before, False)


def test_a_strangers_state_and_a_used_one_let_nobody_in(world: World, found: Provider) -> None:
    with_provider(world, found)
    connected(world, found)
    client, stranger = world.client(), world.client()
    back = found.visit(leave(client))
    before, asked = fingerprint(world), len(found.asked)
    assert come_back(stranger, back).status_code == 403
    leave(stranger)
    assert come_back(stranger, back).status_code == 403
    assert (fingerprint(world), len(found.asked)) == (before, asked)
    assert come_back(client, back).status_code == 303
    assert come_back(client, back).status_code == 403


@pytest.mark.parametrize(
    "query",
    ["", "?error=access_denied", "?state={state}", "?error=x&code=y&state={state}", "?code=&state={state}"],
)
def test_the_way_back_with_nothing_writes_nothing(world: World, found: Provider, query: str) -> None:
    with_provider(world, found)
    client = world.client()
    address = leave(client)
    state = re.search(r"state=([\w-]+)", address)[1]
    before, asked = fingerprint(world), len(found.asked)
    answer = client.get(f"/staff/sign-in/provider/1/back{query.format(state=state)}", base_url=SITE)
    assert (answer.status_code, fingerprint(world), len(found.asked)) == (403, before, asked)
    assert "Begin again here." in answer.text


def test_an_answer_for_one_organisation_is_none_for_another(world: World, found: Provider) -> None:
    """Two organisations, one of whose providers sends people on to the other one's."""
    with provider() as evil:
        with_provider(world, found)
        connected(world, found)
        allow(world, found, evil)
        assert configure(signed_in(world, StaffRole.ADMINISTRATOR, "Other Organisation"), evil).status_code == 303
        client = world.client()
        asked = leave(client, organisation=2)
        # The evil one sends the browser to the honest one, as if it came for itself.
        back = found.visit(asked.replace(evil.issuer, found.issuer))
        assert "/provider/2/back" in back
        before = fingerprint(world)
        assert come_back(client, back).status_code == 403
        assert come_back(client, back.replace("/provider/2/", "/provider/1/")).status_code == 403
        assert fingerprint(world) == before
        assert not [one for one in evil.asked if one == "/token"]


def test_two_organisations_at_one_provider_come_back_each_to_its_own_address(world: World, found: Provider) -> None:
    with_provider(world, found)
    assert configure(signed_in(world, StaffRole.ADMINISTRATOR, "Other Organisation"), found).status_code == 303
    client = world.client()
    back = found.visit(leave(client, organisation=2))
    asked = len(found.asked)
    assert come_back(client, back.replace("/provider/2/", "/provider/1/")).status_code == 403
    assert len(found.asked) == asked


def test_no_other_site_begins_a_sign_in(world: World, found: Provider) -> None:
    with_provider(world, found)
    client = world.client()
    see(client, SIGN_IN)
    asked = len(found.asked)
    assert client.get("/staff/sign-in/provider/1", base_url=SITE).status_code == 405
    assert client.post("/staff/sign-in/provider/1", data={}, base_url=SITE).status_code == 400
    assert len(found.asked) == asked


def test_who_is_signed_in_as_somebody_else_is_asked_first(world: World, found: Provider) -> None:
    with_provider(world, found)
    connected(world, found)
    other = signed_in(world, StaffRole.VIEWER)
    before = fingerprint(world)
    answer = by_provider(other, found)
    assert answer.status_code == 200
    assert "is signed out here" in answer.text
    assert fingerprint(world) == before
    assert "Ana" in see(other, "/staff/signed-in")
    assert other.post("/staff/sign-in/provider/go-on", data={}, base_url=SITE).status_code == 400


def test_going_on_replaces_the_other_session(world: World, found: Provider) -> None:
    with_provider(world, found)
    connected(world, found)
    other = signed_in(world, StaffRole.VIEWER)
    assert go_on(other, by_provider(other, found)).status_code == 303
    assert other.get("/staff/programmes/new", base_url=SITE).status_code == 200


def test_the_page_on_going_on_is_good_for_some_minutes_and_once(
    world: World, found: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_provider(world, found)
    connected(world, found)
    other = signed_in(world, StaffRole.VIEWER)
    page = by_provider(other, found)
    now = provider_browser.system_clock()
    with monkeypatch.context() as later:
        later.setattr(provider_browser, "system_clock", lambda: now + provider_browser._GOOD_FOR * 2)
        assert go_on(other, page).status_code == 403
    assert go_on(other, page).status_code == 403


def test_who_lost_access_does_not_get_in_there(world: World, found: Provider) -> None:
    with_provider(world, found)
    connected(world, found)
    with world.session() as session:
        take_access_of(session, 2, now=world.clock(), actor="test")
    assert identities(world) == []
    client = world.client()
    assert by_provider(client, found).status_code == 200
    assert not is_in(client)


def test_disconnecting_ends_what_the_provider_has_begun_and_no_more(world: World, found: Provider) -> None:
    with_provider(world, found)
    here, elsewhere = connected(world, found), world.client()
    assert by_provider(elsewhere, found).status_code == 303
    assert press(here, "/staff/signed-in", "/staff/signed-in/disconnect").status_code == 303
    assert (identities(world), is_in(here), is_in(elsewhere)) == ([], False, False)
    assert by_provider(world.client(), found).status_code == 200


def passkeys(world: World) -> list[bool]:
    with world.session() as session:
        return [one.is_owners for one in session.scalars(select(Passkey).order_by(Passkey.id))]


def cut(world: World, found: Provider, owner: FlaskClient, _admin: FlaskClient) -> None:
    assert press(owner, "/staff/signed-in", "/staff/signed-in/disconnect").status_code == 303


def replace_it(world: World, found: Provider, owner: FlaskClient, _admin: FlaskClient) -> None:
    found.subject = "somebody-2"
    assert go_on(owner, by_provider(owner, found, "/staff/signed-in")).status_code == 303


def remove_all(world: World, found: Provider, _owner: FlaskClient, admin: FlaskClient) -> None:
    assert press(admin, SETTINGS, f"{SETTINGS}/remove", sure="y").status_code == 303


@pytest.mark.parametrize("end", [cut, replace_it, remove_all])
def test_no_passkey_of_whom_the_provider_signed_in_outlives_the_connection(
    world: World, found: Provider, end: Callable[[World, Provider, FlaskClient, FlaskClient], None]
) -> None:
    admin = with_provider(world, found)
    owner = connected(world, found)
    client, device, other = world.client(), Device(), world.client()
    by_provider(client, found)
    assert make(client, device).status_code == 303
    assert make(owner, Device(), by=device).status_code == 303
    assert use(other, device).status_code == 303
    world.do_what_is_due()
    end(world, found, owner, admin)
    assert passkeys(world) == [True]
    assert not is_in(other)
    assert use(world.client(), device).status_code == 403
    told = len(world.mailbox.serials())
    world.do_what_is_due()
    subjects = [world.mailbox.read(serial)["Subject"] for serial in world.mailbox.serials()[told:]]
    assert "A passkey was removed" in subjects


def test_what_was_carried_along_lasts_no_longer_than_before(world: World, found: Provider) -> None:
    with_provider(world, found)
    client = connected(world, found)
    assert sessions(world)[-1] == ("provider", True)
    for owns in (True, False):
        age(world, timedelta(hours=5))
        assert by_provider(client, found).status_code == 303
        assert sessions(world)[-1] == ("provider", owns)


def test_a_provider_that_fails_is_a_line_in_the_log_that_names_nobody(
    world: World, found: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    with_provider(world, found)
    found.refuses = "invalid_client"
    assert by_provider(world.client(), found).status_code == 403
    (record,) = [one for one in caplog.records if one.name == "feedback.runtime"]
    host = f"127.0.0.1:{found.port}"
    assert (
        JsonFormatter()
        .format(record)
        .endswith(
            f'"event": "nobody signs in by {host}: It refuses the client ID or the secret.", "provider": "{host}"}}'
        )
    )


def test_who_signs_out_is_led_to_the_providers_way_out(world: World, found: Provider) -> None:
    with_provider(world, found)
    connected(world, found)
    client = world.client()
    by_provider(client, found)
    page = press(client, "/staff/", "/staff/sign-out")
    assert page.status_code == 200
    assert f"{found.issuer}/out?client_id=feedback&amp;post_logout_redirect_uri=https%3A%2F%2Ffeedback" in page.text
    assert not is_in(client)


def test_who_signed_in_otherwise_is_led_nowhere(world: World, found: Provider) -> None:
    with_provider(world, found)
    assert press(signed_in(world), "/staff/", "/staff/sign-out").location == SIGN_IN


def test_the_secret_is_kept_sealed_and_never_shown(world: World, found: Provider) -> None:
    admin = with_provider(world, found)
    assert CLIENT["secret"] not in see(admin, SETTINGS)
    with world.session() as session:
        assert CLIENT["secret"].encode() not in session.scalars(select(SignInProvider.sealed_secret)).one()
    assert configure(admin, found, secret="").status_code == 303
    # It is told to no other provider.
    with provider() as other:
        allow(world, found, other)
        assert configure(admin, other, secret="").status_code == 422


def test_another_provider_connects_nobody(world: World, found: Provider) -> None:
    admin = with_provider(world, found)
    client = connected(world, found)
    with provider() as other:
        allow(world, found, other)
        assert configure(admin, other).status_code == 303
        assert identities(world) == []
        assert not is_in(client)
        assert by_provider(world.client(), other).status_code == 200


def test_what_waits_for_an_owner_is_forgotten(world: World, found: Provider) -> None:
    with_provider(world, found)
    signed_in(world)
    by_provider(world.client(), found)
    world.do_what_is_due()
    world.clock.pass_time(hours=1)
    world.do_what_is_due()
    with world.session() as session:
        assert session.scalars(select(WaitingConnection.staff_id)).all() == []


def test_no_secret_of_the_client_and_no_token_reaches_a_browser(world: World, found: Provider) -> None:
    with_provider(world, found)
    connected(world, found)
    client = world.client()
    address = leave(client)
    with client.session_transaction("/staff/", base_url=SITE) as cookie:
        assert CLIENT["secret"] not in str(dict(cookie))
    answer = come_back(client, found.visit(address))
    with client.session_transaction("/staff/", base_url=SITE) as cookie:
        shown = str(dict(cookie)) + answer.text
    assert not [one for one in ("an-access-token", "eyJ", CLIENT["secret"]) if one in shown]
