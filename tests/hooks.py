"""A receiver of web hooks on the loopback, and web hooks that are told to it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from feedback.domain.hooks import TO_CHOOSE, HookEvent
from feedback.domain.staff import StaffRole
from feedback.guarded_calls import GuardedCaller
from feedback.services.hooks.manage_hooks import add_hook
from feedback.services.hooks.send_hooks import hooks_due, send_hooks
from feedback.services.staff.sign_in import Member
from feedback.storage.organisations import Organisation
from feedback.storage.web_hooks import HookDelivery
from tests.world import World


@dataclass
class Receiver:
    """Answers with the first of `answers`, the last one again and again; keeps (headers, body) of what came."""

    port: int = 0
    answers: list[int] = field(default_factory=lambda: [204])
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def caller(self) -> GuardedCaller:
        return GuardedCaller(frozenset({("127.0.0.1", self.port)}))


@contextmanager
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(found.answers.pop(0) if len(found.answers) > 1 else found.answers[0])
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


def administrator(organisation_id: int = 1) -> Member:
    return Member(1, organisation_id, "Ada", StaffRole.ADMINISTRATOR, "ada@example.com")


def add(
    world: World, found: Receiver, events: tuple[HookEvent, ...] = TO_CHOOSE, programme: int | None = None
) -> tuple[int, str]:
    """A web hook of the first organisation, and its secret."""
    with world.session() as session:
        is_empty = session.get(Organisation, 1) is None
    if is_empty:
        world.programme()
    with world.session() as session:
        return add_hook(
            session,
            world.keys,
            found.caller,
            administrator(),
            url=found.url,
            events=events,
            programme_id=programme,
            now=world.clock(),
        )


def send(world: World, found: Receiver) -> None:
    """What the worker does now about web hooks."""
    with world.session() as session:
        due = hooks_due(session, world.clock())
        session.rollback()
        for number in due:
            send_hooks(session, world.keys, found.caller, number, now=world.clock())


def messages(world: World) -> list[HookDelivery]:
    with world.session() as session:
        found = session.query(HookDelivery).order_by(HookDelivery.id).all()
        session.expunge_all()
        return found
