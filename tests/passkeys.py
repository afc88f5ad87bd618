"""A device that makes and uses passkeys, in software: with all that an attacker could alter about its answers."""

import hashlib
import json
import secrets
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from flask.testing import FlaskClient
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from werkzeug.test import TestResponse

from tests.world import hidden_value

SITE = "https://feedback.example.com"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
Asked = Mapping[str, Any]


def es256() -> tuple[dict[int, object], Callable[[bytes], bytes]]:
    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_numbers()
    public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
    return public, lambda data: key.sign(data, ec.ECDSA(SHA256()))


def rs256() -> tuple[dict[int, object], Callable[[bytes], bytes]]:
    key = rsa.generate_private_key(65537, 2048)
    modulus = key.public_key().public_numbers().n
    public = {1: 3, 3: -257, -1: modulus.to_bytes(256, "big"), -2: (65537).to_bytes(3, "big")}
    return public, lambda data: key.sign(data, padding.PKCS1v15(), SHA256())


def eddsa() -> tuple[dict[int, object], Callable[[bytes], bytes]]:
    key = ed25519.Ed25519PrivateKey.generate()
    return {1: 1, 3: -8, -1: 6, -2: key.public_key().public_bytes_raw()}, key.sign


def es384() -> tuple[dict[int, object], Callable[[bytes], bytes]]:
    """What this service asks no device for."""
    public, sign = es256()
    return {**public, 3: -35}, sign


@dataclass
class Device:
    """One device with one passkey. What is changed about it changes its next answer."""

    make_key: Callable[[], tuple[dict[int, object], Callable[[bytes], bytes]]] = es256
    origin: str = SITE
    domain: str = "feedback.example.com"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    handle: bytes | None = None
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def __post_init__(self) -> None:
        self.public, self.sign = self.make_key()

    def made(self, asked: Asked) -> str:
        """What a browser answers that was asked to make a passkey."""
        self.handle = base64url_to_bytes(asked["user"]["id"])
        key = cbor2.dumps(self.public)
        attested = bytes(16) + struct.pack(">H", len(self.credential)) + self.credential + key
        data = {"fmt": "none", "attStmt": {}, "authData": self._data(self.flags | ATTESTED) + attested}
        client = self._client("webauthn.create", asked)
        return self._answer(clientDataJSON=client, attestationObject=cbor2.dumps(data))

    def used(self, asked: Asked) -> str:
        """What a browser answers that was asked to use one."""
        self.count += 1
        client, data = self._client("webauthn.get", asked), self._data(self.flags)
        signature = self.sign(data + hashlib.sha256(client).digest())
        handle = {} if self.handle is None else {"userHandle": self.handle}
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature, **handle)

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.domain.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, kind: str, asked: Asked) -> bytes:
        return json.dumps({"type": kind, "challenge": asked["challenge"], "origin": self.origin}).encode()

    def _answer(self, **response: bytes) -> str:
        number = bytes_to_base64url(self.credential)
        shown = {name: bytes_to_base64url(value) for name, value in response.items()}
        return json.dumps({"id": number, "rawId": number, "type": "public-key", "response": shown})


def token(client: FlaskClient, page: str) -> str:
    return hidden_value(client.get(page, base_url=SITE).text, "csrf_token")


def asked(client: FlaskClient, page: str) -> Any:
    """What a page's script is told that a device is to sign."""
    answer = client.post(f"{page}/challenge", data={"csrf_token": token(client, page)}, base_url=SITE)
    assert answer.status_code == 200, answer.text
    return answer.json


def send(client: FlaskClient, page: str, credential: str, **fields: str) -> TestResponse:
    fields |= {"csrf_token": token(client, page), "credential": credential}
    return client.post(page, data=fields, base_url=SITE)


def make(
    client: FlaskClient,
    device: Device,
    page: str = "/staff/passkeys",
    name: str = "Work computer",
    by: Device | None = None,
) -> TestResponse:
    """Make a passkey on a page: one's own, or that of whoever is signed in by half. Confirmed `by` one there is."""
    found = asked(client, page)
    confirmation = {} if by is None else {"confirmation": by.used(found["confirm"])}
    return send(client, page, device.made(found), name=name, **confirmation)


def asked_to_remove(client: FlaskClient, number: int, page: str = "/staff/passkeys") -> Any:
    """What a page's script is told that a device is to sign before a passkey is removed."""
    fields = {"csrf_token": token(client, page), "number": str(number)}
    answer = client.post(f"{page}/remove/challenge", data=fields, base_url=SITE)
    assert answer.status_code == 200, answer.text
    return answer.json


def send_removal(client: FlaskClient, number: int, signed: str, page: str = "/staff/passkeys") -> TestResponse:
    fields = {"csrf_token": token(client, page), "number": str(number), "credential": signed}
    return client.post(f"{page}/remove", data=fields, base_url=SITE)


def remove(client: FlaskClient, number: int, by: Device) -> TestResponse:
    """Remove one of one's own passkeys, confirmed by one of them."""
    return send_removal(client, number, by.used(asked_to_remove(client, number)))


def use(client: FlaskClient, device: Device, page: str = "/staff/sign-in/passkey") -> TestResponse:
    """Use a passkey to sign in, or to go on after the mailed link."""
    return send(client, page, device.used(asked(client, page)))
