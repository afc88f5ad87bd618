"""What a provider may send, and what is taken of it: nothing that is not as it must be. One table of bad answers."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc.jwk import KeySet, OctKey, RSAKey

from feedback.domain.errors import ProviderAway, ProviderRefused
from feedback.domain.providers import Arrival, Client, Identity, Return
from feedback.guarded_calls import GuardedCaller
from feedback.services.staff import provider_desk
from feedback.services.staff.provider_desk import ProviderDesk
from feedback.services.staff.provider_gate import ProviderGate
from tests.providers import ALGORITHMS, CLIENT, Provider, back_in, provider

AT_ONCE = 3
"""Of the eight threads of a process."""
BACK = "https://feedback.example.com/staff/sign-in/provider/1/back"


@pytest.fixture
def found() -> Iterator[Provider]:
    with provider() as running:
        yield running


def desk_for(*found: Provider, gate: ProviderGate | None = None) -> ProviderDesk:
    return ProviderDesk(GuardedCaller(frozenset(("127.0.0.1", one.port) for one in found)), gate)


def client_at(found: Provider) -> Client:
    return Client(found.issuer, CLIENT["client_id"], CLIENT["secret"], BACK)


def arrive(desk: ProviderDesk, found: Provider) -> Arrival:
    client = client_at(found)
    departure = desk.depart(client, 1)
    brought = back_in(found.visit(departure.address))
    back = Return(brought["code"], brought["state"], brought.get("iss"))
    return desk.arrive(client, departure.journey, back, now=datetime.now(UTC))


BAD_TOKENS: dict[str, Callable[[Provider], Any]] = {
    "another issuer": lambda one: one.claims.update(iss="https://other.example"),
    "no issuer": lambda one: one.claims.update(iss=None),
    "another audience": lambda one: one.claims.update(aud="somebody-else"),
    "another audience beside our number": lambda one: one.claims.update(aud="somebody-else", azp="feedback"),
    "no audience": lambda one: one.claims.update(aud=None),
    "two audiences and no party": lambda one: one.claims.update(aud=["feedback", "other"]),
    "another party": lambda one: one.claims.update(azp="somebody-else"),
    "over": lambda one: one.claims.update(exp=1),
    "over for a minute": lambda one: one.claims.update(exp=int(time.time()) - 60),
    "without an end": lambda one: one.claims.update(exp=None),
    "an end that is no number": lambda one: one.claims.update(exp="tomorrow"),
    "an end beyond all time": lambda one: one.claims.update(auth_time=1e308),
    "signed in in the future": lambda one: one.claims.update(auth_time=int(time.time()) + 3600),
    "without a subject": lambda one: one.claims.update(sub=None),
    "an empty subject": lambda one: one.claims.update(sub=""),
    "a subject that is no text": lambda one: one.claims.update(sub=7),
    "a subject without an end": lambda one: one.claims.update(sub="x" * 256),
    "another nonce": lambda one: one.claims.update(nonce="another"),
    "no nonce": lambda one: one.claims.update(nonce=None),
    "another access token": lambda one: one.claims.update(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "made in the future": lambda one: one.claims.update(iat=int(time.time()) + 3600),
    "signed by nobody": lambda one: (
        vars(one).update(alg="none", key=OctKey.import_key("")) if False else _unsigned(one)
    ),
    "signed with our secret": lambda one: vars(one).update(alg="HS256", key=OctKey.import_key(CLIENT["secret"] * 2)),
    "signed by another key": lambda one: vars(one).update(key=RSAKey.generate_key(2048, {"kid": "1"})),
    "signed in too long ago": lambda one: one.claims.update(auth_time=int(time.time()) - 9 * 3600),
    "no token": lambda one: one.token.update(id_token=None),
    "a token that is none": lambda one: one.token.update(id_token="x.y.z"),
    "a token that is a number": lambda one: one.token.update(id_token=7),
    "a provider that names another": lambda one: vars(one).update(names_itself="https://other.example"),
    "a provider that leaves its name out": lambda one: vars(one).update(names_itself=False),
}


def _unsigned(one: Provider) -> None:
    real = one._token

    def token(nonce: str) -> dict[str, Any]:
        found = real(nonce)
        head = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).rstrip(b"=").decode()
        return found | {"id_token": f"{head}.{found['id_token'].split('.')[1]}."}

    one._token = token  # type: ignore[method-assign]


@pytest.mark.parametrize("name", BAD_TOKENS)
def test_what_is_not_as_it_must_be_is_refused_in_a_sentence(found: Provider, name: str) -> None:
    desk = desk_for(found)
    assert arrive(desk, found).identity == Identity(found.issuer, "somebody-1")
    BAD_TOKENS[name](found)
    with pytest.raises(ProviderRefused, match=r"was not accepted|too long ago") as refused:
        arrive(desk, found)
    assert not isinstance(refused.value, ProviderAway)


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_each_algorithm_that_is_taken_is_taken(found: Provider, alg: str) -> None:
    found.alg = alg
    assert arrive(desk_for(found), found).verified_address == "coordinator@example.com"


@pytest.mark.parametrize("offered", [["ES256"], ["none"], [], ["HS256"]])
def test_an_algorithm_that_is_not_offered_is_not_taken(found: Provider, offered: list[str]) -> None:
    """Of an empty list the library takes all that it recommends."""
    found.about["id_token_signing_alg_values_supported"] = offered
    with pytest.raises(ProviderRefused, match="was not accepted"):
        arrive(desk_for(found), found)


def test_a_provider_that_never_names_itself_in_answers_need_not(found: Provider) -> None:
    found.names_itself, found.about["authorization_response_iss_parameter_supported"] = False, None
    assert arrive(desk_for(found), found).identity.subject == "somebody-1"


def test_when_somebody_signed_in_there_may_be_left_out(found: Provider) -> None:
    found.claims["auth_time"] = None
    assert arrive(desk_for(found), found).identity.subject == "somebody-1"


@pytest.mark.parametrize(
    "about",
    [
        {"issuer": "https://other.example"},
        {"issuer": None},
        {"token_endpoint": None},
        {"jwks_uri": 7},
        {"token_endpoint": "http://127.0.0.1:1/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"end_session_endpoint": "javascript:alert(1)"},
        {"end_session_endpoint": "http://127.0.0.1:1/out"},
    ],
)
def test_what_does_not_say_that_it_is_this_provider_is_none(found: Provider, about: dict[str, Any]) -> None:
    found.about.update(about)
    with pytest.raises(ProviderRefused):
        desk_for(found).check(client_at(found))


def test_a_provider_that_is_away_is_a_sentence_and_is_not_asked_for_a_while(found: Provider) -> None:
    seconds = [0.0]
    desk = desk_for(found, gate=ProviderGate(lambda: seconds[0]))
    found.status = 503
    with pytest.raises(ProviderAway, match="does not answer"):
        desk.depart(client_at(found), 1)
    found.status, asked = 200, len(found.asked)
    with pytest.raises(ProviderAway, match="does not answer"):
        desk.depart(client_at(found), 1)
    assert len(found.asked) == asked
    seconds[0] = 31.0
    assert desk.depart(client_at(found), 1)


def test_operators_are_told_once_in_a_while_what_is_wrong_with_a_provider(found: Provider) -> None:
    seconds, said = [0.0], []
    gate = ProviderGate(lambda: seconds[0], report=lambda *what: said.append(what))
    desk, client = desk_for(found, gate=gate), client_at(found)
    journey = desk.depart(client, 1).journey
    found.refuses = "invalid_client"
    for _each in range(3):
        with pytest.raises(ProviderRefused):
            desk.arrive(client, journey, Return("a-code", journey.state, found.issuer), now=datetime.now(UTC))
    found.status = 503
    for at in (0.0, 1.0, 31.0):
        seconds[0] = at
        with pytest.raises(ProviderAway):
            ProviderDesk(GuardedCaller(frozenset({("127.0.0.1", found.port)})), gate).depart(client, 1)
    wrong, faulty = "It refuses the client ID or the secret.", "It answers with an error of its own."
    assert said == [(found.issuer, wrong), (found.issuer, faulty), (found.issuer, faulty)]


def test_operators_are_told_that_a_provider_is_not_there() -> None:
    said: list[tuple[str, str]] = []
    with provider() as gone:
        desk = desk_for(gone, gate=ProviderGate(report=lambda *what: said.append(what)))
    with pytest.raises(ProviderAway):
        desk.depart(client_at(gone), 1)
    assert said == [(gone.issuer, "The server cannot be reached, or not in time (ConnectionRefusedError).")]


def test_what_a_visitor_brings_makes_no_provider_count_as_away(found: Provider) -> None:
    """Otherwise anybody could keep an organisation out, with a code that is none."""
    desk, client = desk_for(found), client_at(found)
    journey = desk.depart(client, 1).journey
    with pytest.raises(ProviderRefused, match="was not accepted"):
        desk.arrive(client, journey, Return("no-code", journey.state, found.issuer), now=datetime.now(UTC))
    assert arrive(desk, found)


def test_slow_providers_never_use_all_threads_up() -> None:
    """Twenty visitors of five providers that do not answer: three wait, the others have their sentence at once."""
    with provider() as one, provider() as two, provider() as three, provider() as four, provider() as good:
        slow, stall = [one, two, three, four], threading.Event()
        for each in slow:
            each.stall = stall
        desk, said = desk_for(*slow, good), []

        def visit(found: Provider) -> None:
            try:
                desk.depart(client_at(found), 1)
            except ProviderAway as away:
                said.append(str(away))

        threads = [threading.Thread(target=visit, args=(slow[number % 4],)) for number in range(20)]
        for thread in threads:
            thread.start()
        limit = time.monotonic() + 30
        while len(said) < 20 - AT_ONCE and time.monotonic() < limit:
            threads[-1].join(0.01)
        assert len(said) == 20 - AT_ONCE
        assert set(said) == {"Too many people are signing in at this moment. Try again in a few seconds."}
        assert sum(len(each.asked) for each in slow) <= AT_ONCE
        assert all(len(each.asked) <= 1 for each in slow)
        stall.set()
        for thread in threads:
            thread.join()
        assert desk.depart(client_at(good), 1)


def test_one_moment_ends_an_exchange(found: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_desk, "SECONDS", 0.2)
    found.stall = threading.Event()
    with pytest.raises(ProviderAway, match="does not answer"):
        desk_for(found).depart(client_at(found), 1)
    found.stall.set()


def test_new_keys_of_a_provider_are_asked_for_once(found: Provider) -> None:
    desk = desk_for(found)
    arrive(desk, found)
    found.key = RSAKey.generate_key(2048, {"kid": "9"})
    found.kid = "9"
    with pytest.raises(ProviderRefused):
        arrive(desk, found)
    assert found.asked.count("/jwks") == 2


@pytest.mark.parametrize(("status", "body"), [(500, {}), (403, [])])
def test_what_is_said_to_a_code_that_a_visitor_made_up_is_no_outage(found: Provider, status: int, body: Any) -> None:
    real = found.answer
    found.answer = lambda path, sent: (status, body) if sent.get("code") == ["made-up"] else real(path, sent)
    desk, client = desk_for(found), client_at(found)
    journey = desk.depart(client, 1).journey
    with pytest.raises(ProviderRefused) as refused:
        desk.arrive(client, journey, Return("made-up", journey.state, found.issuer), now=datetime.now(UTC))
    assert not isinstance(refused.value, ProviderAway)
    assert arrive(desk, found)


@pytest.mark.parametrize(
    "key",
    [
        {"kty": "RSA", "n": "A" * 1000, "e": "AQAB", "d": "A" * 1000},
        {"kty": "RSA", "n": "A" * 100_000, "e": "AQAB"},
        {"kty": "RSA", "n": "A" * 300, "e": "A" * 300},
        {"kty": "oct", "k": "A" * 100},
        "no key at all",
    ],
)
def test_a_key_that_would_take_for_ever_to_read_is_not_read(
    found: Provider, key: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Any] = []
    import_keys = KeySet.import_key_set
    monkeypatch.setattr(KeySet, "import_key_set", lambda keys: read.append(keys) or import_keys(keys))
    real = found.answer

    def with_one_more(path: str, sent: dict[str, list[str]]) -> tuple[int, Any]:
        status, answer = real(path, sent)
        return status, {"keys": [key, *answer["keys"]]} if path == "/jwks" else answer

    found.answer = with_one_more
    assert arrive(desk_for(found), found)
    (keys,) = read
    assert key not in keys["keys"]
    assert len(keys["keys"]) == len(ALGORITHMS) - 1


def test_a_slow_provider_leaves_a_place_for_another() -> None:
    gate, at_it, done = ProviderGate(), threading.Semaphore(0), threading.Event()

    def wait() -> None:
        try:
            with gate.passed("https://slow.example"):
                at_it.release()
                done.wait(60)
        except ProviderAway:
            at_it.release()

    waiting = [threading.Thread(target=wait) for _visitor in range(5)]
    for one in waiting:
        one.start()
    try:
        # One is through, one waits for its turn; the others were told at once that they are too many.
        for _told in range(4):
            assert at_it.acquire(timeout=60)
        with gate.passed("https://quick.example"):
            pass
    finally:
        done.set()
        for one in waiting:
            one.join()


def test_who_comes_back_from_another_journey_is_refused(found: Provider) -> None:
    desk, client = desk_for(found), client_at(found)
    departure = desk.depart(client, 1)
    brought = back_in(found.visit(departure.address))
    for journey, state in (
        (departure.journey, "another"),
        (replace(departure.journey, issuer="https://other.example"), brought["state"]),
    ):
        with pytest.raises(ProviderRefused, match="was not accepted"):
            desk.arrive(client, journey, Return(brought["code"], state, brought.get("iss")), now=datetime.now(UTC))
