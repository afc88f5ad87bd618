"""Promise: opening a link commits to nothing. Whatever a mail scanner does with a link, no byte is stored.

Nor does it learn anything: unknown, closed and malformed links answer alike, used and unused ones too.
"""

import re
import secrets
from pathlib import Path

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from feedback.domain.links import draft_name, opt_out_token, to_address
from feedback.services.waves.submit_response import read_link
from tests.promises.adversary import read_everything
from tests.promises.listening import statements_heard
from tests.promises.scanner import fingerprint, look_at_everything
from tests.promises.visits import engine_of, fill_in, mailed_wave, send
from tests.world import World

pytestmark = pytest.mark.own_databases

PATHS = ("", "/questions", "/send", "/withdraw", "/nowhere", "/")
POSTS = ("/questions", "/send", "/withdraw")
UNKNOWN = "A" * 42 + "E"
MALFORMED = ("x", "A" * 43, "A" * 42, "A" * 44, "A" * 42 + "F", "é" * 43, "%00", "A" * 3000, "..", "-" * 43)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
_STATE = re.compile(rb'(name="(?:state|sent)" value=")[^"]*')
_RECEIPT = re.compile(rb"(?:[0-9A-F]{4}-){7}[0-9A-F]{4}")


def token_of(world: World, person: int) -> str:
    return to_address(opt_out_token(world.keys.opt_out_key(1), person))


@pytest.mark.parametrize("path", PATHS)
def test_looking_at_a_page_stores_nothing(world: World, path: str) -> None:
    link, client = world.links(mailed_wave(world, 7, 0))[0], world.client()
    before = fingerprint(world)
    for look in (client.head, client.get, client.get, client.options):
        look(f"/s/{link}{path}")
    assert fingerprint(world) == before


def test_an_empty_post_stores_nothing(world: World) -> None:
    link, client = world.links(world.open_wave(10, 0))[0], world.client()
    before = fingerprint(world)
    answers = [client.post(f"/s/{link}{path}").status_code for path in PATHS]
    assert fingerprint(world) == before
    assert answers == [405, 422, 422, 422, 404, 405]


def test_a_post_of_anything_but_a_complete_answer_stores_nothing(world: World) -> None:
    link, client = world.links(world.open_wave(10, 0))[0], world.client()
    before = fingerprint(world)
    for path in POSTS:
        for data in ({"state": "AAAA", "go": "send"}, {"word": "yes"}, {"go": "withdraw"}, {"B1": "5"}, {"state": ""}):
            assert client.post(f"/s/{link}{path}", data=data).status_code == 422
    assert fingerprint(world) == before


def test_pressing_every_button_on_the_way_stores_nothing(world: World) -> None:
    link = world.links(world.open_wave(10, 0))[0]
    before = fingerprint(world)
    posted = look_at_everything(world.client(), f"/s/{link}")
    assert fingerprint(world) == before
    support = {path for path in posted if path.startswith("/support/")}
    assert len(support) == 1
    assert posted - support == {f"/s/{link}/questions", f"/s/{link}/withdraw"}


def test_after_all_that_the_real_answer_is_taken(world: World) -> None:
    link = world.links(world.open_wave(10, 0))[0]
    look_at_everything(world.client(), f"/s/{link}")
    before = fingerprint(world)
    assert world.answer(link).status_code == 200
    assert fingerprint(world) != before
    assert len(read_everything(engine_of(world))["sealed_responses"]) == 1


def test_pressing_every_button_leaves_an_answer_as_it_is(world: World) -> None:
    link = world.links(world.open_wave(10, 0))[0]
    world.answer(link)
    before = fingerprint(world)
    look_at_everything(world.client(), f"/s/{link}")
    assert fingerprint(world) == before


def test_looking_once_more_at_the_answers_stores_nothing(world: World) -> None:
    link = world.links(world.open_wave(10, 0))[0]
    before = fingerprint(world)
    state = fill_in(world, link)
    world.client().post(f"/s/{link}/send", data={"state": state, "go": "change"})
    world.client().post(f"/s/{link}/send", data={"state": state})
    assert fingerprint(world) == before


def test_what_one_link_carries_is_worth_nothing_at_another(world: World) -> None:
    first, second = world.links(world.open_wave(10, 0))[:2]
    before = fingerprint(world)
    stolen = world.client().post(f"/s/{second}/send", data={"state": fill_in(world, first), "go": "send"})
    assert stolen.status_code == 422
    assert fingerprint(world) == before


def seen(response: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    return response.status_code, sorted(response.headers.items()), response.data


def views(world: World, link: str, state: str) -> list[object]:
    client = world.client()
    posts = ({}, {"state": state, "go": "send"}, {"word": "withdraw", "go": "withdraw"}, {"B1": "5"})
    found = [seen(look(f"/s/{link}{path}")) for path in PATHS for look in (client.get, client.head)]
    return found + [seen(client.post(f"/s/{link}{path}", data=data)) for path in POSTS for data in posts]


def closed_link(world: World) -> tuple[str, str]:
    """A link whose wave is over, with an answer that was filled in before, and no text that would be given back."""
    wave = world.open_wave(10, 0)
    link = world.links(wave)[0]
    state = fill_in(world, link, "")
    world.close(wave)
    return link, state


def test_unknown_closed_and_malformed_links_answer_alike(world: World) -> None:
    link, state = closed_link(world)
    expected = views(world, UNKNOWN, state)
    assert views(world, link, state) == expected
    for malformed in MALFORMED:
        assert views(world, malformed, state) == expected


def statements(world: World, link: str) -> list[str]:
    """What the database is asked when somebody tries a link, on every page and by every form."""
    with statements_heard() as asked:
        for path in PATHS:
            world.client().get(f"/s/{link}{path}")
            world.client().post(f"/s/{link}{path}", data={"state": "AAAA", "go": "send", "word": "withdraw"})
    return asked


def test_unknown_closed_and_malformed_links_cost_the_database_the_same(world: World) -> None:
    link, _state = closed_link(world)
    expected = statements(world, UNKNOWN)
    assert any("entitlements" in statement for statement in expected)
    assert [dead for dead in (link, *MALFORMED) if "/" not in dead and statements(world, dead) != expected] == []


def test_a_link_whose_time_is_over_answers_like_an_unknown_one_before_anybody_closes(world: World) -> None:
    wave = world.open_wave(10, 0)
    link = world.links(wave)[0]
    state = fill_in(world, link, "")
    world.clock.pass_time(days=15)
    assert views(world, link, state) == views(world, UNKNOWN, state)


def test_no_answer_is_taken_for_a_dead_link(world: World) -> None:
    link, state = closed_link(world)
    before = fingerprint(world)
    for dead in (link, UNKNOWN, *MALFORMED):
        views(world, dead, state)
    assert fingerprint(world) == before


def test_a_used_link_looks_like_an_unused_one(world: World) -> None:
    used, unused = world.links(world.open_wave(10, 0))[:2]
    before = looks(world, used)
    world.answer(used)
    assert looks(world, used) == before
    assert looks(world, unused) == before


def looks(world: World, link: str) -> list[object]:
    """All that can be seen behind a link without sending an answer, the link's and the visit's own blanked."""
    client = world.client()
    found = [seen(look(f"/s/{link}{path}")) for path in PATHS for look in (client.get, client.head, client.options)]
    found += [seen(client.post(f"/s/{link}{path}")) for path in POSTS]
    return [(status, headers, blanked(body, link)) for status, headers, body in found]


def blanked(body: bytes, link: str) -> bytes:
    """A page without what is the link's and the visit's own, each of one length."""
    draft = draft_name(read_link(link)).encode()
    own = body.replace(link.encode(), b"LINK").replace(draft, b"DRAFT")
    return _RECEIPT.sub(b"RECEIPT", _STATE.sub(rb"\1", own))


def test_taking_back_says_the_same_whether_there_was_an_answer(world: World) -> None:
    used, unused = world.links(world.open_wave(10, 0))[:2]
    world.answer(used)
    replies = [world.client().post(f"/s/{link}/withdraw", data={"word": "withdraw"}) for link in (used, unused, used)]
    bodies = {blanked(reply.data, link) for reply, link in zip(replies, (used, unused, used), strict=True)}
    assert {reply.status_code for reply in replies} == {200}
    assert len(bodies) == 1


def test_thanks_are_the_same_for_a_first_and_a_second_answer(world: World) -> None:
    link = world.links(world.open_wave(10, 0))[0]
    pages = [send(world, link, fill_in(world, link)).data for _time in range(2)]
    assert pages[0] != pages[1]
    assert blanked(pages[0], link) == blanked(pages[1], link)


def test_looking_at_an_opt_out_address_stores_nothing(world: World) -> None:
    world.open_wave(10, 0)
    address, client = f"/o/{token_of(world, 1)}", world.client()
    before = fingerprint(world)
    for look in (client.head, client.get, client.get, client.options):
        assert look(address).status_code == 200
    assert fingerprint(world) == before


def test_one_click_stops_the_mails(world: World) -> None:
    wave = world.open_wave(10, 0)
    assert world.client().post(f"/o/{token_of(world, 1)}", data=ONE_CLICK).status_code == 200
    world.send_mails()
    assert world.mailbox.count() == len(world.links(wave)) - 1


def test_a_broken_opt_out_address_says_so_and_promises_nothing(world: World) -> None:
    world.open_wave(10, 0)
    known, unknown = token_of(world, 1), to_address(secrets.token_bytes(32))
    for broken in (unknown, known[:-1], known + "A", "x"):
        for data in (ONE_CLICK, {"go": "stop"}, {"go": "resume"}):
            reply = world.client().post(f"/o/{broken}", data=data)
            assert (reply.status_code, "This address does not work" in reply.text) == (404, True)
            assert "You will get no more" not in reply.text


def test_an_opt_out_address_that_is_only_looked_at_tells_nobody_whether_it_is_known(world: World) -> None:
    world.open_wave(10, 0)
    known, unknown = token_of(world, 1), to_address(secrets.token_bytes(32))
    looks = [seen(world.client().get(f"/o/{token}")) for token in (known, unknown)]
    (first, second) = [
        (status, headers, body.replace(t.encode(), b"T"))
        for (status, headers, body), t in zip(looks, (known, unknown), strict=True)
    ]
    assert first == second


@pytest.mark.parametrize("data", [{}, {"go": ""}, {"go": "send"}, {"List-Unsubscribe": "Two"}, {"One-Click": "yes"}])
def test_a_post_that_nobody_meant_stops_no_mails(world: World, data: dict[str, str]) -> None:
    world.open_wave(10, 0)
    before = fingerprint(world)
    reply = world.client().post(f"/o/{token_of(world, 1)}", data=data)
    assert (reply.status_code, "You will get no more invitations and reminders<" in reply.text) == (400, False)
    assert fingerprint(world) == before


def opt_out_views(world: World, token: str) -> list[tuple[int, list[tuple[str, str]], bytes]]:
    client, address = world.client(), f"/o/{token}"
    posts = [client.post(address, data=data) for data in (ONE_CLICK, {"go": "resume"}, {"go": "stop"}, {})]
    found = [seen(one) for one in (client.get(address), client.head(address), *posts)]
    return [(status, headers, body.replace(token.encode(), b"TOKEN")) for status, headers, body in found]


def test_an_unknown_opt_out_address_stores_nothing(world: World) -> None:
    world.open_wave(10, 0)
    before = fingerprint(world)
    for token in (to_address(secrets.token_bytes(32)), "x", UNKNOWN):
        opt_out_views(world, token)
    assert fingerprint(world) == before


def test_who_has_opted_out_finds_the_way_back_on_the_page_at_any_time(world: World) -> None:
    world.open_wave(6, 6)
    page, client = f"/o/{token_of(world, 1)}", world.client()
    client.post(page, data=ONE_CLICK)
    later = client.get(page)
    assert 'value="resume"' in later.text
    assert "Set-Cookie" not in later.headers
    client.post(page, data={"go": "resume"})
    world.send_mails()
    assert world.mailbox.count() == 12


def written(world: World, link: str) -> int:
    """How many bytes a withdrawal makes the database write to its log, which is what it waits for."""
    if world.kind == "sqlite":
        with engine_of(world).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).all()
    before = log_length(world)
    assert world.client().post(f"/s/{link}/withdraw", data={"word": "withdraw"}).status_code == 200
    return log_length(world) - before


def log_length(world: World) -> int:
    engine = engine_of(world)
    if world.kind == "sqlite":
        return Path(f"{engine.url.database}-wal").stat().st_size
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")).scalar_one())


def test_a_withdrawal_writes_as_much_where_there_is_no_answer(world: World) -> None:
    used, unused, again = world.links(world.open_wave(10, 0))[:3]
    for link in (used, again):
        world.answer(link)
    withdrawn = [written(world, link) for link in (used, unused)]
    assert 0 < max(withdrawn) < 3 * min(withdrawn)
    assert len(read_everything(engine_of(world))["sealed_responses"]) == 3
