"""Promise: no record says who answered. Whoever owns the main database cannot link a person to a sealed response.

The adversary sees all columns and all that the engines keep beside them, is told who the twenty are, and knows in
which order the responses came.
"""

import random
import re
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from feedback.domain.links import (
    entitlement_digest,
    link_secret,
    opt_out_digest,
    opt_out_token,
    proof,
)
from feedback.domain.sealing import Place, SealedComment, open_comment
from feedback.storage.database import guard_engine
from tests.databases import BOTH, IN_TURN, ON_SQLITE, Pair, PostgresServer
from tests.promises.adversary import (
    UNLUCKY,
    CommentVerdict,
    Orders,
    Row,
    Tables,
    accuse,
    dump,
    likelihood_of_order,
    orders,
    read_everything,
)
from tests.promises.listener import Listener
from tests.promises.visits import Answered, engine_of, link_of, newly_mailed_wave, own_key, twenty_answers
from tests.world import World

pytestmark = [BOTH, pytest.mark.own_databases]

_PASSING = re.compile(r"0x[0-9a-f]+|\[(generated|cached|no key|caching)[^\]]*\]|\d+\.\d+s?")
"""What differs between any two lines: addresses in memory and durations."""


def people_in(tables: Tables, who: list[int]) -> list[Row]:
    return sorted((row for row in tables["participants"] if row["id"] in who), key=lambda row: row["id"])


def true_places(world: World, answered: Answered, rows: list[Row]) -> list[int]:
    place = {row["response_key"]: number for number, row in enumerate(rows)}
    return [place[own_key(world, answered.wave, person).hex()] for person in answered.people]


def arrivals(world: World, answered: Answered, rows: list[Row]) -> Orders:
    """What the adversary is given besides: the order in which each response came first, and last."""
    truth = dict(zip(answered.people, true_places(world, answered, rows), strict=True))
    found: Orders = {}
    for name, order in (("first", answered.first), ("last", answered.last)):
        came = {truth[person]: number for number, person in enumerate(order, start=1)}
        found[tuple(came[place] for place in range(len(rows)))] = f"arrived {name}"
    return found


def test_no_value_and_no_order_links_a_person_to_a_response(world: World) -> None:
    answered = twenty_answers(world, newly_mailed_wave(world))
    tables = read_everything(engine_of(world))
    rows = tables["sealed_responses"]
    people = orders(people_in(tables, answered.people), tables)
    responses = orders(rows, tables) | arrivals(world, answered, rows)
    verdict = accuse(people, responses, true_places(world, answered, rows))
    assert verdict.is_luck, verdict
    assert not unlikely_orders(answered, people)


def unlikely_orders(answered: Answered, people: Orders) -> list[str]:
    """Where people stand in an order that agrees with that of answering more than luck explains."""
    ways = [[answered.people.index(person) for person in order] for order in (answered.first, answered.last)]
    limit = UNLUCKY / (len(ways) * len(people))
    return [where for values, where in people.items() for way in ways if likelihood_of_order(values, way) < limit]


def test_answering_changes_no_row_but_sealed_responses(world: World) -> None:
    wave = newly_mailed_wave(world)
    before = read_everything(engine_of(world))
    twenty_answers(world, wave)
    after = read_everything(engine_of(world))
    assert unlocked(without_offsets(after)) == unlocked(without_offsets(before))
    assert len(after["sealed_responses"]) == 20


def unlocked(tables: Tables) -> list[str]:
    """All but sealed responses, and but for the lock that a new response takes on its wave's row in PostgreSQL."""
    waves = [{name: value for name, value in row.items() if name != "sys_xmax"} for row in tables["waves"]]
    return dump({**tables, "waves": waves}, without=["sealed_responses"])


def without_offsets(tables: Tables) -> Tables:
    """A write-ahead log grows with every answer; which pages change is another test."""
    return {
        name: [{column: row[column] for column in row if not column.endswith(("_in_log", "_in_file"))} for row in rows]
        for name, rows in tables.items()
    }


def test_the_lock_on_a_wave_says_at_most_which_response_came_last(world: World) -> None:
    wave = newly_mailed_wave(world)
    untouched = [row.get("sys_xmax") for row in read_everything(engine_of(world))["waves"]]
    people = [person for person, _link in world.people_and_links(wave)]
    for person in people[:3]:
        world.answer(link_of(world, wave, person))
    tables = read_everything(engine_of(world))
    newest = own_key(world, wave, people[2]).hex()
    last = [row.get("sys_xmin") for row in tables["sealed_responses"] if row["response_key"] == newest]
    assert [row.get("sys_xmax") for row in tables["waves"]] in (untouched, last)


@ON_SQLITE
def test_answering_touches_only_the_pages_of_sealed_responses(world: World) -> None:
    wave, engine = newly_mailed_wave(world), engine_of(world)
    before = pages(engine)
    twenty_answers(world, wave)
    after = pages(engine)
    changed = {number for number in before if after[number] != before[number]}
    assert changed - {1} <= pages_of(engine, "sealed_responses")


def pages(engine: Engine) -> dict[int, bytes]:
    """The database file, page by page, with its write-ahead log taken in."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).all()
        size = connection.execute(text("PRAGMA page_size")).scalar_one()
    raw = Path(str(engine.url.database)).read_bytes()
    return {start // size + 1: raw[start : start + size] for start in range(0, len(raw), size)}


def pages_of(engine: Engine, table: str) -> set[int]:
    query = "SELECT pageno FROM dbstat JOIN sqlite_schema USING (name) WHERE tbl_name = :table"
    with engine.connect() as connection:
        return set(connection.execute(text(query), {"table": table}).scalars())


def test_an_entitlement_belongs_to_nobody(world: World) -> None:
    wave = newly_mailed_wave(world, 20, 5)
    key = world.keys.link_key(wave)
    assert_nobody_stands_out(
        world, "entitlements", lambda person: entitlement_digest(proof(link_secret(key, person))), role="mentor"
    )


def test_an_opt_out_row_belongs_to_nobody(world: World) -> None:
    newly_mailed_wave(world, 20, 0)
    key = world.keys.opt_out_key(1)
    assert_nobody_stands_out(world, "opt_outs", lambda person: opt_out_digest(opt_out_token(key, person)))


def assert_nobody_stands_out(world: World, table: str, digest_of, role: str = "mentor") -> None:
    tables = read_everything(engine_of(world))
    known = [row for row in tables["participants"] if row["role"] == role]
    rows = [row for row in tables[table] if row.get("role", role) == role]
    place = {row["digest"]: number for number, row in enumerate(rows)}
    people, others = orders(known, tables), orders(rows, tables)
    truth = [place[digest_of(person["id"]).hex()] for person in known]
    verdict = accuse(people, others, truth)
    assert verdict.is_luck, verdict


def test_the_most_talkative_log_says_the_same_of_everybody_who_answers(world: World) -> None:
    links = world.links(newly_mailed_wave(world))[:6]
    world.answer(links[0])
    heard = []
    for link in links[1:]:
        with Listener() as listener:
            world.answer(link)
        heard.append([_PASSING.sub("", f"{record.name} {record.getMessage()}") for record in listener.records])
    assert heard[0]
    assert all(lines == heard[0] for lines in heard)


def test_after_the_close_nothing_is_left_to_link(world: World) -> None:
    wave = newly_mailed_wave(world)
    for link in world.links(wave)[:6]:
        world.answer(link)
    world.close(wave)
    tables = read_everything(engine_of(world))
    assert tables["sealed_responses"] == tables["entitlements"] == []


@IN_TURN
def test_a_comment_cannot_be_told_from_the_order_of_responses_in_an_old_backup(world: World) -> None:
    wave = newly_mailed_wave(world, 20, 0)
    links = world.people_and_links(wave)
    for person, link in links:
        world.answer(link, texts=(f"A comment by number {person}.",))
    rows = [old_row(world, wave, person) for person, _link in links]
    world.close(wave)
    found = read_everything(engine_of(world))["comments"]
    authors = [author_of(world, wave, row) for row in found]
    responses, comments = orders(rows, {}), orders(found, {})
    verdict = accuse(responses, comments, [authors.index(person) for person, _link in links])
    assert verdict.is_luck, verdict


def old_row(world: World, wave: int, person: int) -> Row:
    """What a backup of the open wave holds, and a mail with the link finds."""
    backup = read_everything(engine_of(world))["sealed_responses"]
    return next(row for row in backup if row["response_key"] == own_key(world, wave, person).hex())


def author_of(world: World, wave: int, comment: Row) -> int:
    sealed = SealedComment(bytes.fromhex(comment["sealed"]))
    said = open_comment(sealed, world.keys.comment_key(wave), Place(1, wave), comment["question"])
    return int(re.findall(rb"\d+", said)[0])


def leaky_database(engine: Engine, seed: int = 3) -> list[int]:
    """A rival: two tables, one of which says who answered, written together; return people in order of answering."""
    order = random.Random(seed).sample(range(1, 21), 20)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE participants (id INTEGER PRIMARY KEY, answered INTEGER, came INTEGER)"))
        connection.execute(text("CREATE TABLE sealed_responses (id INTEGER PRIMARY KEY, author INTEGER)"))
        connection.execute(text("INSERT INTO participants VALUES (:id, 0, 0)"), [{"id": one} for one in sorted(order)])
    return order


def answer_rival(engine: Engine, order: list[int], change: str) -> None:
    for number, person in enumerate(order, start=1):
        with engine.begin() as connection:
            values = {"person": person, "number": number, "key": person * 7919 % 104729}
            connection.execute(text(f"UPDATE participants SET {change} WHERE id = :person"), values)
            connection.execute(text("INSERT INTO sealed_responses VALUES (:key, :number)"), values)


def accuse_rival(engine: Engine, order: list[int]) -> CommentVerdict:
    tables = read_everything(engine)
    rows = tables["sealed_responses"]
    truth = [[row["author"] for row in rows].index(order.index(person) + 1) for person in range(1, 21)]
    tables["sealed_responses"] = [{name: row[name] for name in row if name != "author"} for row in rows]
    responses = orders(tables["sealed_responses"], tables)
    responses[tuple(row["author"] for row in rows)] = "arrived"
    return accuse(orders(people_in(tables, order), tables), responses, truth)


def test_the_adversary_catches_a_rival_that_numbers_those_who_answer(databases: Pair) -> None:
    engine = create_engine(databases.main)
    guard_engine(engine)
    empty(engine)
    order = leaky_database(engine)
    answer_rival(engine, order, "answered = 1, came = :number")
    verdict = accuse_rival(engine, order)
    engine.dispose()
    assert verdict.right == 20


def test_the_adversary_catches_a_rival_with_a_mere_flag_through_its_transactions(postgres: PostgresServer) -> None:
    with postgres.pair() as pair:
        engine = create_engine(pair.main)
        empty(engine)
        order = leaky_database(engine)
        answer_rival(engine, order, "answered = 1")
        verdict = accuse_rival(engine, order)
        engine.dispose()
    assert verdict.right == 20


def empty(engine: Engine) -> None:
    """Make room for a rival's tables."""
    cascade = " CASCADE" if engine.dialect.name == "postgresql" else ""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SELECT 1"))
        for name in ("comments", "entitlements", "sealed_responses", "deliveries", "participants"):
            connection.execute(text(f"DROP TABLE {name}{cascade}"))


def test_the_adversary_sees_a_faint_likeness_of_two_orders() -> None:
    nearly = tuple(number + (3 if number % 4 == 0 else 0) for number in range(20))
    assert likelihood_of_order(nearly, list(range(20))) < UNLUCKY
    assert likelihood_of_order(nearly, list(reversed(range(20)))) < UNLUCKY


def test_the_adversary_catches_comments_kept_in_the_order_of_responses() -> None:
    rows = [{"response_key": f"{number * 7919 % 104729:08x}"} for number in range(1, 21)]
    keys = sorted(row["response_key"] for row in rows)
    comments = [{"sys_scan": number} for number in range(20)]
    truth = [keys.index(row["response_key"]) for row in rows]
    assert accuse(orders(rows, {}), orders(comments, {}), truth).right == 20
