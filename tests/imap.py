"""A real IMAP server on this machine (pymap), plain or behind TLS."""

import imaplib
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.browsing import free_port

USER, PASSWORD = "bounce.user", "open sesame"


@contextmanager
def imap_server() -> Iterator[int]:
    """Run the server until the end; gives its port. It knows one user, whose mailbox is empty."""
    port = free_port()
    command = [Path(sys.executable).parent / "pymap", "--host", "127.0.0.1", "--port", port, "--no-tls", "dict"]
    process = subprocess.Popen(
        [*command, "--demo-user", USER, "--demo-password", PASSWORD],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(int(port))
        yield int(port)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def encrypted(port: int, context: ssl.SSLContext) -> Iterator[int]:
    """Put TLS in front of a server; gives the port to call instead."""
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=_accept, args=(listener, port, context), daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@contextmanager
def signed_in(port: int) -> Iterator[imaplib.IMAP4]:
    server = imaplib.IMAP4("127.0.0.1", port, timeout=20)
    server.login(USER, PASSWORD)
    server.select("INBOX")
    yield server
    server.logout()


def put(port: int, *mails: bytes) -> None:
    with signed_in(port) as server:
        for mail in mails:
            server.append("INBOX", "", imaplib.Time2Internaldate(0), mail)


def count(port: int) -> int:
    with signed_in(port) as server:
        return len(server.search(None, "ALL")[1][0].split())


def _wait_for(port: int) -> None:
    for _turn in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError("the IMAP server did not start")


def _accept(listener: socket.socket, port: int, context: ssl.SSLContext) -> None:
    with suppress(OSError):
        while True:
            raw, _address = listener.accept()
            with suppress(OSError), context.wrap_socket(raw, server_side=True) as client:
                _pipe(client, port)


def _pipe(client: ssl.SSLSocket, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as server:
        back = threading.Thread(target=_copy, args=(server, client), daemon=True)
        back.start()
        _copy(client, server)
        back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
