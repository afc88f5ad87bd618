"""A browser of few words: keeps cookies, follows redirects, presses buttons."""

import random
import socket
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from http.cookiejar import CookieJar
from urllib.parse import urlencode

from tests.world import hidden_value

_PORTS = iter(random.SystemRandom().sample(range(20_000, 32_000), 12_000))


class Browser:
    """Talks HTTP to a server that really runs."""

    def __init__(self) -> None:
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, url: str) -> str:
        with self._opener.open(url, timeout=60) as answer:
            return str(answer.read().decode())

    def post(self, url: str, fields: Mapping[str, list[str]]) -> str:
        with self._opener.open(url, urlencode(fields, doseq=True).encode(), timeout=60) as answer:
            return str(answer.read().decode())

    def ask(self, url: str, fields: Mapping[str, list[str]] | None) -> str:
        """Get a page, or post to it."""
        return self.get(url) if fields is None else self.post(url, fields)

    def press(self, page: str, action: str, **fields: str) -> str:
        token = hidden_value(self.get(page), "csrf_token")
        return self.post(action, {"csrf_token": [token], **{name: [value] for name, value in fields.items()}})


def free_port() -> str:
    """A port at which nobody listens, each time another one.

    Not one that the system chooses: it gives those to connections too, and may have given it away before it is used.
    """
    for port in _PORTS:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return str(port)
    raise AssertionError("there is no free port")
