"""Promise: nothing that programs are answered depends on whether or when somebody answered, and nothing is others'.

The list of operations is their own registry, so that a new one cannot be forgotten.
"""

import re
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from feedback.domain.api_keys import ApiScope
from feedback.web.api.operations import OPERATIONS, Operation
from tests.api import EVERY_SCOPE, Program, program
from tests.databases import IN_TURN
from tests.promises.listening import statements_heard
from tests.promises.visits import fill_in, mailed_wave, send
from tests.web.test_staff_pages import reported
from tests.world import START, World

ADA = {"name": "Ada Lovelace", "email": "ada@example.com", "role": "mentor"}
PLAN = {"stage": "midpoint", "closes_at": (START + timedelta(days=40)).isoformat()}
BODIES = {
    "put_in_roster": {"people": [ADA], "dry_run": True},
    "preview": PLAN,
    "extend": {"closes_at": (START + timedelta(days=30)).isoformat()},
    "let_go_by_address": {"email": "nobody@example.com"},
    "correct_one_address": {"email": "mentor.0@example.com", "new_email": "thief@example.com"},
    "publish_you_said": {"mark": "9-other"},
}
"""What lets an operation go as far as it can without changing anything; others are sent what is refused."""
# The moment of asking, in the statement that looks the key up.
_NOW = re.compile(r"'?\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[^', )]*'?")
QUERIES = {"get_comparison": "?before=1"}


def ask(asks: Program, one: Operation, programme: int = 1, wave: int = 1) -> TestResponse:
    path = one.path.replace("<int:programme_id>", str(programme)).replace("<int:wave_id>", str(wave))
    assert "<" not in path
    more = {} if one.body is None else {"json": BODIES.get(one.name, {"unknown": 1})}
    # No wave stands as this says, so that nothing is done with it.
    headers = {"If-Match": '"another"'} if one.needs_version else {}
    return asks.ask(path + QUERIES.get(one.name, ""), one.method, headers=headers, **more)


def everything(asks: Program) -> dict[str, tuple[object, ...]]:
    """Status, headers, bytes and what the database was asked, of every operation; in tags too."""
    found = {}
    for one in OPERATIONS:
        with statements_heard() as heard:
            answer = ask(asks, one)
        headers = sorted(header for header in answer.headers if header[0] != "Date")
        found[one.name] = (answer.status, headers, answer.data, [_NOW.sub("?", one) for one in heard])
    return found


def moved(before: dict[str, tuple[object, ...]], after: dict[str, tuple[object, ...]]) -> set[str]:
    return {name for name in before if after[name] != before[name]}


@IN_TURN
def test_no_byte_and_no_statement_moves_when_somebody_answers_changes_it_or_takes_it_back(world: World) -> None:
    links, asks = world.links(mailed_wave(world, 6, 6)), program(world)
    # That a key is used, and takes a file away, is noted once a day.
    everything(asks)
    before = everything(asks)
    assert {one[0] for one in before.values()} >= {"200 OK", "412 PRECONDITION FAILED"}
    assert moved(before, everything(asks)) == set()
    for link in links[:6]:
        world.answer(link)
    assert moved(before, everything(asks)) == set()
    send(world, links[0], fill_in(world, links[0], "Other words."))
    assert moved(before, everything(asks)) == set()
    world.client().post(f"/s/{links[1]}/withdraw", data={"word": "withdraw"})
    assert moved(before, everything(asks)) == set()


def test_nothing_says_more_than_bands_of_who_has_answered(world: World) -> None:
    """While a wave is open no field of any model is called by what would say it."""
    names = set()
    for one in OPERATIONS:
        for model in filter(None, (one.body, one.out)):
            names |= set(re.findall(r'"(\w+)": \{', str(model.model_json_schema()).replace("'", '"')))
    assert names
    assert {name for name in names if re.search("answer|respon[ds]e?$|entitle|token|link|secret", name)} == set()


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: one.name)
def test_what_belongs_to_others_looks_as_if_it_did_not_exist(world: World, one: Operation) -> None:
    reported(world, 27)
    world.new_programme(0, 0, ("",))
    other = program(world, organisation="Another Organisation")
    restricted = program(world, programme_id=2)
    if not one.places and not one.name.startswith("list"):
        return
    for asks in (other, restricted):
        theirs, nowhere = ask(asks, one), ask(asks, one, 99, 99)
        if one.places:
            assert (theirs.status_code, theirs.data) == (404, nowhere.data)
        else:
            assert b"Pilot" not in ask(other, one).data
            assert b'"wave 1' not in theirs.data


def test_a_report_of_others_is_not_compared_with(world: World) -> None:
    reported(world, 27)
    other = program(world, organisation="Another Organisation")
    theirs = world.planned_wave(world.new_programme(6, 6, ("",), organisation="Another Organisation"))
    answer = other.ask(f"/waves/{theirs}/comparison?before=1")
    assert (answer.status_code, answer.data) == (404, other.ask(f"/waves/{theirs}/comparison?before=99").data)


@pytest.mark.parametrize("scope", ApiScope)
def test_a_key_does_what_it_is_for_and_nothing_else(world: World, scope: ApiScope) -> None:
    reported(world, 27)
    asks = program(world, scope)
    for one in OPERATIONS:
        assert (ask(asks, one).status_code == 403) == (scope not in one.scopes), one.name


def test_every_operation_that_changes_something_is_for_one_scope() -> None:
    for one in OPERATIONS:
        if one.method != "GET":
            assert len(one.scopes) < len(EVERY_SCOPE), one.name
