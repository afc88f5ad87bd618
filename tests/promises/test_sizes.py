"""Promise: what somebody chooses shows in the size of no request and no page, whoever counts the bytes on the way."""

import itertools
import random
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from feedback.cli.serving import WebThread
from feedback.domain.survey.kinds import filled_code
from feedback.domain.survey.questionnaires import (
    NONE_OF_THESE,
    PREFER_NOT_TO_SAY,
    Condition,
    Question,
    Questionnaire,
    Role,
)
from feedback.web.participants.cached_pages import PAGE_STEP
from forms.bank import STAGES, pair
from tests.databases import ON_SQLITE
from tests.proxies import SERVED, Proxy, proxy
from tests.world import World, fields_of

__all__ = ["proxy"]
pytestmark = ON_SQLITE

FORM = "application/x-www-form-urlencoded"
NEXT, SEND = {"go": "next"}, {"go": "send"}
Choose = Callable[[list[str]], list[str]]
"""Chooses what one thinks of among what can be chosen: the options of one question, or those that are ticked."""
_MOST_SENDINGS = 4
Ask = Callable[[str, bytes | None], bytes]


def shortest(values: list[str]) -> list[str]:
    return [min(values, key=lambda value: len(value.rstrip(".")))]


def longest(values: list[str]) -> list[str]:
    return [max(values, key=lambda value: len(value.rstrip(".")))]


def as_many_as_can_be(values: list[str]) -> list[str]:
    alone = (NONE_OF_THESE, PREFER_NOT_TO_SAY, "nothing-yet")
    return [value for value in values if not any(code in value for code in alone)]


def nothing(values: list[str]) -> list[str]:
    return [value for value in values if NONE_OF_THESE in value or PREFER_NOT_TO_SAY in value][:1] or values


def left_open(values: list[str]) -> list[str]:
    """What a browser sends of a question that is left open; where one says yes or no to several things, no."""
    return [] if any("." in value.rstrip(".") for value in values) else [filled_code("")]


def some(seed: int, choose: Choose = shortest) -> Choose:
    """Leaves about half of the questions open."""
    chance = random.Random(seed)
    return lambda values: left_open(values) if chance.random() < 0.5 else choose(values)


def all_but(number: int) -> Choose:
    """Leaves everything open but one question."""
    count = itertools.count()
    return lambda values: shortest(values) if next(count) == number else left_open(values)


def drawn(seed: int) -> Choose:
    chance = random.Random(seed)
    return lambda values: [chance.choice(values)]


CHOICES = (shortest, longest, as_many_as_can_be, nothing, drawn(1), drawn(2))
LEAVERS = (all_but(0), all_but(3), some(1), some(2, longest), some(3), left_open)


def chosen(page: str, choose: Choose, text: str = "") -> dict[str, str]:
    """What a browser sends of a part in which everything is answered: every field, ticked or not."""
    fields = fields_of(page)
    sent = {**fields.hidden, **dict.fromkeys(fields.areas, text)}
    sent |= {name: choose(values)[0] for name, values in fields.radios.items() if "." not in name}
    for ticks in fields.ticks().values():
        ticked = choose(ticks)
        sent |= {name: fields.radios[name][name not in ticked] for name in ticks}
    return sent


def visit(
    ask: Ask, link: str, choose: Choose, text: str = "", *, unpadded: bool = False
) -> Iterator[tuple[str, int, int]]:
    """Answer as a browser does; yield what each request asked for, its bytes, and those of the page."""

    def step(path: str, fields: Mapping[str, str] | None = None) -> str:
        body = None if fields is None else urlencode(fields).encode()
        page = ask(f"/s/{link}{path}", body)
        # The padding at the end is left out: it could hide by chance what is not as long as it should be.
        seen.append((path, len(body or b""), page.index(b"</html>") if unpadded else len(page)))
        return page.decode()

    seen: list[tuple[str, int, int]] = []
    step("")
    page = step("/questions")
    while 'data-page="questions"' in page:
        page = step("/questions", chosen(page, choose, text) | NEXT)
    yield from seen
    back, seen = page, []
    for button in ({"change": "organisation"}, {"go": "stay"}):
        back = step("/questions", chosen(back, choose, text) | button)
    while 'data-page="thanks"' not in page and len(seen) < _MOST_SENDINGS:
        page = step("/send", fields_of(page).hidden | SEND)
    yield from seen


def asking(world: World) -> Ask:
    def ask(path: str, body: bytes | None) -> bytes:
        answer = world.client().open(path, method="POST" if body else "GET", data=body, content_type=FORM)
        assert answer.status_code == 200
        return answer.data

    return ask


def hung(question: Question) -> Question:
    """All of one part, and one question of another, asked only after some answers to the first."""
    depends = question.section == "organisation" or question.code == "P2"
    return replace(question, shown_when=Condition("C1", ("not-at-all", "very"))) if depends else question


def with_conditions(stage: str) -> dict[Role, Questionnaire]:
    asked = pair(stage)
    return {role: replace(one, questions=tuple(map(hung, one.questions))) for role, one in asked.items()}


def visits(
    world: World, ask: Ask, links: list[str], choices: Sequence[Choose] = CHOICES
) -> list[list[tuple[str, int, int]]]:
    return [list(visit(ask, link, choose, unpadded=True)) for link, choose in zip(links, choices, strict=False)]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("role", Role)
def test_no_choice_changes_the_size_of_a_request_or_a_page(world: World, stage: str, role: Role) -> None:
    wave = world.open_wave(9, 9, questionnaires=pair(stage), stage=stage)
    first, *others = visits(world, asking(world), world.links(wave, role))
    assert len(first) > 7
    assert [(mine, theirs) for one in others for mine, theirs in zip(first, one, strict=True) if mine != theirs] == []


@pytest.mark.parametrize("role", Role)
def test_what_a_condition_leaves_out_is_replaced_by_as_much(world: World, role: Role) -> None:
    # Enough people that what only some are asked can be shown, and so is asked.
    wave = world.open_wave(20, 20, questionnaires=with_conditions("kickoff"))
    first, *others = visits(world, asking(world), world.links(wave, role))
    assert [(mine, theirs) for one in others for mine, theirs in zip(first, one, strict=True) if mine != theirs] == []


@pytest.mark.parametrize("role", Role)
def test_how_many_questions_are_left_open_and_which_changes_no_size_and_no_step(world: World, role: Role) -> None:
    wave = world.open_wave(20, 20, questionnaires=with_conditions("kickoff"))
    links = world.links(wave, role)
    first, *others = (one[:-1] for one in visits(world, asking(world), links, LEAVERS))
    assert [(mine, theirs) for one in others for mine, theirs in zip(first, one, strict=True) if mine != theirs] == []
    whole = next(iter(visits(world, asking(world), links[len(LEAVERS) :])))
    # Only that there is a prompt tells that something was left open.
    assert [step for step in first if step[0] != "/send"] == [step for step in whole if step[0] != "/send"]
    assert first[-1][1] == whole[-1][1]


def test_a_text_shows_in_steps_only(world: World) -> None:
    link, *_others = world.links(world.open_wave(9, 9))
    shown = [list(visit(asking(world), link, shortest, "x" * length)) for length in (1, 2, 200, 400)]
    sizes = [{got % PAGE_STEP for path, _sent, got in one if path == "/questions"} for one in shown]
    assert sizes == [{0}] * 4
    assert shown[0][-1] == shown[1][-1]


class Wire:
    """A connection through TLS, as somebody between sees it who counts the bytes each way."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._arriving, self._leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
        trusting = ssl._create_unverified_context()
        self._tls = trusting.wrap_bio(self._arriving, self._leaving, server_hostname=SERVED)
        self.sizes: list[tuple[int, int]] = []
        self._until(self._tls.do_handshake)
        # What belongs to the greeting comes with the first answer.
        self.ask("/accessibility", None)
        self.sizes.clear()

    def ask(self, path: str, body: bytes | None) -> bytes:
        """Ask as a browser does; return what is in the page."""
        lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", f"Host: {SERVED}"]
        lines += [
            "Accept-Encoding: gzip, deflate, br, zstd",
            f"Content-Type: {FORM}",
            f"Content-Length: {len(body or b'')}",
        ]
        self._tls.write("\r\n".join([*lines, "", ""]).encode() + (body or b""))
        sent = self._leaving.pending
        answer, got = b"", 0
        while (head := answer.partition(b"\r\n\r\n")) and len(head[2]) < _length(head[0]):
            more, arrived = self._until(lambda: self._tls.read(1 << 16))
            answer, got = answer + more, got + arrived
        self.sizes.append((sent, got))
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b"content-encoding" not in head[0].lower()
        return head[2]

    def _until(self, step: Callable[[], Any]) -> tuple[Any, int]:
        arrived = 0
        while True:
            try:
                done = step()
            except ssl.SSLWantReadError:
                self._flush()
                data = self._socket.recv(1 << 16)
                self._arriving.write(data)
                arrived += len(data)
            else:
                self._flush()
                return done, arrived

    def _flush(self) -> None:
        if self._leaving.pending:
            self._socket.sendall(self._leaving.read())

    def close(self) -> None:
        self._socket.close()


def _length(head: bytes) -> int:
    found = re.search(rb"(?i)content-length: (\d+)", head)
    return int(found[1]) if found else 1 << 30


def test_no_choice_changes_what_goes_over_the_wire_through_the_sample_proxy(world: World, proxy: Proxy) -> None:
    links = world.links(world.open_wave(20, 20, questionnaires=with_conditions("kickoff")), Role.MENTOR)
    server = WebThread(world.app, "127.0.0.1", proxy.participants, "FEEDBACK_LISTEN_PORT")
    server.start()
    seen = []
    for link, choose in zip(links, CHOICES, strict=False):
        wire = Wire(int(proxy.secure))
        assert len(list(visit(wire.ask, link, choose))) == len(wire.sizes)
        seen.append(wire.sizes)
        wire.close()
    server.stop()
    first, *others = seen
    assert [(mine, theirs) for one in others for mine, theirs in zip(first, one, strict=True) if mine != theirs] == []
