"""One whole wave with everything that it leaves behind, and every secret that must not be in it."""

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from flask.testing import FlaskClient
from sqlalchemy import Connection, inspect, text
from werkzeug.test import TestResponse

from feedback.domain.links import entitlement_digest, opt_out_token, page_key, proof, response_key
from tests.promises.listener import Listener
from tests.promises.visits import engine_of, fill_in, keys_engine_of, secret_in, send
from tests.world import World

_WORD = np.dtype("<u8")
_LOW_BITS = 2**20 - 1
Needles = dict[str, bytes]
"""What to search for, by what it is."""

# All that PostgreSQL keeps of some databases and of all of them, catalogues and statistics among it, but for its log.
_FOLDERS = """
SELECT 'base/' || oid FROM pg_database WHERE datname = ANY(:databases)
UNION ALL SELECT name FROM pg_ls_dir('.') name WHERE (pg_stat_file(name)).isdir AND name NOT IN ('base', 'pg_wal')
"""
_FILES = """
SELECT path, pg_read_binary_file(path, 0, 100000000, true)
FROM (SELECT %(folder)s || '/' || name AS path FROM pg_ls_dir(%(folder)s) name ORDER BY name) listed
WHERE NOT (pg_stat_file(path, true)).isdir
"""
OUTSIDE = ("mail.log",)
"""The relay of the tests, which stands for other people's servers."""


class Recorder(FlaskClient):
    """A browser that remembers every response; `seen` belongs to the application that it visits."""

    def open(self, *args, **kwargs) -> TestResponse:
        response = super().open(*args, **kwargs)
        self.application.extensions.setdefault("seen", []).append(response)
        return response


@dataclass
class Evidence:
    """What was heard, and what to look for: `secrets` of one person each, what was `said`, and what lay `sealed`."""

    wave: int
    listener: Listener = field(default_factory=lambda: Listener(*OUTSIDE))
    secrets: Needles = field(default_factory=dict)
    said: Needles = field(default_factory=dict)
    sealed: Needles = field(default_factory=dict)
    keys: Needles = field(default_factory=dict)

    @property
    def unspoken(self) -> Needles:
        """What must be in no log, no header, and in no byte that is stored."""
        return self.secrets | self.said


def in_every_spelling(name: str, secret: bytes) -> Needles:
    """Return a secret as bytes, in hexadecimal, in both base64 alphabets, and as Python prints it."""
    plain, url = base64.b64encode(secret).rstrip(b"="), base64.urlsafe_b64encode(secret).rstrip(b"=")
    spelled = {"raw": secret, "hex": secret.hex().encode(), "base64": plain, "base64url": url}
    spelled |= {"HEX": secret.hex().upper().encode(), "repr": repr(secret)[2:-1].encode()}
    return {f"{name} ({how})": needle for how, needle in spelled.items()}


def found(needles: Needles, hay: bytes) -> list[str]:
    """Return the names of the needles that are in the hay, however many of them and however much of it there is."""
    starts = np.array(sorted({_start(needle) for needle in needles.values()}), dtype=_WORD)
    may_start = np.zeros(_LOW_BITS + 1, dtype=bool)
    may_start[starts & _LOW_BITS] = True
    seen: set[int] = set()
    for shift in range(min(_WORD.itemsize, len(hay))):
        words = np.frombuffer(hay, _WORD, (len(hay) - shift) // _WORD.itemsize, shift)
        words = words[may_start[words & _LOW_BITS]]
        seen |= set(words[np.isin(words, starts)].tolist())
    return [name for name, needle in needles.items() if _start(needle) in seen and needle in hay]


def what_is_where(needles: Needles, places: dict[str, bytes]) -> dict[str, list[str]]:
    """What was found, by place; places without a find are left out."""
    if not found(needles, b"".join(places.values())):
        return {}
    return {place: names for place, raw in places.items() if (names := found(needles, raw))}


def _start(needle: bytes) -> int:
    """Return the first eight bytes as a number; a shorter needle could not be found."""
    assert len(needle) >= _WORD.itemsize, needle
    return int.from_bytes(needle[: _WORD.itemsize], "little")


def personal_secrets(world: World, wave: int) -> Needles:
    """Everything that is derived for one person and must be written down nowhere."""
    opt_out = world.keys.opt_out_key(1)
    needles: Needles = {}
    for person, link in world.people_and_links(wave):
        secret = secret_in(link)
        for name, value in (("link", secret), ("proof", proof(secret)), ("page key", page_key(secret))):
            needles |= in_every_spelling(f"{name} of {person}", value)
        needles |= in_every_spelling(f"opt-out token of {person}", opt_out_token(opt_out, person))
    return needles


def database_marks(world: World, wave: int) -> Needles:
    """What lies in the main database while the wave is open and must be gone after it."""
    needles: Needles = {}
    for person, link in world.people_and_links(wave):
        secret = secret_in(link)
        needles |= in_every_spelling(f"entitlement of {person}", entitlement_digest(proof(secret)))
        needles |= in_every_spelling(f"response key of {person}", response_key(secret, world.tools.settings.pepper))
    with engine_of(world).connect() as connection:
        for number, blob in enumerate(connection.execute(text("SELECT sealed FROM sealed_responses")).scalars()):
            needles |= {f"start of blob {number}": bytes(blob)[9:60], f"end of blob {number}": bytes(blob)[-50:]}
    return needles


def wave_keys(world: World, wave: int) -> Needles:
    """The link key and the response key of a wave, as they are and as they are stored."""
    needles = in_every_spelling("link key", world.keys.link_key(wave))
    needles |= in_every_spelling("response key", world.keys.response_key(wave).raw)
    query = text("SELECT purpose, wrapped FROM keys WHERE owner_id = :wave AND purpose IN ('link', 'response')")
    with keys_engine_of(world).connect() as connection:
        for purpose, wrapped in connection.execute(query, {"wave": wave}):
            needles |= in_every_spelling(f"wrapped {purpose} key", bytes(wrapped))
    return needles


def whole_wave(world: World, *, answering: int = 20) -> Evidence:
    """Import, open, mail, answer, take back, break, mend; everything but the close."""
    world.app.test_client_class = Recorder
    with Listener(*OUTSIDE) as listener:
        evidence = Evidence(world.open_new_wave(), listener)
        world.send_mails()
        links = world.links(evidence.wave)
        for number, link in enumerate(links[:answering]):
            _answer(world, evidence, link, f"Zebra {number} crossed the river with wording of its own")
        world.client().post(f"/s/{links[0]}/withdraw", data={"word": "withdraw"})
        evidence.said["refused text"] = b"Walrus text that was refused"
        world.send_part(links[1], F2="Walrus text that was refused " * 60)
        _break_and_mend(world, evidence, links[2])
        evidence.secrets |= personal_secrets(world, evidence.wave)
        evidence.said["ratings"] = b'"ratings"'
        evidence.sealed, evidence.keys = database_marks(world, evidence.wave), wave_keys(world, evidence.wave)
    return evidence


def close_in_earshot(world: World, evidence: Evidence) -> None:
    """Close the wave, with everybody still listening."""
    with evidence.listener:
        world.close(evidence.wave)


def _answer(world: World, evidence: Evidence, link: str, words: str) -> None:
    shown = send(world, link, fill_in(world, link, words)).text
    receipt = re.findall(r"(?:[0-9A-F]{4}-){7}[0-9A-F]{4}", shown)[0]
    evidence.said[f"words: {words}"] = words.encode()
    evidence.secrets[f"receipt as shown {receipt}"] = receipt.encode()
    evidence.secrets |= in_every_spelling(f"receipt {receipt}", bytes.fromhex(receipt.replace("-", "")))


def _break_and_mend(world: World, evidence: Evidence, link: str) -> None:
    """Take a table away while somebody sends, so that a view fails with an answer in its hands."""
    words = "Ocelot words in flight while the database broke"
    state, client = fill_in(world, link, words), world.client()
    evidence.said["words in flight"] = words.encode()
    for table in ("sealed_responses", "entitlements"):
        _run(world, f"ALTER TABLE {table} RENAME TO taken_away")
        statuses = [client.get(f"/s/{link}").status_code]
        statuses += [client.post(f"/s/{link}/send", data={"state": state, "go": "send"}).status_code]
        assert max(statuses) >= 500
        _run(world, f"ALTER TABLE taken_away RENAME TO {table}")


def _run(world: World, statement: str) -> None:
    with engine_of(world).begin() as connection:
        connection.execute(text(statement))


def responses_seen(world: World) -> list[TestResponse]:
    return list(world.app.extensions["seen"])


def stored_bytes(world: World, since: str | None = None) -> Iterator[tuple[str, bytes]]:
    """Yield (name, bytes) of all that both databases keep: files, and on PostgreSQL rows and the write-ahead log."""
    if world.kind == "sqlite":
        folder = Path(str(engine_of(world).url.database)).parent
        yield from ((file.name, file.read_bytes()) for file in sorted(folder.iterdir()))
        return
    engines = engine_of(world), keys_engine_of(world)
    for engine in engines:
        with engine.connect() as connection:
            yield from _postgres_rows(connection)
    with engines[0].connect() as connection:
        yield from _postgres_files(connection, [engine.url.database for engine in engines])
        yield from _postgres_log(connection, since)
        yield "running statements", "\n".join(_words(connection, "SELECT query FROM pg_stat_activity")).encode()


def log_position(world: World) -> str | None:
    """Where PostgreSQL's write-ahead log stands."""
    if world.kind == "sqlite":
        return None
    with engine_of(world).connect() as connection:
        return str(connection.execute(text("SELECT pg_current_wal_lsn()")).scalar_one())


def _postgres_rows(connection: Connection) -> Iterator[tuple[str, bytes]]:
    for table in inspect(connection).get_table_names():
        yield f"rows of {table}", "\n".join(_words(connection, f'SELECT t::text FROM "{table}" t')).encode()


def _postgres_files(connection: Connection, databases: list[str | None]) -> Iterator[tuple[str, bytes]]:
    connection.execute(text("CHECKPOINT"))
    for folder in connection.scalars(text(_FOLDERS), {"databases": databases}).all():
        # As bytes: what is sent as text is twice as long, and written and read letter by letter.
        with connection.connection.cursor(binary=True) as cursor:
            cursor.execute(_FILES, {"folder": folder})
            yield from ((f"file {path}", bytes(raw)) for path, raw in cursor.fetchall() if raw is not None)


def _postgres_log(connection: Connection, since: str | None) -> Iterator[tuple[str, bytes]]:
    if since is None:
        return
    query = "SELECT name FROM pg_ls_waldir() WHERE name >= pg_walfile_name(CAST(:since AS pg_lsn)) ORDER BY name"
    for name in connection.execute(text(query), {"since": since}).scalars().all():
        raw = connection.execute(text("SELECT pg_read_binary_file(:path)"), {"path": f"pg_wal/{name}"}).scalar_one()
        yield f"log {name}", bytes(raw)


def _words(connection: Connection, query: str) -> Iterable[str]:
    return [str(one) for one in connection.execute(text(query)).scalars()]
