"""Promise: what somebody chooses shows in the size of no request and no page, whoever counts the bytes on the way."""

import random
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlencode

import pytest

from feedback.domain.survey.questionnaires import NONE_OF_THESE, PREFER_NOT_TO_SAY, Role
from forms.bank import STAGES, pair
from tests.databases import ON_SQLITE
from tests.world import World, fields_of

pytestmark = ON_SQLITE

FORM = "application/x-www-form-urlencoded"
NEXT, SEND = {"go": "next"}, {"go": "send"}
Choose = Callable[[list[str]], list[str]]
"""Chooses what one thinks of among what can be chosen: the options of one question, or those that are ticked."""
Ask = Callable[[str, bytes | None], bytes]


def shortest(values: list[str]) -> list[str]:
    return [min(values, key=lambda value: len(value.rstrip(".")))]


def longest(values: list[str]) -> list[str]:
    return [max(values, key=lambda value: len(value.rstrip(".")))]


def as_many_as_can_be(values: list[str]) -> list[str]:
    return [value for value in values if NONE_OF_THESE not in value and PREFER_NOT_TO_SAY not in value]


def nothing(values: list[str]) -> list[str]:
    return [value for value in values if NONE_OF_THESE in value or PREFER_NOT_TO_SAY in value][:1] or values


def drawn(seed: int) -> Choose:
    chance = random.Random(seed)
    return lambda values: [chance.choice(values)]


CHOICES = (shortest, longest, as_many_as_can_be, nothing, drawn(1), drawn(2))


def chosen(page: str, choose: Choose, text: str = "") -> dict[str, str]:
    """What a browser sends of a part in which everything is answered: every field, ticked or not."""
    fields = fields_of(page)
    sent = {**fields.hidden, **dict.fromkeys(fields.areas, text)}
    sent |= {name: choose(values)[0] for name, values in fields.radios.items() if "." not in name}
    for ticks in fields.ticks().values():
        ticked = choose(ticks)
        sent |= {name: fields.radios[name][name not in ticked] for name in ticks}
    return sent


def visit(ask: Ask, link: str, choose: Choose, text: str = "") -> Iterator[tuple[str, int, int]]:
    """Answer as a browser does; yield what each request asked for, its bytes, and those of the page."""

    def step(path: str, fields: Mapping[str, str] | None = None) -> str:
        body = None if fields is None else urlencode(fields).encode()
        page = ask(f"/s/{link}{path}", body)
        seen.append((path, len(body or b""), len(page)))
        return page.decode()

    seen: list[tuple[str, int, int]] = []
    step("")
    page = step("/questions")
    while 'data-page="questions"' in page:
        page = step("/questions", chosen(page, choose, text) | NEXT)
    yield from seen
    back, seen = page, []
    for button in ({"change": "learning"}, {"go": "back"}):
        back = step("/questions", fields_of(back).hidden | button)
    step("/send", fields_of(page).hidden | SEND)
    yield from seen


def asking(world: World) -> Ask:
    def ask(path: str, body: bytes | None) -> bytes:
        answer = world.client().open(path, method="POST" if body else "GET", data=body, content_type=FORM)
        assert answer.status_code == 200
        return answer.data

    return ask


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("role", Role)
def test_no_choice_changes_the_size_of_a_request(world: World, stage: str, role: Role) -> None:
    wave = world.open_wave(9, 9, questionnaires=pair(stage), stage=stage)
    links = world.links(wave, role)
    visits = [
        [(path, sent) for path, sent, _got in visit(asking(world), link, choose)]
        for link, choose in zip(links, CHOICES, strict=False)
    ]
    assert [one for one in visits if one != visits[0]] == []
