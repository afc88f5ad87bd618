"""Receivers of web hooks that never answer: while the worker waits for them, emails go out and surveys close."""

import socket
from dataclasses import replace

import pytest

from feedback.services.hooks import send_hooks
from feedback.services.hooks.manage_hooks import try_hook
from feedback.worker.worker import CONCURRENCY, Worker, worker_context
from tests.answering import respond
from tests.hooks import Receiver, add, administrator
from tests.worker.test_worker import PATIENCE, all_accepted, has_report, until, working
from tests.world import World


def test_receivers_that_never_answer_delay_no_email_and_no_close(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send_hooks, "LONGEST_ANSWER_SECONDS", 2 * PATIENCE)
    wave, other = world.open_new_wave(days=1), world.open_new_wave(days=9)
    respond(world, world.links(wave)[:20])
    with socket.create_server(("127.0.0.1", 0)) as slow:
        slow.settimeout(PATIENCE)
        port = slow.getsockname()[1]
        for _slot in range(CONCURRENCY):
            hook, _secret = add(world, Receiver(port=port))
            with world.session() as session:
                try_hook(session, administrator(), hook, now=world.clock())
        settings = replace(world.tools.settings, inside_hosts=frozenset({("127.0.0.1", port)}))
        with working(Worker(replace(worker_context(world.app), settings=settings))):
            callers = [slow.accept()[0] for _slot in range(CONCURRENCY)]
            world.clock.pass_time(days=1)
            until(lambda: has_report(world, wave) and all_accepted(world, other))
            assert all(map(is_waited_for, callers))
            for connection in (slow, *callers):
                connection.close()


def is_waited_for(caller: socket.socket) -> bool:
    """Tell whether somebody still holds a connection open: what they sent can be read, and then there is no end."""
    caller.setblocking(False)  # noqa: FBT003  # the library's own way
    try:
        while caller.recv(4096):
            pass
    except BlockingIOError:
        return True
    return False
