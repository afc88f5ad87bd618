"""Talk to providers of OpenID Connect, with Authlib and joserfc: where to send a browser, and who has come back.

Both libraries take more than this service does: what they leave open is refused here. All calls are guarded, and an
exchange ends at one moment, whatever a provider does. Each refusal is a sentence.
"""

import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError, UnsupportedAlgorithmError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from feedback.domain.errors import CallRefused, CallsWait, ProviderAway, ProviderRefused, sentence
from feedback.domain.providers import (
    LONGEST_SUBJECT,
    Arrival,
    Client,
    Departure,
    Identity,
    Journey,
    Return,
    verified_address,
)
from feedback.guarded_calls import GuardedCaller
from feedback.services.staff.begin_sessions import LONGEST
from feedback.services.staff.provider_gate import AWAY, BUSY, FAULTY, ProviderGate

SECONDS = 10.0
"""One exchange takes no longer, from its turn on, looking names up among it."""
KEPT_SECONDS = 600.0
"""For so long it is known what a provider says of itself."""
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
_LEEWAY = 30
_SECRET_BYTES = 32
_SCOPE = "openid email"
_WRONG_CLIENT = "invalid_client"
"""RFC 6749, 5.2."""
_PUBLIC = ("kty", "kid", "use", "alg", "n", "e", "crv", "x", "y")
_SECRET = {"d", "k"}
_LONGEST = {"n": 1400, "e": 12, "x": 200, "y": 200}
"""Characters of the numbers of a key: RSA of up to 8192 bits."""
_MOST_KEYS = 50
_NOT_TAKEN = sentence(
    "The answer of the place where your organisation signs in was not accepted. Try again; if that does not help, tell "
    "whoever looks after it."
)
_NOT_A_PROVIDER = sentence(
    "Nothing at this address says that it is this provider. Write the issuer exactly as the provider writes it."
)
_TOO_OLD = sentence("You signed in there too long ago. Sign out there, sign in anew, and try again.")


@dataclass(frozen=True)
class _KnownProvider:
    """What a provider says of itself, and its keys once they were asked for."""

    about: dict[str, Any]
    keys: dict[str, Any] | None
    until: float


class _Signatures(JWSRegistry):
    """The algorithms that are taken. Of an empty list the library would make its own, and it warns of a good one."""

    def get_alg(self, name: str) -> Any:
        if name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


class _Guarded(BaseAdapter):
    """Lets the library `requests` reach nothing but by a guarded call."""

    def __init__(self, caller: GuardedCaller, until: float) -> None:
        super().__init__()
        self._caller, self._until = caller, until

    def send(self, request: requests.PreparedRequest, *_more: Any, **_options: Any) -> requests.Response:
        body = request.body if isinstance(request.body, str | bytes) else b""
        answer = self._caller.call(
            request.method or "GET",
            request.url or "",
            headers={name: str(value) for name, value in request.headers.items()},
            body=body.encode() if isinstance(body, str) else body,
            until=self._until,
        )
        response = requests.Response()
        response.status_code, response._content = answer.status, answer.body
        response.headers, response.url, response.request = (
            CaseInsensitiveDict(answer.headers),
            request.url or "",
            request,
        )
        return response

    def close(self) -> None:
        """Hold nothing that is to be closed."""


class ProviderDesk:
    """What one process knows of providers for some minutes, and the gate before them."""

    def __init__(self, caller: GuardedCaller, gate: ProviderGate | None = None) -> None:
        """Take how servers are called."""
        self._caller, self._gate = caller, gate or ProviderGate()
        self._known: dict[str, _KnownProvider] = {}
        self._lock = threading.Lock()

    def check(self, client: Client) -> str | None:
        """Raise ProviderRefused unless a provider answers at an issuer's address; return where one signs out there."""
        with self._talking(client.issuer) as until, self._session(client, until) as session:
            self._forget(client.issuer)
            return _end_session(self._about(session, client.issuer))

    def depart(self, client: Client, organisation_id: int) -> Departure:
        """Return where to send a browser to sign in, and what it is to come back with; raise ProviderRefused."""
        state, nonce, verifier = (secrets.token_urlsafe(_SECRET_BYTES) for _each in range(3))
        with self._talking(client.issuer) as until, self._session(client, until) as session:
            about = self._about(session, client.issuer)
            address, _state = session.create_authorization_url(
                about["authorization_endpoint"],
                state=state,
                code_verifier=verifier,
                nonce=nonce,
                max_age=str(int(LONGEST.total_seconds())),
            )
        return Departure(address, Journey(organisation_id, client.issuer, state, nonce, verifier))

    def arrive(self, client: Client, journey: Journey, back: Return, *, now: datetime) -> Arrival:
        """Return who has come back from a provider; raise ProviderRefused for anything that is not as it must be."""
        if not hmac.compare_digest(journey.state.encode(), back.state.encode()) or journey.issuer != client.issuer:
            raise ProviderRefused(_NOT_TAKEN)
        with self._talking(client.issuer) as until, self._session(client, until) as session:
            about = self._about(session, client.issuer)
            _check_sender(about, client.issuer, back.issuer)
            token = _fetch_token(session, client, about["token_endpoint"], back.code, journey.verifier)
            claims = self._claims(session, client, about, token, journey.nonce, now)
        return Arrival(Identity(client.issuer, _subject(claims)), verified_address(claims))

    @contextmanager
    def _talking(self, issuer: str) -> Iterator[float]:
        """Give the moment at which an exchange ends; turn whatever goes wrong into a sentence."""
        with self._gate.passed(issuer):
            try:
                yield time.monotonic() + SECONDS
            except CallsWait as busy:
                raise ProviderAway(BUSY) from busy
            except (CallRefused, requests.RequestException) as failed:
                raise ProviderAway(AWAY) from failed
            except ProviderRefused as refused:
                if isinstance(refused.__cause__, requests.HTTPError):
                    self._gate.report(issuer, FAULTY)
                raise
            except (AuthlibBaseError, JoseError) as refused:
                if refused.error == _WRONG_CLIENT:
                    self._gate.report(issuer, "It refuses the client ID or the secret.")
                raise ProviderRefused(_NOT_TAKEN) from refused
            # A provider sends what it likes, and the libraries that read it name no end of what they raise for that.
            except Exception as broken:
                raise ProviderRefused(_NOT_TAKEN) from broken

    @contextmanager
    def _session(self, client: Client, until: float) -> Iterator[Any]:
        session = OAuth2Session(
            client.client_id,
            client.secret,
            scope=_SCOPE,
            redirect_uri=client.redirect_uri,
            code_challenge_method="S256",
            token_endpoint_auth_method=self._auth_method(client.issuer),
        )
        # Neither a proxy nor a password file of whoever runs this.
        session.trust_env = False
        session.adapters.clear()
        session.mount("http://", _Guarded(self._caller, until))
        session.mount("https://", _Guarded(self._caller, until))
        with session:
            yield session

    def _auth_method(self, issuer: str) -> str:
        with self._lock:
            known = self._known.get(issuer)
        methods = known.about.get("token_endpoint_auth_methods_supported") if known else None
        is_post = isinstance(methods, list) and "client_secret_basic" not in methods
        return "client_secret_post" if is_post else "client_secret_basic"

    def _about(self, session: Any, issuer: str) -> dict[str, Any]:
        with self._lock:
            known = self._known.get(issuer)
        if known is None or known.until <= time.monotonic():
            about = _read(session, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            self._check_about(about, issuer)
            known = _KnownProvider(about, None, time.monotonic() + KEPT_SECONDS)
            self._keep(issuer, known)
            session.token_endpoint_auth_method = self._auth_method(issuer)
        return known.about

    def _check_about(self, about: dict[str, Any], issuer: str) -> None:
        if about.get("issuer") != issuer:
            raise ProviderRefused(_NOT_A_PROVIDER)
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            address = about.get(name)
            if not isinstance(address, str):
                raise ProviderRefused(_NOT_A_PROVIDER)
            self._caller.check(address)
        if _end_session(about):
            self._caller.check(about["end_session_endpoint"])

    def _claims(
        self, session: Any, client: Client, about: dict[str, Any], token: dict[str, Any], nonce: str, now: datetime
    ) -> dict[str, Any]:
        sent = token.get("id_token")
        if not isinstance(sent, str):
            raise ProviderRefused(_NOT_TAKEN)
        offered = about.get("id_token_signing_alg_values_supported", ["RS256"])
        registry = _Signatures(algorithms=[one for one in ALGORITHMS if one in offered], strict_check_header=False)
        try:
            found = jwt.decode(sent, self._keys(session, client.issuer, about), registry=registry)
        except InvalidKeyIdError:
            # It has new keys.
            found = jwt.decode(sent, self._keys(session, client.issuer, about, anew=True), registry=registry)
        expected = {
            "iss": {"essential": True, "value": client.issuer},
            "aud": {"essential": True, "value": client.client_id},
            "sub": {"essential": True},
            "nonce": {"essential": True, "value": nonce},
        }
        params = {"nonce": nonce, "client_id": client.client_id, "access_token": token.get("access_token")}
        claims = CodeIDToken(found.claims, found.header, expected, params)
        claims.validate(now=int(now.timestamp()), leeway=_LEEWAY)
        _check_fresh(claims, now)
        return dict(claims)

    def _keys(self, session: Any, issuer: str, about: dict[str, Any], *, anew: bool = False) -> KeySet:
        with self._lock:
            known = self._known.get(issuer)
        keys = known.keys if known else None
        if keys is None or anew:
            keys = _read(session, about["jwks_uri"])
            self._keep(issuer, _KnownProvider(about, keys, known.until if known else 0.0))
        return _imported(keys)

    def _keep(self, issuer: str, known: _KnownProvider) -> None:
        now = time.monotonic()
        with self._lock:
            self._known = {name: one for name, one in self._known.items() if one.until > now} | {issuer: known}

    def _forget(self, issuer: str) -> None:
        with self._lock:
            self._known.pop(issuer, None)


# Whatever a visitor may have made up as a code, what is said to it is no outage; that nobody answers is one.
def _fetch_token(session: Any, client: Client, address: str, code: str, verifier: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = session.fetch_token(
            address,
            grant_type="authorization_code",
            code=code,
            redirect_uri=client.redirect_uri,
            code_verifier=verifier,
        )
    except requests.HTTPError as refused:
        raise ProviderRefused(_NOT_TAKEN) from refused
    except CallRefused as refused:
        if isinstance(refused, CallsWait) or isinstance(refused.__cause__, ConnectionRefusedError | TimeoutError):
            raise
        raise ProviderRefused(_NOT_TAKEN) from refused
    return found


# Some keys take days to read: a private half without its primes, or a number of a million digits.
def _imported(sent: dict[str, Any]) -> KeySet:
    found = sent.get("keys")
    keys = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    public = [{name: one[name] for name in _PUBLIC if name in one} for one in keys if not _SECRET & one.keys()]
    usable = [one for one in public if all(len(str(one.get(name, ""))) <= most for name, most in _LONGEST.items())]
    return KeySet.import_key_set({"keys": usable[:_MOST_KEYS]})


def _read(session: Any, address: str) -> dict[str, Any]:
    answer = session.request("GET", address, withhold_token=True, allow_redirects=False)
    if answer.status_code >= 500:
        raise ProviderAway(AWAY)
    if answer.status_code != 200:
        raise ProviderRefused(_NOT_A_PROVIDER)
    try:
        found = json.loads(answer.content)
    except (ValueError, RecursionError):
        raise ProviderRefused(_NOT_A_PROVIDER) from None
    if not isinstance(found, dict):
        raise ProviderRefused(_NOT_A_PROVIDER)
    return found


# RFC 9207: whoever sends people back with another one's answer has mixed up two providers.
def _check_sender(about: dict[str, Any], issuer: str, named: str | None) -> None:
    must_name = about.get("authorization_response_iss_parameter_supported") is True
    if named != issuer and (named is not None or must_name):
        raise ProviderRefused(_NOT_TAKEN)


# Some providers leave it out; then how long somebody is signed in there is their own affair.
def _check_fresh(claims: dict[str, Any], now: datetime) -> None:
    at = claims.get("auth_time")
    if at is None:
        return
    ago = timedelta(seconds=now.timestamp() - float(at))
    if ago < -timedelta(seconds=_LEEWAY):
        raise ProviderRefused(_NOT_TAKEN)
    if ago > LONGEST + timedelta(seconds=_LEEWAY):
        raise ProviderRefused(_TOO_OLD)


def _subject(claims: dict[str, Any]) -> str:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise ProviderRefused(_NOT_TAKEN)
    return subject


def _end_session(about: dict[str, Any]) -> str | None:
    found = about.get("end_session_endpoint")
    return found if isinstance(found, str) and len(found) <= 500 else None
