"""The headers of every answer, whatever was asked for, and the one cookie there is."""

import pytest

from tests.databases import ON_SQLITE
from tests.web.test_staff_pages import SITE, signed_in
from tests.world import World

pytestmark = ON_SQLITE

ADDRESSES = (
    "/",
    "/s/unknown",
    "/staff/",
    "/staff/sign-in",
    "/staff/data-protection",
    "/nowhere",
    "/static/feedback.css",
)
YEAR = 365 * 24 * 3600


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_tells_browsers_what_they_may_do(world: World, address: str) -> None:
    headers = signed_in(world).get(address, base_url=SITE, headers={"Origin": "https://elsewhere.example"}).headers
    policy = headers["Content-Security-Policy"]
    assert [
        one for one in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'") if one not in policy
    ] == []
    assert "unsafe" not in policy
    assert "*" not in policy
    age, whole = headers["Strict-Transport-Security"].removeprefix("max-age=").split("; ")
    assert (int(age) >= YEAR, whole) == (True, "includeSubDomains")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers
    assert headers["Content-Type"].endswith("charset=utf-8")
    assert ("no-store" in headers["Cache-Control"]) is not address.startswith("/static/")


def test_the_staffs_cookie_is_for_its_pages_and_for_no_script(world: World) -> None:
    (cookie,) = world.client().get("/staff/sign-in", base_url=SITE).headers.getlist("Set-Cookie")
    name, *attributes = cookie.split("; ")
    assert name.startswith("__Secure-feedback-staff=")
    assert {"Secure", "HttpOnly", "Path=/staff/", "SameSite=Lax"} <= set(attributes)


@pytest.mark.parametrize("address", ["/", "/s/unknown", "/accessibility", "/receipt", "/staff/data-protection"])
def test_nobody_else_gets_a_cookie(world: World, address: str) -> None:
    assert "Set-Cookie" not in world.client().get(address, base_url=SITE).headers
