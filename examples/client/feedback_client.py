"""A client for `/api/v1` in the standard library alone, to be copied and changed. docs/api.md says what it asks.

client = FeedbackClient("https://feedback.example.org", os.environ["KEY"])
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

Json = dict[str, Any]


class Refused(Exception):
    """What the service refuses: `status`, its sentence, and `errors` with the place of each."""

    def __init__(self, status: int, said: Json) -> None:
        super().__init__(f"{status}: {said.get('detail', '')}")
        self.status, self.errors = status, said.get("errors", [])


class _NoRedirect(HTTPRedirectHandler):
    """A key is shown to nobody but the service."""

    def redirect_request(self, *_about: Any) -> None:
        return None


@dataclass
class FeedbackClient:
    """Asks one service with one key. `kept` holds what was answered, with its tag, so that it is not sent again."""

    site: str
    key: str = field(repr=False)
    kept: dict[str, tuple[str, bytes]] = field(default_factory=dict, repr=False)

    def programmes(self) -> Iterator[Json]:
        """Yield every programme that the key sees."""
        return self._pages("/programmes")

    def waves(self, programme: int) -> Iterator[Json]:
        """Yield the waves of a programme."""
        return self._pages(f"/programmes/{programme}/waves")

    def wave(self, wave: int) -> Json:
        """Return where a wave stands."""
        return self._json("GET", f"/waves/{wave}")

    def put_in(self, programme: int, people: Sequence[Mapping[str, str]], **more: Any) -> Json:
        """Put people in; `dry_run`, `sure`, `rejoin` and `seen` are as docs/api.md says."""
        return self._json("POST", f"/programmes/{programme}/roster", {"people": list(people), **more})

    def plan(self, programme: int, **about: Any) -> Json:
        """Plan a wave: `stage`, `closes_at`, and more."""
        return self._json("POST", f"/programmes/{programme}/waves", about)

    def preview(self, programme: int, **about: Any) -> Json:
        """Return what a plan comes to."""
        return self._json("POST", f"/programmes/{programme}/waves/preview", about)

    def open(self, wave: int) -> Json:
        """Open a wave as it stands now."""
        return self._decide(wave, "open")

    def cancel(self, wave: int) -> Json:
        """Cancel a wave as it stands now."""
        return self._decide(wave, "cancel")

    def report(self, wave: int, form: str = "json") -> bytes:
        """Return the published report in one of its forms; 404 before there is one."""
        return self.ask("GET", f"/waves/{wave}/report?{urlencode({'format': form})}")

    def ask(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> bytes:
        """Return what is answered; raise Refused."""
        tag, known = self.kept.get(path, ("", b""))
        sent = {"Authorization": f"Bearer {self.key}", **(headers or {})}
        sent |= {"If-None-Match": tag} if tag and method == "GET" else {}
        sent |= {"Content-Type": "application/json"} if body is not None else {}
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.site}/api/v1{path}", data, sent, method=method)
        try:
            with build_opener(_NoRedirect).open(request, timeout=60) as answer:
                content: bytes = answer.read()
                if method == "GET":
                    self.kept[path] = (answer.headers["ETag"], content)
                return content
        except HTTPError as refused:
            if refused.code == 304:
                return known
            is_problem = refused.headers.get_content_type() == "application/problem+json"
            raise Refused(refused.code, json.load(refused) if is_problem else {}) from None

    def _json(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Json:
        found: Json = json.loads(self.ask(method, path, body, headers))
        return found

    def _decide(self, wave: int, what: str) -> Json:
        self.wave(wave)
        return self._json("POST", f"/waves/{wave}/{what}", headers={"If-Match": self.kept[f"/waves/{wave}"][0]})

    def _pages(self, path: str) -> Iterator[Json]:
        page, pages = 1, 1
        while page <= pages:
            found = self._json("GET", f"{path}?page={page}&per_page=100")
            pages, page = found["pages"], page + 1
            yield from found["items"]
