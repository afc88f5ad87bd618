"""A worker in its own process tells a real receiver over TLS, whose certificate an authority of the operator signed."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue

import pytest
from standardwebhooks import Webhook

from feedback.domain.errors import CallRefused
from feedback.domain.hooks import TO_CHOOSE
from feedback.guarded_calls import GuardedCaller
from feedback.services.hooks.manage_hooks import add_hook, try_hook
from feedback.services.hooks.show_hooks import show_hook
from tests.databases import LARGE, ON_SQLITE
from tests.hooks import administrator
from tests.processes import running
from tests.relay_with_tls import Certificate, make_certificate
from tests.world import World

PATIENCE = 60
pytestmark = ON_SQLITE
Came = SimpleQueue[tuple[dict[str, str], bytes]]


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return make_certificate(tmp_path)


@pytest.fixture
def receiver(certificate: Certificate) -> Iterator[tuple[int, Came]]:
    """The port of a receiver with TLS, and what comes to it."""
    came: Came = SimpleQueue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()
            came.put(({name.lower(): value for name, value in self.headers.items()}, body))

        def log_message(self, *_said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = certificate.context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port, came
        finally:
            server.shutdown()
            thread.join()


@LARGE
def test_a_receiver_behind_an_authority_of_the_operator_is_told_and_can_verify_it(
    world: World,
    environment: dict[str, str],
    receiver: tuple[int, Came],
    certificate: Certificate,
    tmp_path: Path,
) -> None:
    port, came = receiver
    world.clock.now = datetime.now(UTC)
    world.programme()
    with world.session() as session:
        hook, secret = add_hook(
            session,
            world.keys,
            GuardedCaller(frozenset({("127.0.0.1", port)})),
            administrator(),
            url=f"https://127.0.0.1:{port}/hook",
            events=TO_CHOOSE,
            programme_id=None,
            now=world.clock(),
        )
        try_hook(session, administrator(), hook, now=world.clock())
    inside = environment | {"FEEDBACK_INSIDE_HOSTS": f"127.0.0.1:{port}", "SSL_CERT_FILE": str(certificate.certificate)}
    with running(inside, "work", log=tmp_path / "worker.log"):
        headers, body = came.get(timeout=PATIENCE)
    assert Webhook(secret).verify(body, headers) == json.loads(body)
    with world.session() as session:
        [sent] = show_hook(session, 1, hook, now=datetime.now(UTC))[1]
    assert (sent.is_delivered, sent.status, sent.attempts) == (True, 204, 1)


def test_a_receiver_whose_authority_nobody_knows_is_told_nothing(receiver: tuple[int, Came]) -> None:
    port, came = receiver
    caller = GuardedCaller(frozenset({("127.0.0.1", port)}))
    with pytest.raises(CallRefused, match="SSLCertVerificationError"):
        caller.call("POST", f"https://127.0.0.1:{port}/hook", body=b"{}", until=time.monotonic() + PATIENCE)
    assert came.empty()
