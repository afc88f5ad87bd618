"""Whoever connects may claim any host: nothing that is answered depends on it, and no answer leads there."""

from dataclasses import replace

import pytest

from feedback.app import create_app
from tests.databases import ON_SQLITE
from tests.world import World

pytestmark = ON_SQLITE
WATCHED = {"/healthz", "/readyz", "/metrics"}
CLAIMED = ["evil.example", "evil.example:443", "feedback.example.com.evil.example", "192.0.2.7", "[::", "", "a b"]
OWN = [
    "feedback.example.com",
    "FEEDBACK.example.com:8443",
    "feedback.example.com.",
    "localhost",
    "127.0.0.1:8000",
    "[::1]:8000",
]


def paths(world: World) -> list[str]:
    """Every address without a number in it, and how it may be asked for by mistake."""
    plain = [rule.rule for rule in world.app.url_map.iter_rules() if "<" not in rule.rule]
    return sorted({spelt for path in plain for spelt in (path, path.rstrip("/") or "/", f"{path}/", f"/{path}")})


@pytest.mark.parametrize("host", CLAIMED)
def test_by_another_name_there_is_nothing_but_what_watches(world: World, host: str) -> None:
    client = world.client()
    for path in paths(world):
        answer = client.get(path, headers={"Host": host})
        if path not in WATCHED:
            assert answer.status_code == 421, path
        assert "evil" not in answer.text + str(answer.headers)


@pytest.mark.parametrize("host", OWN)
def test_every_way_on_is_within_the_service_and_the_same_by_every_name(world: World, host: str) -> None:
    client = world.client()
    for path in paths(world):
        answer, usual = (client.get(path, headers={"Host": name}) for name in (host, OWN[0]))
        assert answer.location is None or (answer.location[0] == "/" and answer.location[1:2] != "/"), path
        assert (answer.status_code, answer.location) == (usual.status_code, usual.location)
        if answer.location:
            assert answer.text == usual.text


def test_a_name_in_other_letters_is_reached_as_browsers_write_it(world: World) -> None:
    settings = replace(world.tools.settings, base_url="https://münchen.example:8443")
    spelt = replace(world, bare=create_app(settings, world.clock)).client()
    for host, expected in (
        ("xn--mnchen-3ya.example:8443", 200),
        ("xn--mnchen-3ya.example", 200),
        ("munchen.example", 421),
    ):
        assert spelt.get("/receipt", headers={"Host": host}).status_code == expected


def test_an_address_without_its_slash_leads_to_the_one_with_it(world: World) -> None:
    assert world.client().get("/staff").location == "/staff/"
    assert world.client().get("/staff//evil.example").location != "//evil.example"
