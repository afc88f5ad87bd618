"""People who answer as people do: in no particular order, with time to think, some of them twice."""

import random
import re
from dataclasses import dataclass

from sqlalchemy import Engine
from werkzeug.test import TestResponse

from feedback.domain.links import LinkSecret, ResponseKey, from_address, response_key
from feedback.storage.database import db
from tests.kept import kept
from tests.world import World, hidden_value

TWENTY = 20


def engine_of(world: World) -> Engine:
    with world.app.app_context():
        return db.engine


def keys_engine_of(world: World) -> Engine:
    with world.app.app_context():
        return db.engines["keys"]


def mailed_wave(world: World, mentors: int = 14, mentees: int = 13) -> int:
    """An open wave whose invitations have all gone out."""
    return kept(world, f"{mentors} and {mentees} were invited", lambda: newly_mailed_wave(world, mentors, mentees))


def newly_mailed_wave(world: World, mentors: int = 14, mentees: int = 13) -> int:
    """The same, for tests that look at what is said meanwhile, or at what it leaves in files."""
    wave = world.open_new_wave(mentors, mentees)
    world.send_mails()
    return wave


def link_of(world: World, wave: int, person: int) -> str:
    return dict(world.people_and_links(wave))[person]


def secret_in(link: str) -> LinkSecret:
    found = from_address(link)
    assert found is not None
    return LinkSecret(found)


def fill_in(world: World, link: str, *texts: str, after: str = "") -> str:
    """Go as far as the check, perhaps from a page of thanks; return what the page carries on."""
    return hidden_value(world.fill_in(link, texts or ("We meet every week.", ""), after), "state")


def send(world: World, link: str, state: str) -> TestResponse:
    sent = world.client().post(f"/s/{link}/send", data={"state": state, "go": "send"})
    assert sent.status_code == 200
    return sent


def receipt_on(page: str) -> str:
    """The receipt that a page shows."""
    return re.findall(r"(?:[0-9A-F]{4}-){7}[0-9A-F]{4}", page)[0]


@dataclass(frozen=True)
class Answered:
    """Who answered: participant ids by id, and in the order in which each one's answer came first, and last."""

    wave: int
    people: list[int]
    first: list[int]
    last: list[int]


def twenty_answers(world: World, wave: int, seed: int = 20) -> Answered:
    """Let twenty people answer: seven fill the pages in early and send late, five answer twice."""
    chance = random.Random(seed)
    links = dict(world.people_and_links(wave))
    order = chance.sample(sorted(links), TWENTY)
    early = {person: fill_in(world, links[person]) for person in chance.sample(order, 7)}
    again = chance.sample(order, 5)
    thanks: dict[int, str] = {}
    for person in order + again:
        world.clock.pass_time(minutes=chance.randint(1, 90))
        state = early.pop(person, None) or fill_in(world, links[person], after=thanks.get(person, ""))
        thanks[person] = send(world, links[person], state).text
    return Answered(wave, sorted(order), order, [one for one in order if one not in again] + again)


def own_key(world: World, wave: int, person: int) -> ResponseKey:
    """Return the key under which a person's answer lies: the truth that only the key store can tell."""
    return response_key(secret_in(link_of(world, wave, person)), world.tools.settings.pepper)
