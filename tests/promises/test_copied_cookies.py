"""Whoever copied a cookie of staff, or read an emailed link, makes no way in that stays where there is a passkey."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback.domain.staff import StaffRole
from feedback.storage.audit_log import LogEntry
from feedback.storage.passkeys import Passkey
from tests.passkeys import Device, asked, asked_to_remove, make, remove, send, send_removal, use
from tests.providers import by_link
from tests.web.test_passkeys import PAGE, with_passkey
from tests.web.test_staff_pages import SITE, signed_in
from tests.world import World

NAME = "__Secure-feedback-staff"
SIGN_IN = "/staff/sign-in/passkey"
Way = Callable[[World, FlaskClient, Device], FlaskClient]


def passkeys(world: World) -> list[tuple[int, bytes]]:
    with world.session() as session:
        return [(one.id, one.credential) for one in session.scalars(select(Passkey).order_by(Passkey.id))]


def copied(world: World, client: FlaskClient, _device: Device) -> FlaskClient:
    """A browser with a copy of somebody's cookie, in the same session."""
    cookie, thief = client.get_cookie(NAME, domain="feedback.example.com", path="/staff/"), world.client()
    assert cookie is not None
    thief.set_cookie(NAME, cookie.value, domain="feedback.example.com", path="/staff/", secure=True)
    return thief


def copied_after_the_passkey(world: World, client: FlaskClient, device: Device) -> FlaskClient:
    """The same of a session that began with the passkey itself, a moment ago."""
    assert use(client, device).status_code == 303
    return copied(world, client, device)


def by_an_emailed_link(world: World, _client: FlaskClient, _device: Device) -> FlaskClient:
    """Whoever reads the owner's email, where no passkey is demanded after the link."""
    return by_link(world)


@pytest.mark.parametrize("way", [copied, copied_after_the_passkey, by_an_emailed_link])
def test_who_lacks_the_passkey_adds_and_removes_none(world: World, way: Way) -> None:
    client, device = with_passkey(world)
    thief, own = way(world, client, device), Device()
    assert thief.get(PAGE, base_url=SITE).status_code == 200
    before = passkeys(world)
    assert make(thief, own).status_code == 422
    assert make(thief, own, by=own).status_code == 422
    assert send_removal(thief, 1, "").status_code == 422
    assert remove(thief, 1, own).status_code == 422
    assert passkeys(world) == before


def test_what_was_signed_to_come_in_lets_nobody_add_or_remove(world: World) -> None:
    """Whoever has the owner sign in before them, in whatever browser, gets nothing else for it."""
    client, device = with_passkey(world)
    thief, before = copied(world, client, device), passkeys(world)
    ours = asked(world.client(), SIGN_IN)
    for challenge in (ours["challenge"], asked(client, PAGE)["challenge"]):
        found = asked(thief, PAGE)
        signed = device.used({**ours, "challenge": challenge})
        assert send(thief, PAGE, Device().made(found), name="x", confirmation=signed).status_code == 422
    asked_to_remove(thief, 1)
    assert send_removal(thief, 1, device.used(ours)).status_code == 422
    assert passkeys(world) == before


def test_what_was_signed_for_one_thing_is_good_for_no_other(world: World) -> None:
    client, device = with_passkey(world)
    make(client, Device(), by=device)
    before = passkeys(world)
    first = asked_to_remove(client, 1)
    assert send_removal(client, 2, device.used(first)).status_code == 422
    asked_to_make = asked(client, PAGE)
    assert send_removal(client, 1, device.used(asked_to_make["confirm"])).status_code == 422
    removing = asked_to_remove(client, 1)
    answer = send(client, PAGE, Device().made(asked_to_make), name="x", confirmation=device.used(removing))
    assert answer.status_code == 422
    assert passkeys(world) == before


def test_what_was_signed_is_good_once_and_in_the_session_that_asked(world: World) -> None:
    client, device = with_passkey(world)
    make(client, Device(), by=device)
    other = by_an_emailed_link(world, client, device)
    signed = device.used(asked_to_remove(client, 2))
    assert send_removal(other, 2, signed).status_code == 422
    assert send_removal(client, 2, device.used(asked_to_remove(client, 2))).status_code == 303
    make(client, Device(), by=device)
    assert send_removal(client, passkeys(world)[-1][0], signed).status_code == 422
    assert len(passkeys(world)) == 2


def test_somebody_elses_passkey_confirms_nothing(world: World) -> None:
    client, _device = with_passkey(world)
    theirs = Device()
    assert make(signed_in(world, StaffRole.ADMINISTRATOR), theirs).status_code == 303
    before = passkeys(world)
    for handle in (theirs.handle, None):
        theirs.handle = handle
        assert make(client, Device(), by=theirs).status_code == 422
        assert remove(client, 1, theirs).status_code == 422
    assert passkeys(world) == before


def test_a_device_that_was_copied_confirms_nothing_and_the_log_says_so(world: World) -> None:
    client, device = with_passkey(world, count=5)
    device.count = 0
    assert remove(client, 1, device).status_code == 422
    with world.session() as session:
        last = session.scalars(select(LogEntry).order_by(LogEntry.id.desc())).first()
    assert last is not None
    assert (last.actor, last.act, last.subject) == ("service", "refused a passkey", "staff 1")
