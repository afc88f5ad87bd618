"""The public key with which an organisation signs its reports, found by its name in an address."""

from dataclasses import dataclass

from sqlalchemy import Connection

from feedback.domain.errors import NotFound, sentence
from feedback.domain.report.report import key_name
from feedback.storage.organisations import signing_keys


@dataclass(frozen=True)
class SigningKey:
    """An organisation and its Ed25519 public key, 32 bytes."""

    organisation: str
    public_key: bytes


def key_address(base_url: str, public_key: bytes) -> str:
    """Return the address of the page that shows a key."""
    return f"{base_url}/keys/{key_name(public_key)}"


def show_key(connection: Connection, name: str) -> SigningKey:
    """Return the key of that `key_name`, or raise NotFound: whoever asks has it already, and so learns of no other."""
    for organisation, public_key in signing_keys(connection):
        if key_name(public_key) == name:
            return SigningKey(organisation, public_key)
    raise NotFound(sentence("No organisation here signs reports with this key."))
