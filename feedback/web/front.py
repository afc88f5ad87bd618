"""What stands before the pages of a process that serves: a request is taken whole before a thread works on it.

The server hands a request on as soon as it has read its head, and a thread that waits for the rest answers nobody:
sixteen slow visitors stopped all others. Here each of them costs a place in a list, and what they have sent so far.
It speaks ASGI 3 to the server and WSGI (PEP 3333) to the pages.
"""

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

THREADS = 8
LARGEST_UPLOADING_POST = 4 * 2**20
"""The most bytes that any page takes: a list of people."""
LARGEST_ROSTER_POST = 16 * 2**20
"""The most bytes that a program may send: 100,000 people."""
LONGEST_SECONDS = 30.0
"""How long a request may take to arrive."""
MOST_ARRIVING = 1000
"""How many may be on their way at once; the one that has been for longest makes room for the next."""
MOST_BYTES = 64 * 1024 * 1024
"""How much of them may be held at once."""

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
_WITH_BODY = {b"content-length", b"transfer-encoding"}
_OF_THEIR_OWN = {"CONTENT_TYPE", "CONTENT_LENGTH"}


class _Gone(Exception):
    """Who asked has hung up."""


class Front:
    """One for each process. `largest`: the most bytes of a request that any page takes."""

    def __init__(self, app: "WSGIApplication", *, threads: int, largest: int) -> None:
        """Work on `threads` requests at once."""
        self._app, self._largest = app, largest
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._arriving: dict[asyncio.Timeout, int] = {}

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer a request."""
        try:
            body = await self._take(scope, receive)
        except TimeoutError:
            await _answer(send, 408, [(b"connection", b"close")], b"The request took too long to arrive.\n")
            return
        except _Gone:
            return
        environ = _environ(scope, body, self._largest)
        loop = asyncio.get_running_loop()
        await _answer(send, *await loop.run_in_executor(self._threads, self._ask, environ))

    async def _take(self, scope: dict[str, Any], receive: Receive) -> bytes | None:
        """Return the body; None if it is larger than any page takes. Raises TimeoutError, _Gone."""
        if not any(name in _WITH_BODY for name, _value in scope["headers"]):
            return b""
        async with asyncio.timeout(LONGEST_SECONDS) as limit:
            try:
                return await self._body(limit, receive)
            finally:
                self._arriving.pop(limit, None)

    async def _body(self, limit: asyncio.Timeout, receive: Receive) -> bytes | None:
        body = bytearray()
        while True:
            self._arriving[limit] = len(body)
            self._make_room()
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Gone
            body += message.get("body", b"")
            if len(body) > self._largest:
                return None
            if not message.get("more_body"):
                return bytes(body)

    def _make_room(self) -> None:
        while len(self._arriving) > MOST_ARRIVING or sum(self._arriving.values()) > MOST_BYTES:
            oldest = next(iter(self._arriving))
            del self._arriving[oldest]
            oldest.reschedule(asyncio.get_running_loop().time())

    def _ask(self, environ: dict[str, Any]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> Any:
            begun.append((status, headers))

        parts: Iterable[bytes] = self._app(environ, start_response)
        try:
            content = b"".join(parts)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        status, headers = begun[-1]
        return int(status[:3]), [(name.lower().encode(), value.encode("latin-1")) for name, value in headers], content


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], content: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _environ(scope: dict[str, Any], body: bytes | None, largest: int) -> dict[str, Any]:
    """Return what the pages are asked; of a body that is too large they are told the size alone, and refuse it."""
    server, client = scope.get("server") or ("", None), scope.get("client")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or ""),
        **({"REMOTE_ADDR": client[0]} if client else {}),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body or b""),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        key, said = key if key in _OF_THEIR_OWN else f"HTTP_{key}", value.decode("latin-1")
        joint = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{joint}{said}" if key in environ else said
    # It has arrived, however it was cut into pieces.
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ["CONTENT_LENGTH"] = str(largest + 1 if body is None else len(body))
    return environ
