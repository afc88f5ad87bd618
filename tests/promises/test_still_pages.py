"""Promise: staff cannot see from any page at which moment somebody acts, and no page holds another person's.

The staff's pages are taken from the application's own map, so that a new one cannot be forgotten.
"""

import random
import re
import threading
from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback.domain.links import draft_name, opt_out_token, to_address
from feedback.domain.staff import StaffRole
from feedback.storage.audit_log import LogEntry
from tests.databases import ON_SQLITE, first_of
from tests.promises.visits import fill_in, mailed_wave, secret_in, send
from tests.web.test_access import first, ways
from tests.web.test_after_answering import ASKED, support_address
from tests.web.test_staff_pages import SITE, signed_in
from tests.world import World, entries_about, fill_parts, hidden_value

_TOKEN = re.compile(r'(name="csrf_token"[^>]*?value=")[^"]*')
_LOGS = {"staff.audit_log", "staff.audit_log_csv"}
SPEECHES = ("en", "fr", "es", "ar", "cy")


def staff_pages(world: World, client: FlaskClient) -> dict[str, str]:
    """Every page of the first programme and wave that staff may look at, without what changes at each look."""
    found = {}
    for way in ways(world.app, first):
        if way.method == "GET":
            # That who looks takes a file away is in the log, as it should be; what anybody else did is not moved by it.
            asked = {"who": "service"} if way.endpoint in _LOGS else {}
            answer = client.get(way.address, base_url=SITE, query_string=asked)
            assert answer.status_code < 500, way
            # Some are files, and no text; each byte is a letter here.
            body = _TOKEN.sub(r"\1", answer.get_data().decode("latin-1"))
            found[way.endpoint.removeprefix("staff.")] = f"{answer.status_code} {body}"
    return found


def moved(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if after[name] != before[name]}


@pytest.mark.parametrize(
    "role",
    first_of(
        2, [StaffRole.COORDINATOR, StaffRole.REVIEWER, StaffRole.ADMINISTRATOR, StaffRole.VIEWER, StaffRole.CONTACT]
    ),
)
def test_no_page_of_staff_moves_when_somebody_answers_replaces_it_or_takes_it_back(
    world: World, role: StaffRole
) -> None:
    links, client = world.links(mailed_wave(world, 6, 6)), signed_in(world, role)
    before = staff_pages(world, client)
    for link in links[:6]:
        world.answer(link)
    assert moved(before, staff_pages(world, client)) == set()
    send(world, links[0], fill_in(world, links[0], "Other words."))
    world.client().post(f"/s/{links[1]}/withdraw", data={"word": "withdraw"})
    assert moved(before, staff_pages(world, client)) == set()


def entries(world: World) -> list[tuple[object, ...]]:
    with world.session() as session:
        return [tuple(row) for row in session.execute(select(LogEntry.__table__).order_by(LogEntry.id))]


def test_the_audit_log_does_not_move_when_somebody_answers_replaces_it_or_takes_it_back(world: World) -> None:
    links = world.links(mailed_wave(world, 6, 6))
    before = entries(world)
    for link in links[:6]:
        world.answer(link)
    send(world, links[0], fill_in(world, links[0], "Other words."))
    world.client().post(f"/s/{links[1]}/withdraw", data={"word": "withdraw"})
    assert (
        world.client()
        .post(f"/o/{to_address(opt_out_token(world.keys.opt_out_key(1), 3))}", data={"go": "stop"})
        .status_code
        == 200
    )
    assert entries(world) == before != []


def whole_life(world: World, organisation: str, *, is_lively: bool) -> list[tuple[str, str]]:
    """What the log says of a wave that is over: ten have answered, or ten others, one of them twice."""
    wave = world.open(world.planned_wave(world.programme(8, 8, organisation=organisation)))
    world.send_mails()
    links = world.links(wave)
    for link in links[5:] if is_lively else links[:10]:
        world.answer(link)
    if is_lively:
        send(world, links[5], fill_in(world, links[5], "Other words."))
        world.client().post(f"/s/{links[6]}/withdraw", data={"word": "withdraw"})
    world.close(wave)
    world.do_what_is_due()
    with world.session() as session:
        return [(one.actor, one.act) for one in entries_about(session, f"wave {wave}")]


def test_the_log_of_a_whole_life_is_the_same_whoever_answered(world: World) -> None:
    quiet = whole_life(world, "Example Organisation", is_lively=False)
    lively = whole_life(world, "Another Organisation", is_lively=True)
    assert ("service", "published; 0 rows were not valid") in quiet
    assert lively == quiet


def test_an_opt_out_moves_no_page_for_staff_before_the_next_mail(world: World) -> None:
    mailed_wave(world, 6, 6)
    client = signed_in(world)
    before = staff_pages(world, client)
    world.client().post(f"/o/{to_address(opt_out_token(world.keys.opt_out_key(1), 3))}", data={"go": "stop"})
    assert moved(before, staff_pages(world, client)) == set()


@pytest.mark.parametrize("role", [StaffRole.COORDINATOR, StaffRole.REVIEWER])
def test_of_a_request_for_support_only_those_hear_who_may_read_it(world: World, role: StaffRole) -> None:
    mailed_wave(world, 6, 6)
    client = signed_in(world, role)
    before = staff_pages(world, client)
    assert world.client().post(support_address(world), data=ASKED).status_code == 200
    assert moved(before, staff_pages(world, client)) == set()


def visit(world: World, link: str, speech: str, number: int, seen: list[str]) -> None:
    """Go all the way, saying at each step what nobody else says."""
    client, named = world.client(), f"?language={speech}&from=address-{number}"

    def ask(path: str, fields: Mapping[str, list[str]] | None) -> str:
        answer = client.open(path + named, method="GET" if fields is None else "POST", data=fields)
        seen.append(answer.text + str(answer.headers))
        return answer.text

    ask(f"/s/{link}", None)
    page = fill_parts(ask, f"/s/{link}/questions", random.Random(number), (f"words-{number}",))
    state = hidden_value(page, "state")
    for path, fields in (
        ("questions", {"state": state, "part": "experience", "go": "back"}),
        ("questions", {"state": state, "go": "resume"}),
        ("send", {"state": state, "go": "send"}),
        ("withdraw", {"word": f"typed-{number}"}),
    ):
        ask(f"/s/{link}/{path}", fields)


@ON_SQLITE
def test_people_who_visit_at_once_in_many_languages_get_nothing_of_each_other(world: World) -> None:
    links = world.links(world.open_wave(10, 0))
    seen: list[list[str]] = [[] for _link in links]
    visits = [
        threading.Thread(target=visit, args=(world, link, SPEECHES[number % 5], number, seen[number]))
        for number, link in enumerate(links)
    ]
    for one in visits:
        one.start()
    for one in visits:
        one.join()
    own = [own_marks(link, number, pages) for number, (link, pages) in enumerate(zip(links, seen, strict=True))]
    for number, pages in enumerate(seen):
        others = set().union(*own[:number], *own[number + 1 :])
        assert len(pages) >= 9
        assert [mark for mark in others for page in pages if mark in page] == []
        assert all(f'<html lang="{SPEECHES[number % 5]}"' in page and "stand-in-" not in page for page in pages)


def own_marks(link: str, number: int, pages: list[str]) -> set[str]:
    """What is in one person's pages and must be in nobody else's: link, draft, receipt, words, sealed answers."""
    told = re.findall(r'name="state" value="([^"]+)"|((?:[0-9A-F]{4}-){7}[0-9A-F]{4})', " ".join(pages))
    named = {f"{what}-{number}" for what in ("address", "words", "typed")}
    return {link, draft_name(secret_in(link)), *named, *(one for pair in told for one in pair if one)}
