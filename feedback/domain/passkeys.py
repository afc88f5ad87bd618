"""Passkeys: which address they belong to, as the settings name it whatever a request says, and what is known of one."""

import enum
import hashlib
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from feedback.domain.hosts import as_requested

_STANDARD_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class PasskeySite:
    """Where passkeys are made and used: `domain` is what they belong to, `origin` the page's, as browsers write it."""

    domain: str
    origin: str


class SignedFor(enum.StrEnum):
    """What a device is asked to sign for."""

    SIGN_IN = "sign in"
    MAKE = "make a passkey"
    ALLOW_MAKING = "allow that a passkey is made"
    ALLOW_REMOVING = "allow that a passkey is removed"
    ALLOW_KEY = "allow that a key for a program is made"
    ALLOW_HOOK = "allow that another system is told what happens"


@dataclass(frozen=True)
class Owner:
    """For whom a device is to make a passkey: random bytes for the device, and two lines that it shows to its owner."""

    handle: bytes
    address: str
    name: str


@dataclass(frozen=True)
class NewKey:
    """A passkey that a device has made: its number there, its public half, and how far the device has counted."""

    credential: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True)
class Claim:
    """Which passkey an answer says that it was signed with, and whose; nothing of it was checked."""

    credential: bytes
    handle: bytes | None


def challenge_for(drawn: bytes, purpose: SignedFor, number: int = 0) -> bytes:
    """Return the bytes that a device signs: of what was `drawn`, for one purpose and the passkey that it is about.

    So no signature that was given for one purpose is of use for another.
    """
    return hashlib.sha256(b"feedback passkey\0" + drawn + f"{purpose}\0{number}".encode()).digest()


def passkey_site(base_url: str) -> PasskeySite | None:
    """Return the site of a service at `base_url`; None where browsers make no passkeys.

    They make them for names reached through TLS, and for "localhost"; never for a network address such as 127.0.0.1.
    """
    parts = urlsplit(base_url)
    name = as_requested(parts.hostname or "")
    if not name or _is_number(name) or (parts.scheme != "https" and name != "localhost"):
        return None
    port = "" if parts.port in {None, _STANDARD_PORTS.get(parts.scheme)} else f":{parts.port}"
    return PasskeySite(name, f"{parts.scheme}://{name}{port}")


def _is_number(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
