"""The sample of a reverse proxy, run by nginx: no link reaches a file, the pages of staff reach their log."""

import re
import socket
import ssl
from contextlib import ExitStack
from http.client import RemoteDisconnected
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.request import urlopen

import pytest

from tests.proxies import NAME, Proxy, proxy

__all__ = ["proxy"]
MOST_OF_ONE_ADDRESS = 200
SECRET = "nobody-may-write-this-down"


@pytest.mark.parametrize(
    "path", ["/s/{}", "/s/{}/questions", "/o/{}", "/r/{}", "/support/{}", "/staff/sign-in/{}", "/{}", "/S/{}", "//s/{}"]
)
def test_no_address_is_written_when_what_is_behind_fails(proxy: Proxy, path: str) -> None:
    assert proxy.status(path.format(SECRET)) == 502
    assert proxy.status(path.format(SECRET), b"a=b") == 502
    assert proxy.status(path.format(SECRET), b"x" * 300_000) == 413
    assert proxy.status(path.format(SECRET), secure=False) == 301
    assert SECRET not in proxy.written()


def test_a_list_of_people_may_be_sent_to_its_pages_alone(proxy: Proxy) -> None:
    assert proxy.status("/staff/programmes/1/roster/new", b"x" * 3_000_000) == 502
    assert proxy.status("/staff/programmes/1/roster/new/mended", b"x" * 3_000_000) == 502
    assert proxy.status("/staff/programmes/1/roster/new", b"x" * 5_000_000) == 413
    assert proxy.status("/staff/programmes/1/roster", b"x" * 300_000) == 413


def test_the_pages_of_staff_are_logged(proxy: Proxy) -> None:
    assert proxy.status("/staff/waves/1") == 502
    assert re.search(r'^127\.0\.0\.1 \[\S+\] "GET /staff/waves/1" 502 \d+$', proxy.written(), re.MULTILINE)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_what_watchers_read_is_not_for_the_world(proxy: Proxy, path: str) -> None:
    assert proxy.status(path) == 404


def test_the_service_is_not_told_who_visits(proxy: Proxy) -> None:
    told: list[str] = []

    class Behind(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.append(str(self.headers))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", proxy.participants), Behind) as behind:
        Thread(target=behind.handle_request).start()
        assert proxy.status(f"/s/{SECRET}") == 204
    (headers,) = told
    assert "Forwarded" not in headers
    assert "X-Real-IP" not in headers
    assert "127.0.0.1" not in headers


def test_who_asks_for_another_name_gets_no_answer(proxy: Proxy) -> None:
    with pytest.raises(RemoteDisconnected):
        urlopen(f"http://127.0.0.1:{proxy.plain}/", timeout=60)
    strangers = ssl._create_unverified_context()
    with socket.create_connection(("127.0.0.1", int(proxy.secure))) as line, pytest.raises(ssl.SSLError):
        strangers.wrap_socket(line, server_hostname="evil.example")


def test_hundreds_of_slow_visitors_are_let_go_and_stop_nobody_else(proxy: Proxy) -> None:
    begun = f"POST /s/x/send HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 1000\r\n\r\nstate=".encode()
    with ExitStack() as visitors:
        slow = [visitors.enter_context(calling(proxy)) for _visitor in range(MOST_OF_ONE_ADDRESS + 100)]
        for line in slow:
            line.sendall(begun)
        with calling(proxy, address="127.0.0.2") as other:
            other.sendall(f"GET /s/x HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
            assert other.recv(100).startswith(b"HTTP/1.1 502 ")
        refused = sum(line.recv(100).startswith(b"HTTP/1.1 429 ") for line in slow)
    assert refused == 100


def test_an_office_behind_one_address_is_let_through(proxy: Proxy) -> None:
    # A thousand people who answer within an hour ask for less than ten pages in each second; here ask 500 at once.
    with calling(proxy) as line:
        answers = line.makefile("rb")
        for _page in range(500):
            line.sendall(f"HEAD /s/x HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
            assert answers.readline().startswith(b"HTTP/1.1 502 ")
            while answers.readline().strip():
                pass


def calling(proxy: Proxy, address: str = "127.0.0.1") -> ssl.SSLSocket:
    """A connection from one of this machine's addresses."""
    line = socket.create_connection(("127.0.0.1", int(proxy.secure)), timeout=60, source_address=(address, 0))
    return ssl._create_unverified_context().wrap_socket(line, server_hostname=NAME)
