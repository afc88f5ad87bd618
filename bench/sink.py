"""A relay that takes everything and keeps nothing but how many mails came, and when the first and the last did."""

import asyncio
import multiprocessing
import multiprocessing.synchronize
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import c_double
from dataclasses import dataclass
from multiprocessing.sharedctypes import SynchronizedArray

_COUNT, _FIRST, _LAST, _PORT = range(4)


class _Visit(asyncio.Protocol):
    """One conversation: as much of SMTP as smtplib speaks. Each mail takes `pause` seconds, as with real relays."""

    def __init__(self, seen: "SynchronizedArray[float]", pause: float) -> None:
        self._seen, self._pause = seen, pause
        self._buffer, self._in_data = bytearray(), False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._say(b"220 sink")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            mark = b"\r\n.\r\n" if self._in_data else b"\r\n"
            line, found, rest = self._buffer.partition(mark)
            if not found:
                return
            self._buffer = rest
            self._hear(bytes(line[:4]).upper())

    def _hear(self, word: bytes) -> None:
        if self._in_data:
            self._in_data = False
            asyncio.get_running_loop().call_later(self._pause, self._take)
        elif word == b"DATA":
            self._in_data = True
            self._say(b"354 go on")
        else:
            self._say(b"221 bye" if word == b"QUIT" else b"250 ok")

    def _take(self) -> None:
        now = time.monotonic()
        self._seen[_COUNT] += 1
        self._seen[_FIRST] = self._seen[_FIRST] or now
        self._seen[_LAST] = now
        self._say(b"250 taken")

    def _say(self, words: bytes) -> None:
        self._transport.write(words + b"\r\n")  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Sink:
    """A running sink."""

    port: int
    _seen: "SynchronizedArray[float]"

    @property
    def count(self) -> int:
        """How many mails it has taken."""
        return int(self._seen[_COUNT])

    @property
    def rate(self) -> float:
        """Mails a second, from the first to the last."""
        return (self._seen[_COUNT] - 1) / (self._seen[_LAST] - self._seen[_FIRST])

    def forget(self) -> None:
        """Begin to count anew."""
        for place in (_COUNT, _FIRST, _LAST):
            self._seen[place] = 0.0


@contextmanager
def sinking(pause: float = 0.0) -> Iterator[Sink]:
    """Run a sink in a process of its own."""
    context = multiprocessing.get_context("spawn")
    seen, ready = context.Array(c_double, 4), context.Event()
    process = context.Process(target=_run, args=(seen, ready, pause), daemon=True)
    process.start()
    ready.wait()
    yield Sink(int(seen[_PORT]), seen)
    process.terminate()
    process.join()


def _run(seen: "SynchronizedArray[float]", ready: multiprocessing.synchronize.Event, pause: float) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: _Visit(seen, pause), "127.0.0.1", 0)
        seen[_PORT] = server.sockets[0].getsockname()[1]
        ready.set()
        await server.serve_forever()

    asyncio.run(serve())
