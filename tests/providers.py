"""A provider of OpenID Connect on the loopback, with all that a bad one could alter; and what staff do with it."""

import base64
import hashlib
import json
import secrets
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from sqlalchemy import select
from werkzeug.test import TestResponse

from feedback.domain.staff import StaffRole
from feedback.guarded_calls import GuardedCaller
from feedback.runtime import log_of_provider
from feedback.services.staff.provider_desk import ProviderDesk
from feedback.services.staff.provider_gate import ProviderGate
from feedback.services.staff.sign_in import issue_link
from feedback.storage.staff import StaffMember
from tests.web.test_staff_pages import SITE, press, signed_in
from tests.world import World, hidden_value

SETTINGS = "/staff/organisation/provider"
SIGN_IN = "/staff/sign-in"
CLIENT = {"client_id": "feedback", "secret": "a-secret-of-the-client"}
_KEYS = {
    "RS256": RSAKey.generate_key(2048, {"kid": "1"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "2"}),
    "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "3"}),
}
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]


def key_for(alg: str) -> Any:
    return _KEYS["RS256" if alg == "PS256" else alg]


@dataclass
class Provider:
    """What it says of itself and of whoever comes. `claims` and `about` are changes, None takes away."""

    issuer: str = ""
    subject: str = "somebody-1"
    email: object = "coordinator@example.com"
    email_verified: object = True
    claims: dict[str, Any] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    alg: str = "RS256"
    key: Any = None
    kid: str | None = None
    token: dict[str, Any] = field(default_factory=dict)
    names_itself: object = True
    status: int = 200
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    stall: threading.Event | None = None
    refuses: str | None = None

    @property
    def port(self) -> int:
        return urlsplit(self.issuer).port or 0

    def visit(self, address: str) -> str:
        """What somebody does who signs in there: the address to which they are sent back."""
        asked = dict(parse_qsl(urlsplit(address).query))
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"]}
        named = self.issuer if self.names_itself is True else self.names_itself
        return f"{asked['redirect_uri']}?{urlencode(back | ({'iss': str(named)} if named else {}))}"

    def answer(self, path: str, body: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        self.asked.append(path)
        if self.stall is not None:
            self.stall.wait(20)
        if self.status != 200:
            return self.status, {}
        if path.endswith("openid-configuration"):
            return 200, _changed(self._about(), self.about)
        if path == "/jwks":
            return 200, {"keys": [key.as_dict(private=False) for key in _KEYS.values()]}
        if self.refuses:
            return 401, {"error": self.refuses, "error_description": "of somebody@example.com"}
        asked = self.codes.pop(body.get("code", [""])[0], None)
        verifier = body.get("code_verifier", [""])[0]
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["code_challenge_method"] != "S256":
            return 400, {"error": "invalid_grant"}
        return 200, _changed(self._token(asked["nonce"]), self.token)

    def _about(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/out",
            "id_token_signing_alg_values_supported": [*ALGORITHMS, "none", "HS256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def _token(self, nonce: str) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT["client_id"],
            "nonce": nonce,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "at_hash": _half("an-access-token", self.alg),
            "email": self.email,
            "email_verified": self.email_verified,
        }
        header = {"alg": self.alg} | ({"kid": self.kid or key_for(self.alg).kid} if self.alg in ALGORITHMS else {})
        registry = JWSRegistry(algorithms=[*ALGORITHMS, "none", "HS256"])
        key = self.key or key_for(self.alg)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SecurityWarning)
            signed = jwt.encode(header, _changed(claims, self.claims), key, registry=registry)
        return {"access_token": "an-access-token", "token_type": "Bearer", "id_token": signed}


def _half(text: str, alg: str) -> str:
    digest = (hashlib.sha512 if alg == "EdDSA" else hashlib.sha256)(text.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def _changed(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (values | changes).items() if value is not None}


@contextmanager
def provider(**changes: Any) -> Iterator[Provider]:
    """A provider that is there."""
    found = Provider(**changes)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            status, said = found.answer(self.path, parse_qs(self.rfile.read(length).decode()))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        do_POST = do_GET  # noqa: N815  (as its base class looks for it)

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    found.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


def allow(world: World, *found: Provider) -> None:
    """Let the service call these, as whoever runs it would."""
    caller = GuardedCaller(frozenset(("127.0.0.1", one.port) for one in found))
    desk = ProviderDesk(caller, ProviderGate(report=log_of_provider))
    for app in {world.bare, getattr(world, "desk", world.bare)}:
        app.extensions["feedback"] = replace(app.extensions["feedback"], desk_of_providers=lambda: desk)


def configure(client: FlaskClient, found: Provider, **changes: str) -> TestResponse:
    """Say as an administrator where people sign in."""
    return press(client, SETTINGS, SETTINGS, **{"issuer": found.issuer, **CLIENT, **changes})


def with_provider(world: World, found: Provider) -> FlaskClient:
    """An administrator whose organisation signs in there."""
    allow(world, found)
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    assert configure(client, found).status_code == 303
    return client


def leave(client: FlaskClient, page: str = SIGN_IN, organisation: int = 1) -> str:
    """Begin to sign in there: the address to which the browser is sent."""
    token = hidden_value(client.get(page, base_url=SITE).text, "csrf_token")
    answer = client.post(f"/staff/sign-in/provider/{organisation}", data={"csrf_token": token}, base_url=SITE)
    assert answer.status_code == 200, answer.text
    return answer.headers["Refresh"].removeprefix("0; url=")


def back_in(address: str) -> dict[str, str]:
    """What a browser brings back, by its address."""
    return dict(parse_qsl(urlsplit(address).query))


def come_back(client: FlaskClient, address: str) -> TestResponse:
    return client.get(address.removeprefix(SITE), base_url=SITE)


def by_provider(client: FlaskClient, found: Provider, page: str = SIGN_IN) -> TestResponse:
    """Sign in there, and come back."""
    return come_back(client, found.visit(leave(client, page)))


def go_on(client: FlaskClient, answer: TestResponse) -> TestResponse:
    """Press the button of a page on which somebody goes on."""
    token = hidden_value(answer.text, "csrf_token")
    return client.post("/staff/sign-in/provider/go-on", data={"csrf_token": token}, base_url=SITE)


def by_link(world: World, email: str = "coordinator@example.com") -> FlaskClient:
    """Whoever reads the email to an account's address, in a browser of their own, with a link that anybody asks for."""
    client = world.client()
    with world.session() as session:
        number = session.scalars(select(StaffMember.id).where(StaffMember.email == email)).one()
        token = issue_link(session, number, expires_at=world.clock() + timedelta(minutes=15))
        session.commit()
    page = f"/staff/sign-in/{token}"
    assert press(client, page, page).status_code == 303
    return client


def connected(world: World, found: Provider, role: StaffRole = StaffRole.COORDINATOR) -> FlaskClient:
    """Somebody who was signed in by a link and has connected their account, and is signed in by the provider now."""
    client = signed_in(world, role)
    assert go_on(client, by_provider(client, found, "/staff/signed-in")).status_code == 303
    return client
