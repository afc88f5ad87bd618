"""A request is taken whole before a page works on it, for so long and no longer; pages see what they see elsewhere."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from wsgiref.validate import validator

import pytest
from flask import Flask, request

from feedback.web import front
from feedback.web.front import Front

LARGEST = 100
Messages = list[dict[str, Any]]


def pages() -> Flask:
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST

    @app.route("/told/<path:name>", methods=["GET", "POST", "HEAD"])
    def told(name: str) -> dict[str, Any]:
        return {
            "name": name,
            "query": request.query_string.decode(),
            "fields": request.form.to_dict(),
            "host": request.host,
            "cookies": request.cookies,
            "scheme": request.scheme,
            "languages": request.headers.get("Accept-Language"),
            "address": request.remote_addr,
        }

    return app


@pytest.fixture
def whole() -> Front:
    # The standard library's own check of what an application is asked and how it answers.
    return Front(validator(pages().wsgi_app), threads=2, largest=LARGEST)


def asked(path: str = "/told/x", method: str = "GET", **headers: str) -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "raw_path": path.encode(),
        "query_string": b"a=%C3%A9",
        "http_version": "1.1",
        "scheme": "http",
        "server": ("127.0.0.1", "8001"),
        "client": ("192.0.2.7", "4711"),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }


def run(answering: Coroutine[Any, Any, Any]) -> Any:
    """Run it on a thread of its own: on this one a test in a browser may have left a loop that runs."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, answering).result()


async def ask(whole: Front, scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]]) -> Messages:
    answered: Messages = []

    async def send(message: dict[str, Any]) -> None:
        answered.append(message)

    await whole(scope, receive, send)
    return answered


def saying(*parts: bytes) -> Callable[[], Awaitable[dict[str, Any]]]:
    """A visitor who sends these parts, and hangs up after the last one if it is empty."""
    left = list(parts)

    async def receive() -> dict[str, Any]:
        if not left:
            return {"type": "http.disconnect"}
        part = left.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(left) or part == b"..."}

    return receive


async def say_nothing() -> dict[str, Any]:
    await asyncio.Event().wait()
    return {}


def test_pages_see_address_query_cookies_and_host(whole: Front) -> None:
    scope = asked("/told/%C3%A9%2Fx", host="feedback.example.com", cookie="a=1", accept_language="cy")
    scope["headers"].append((b"cookie", b"b=2"))
    start, body = run(ask(whole, scope, saying()))
    assert (start["status"], dict(start["headers"])[b"content-type"]) == (200, b"application/json")
    told = Flask(__name__).json.loads(body["body"])
    assert told == {
        "name": "\u00e9/x",
        "query": "a=%C3%A9",
        "fields": {},
        "host": "feedback.example.com",
        "cookies": {"a": "1", "b": "2"},
        "scheme": "http",
        "languages": "cy",
        "address": "192.0.2.7",
    }


@pytest.mark.parametrize("length", [{"content_length": "9"}, {"transfer_encoding": "chunked"}])
def test_a_form_in_pieces_arrives_whole(whole: Front, length: dict[str, str]) -> None:
    scope = asked(method="POST", host="a", content_type="application/x-www-form-urlencoded", **length)
    _start, body = run(ask(whole, scope, saying(b"a=1", b"&b=", b"two")))
    assert Flask(__name__).json.loads(body["body"])["fields"] == {"a": "1", "b": "two"}


def test_what_is_larger_than_any_page_takes_is_refused_by_the_page(whole: Front) -> None:
    scope = asked(
        method="POST", host="a", content_type="application/x-www-form-urlencoded", transfer_encoding="chunked"
    )
    start, _body = run(ask(whole, scope, saying(b"a=" + b"1" * LARGEST, b"...")))
    assert start["status"] == 413


def test_whoever_hangs_up_is_asked_nothing_more(whole: Front) -> None:
    scope = asked(method="POST", host="a", content_length="9")
    assert run(ask(whole, scope, saying(b"..."))) == []


def test_whoever_takes_too_long_is_told_so_and_let_go(whole: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "LONGEST_SECONDS", 0.01)
    start, body = run(ask(whole, asked(method="POST", host="a", content_length="9"), say_nothing))
    assert (start["status"], dict(start["headers"])[b"connection"]) == (408, b"close")
    assert body["body"] == b"The request took too long to arrive.\n"


@pytest.mark.parametrize(("bound", "most"), [("MOST_ARRIVING", 2), ("MOST_BYTES", 5)])
def test_the_slowest_makes_room_where_too_many_are_slow(
    whole: Front, monkeypatch: pytest.MonkeyPatch, bound: str, most: int
) -> None:
    monkeypatch.setattr(front, bound, most)

    def begun() -> Callable[[], Awaitable[dict[str, Any]]]:
        parts = [b"a=1"]

        async def receive() -> dict[str, Any]:
            if parts:
                return {"type": "http.request", "body": parts.pop(), "more_body": True}
            return await say_nothing()

        return receive

    async def three() -> tuple[Messages, int]:
        scope = asked(method="POST", host="a", content_length="9")
        slow = [asyncio.ensure_future(ask(whole, scope, begun())) for _visitor in range(3)]
        done, waiting = await asyncio.wait(slow, return_when=asyncio.FIRST_COMPLETED)
        for one in waiting:
            one.cancel()
        return (slow[0].result() if slow[0] in done else [], len(done))

    first, made_way = run(three())
    assert made_way in {1, 2}
    assert first[0]["status"] == 408


def test_pages_work_on_threads_and_no_slow_page_keeps_another() -> None:
    both = threading.Barrier(2, timeout=60)

    def page(_environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        both.wait()
        start_response("204 No Content", [])
        return []

    async def two() -> list[Messages]:
        whole = Front(page, threads=2, largest=LARGEST)
        return list(await asyncio.gather(*(ask(whole, asked(host="a"), saying()) for _visitor in range(2))))

    assert [answered[0]["status"] for answered in run(two())] == [204, 204]
