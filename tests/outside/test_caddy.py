"""The sample for Caddy, run by Caddy: no link reaches a file, nobody slow the service, nothing is compressed."""

import os
import re
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.browsing import free_port
from tests.needs import needs
from tests.processes import wait_until_accepted

pytestmark = pytest.mark.outside
SAMPLE = Path(__file__).resolve().parents[2] / "deploy/Caddyfile"
SECRET = "nobody-may-write-this-down"


@dataclass
class Caddy:
    """A proxy that runs, and the ports of what is behind it."""

    process: subprocess.Popen[bytes]
    folder: Path
    port: str
    participants: int
    staff: int

    def status(self, path: str, body: bytes | None = None) -> int:
        try:
            with urllib.request.urlopen(f"http://localhost:{self.port}{path}", body, timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def written(self) -> str:
        self.process.terminate()
        assert self.process.wait(60) == 0
        return "".join(file.read_text(errors="replace") for file in self.folder.rglob("*") if file.is_file())


def adjusted(version: str, port: str, participants: int, staff: int) -> str:
    """The sample with the ports of this test, without certificates, and as its first lines say of older versions."""
    text = SAMPLE.read_text(encoding="utf-8")
    for sample, ours in (
        ("\nfeedback.example.org {", f"\nhttp://localhost:{port} {{"),
        ("127.0.0.1:8001", f"127.0.0.1:{participants}"),
        ("127.0.0.1:8002", f"127.0.0.1:{staff}"),
        ("\n{\n", "\n{\n\tadmin off\n\tauto_https off\n"),
    ):
        assert text.count(sample) == 1
        text = text.replace(sample, ours)
    if re.search(r"v?2\.6\.", version):
        text = re.sub(r"\b(request|response)_buffers \S+", lambda found: f"buffer_{found[1]}s", text)
    return text


@pytest.fixture
def caddy(tmp_path: Path) -> Iterator[Caddy]:
    program, port, participants, staff = needs("caddy"), free_port(), int(free_port()), int(free_port())
    version = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout
    config = tmp_path / "Caddyfile"
    config.write_text(adjusted(version, port, participants, staff))
    own = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    with (tmp_path / "log").open("wb") as log:
        command = [program, "run", "--config", str(config), "--adapter", "caddyfile"]
        with subprocess.Popen(command, env=own, stdout=log, stderr=log) as process:
            wait_until_accepted(int(port))
            yield Caddy(process, tmp_path, port, participants, staff)
            process.terminate()


@dataclass
class Behind:
    """A process behind the proxy, and what it was asked."""

    name: str
    asked: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)


@pytest.fixture
def behind(caddy: Caddy) -> Iterator[dict[str, Behind]]:
    found, servers = {}, []
    for name, port in (("participants", caddy.participants), ("staff", caddy.staff)):
        found[name] = Behind(name)
        servers.append(ThreadingHTTPServer(("127.0.0.1", port), handler_of(found[name])))
        Thread(target=servers[-1].serve_forever, daemon=True).start()
    yield found
    for server in servers:
        server.shutdown()
        server.server_close()


def handler_of(told: Behind) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append(self.path)
            told.headers.append(str(self.headers))
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = b"<p>a page</p>" * 500
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_words: object) -> None:
            pass

    return Handler


@pytest.mark.parametrize("path", ["/s/{}", "/o/{}", "/r/{}", "/support/{}", "/staff/sign-in/{}", "/{}"])
def test_no_address_is_written_when_what_is_behind_fails(caddy: Caddy, path: str) -> None:
    assert caddy.status(path.format(SECRET)) == 502
    assert caddy.status(path.format(SECRET), b"a=b") == 502
    written = caddy.written()
    assert "serving initial configuration" in written
    assert SECRET not in written


def test_each_place_is_sent_to_its_own_process_and_what_watchers_read_to_none(
    caddy: Caddy, behind: dict[str, Behind]
) -> None:
    for path in ("/s/x", "/", "/staff/", "/staff", "/staffx"):
        assert caddy.status(path) == 200
    for path in ("/healthz", "/readyz", "/metrics"):
        assert caddy.status(path) == 404
    assert behind["participants"].asked == ["/s/x", "/", "/staffx"]
    assert behind["staff"].asked == ["/staff/", "/staff"]
    assert SECRET not in caddy.written()


def test_the_service_is_not_told_who_visits_and_nothing_is_compressed(caddy: Caddy, behind: dict[str, Behind]) -> None:
    asked = urllib.request.Request(f"http://localhost:{caddy.port}/s/x", headers={"Accept-Encoding": "gzip, zstd, br"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        assert (answer.headers["Content-Encoding"], answer.headers["Server"], len(answer.read())) == (None, None, 6500)
    (headers,) = behind["participants"].headers
    assert "Forwarded" not in headers
    assert "127.0.0.1" not in headers


def test_what_somebody_has_not_sent_whole_does_not_reach_the_service(caddy: Caddy, behind: dict[str, Behind]) -> None:
    begun = b"POST /s/slow/send HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\nstate="
    with socket.create_connection(("127.0.0.1", int(caddy.port))) as visitor:
        visitor.sendall(begun)
        # Another visitor is served after it, and by then it would have been passed on.
        assert caddy.status("/s/x", b"a=b") == 200
        assert behind["participants"].asked == ["/s/x"]
        visitor.sendall(b"x" * 14)
        assert visitor.recv(4096).startswith(b"HTTP/1.1 200")
    assert behind["participants"].asked == ["/s/x", "/s/slow/send"]
