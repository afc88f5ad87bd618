"""The sample of a reverse proxy, run by nginx: no link reaches a file, the pages of staff reach their log."""

import re
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tests.proxies import Proxy, proxy

__all__ = ["proxy"]
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
    assert headers.count("127.0.0.1") == headers.count("Host: 127.0.0.1")
