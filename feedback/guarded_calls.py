"""Calls from this service to servers that somebody else has named: only to the public network, and to an end.

A name is looked up once, each of its addresses is judged, and one of these is connected to, so that no second answer
can lead elsewhere. Redirects are not followed, long answers are cut off as refused, and one moment ends all of it.
"""

import http.client
import io
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from feedback.domain.errors import CallRefused, CallsWait
from feedback.domain.hosts import is_loopback, is_public

MOST_BYTES = 512 * 1024
"""So long may an answer be, head and all."""
MOST_LOOKUPS = 6
"""So many names are looked up at once: nothing ends a lookup but the system."""
_PORTS = {"https": 443, "http": 80}
_LOOKUPS = threading.BoundedSemaphore(MOST_LOOKUPS)
Lookup = Callable[[str, int], list[str]]


@dataclass(frozen=True)
class ServerAnswer:
    """What a server has answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def addresses_of(host: str, port: int) -> list[str]:
    """Return the network addresses of a host, as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_kind, address in found))


class GuardedCaller:
    """Calls servers. Those of `inside`, each a host and its port, may lie anywhere."""

    def __init__(self, inside: frozenset[tuple[str, int]] = frozenset(), lookup: Lookup = addresses_of) -> None:
        """Take what whoever runs the service allows, and how names are looked up."""
        self._inside, self._lookup = inside, lookup

    def check(self, url: str) -> SplitResult:
        """Return the parts of an address that may be called, as far as it itself tells; or raise CallRefused."""
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS.get(parts.scheme)
        except ValueError:
            raise CallRefused("The address is none.") from None
        host = parts.hostname or ""
        if port is None or not host or "@" in parts.netloc or not (url.isascii() and url.isprintable()) or " " in url:
            raise CallRefused("The address is none.")
        # Without TLS only on this machine, where the operator has said so.
        if parts.scheme == "http" and not (is_loopback(host) and (host, port) in self._inside):
            raise CallRefused("The address does not begin with https://.")
        return parts

    def may_be_inside(self, parts: SplitResult) -> bool:
        """Tell whether whoever runs the service allows an address wherever it lies."""
        return (parts.hostname or "", parts.port or _PORTS.get(parts.scheme)) in self._inside

    def call(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"", until: float
    ) -> ServerAnswer:
        """Return what a server answers before the moment `until` of the monotonic clock, or raise CallRefused."""
        parts = self.check(url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {"Accept-Encoding": "identity", "Connection": "close", **(headers or {})}
        try:
            with _GuardedLine(
                self._judged(host, port, until), port, host, until, is_secure=parts.scheme == "https"
            ) as line:
                return line.ask(method, target, {**sent, "Accept-Encoding": "identity"}, body)
        except (OSError, http.client.HTTPException, ValueError) as failed:
            raise CallRefused(f"The server cannot be reached, or not in time ({type(failed).__name__}).") from failed

    def _judged(self, host: str, port: int, until: float) -> str:
        found = _look_up(self._lookup, host, port, until)
        if (host, port) not in self._inside and not all(map(is_public, found)):
            raise CallRefused("The server is not in the public network.")
        if not found:
            raise CallRefused("There is no such server.")
        return found[0]


class _GuardedLine:
    """One connection, which a timer shuts: a limit on each read would let a server go on for ever, byte by byte."""

    def __init__(self, address: str, port: int, host: str, until: float, *, is_secure: bool) -> None:
        self._host, self._port, self._until = host, port, until
        self._secure = ssl.create_default_context() if is_secure else None
        self._socket = socket.create_connection((address, port), _left(until))
        self._timer = threading.Timer(_left(until), self._shut)
        self._timer.daemon = True
        self._timer.start()
        try:
            self._connection = self._opened()
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self) -> "_GuardedLine":
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        self._socket.close()

    def ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> ServerAnswer:
        self._connection.request(method, target, body or None, dict(headers))
        answer = self._connection.getresponse()
        # Wherever it leads was not judged.
        if 300 <= answer.status < 400:
            raise CallRefused("The server leads elsewhere.")
        # Never without a number: it makes room for as much as the head promises.
        read = answer.read(MOST_BYTES + 1)
        # A connection that the timer has shut looks like one at its end.
        _left(self._until)
        return ServerAnswer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, read)

    def _opened(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port)
        connection.response_class = _BoundedAnswer
        if self._secure:
            # The timer has to find what talks: wrapping leaves an empty shell behind.
            self._socket.settimeout(_left(self._until))
            wrapped = self._secure.wrap_socket(self._socket, server_hostname=self._host, do_handshake_on_connect=False)
            self._socket = wrapped
            wrapped.do_handshake()
        # It may have gone off while there was only the shell.
        self._socket.settimeout(_left(self._until))
        connection.sock = self._socket
        return connection

    def _shut(self) -> None:
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            self._socket.close()


class _BoundedAnswer(http.client.HTTPResponse):
    """An answer of which MOST_BYTES are read at most. Of a head the library itself takes megabytes."""

    def __init__(self, line: socket.socket, *more: Any, **options: Any) -> None:
        super().__init__(line, *more, **options)
        # What it reads from has read nothing yet.
        self.fp = io.BufferedReader(_BoundedReads(self.fp.detach()))


class _BoundedReads(io.RawIOBase):
    """What comes from a connection, until it is too long."""

    def __init__(self, line: io.RawIOBase) -> None:
        super().__init__()
        self._line, self._read = line, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        got = self._line.readinto(buffer)
        self._read += got or 0
        if self._read > MOST_BYTES:
            raise CallRefused("The server’s answer is too long.")
        return got

    def close(self) -> None:
        self._line.close()
        super().close()


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _look_up(lookup: Lookup, host: str, port: int, until: float) -> list[str]:
    """Look a name up in a thread of its own, which alone goes on if it takes too long; it keeps its place till then."""
    left = _left(until)
    if not _LOOKUPS.acquire(blocking=False):
        raise CallsWait("Too many names are being looked up.")
    found: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def look() -> None:
        try:
            found.put(lookup(host, port))
        except (OSError, UnicodeError) as failed:
            found.put(failed if isinstance(failed, OSError) else OSError())
        finally:
            _LOOKUPS.release()

    threading.Thread(target=look, daemon=True).start()
    try:
        answer = found.get(timeout=left)
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return answer
