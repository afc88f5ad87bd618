"""Links as they arrive: with what a mail program put behind or into them. What can be read without doubt is read."""

import re
from urllib.parse import quote

import pytest

from feedback.domain.links import opt_out_token, to_address
from feedback.web.addresses import as_meant
from tests.databases import ON_SQLITE
from tests.promises.test_scanners import seen
from tests.world import World

pytestmark = ON_SQLITE

BROUGHT = [
    "/s/{}.",
    "/s/{},",
    "/s/{})",
    "/s/{}%3E",
    "/s/{};",
    "/s/{}%20",
    "/s/{}=",
    "/s/{}%22",
    "/s/{}/",
    "/s/{}/.",
    "/s/%3C{}%3E",
    "/s/{}%E2%80%9D",
    "/s/{}%3Flanguage=en",
    "/S/{}",
    "/s%2F{}",
    "/s%252F{}",
    "/%53/{}%252E",
]
INSIDE = ["%0A", "%0D%0A", "%0A%3E%20", "%20", "%250A", "=%0D%0A", "%E2%80%8B", "%C2%AD"]


def open_link(world: World) -> str:
    """One that does not end as a broken one below does."""
    return next(link for link in world.links(world.open_wave(7, 7)) if not link.endswith("A"))


@pytest.mark.parametrize("brought", BROUGHT)
def test_what_stands_around_a_link_leads_to_the_same_page(world: World, brought: str) -> None:
    link = open_link(world)
    page, meant = (world.client().get(address) for address in (brought.format(link), f"/s/{link}"))
    assert (page.status_code, page.text) == (200, meant.text)


@pytest.mark.parametrize("inside", INSIDE)
def test_what_stands_inside_a_link_leads_to_the_same_page(world: World, inside: str) -> None:
    link = open_link(world)
    page = world.client().get(f"/s/{link[:30]}{inside}{link[30:]}")
    assert (page.status_code, page.text) == (200, world.client().get(f"/s/{link}").text)


def test_a_link_that_was_encoded_twice_is_read(world: World) -> None:
    link = open_link(world)
    once = "".join(f"%{ord(letter):02x}" for letter in link)
    pages = [world.client().get(f"/s/{written}").status_code for written in (once, quote(once), quote(quote(once)))]
    assert pages == [200, 200, 200]


def test_the_way_on_from_a_link_with_a_full_stop_is_the_links_own(world: World) -> None:
    link = open_link(world)
    page = world.client().get(f"/S/{link}.").text
    assert set(re.findall(r'"(/s/[^/?"]*)', page)) == {f"/s/{link}"}
    assert world.client().get(f"/S/{link}./questions.").status_code == 200


@pytest.mark.parametrize("broken", ["{}A", "A{}", "{}-A", "{}%0AA"])
def test_where_there_is_doubt_nothing_is_read(world: World, broken: str) -> None:
    link = open_link(world)
    page, unknown = (world.client().get(f"/s/{one}") for one in (broken.format(link[:-1]), "A" * 43))
    assert seen(page) == seen(unknown)


@pytest.mark.parametrize("address", ["/o/{}.", "/O/{}%20", "/o/{}%3E"])
def test_the_other_addresses_in_mails_are_read_as_well(world: World, address: str) -> None:
    world.open_wave(7, 7)
    token = to_address(opt_out_token(world.keys.opt_out_key(1), 1))
    assert world.client().post(address.format(token), data={"go": "stop"}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/s", "/s/", "/staff/waves/1.", "/receipt.", "/static/feedback.css", "/x/%2e", "\xff"]
)
def test_what_is_no_link_is_left_as_it_is(path: str) -> None:
    assert as_meant(path) == path


@pytest.mark.parametrize("path", ["/s/..", "/s/\x00", "//S//./"])
def test_a_link_without_a_letter_is_a_link_that_leads_nowhere(path: str) -> None:
    assert as_meant(path) == "/s/-"


@pytest.mark.parametrize("named", ["FR", "fr-CA", "Fr_ca", "fr.", "fr)", "%20fr", "3Dfr", "fr%3E", "fr%0D%0A"])
def test_a_language_is_read_however_it_is_spelled(world: World, named: str) -> None:
    page = world.client().get(f"/s/{open_link(world)}?language={named}").text
    assert '<html lang="fr"' in page
