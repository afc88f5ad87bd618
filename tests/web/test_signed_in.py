"""Staff's sessions, as their browsers and whoever has a copy of a cookie see them."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback.domain.staff import BY_LINK, StaffRole
from feedback.services.staff.begin_sessions import IDLE, LONGEST
from feedback.services.staff.keep_forms import KEPT
from feedback.storage.staff import StaffSession
from feedback.web.staff import guards
from tests.databases import ON_SQLITE
from tests.staff_sessions import begin_session
from tests.web.test_staff_pages import SITE, press, see, signed_in, token_for
from tests.world import World, hidden_value

pytestmark = ON_SQLITE

NAME = "__Secure-feedback-staff"
PAGE = "/staff/signed-in"


def copied(world: World, client: FlaskClient) -> FlaskClient:
    """A browser with a copy of somebody's cookie."""
    cookie = client.get_cookie(NAME, domain="feedback.example.com", path="/staff/")
    assert cookie is not None
    thief = world.client()
    thief.set_cookie(NAME, cookie.value, domain="feedback.example.com", path="/staff/", secure=True)
    assert is_in(thief)
    return thief


def twice_signed_in(world: World) -> tuple[FlaskClient, FlaskClient]:
    """Two browsers of the same person: a second link does not come by a new invitation, which ends what there is."""
    here, there = signed_in(world), world.client()
    with world.session() as session:
        number = session.scalars(select(StaffSession.staff_id)).one()
        secret = begin_session(session, number, BY_LINK, now=guards.system_clock())
    with there.session_transaction("/staff/", base_url=SITE) as cookie:
        cookie[guards.IN_COOKIE] = secret
    assert is_in(there)
    return here, there


def is_in(client: FlaskClient) -> bool:
    return client.get("/staff/", base_url=SITE).status_code == 200


def test_a_copy_of_a_cookie_ends_with_its_session(world: World) -> None:
    client = signed_in(world)
    thief = copied(world, client)
    assert press(client, "/staff/", "/staff/sign-out").status_code == 303
    assert not is_in(thief)


def test_a_copy_ends_when_its_browser_signs_in_once_more(world: World) -> None:
    client = signed_in(world)
    thief, page = copied(world, client), f"/staff/sign-in/{token_for(world, StaffRole.ADMINISTRATOR)}"
    assert press(client, page, page).status_code == 303
    assert not is_in(thief)


def test_another_browser_is_signed_out_from_this_one(world: World) -> None:
    here, there = twice_signed_in(world)
    assert "Another browser" in see(here, PAGE)
    other = hidden_value(here.get(PAGE, base_url=SITE).text, "digest")
    assert press(here, PAGE, f"{PAGE}/end", digest=other).status_code == 303
    assert is_in(here)
    assert not is_in(there)


def test_all_browsers_are_signed_out_at_once(world: World) -> None:
    here, there = twice_signed_in(world)
    assert press(here, PAGE, f"{PAGE}/end-all").location == "/staff/sign-in"
    assert not is_in(here)
    assert not is_in(there)


def test_the_page_names_nothing_that_opens_a_session(world: World) -> None:
    client = signed_in(world)
    with client.session_transaction("/staff/", base_url=SITE) as cookie:
        secret = cookie[guards.IN_COOKIE]
    assert secret not in client.get(PAGE, base_url=SITE).text


def test_a_forged_button_ends_nothing(world: World) -> None:
    client = signed_in(world)
    assert client.post(f"{PAGE}/end-all", base_url=SITE).status_code == 400
    assert press(client, PAGE, f"{PAGE}/end", digest="x").status_code == 400
    assert is_in(client)


def test_a_browser_that_nobody_uses_is_signed_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(world)
    later = guards.system_clock() + IDLE + timedelta(minutes=1)
    monkeypatch.setattr(guards, "system_clock", lambda: later)
    assert not is_in(client)


def test_a_programme_whose_time_runs_ahead_signs_nobody_out(world: World) -> None:
    client = signed_in(world)
    world.clock.now += timedelta(days=30)
    assert is_in(client)


@pytest.mark.parametrize("value", ["x", 7, None])
def test_a_session_that_is_not_known_is_none(world: World, value: object) -> None:
    client = world.client()
    with client.session_transaction("/staff/", base_url=SITE) as cookie:
        cookie[guards.IN_COOKIE] = value
    assert not is_in(client)


@pytest.mark.parametrize("page", ["/", "/s/x", f"/s/{'A' * 43}", "/receipt", "/static/feedback.css"])
def test_no_other_page_is_sent_the_cookie(world: World, page: str) -> None:
    client = signed_in(world)
    sent = client.get(page, base_url=SITE).request.headers.get("Cookie")
    assert sent is None


@pytest.mark.parametrize("page", ["/staff/", "/staff/programmes/new", "/staff/nothing-here"])
def test_pages_say_after_how_long_one_is_signed_out_and_what_is_kept(world: World, page: str) -> None:
    foot = signed_in(world).get(page, base_url=SITE).text.partition("<footer")[2]
    said = [timedelta(hours=int(hours)) for hours in re.findall(r"(\d+) hours", foot)]
    assert said == [LONGEST, IDLE, KEPT]
