"""Fixtures that every test may ask for."""

import gc
import socket
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import CodeType
from typing import Any, ClassVar, cast

import pytest
from flask import Flask
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from feedback.app import create_app_without_pages
from feedback.config import Settings, read_settings
from feedback.demo.mailbox import Mailbox
from feedback.demo.relay import start_smtp
from tests.attacked import equal_blocks_attacked_once
from tests.databases import KINDS, LARGE, Logins, Pair, PostgresServer, SqliteServer, logins_of, shown_elsewhere
from tests.dialects import shared_dialects
from tests.postgres import postgres_server
from tests.services.mail.relays import ScriptedRelay
from tests.world import FixedClock, World

pytest_plugins = ["tests.spending", "tests.tried"]

MASTER_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
PEPPER = "cGVwcGVycGVwcGVycGVwcGVycGVwcGVycGVwcGVycGU="
_connect = socket.socket.connect


def _loopback_only(self: socket.socket, address: object) -> None:
    host = address[0] if isinstance(address, tuple) else ""
    if self.family != socket.AF_UNIX and not str(host).startswith(("127.", "::1", "localhost")):
        raise AssertionError(f"a test reached out to {host}")
    _connect(self, address)  # type: ignore[arg-type]


@pytest.fixture(autouse=True, scope="session")
def closed_sockets() -> Iterator[None]:
    """Nothing but this machine can be reached from a test."""
    socket.socket.connect = _loopback_only  # type: ignore[method-assign,assignment]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]


class _CompiledOnce(BytecodeCache):
    """Keeps what templates compile to, by their source and how it is read, for all applications of a process."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType | None] = {}

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        return super().get_bucket(environment, f"{name} {environment.trim_blocks}", filename, source)

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


class _RuleCompiledOnce(Rule):
    """Keeps what an address compiles to, by what it is made of, for all applications of a process."""

    _made: ClassVar[dict[tuple[object, ...], dict[str, Any]]] = {}

    def compile(self) -> None:
        key = (self.rule, self.host, self.subdomain, self.merge_slashes, *(self.defaults or {}).items())
        if key not in self._made:
            super().compile()
            made = ("_parts", "_trace", "_converters", "_build", "_build_unknown", "arguments")
            self._made[key] = {name: getattr(self, name) for name in made}
        self.__dict__.update(self._made[key])


@pytest.fixture(autouse=True, scope="session")
def compiled_once() -> Iterator[None]:
    """Nearly every test makes an application, most of whose time it would take to compile templates and addresses.

    So it is with engines and their statements.
    """
    Flask.jinja_options["bytecode_cache"] = _CompiledOnce()
    Flask.url_rule_class = _RuleCompiledOnce
    with shared_dialects():
        yield
    del Flask.jinja_options["bytecode_cache"]
    Flask.url_rule_class = Rule


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> SqliteServer:
    return SqliteServer(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """A test that uses this, directly or not, runs on both databases, unless it is marked."""
    return str(request.param)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what a mark says is shown on the other database, and for `make outside` what is likely to be."""
    config.hook.pytest_deselected(items=[item for item in items if not _is_wanted(item)])
    items[:] = [item for item in items if _is_wanted(item)]
    for item in shown_elsewhere(items):
        item.add_marker(LARGE)


def pytest_collection_finish() -> None:
    """What was imported stays: to look through it for garbage again and again takes a twentieth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _is_wanted(item: pytest.Item) -> bool:
    only, given = item.get_closest_marker("only_on"), getattr(item, "callspec", None)
    return only is None or given is None or given.params.get("kind", *only.args) in only.args


@pytest.fixture
def server(kind: str, request: pytest.FixtureRequest) -> SqliteServer | PostgresServer:
    found: SqliteServer | PostgresServer = request.getfixturevalue("sqlite" if kind == "sqlite" else "postgres")
    return found


@pytest.fixture
def sound_server(server: SqliteServer | PostgresServer) -> Iterator[None]:
    """On PostgreSQL, for a test in which all is well: else the server hurries, as status would say."""
    with server.told(fsync="on", synchronous_commit="on") if isinstance(server, PostgresServer) else nullcontext():
        yield


@pytest.fixture
def databases(server: SqliteServer | PostgresServer, request: pytest.FixtureRequest) -> Iterator[Pair]:
    """Empty, shared with earlier tests on PostgreSQL unless this one is marked."""
    if request.node.get_closest_marker("own_databases"):
        empty = server.pair()
    elif "roles" in request.fixturenames:
        empty = request.getfixturevalue("postgres").shared_pair_with_roles()
    else:
        empty = server.shared_pair()
    with empty as pair:
        yield pair


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "mailbox")


@pytest.fixture
def relay() -> Iterator[ScriptedRelay]:
    """For tests whose own `smtp_port` is this relay's."""
    relay = ScriptedRelay()
    yield relay
    relay.goes_down()


class _TurnedOver:
    """Delivers into the mailbox of the test that runs."""

    def __init__(self) -> None:
        self.mailbox: Mailbox | None = None
        self.port = 0

    def deliver(self, recipient: str, content: bytes) -> int:
        assert self.mailbox is not None
        return self.mailbox.deliver(recipient, content)


@pytest.fixture(scope="session")
def turned_over() -> Iterator[_TurnedOver]:
    """One relay for all tests: to start and to stop one takes longer than most of what it is asked for."""
    box = _TurnedOver()
    controller = start_smtp(cast(Mailbox, box), "127.0.0.1", 0)
    box.port = controller.port
    yield box
    controller.stop()


@pytest.fixture
def smtp_port(mailbox: Mailbox, turned_over: _TurnedOver) -> int:
    turned_over.mailbox = mailbox
    return turned_over.port


@pytest.fixture
def environment(databases: Pair, smtp_port: int, tmp_path: Path) -> dict[str, str]:
    return {
        "FEEDBACK_INSTANCE": str(tmp_path / "instance"),
        "FEEDBACK_DATABASE_URL": databases.main,
        "FEEDBACK_KEYS_URL": databases.keys,
        "FEEDBACK_MASTER_KEY": MASTER_KEY,
        "FEEDBACK_SESSION_KEY": "s" * 32,
        "FEEDBACK_PEPPER": PEPPER,
        "FEEDBACK_BASE_URL": "https://feedback.example.com",
        "FEEDBACK_SMTP_PORT": str(smtp_port),
        "FEEDBACK_MAIL_SENDER": "feedback@example.com",
    }


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    return read_settings(environment)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def unserved_world(settings: Settings, clock: FixedClock, mailbox: Mailbox, kind: str) -> Iterator[World]:
    """One on whose databases no participants' process has begun to serve."""
    world = World(create_app_without_pages(settings, clock), clock, mailbox, kind)
    with equal_blocks_attacked_once():
        yield world
    world.dispose()


@pytest.fixture
def world(unserved_world: World) -> World:
    return unserved_world.begin_to_serve()


@pytest.fixture
def app(world: World):
    return world.app


@pytest.fixture(scope="session")
def writing(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application that writes mails and finds words; no database has been made for it."""
    return create_app_without_pages(read_settings({"FEEDBACK_INSTANCE": str(tmp_path_factory.mktemp("writing"))}))


@pytest.fixture
def client(world: World):
    return world.client()


@pytest.fixture
def session(world: World):
    with world.session() as session:
        yield session


@pytest.fixture
def keys(world: World):
    return world.keys


@pytest.fixture
def roles(databases: Pair, request: pytest.FixtureRequest) -> Iterator[Logins]:
    """A login in each group role, on the world's databases."""
    if request.node.get_closest_marker("own_databases"):
        with logins_of(databases) as logins:
            yield logins
    else:
        yield request.getfixturevalue("postgres").logins
