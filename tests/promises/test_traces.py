"""Promise: no network address, no time and no trace is kept, no cookie is set, nobody else's server is asked.

A whole wave is run, with refused answers and a database that breaks in the middle, while every logger speaks.
Then the logs, the headers and every stored byte are searched for what must not be there.
"""

import json
import logging
import re

import pytest

from feedback.demo.mailbox import plain_text
from feedback.domain.survey.questionnaires import Role
from feedback.logs import JsonFormatter
from tests.databases import BOTH
from tests.promises.evidence import (
    Evidence,
    close_in_earshot,
    found,
    log_position,
    responses_seen,
    stored_bytes,
    what_is_where,
    whole_wave,
)
from tests.promises.visits import newly_mailed_wave
from tests.world import World

pytestmark = pytest.mark.own_databases

OWN = (b"https://feedback.example.com", b"mailto:contact@example.com")
STRANGE_SCRIPT = rb"<script(?! src=\"/static/comforts\.js\" defer></script>)"
ELSEWHERE = re.compile(
    rb"https?:|mailto:|(?:href|src|srcset|action|data)=[\"']?//|url\(|<iframe|<object|@import|" + STRANGE_SCRIPT
)
PAGES = {"a page": b"/s/[secret]", "an opt-out page": b"/o/[secret]"}
ADDRESSES = {f"{role} {number}": f"{role}.{number}@example.com".encode() for role in Role for number in range(13)}

NAMES = {f"{role} {number}": f"{role.title()} Number {number}".encode() for role in Role for number in range(13)}
JSON_FIELDS = {"time", "level", "logger", "event", "error", "places", "act", "wave", "late_seconds", "provider"}


@pytest.fixture
def position(world: World) -> str | None:
    return log_position(world)


@pytest.fixture
def evidence(position: str | None, world: World) -> Evidence:
    return whole_wave(world)


def test_no_log_line_holds_a_secret_a_word_an_address_or_a_page(world: World, evidence: Evidence) -> None:
    close_in_earshot(world, evidence)
    written = "\n".join(evidence.listener.lines).encode()
    own = [record for record in evidence.listener.records if record.name.split(".")[0] == "feedback"]
    assert b"a request failed in participant" in written or b"the database cannot be used" in written
    assert not found(evidence.unspoken | ADDRESSES | PAGES, written)
    assert own
    assert not found(evidence.unspoken | ADDRESSES, "\n".join(record.getMessage() for record in own).encode())


def test_no_json_line_holds_a_secret_a_word_an_address_or_a_page(world: World, evidence: Evidence) -> None:
    close_in_earshot(world, evidence)
    formatter = JsonFormatter()
    lines = [formatter.format(record) for record in evidence.listener.records]
    assert not found(evidence.unspoken | ADDRESSES | PAGES, "\n".join(lines).encode())
    own = [formatter.format(record) for record in evidence.listener.records if record.levelno >= logging.INFO]
    assert not found(NAMES, "\n".join(own).encode())
    assert {key for line in lines for key in json.loads(line)} <= JSON_FIELDS
    assert any("error" in json.loads(line) for line in lines)


def test_no_response_sets_a_cookie_is_kept_or_leads_elsewhere(world: World, evidence: Evidence) -> None:
    world.client().get("/o/x")
    seen = responses_seen(world)
    assert {response.status_code for response in seen} >= {200, 422}
    for response in seen:
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        scripts = re.findall("script-src[^;]*|unsafe[^;]*", response.headers["Content-Security-Policy"])
        assert scripts in ([], ["script-src 'self'"])
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in response.headers
        assert not found(evidence.unspoken, str(response.headers).encode())
        assert not ELSEWHERE.findall(without_own_addresses(response.data))


def without_own_addresses(page: bytes) -> bytes:
    for own in OWN:
        page = page.replace(own, b"")
    return page


@BOTH
def test_no_stored_byte_of_an_open_wave_holds_a_secret_or_a_word(
    world: World, evidence: Evidence, position: str | None
) -> None:
    places = dict(stored_bytes(world, position))
    assert what_is_where(evidence.unspoken, places) == {}
    present = set(found(evidence.sealed | evidence.keys, b"".join(places.values())))
    assert {"entitlement of 1 (raw)", "response key of 2 (raw)", "end of blob 0", "start of blob 5"} <= present
    assert {"wrapped link key (raw)", "wrapped response key (raw)"} <= present
    assert not {"link key (raw)", "response key (raw)"} & present
    tables = {name: raw for name, raw in places.items() if name.startswith("rows of")}
    assert what_is_where(ADDRESSES, tables).keys() == tables.keys() & {"rows of participants"}


def test_links_leave_in_the_text_of_mails_and_not_in_their_heads(world: World) -> None:
    links = world.links(newly_mailed_wave(world))
    mails = [world.mailbox.read(serial) for serial in world.mailbox.serials()]
    texts = "".join(plain_text(mail) for mail in mails)
    assert all(link in texts for link in links)
    assert not [link for link in links for mail in mails if link in str(mail.items())]


@BOTH
def test_after_the_close_no_byte_is_left_of_what_was_sealed(world: World, evidence: Evidence) -> None:
    close_in_earshot(world, evidence)
    places = dict(stored_bytes(world))
    assert sum(map(len, places.values())) > 100_000
    assert what_is_where(evidence.keys | evidence.sealed | evidence.unspoken, places) == {}
