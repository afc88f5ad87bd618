"""Sealing: responses and comments to a wave's public keys, half-finished answers into the page.

A sealed value is `version (1 byte) ‖ key id (8 bytes) ‖ HPKE(…)`: RFC 9180 base mode with X25519, HKDF-SHA256
and ChaCha20-Poly1305. `info` binds it to its place, so that it opens nowhere else.
"""

import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import NewType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from feedback.domain.errors import SealBroken
from feedback.domain.links import PageKey, ResponseKey

SealedResponse = NewType("SealedResponse", bytes)
"""One response, sealed and padded; equally long for every response of a wave."""
SealedComment = NewType("SealedComment", bytes)
"""One comment, sealed and padded; equally long for every comment of a wave."""

FormKey = NewType("FormKey", bytes)
"""32 bytes that one browser of staff can make: they seal what it sent after its session had ended."""
SealedRequest = NewType("SealedRequest", bytes)
"""A request for support, sealed and padded; equally long for every request."""
SealedReview = NewType("SealedReview", bytes)
"""What a reviewer wrote about comments of a wave, sealed and padded until the release."""

ProviderKey = NewType("ProviderKey", bytes)
"""32 bytes that seal the secret by which a provider knows this service; only the key store has them."""
HookKey = NewType("HookKey", bytes)
"""32 bytes that seal what an organisation's web hooks are signed with; only the key store has them."""
UploadKey = NewType("UploadKey", bytes)
"""32 bytes that seal what staff have sent; every process of theirs derives the same ones."""

KEY_ID_BYTES = 8
_UPLOAD = b"feedback/upload/1"
_VERSION = b"\x01"
_NONCE_BYTES = 12
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


@dataclass(frozen=True)
class PublicKey:
    """The public half of a sealing key: 8 bytes of id, 32 bytes of key."""

    key_id: bytes
    raw: bytes


@dataclass(frozen=True)
class PrivateKey:
    """The private half of a sealing key: 8 bytes of id, 32 bytes of key."""

    key_id: bytes
    raw: bytes = field(repr=False)

    @cached_property
    def loaded(self) -> X25519PrivateKey:
        """The key ready for use: loading takes as long as opening a value does."""
        return X25519PrivateKey.from_private_bytes(self.raw)

    @property
    def public(self) -> PublicKey:
        """The half that may lie in the wave's row."""
        return PublicKey(self.key_id, self.loaded.public_key().public_bytes_raw())


@dataclass(frozen=True)
class Place:
    """Where a sealed value belongs."""

    programme_id: int
    wave_id: int


def new_private_key() -> PrivateKey:
    """Draw a sealing key and its id at random."""
    return PrivateKey(secrets.token_bytes(KEY_ID_BYTES), X25519PrivateKey.generate().private_bytes_raw())


def seal_response(body: bytes, key: PublicKey, place: Place, row: ResponseKey, size: int) -> SealedResponse:
    """Seal `body`, padded to `size` bytes, so that it opens only in its own row of its own wave."""
    return SealedResponse(_seal(pad(body, size), key, _info(b"response", place) + row))


def open_response(sealed: SealedResponse, key: PrivateKey, place: Place, row: ResponseKey) -> bytes:
    """Open a response found in `row`, or raise SealBroken."""
    return unpad(_open(sealed, key, _info(b"response", place) + row))


def seal_comment(text: bytes, key: PublicKey, place: Place, question: str, size: int) -> SealedComment:
    """Seal one comment, padded to `size` bytes, to the wave's comment key."""
    return SealedComment(_seal(pad(text, size), key, _info(b"comment", place) + question.encode()))


def open_comment(sealed: SealedComment, key: PrivateKey, place: Place, question: str) -> bytes:
    """Open one comment on `question`, or raise SealBroken."""
    return unpad(_open(sealed, key, _info(b"comment", place) + question.encode()))


def seal_review(text: bytes, key: PublicKey, place: Place, subject: bytes, size: int) -> SealedReview:
    """Seal a redacted text (`subject`: the comment's id) or a summary (the question's code) to the comment key."""
    return SealedReview(_seal(pad(text, size), key, _info(b"review", place) + subject))


def open_review(sealed: SealedReview, key: PrivateKey, place: Place, subject: bytes) -> bytes:
    """Open what `seal_review` sealed for the same subject, or raise SealBroken."""
    return unpad(_open(sealed, key, _info(b"review", place) + subject))


def seal_request(body: bytes, key: PublicKey, programme_id: int, size: int) -> SealedRequest:
    """Seal a request for support, padded to `size` bytes, to its programme's support key."""
    return SealedRequest(_seal(pad(body, size), key, _info(b"support", Place(programme_id, 0))))


def open_request(sealed: SealedRequest, key: PrivateKey, programme_id: int) -> bytes:
    """Open a request for support, or raise SealBroken."""
    return unpad(_open(sealed, key, _info(b"support", Place(programme_id, 0))))


def seal_page_state(state: bytes, key: PageKey) -> bytes:
    """Seal half-finished answers for their journey through the participant's own page."""
    return _seal_with(key, state, b"feedback/page/1")


def open_page_state(sealed: bytes, key: PageKey) -> bytes:
    """Open what `seal_page_state` sealed for the same link, or raise SealBroken."""
    return _open_with(key, sealed, b"feedback/page/1")


def seal_client_secret(secret: str, key: ProviderKey, owner: bytes) -> bytes:
    """Seal what this service says to a provider; it opens for the same owner only."""
    return _seal_with(key, secret.encode(), b"feedback/provider/1" + owner)


def open_client_secret(sealed: bytes, key: ProviderKey, owner: bytes) -> str:
    """Open what `seal_client_secret` sealed for the same owner, or raise SealBroken."""
    return _open_with(key, sealed, b"feedback/provider/1" + owner).decode()


def seal_hook_secret(secret: str, key: HookKey, owner: bytes) -> bytes:
    """Seal what signs for a web hook; it opens for the same owner only."""
    return _seal_with(key, secret.encode(), b"feedback/hook/1" + owner)


def open_hook_secret(sealed: bytes, key: HookKey, owner: bytes) -> str:
    """Open what `seal_hook_secret` sealed for the same owner, or raise SealBroken."""
    return _open_with(key, sealed, b"feedback/hook/1" + owner).decode()


def seal_form(body: bytes, key: FormKey) -> bytes:
    """Seal a form of staff until its own browser has signed in again."""
    return _seal_with(key, body, b"feedback/form/1")


def open_form(sealed: bytes, key: FormKey) -> bytes:
    """Open what `seal_form` sealed for the same browser, or raise SealBroken."""
    return _open_with(key, sealed, b"feedback/form/1")


def _seal_with(key: bytes, plain: bytes, label: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, plain, label)


def _open_with(key: bytes, sealed: bytes, label: bytes) -> bytes:
    nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return ChaCha20Poly1305(key).decrypt(nonce, rest, label)
    except (InvalidTag, ValueError):
        raise SealBroken("The page was altered on its way.") from None


def seal_upload(body: bytes, key: UploadKey, owner: bytes) -> bytes:
    """Seal a file that staff have sent, for its journey through their own page; it opens for the same `owner` only."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, body, _UPLOAD + owner)


def open_upload(sealed: bytes, key: UploadKey, owner: bytes) -> bytes:
    """Open what `seal_upload` sealed for the same owner, or raise SealBroken."""
    nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return ChaCha20Poly1305(key).decrypt(nonce, rest, _UPLOAD + owner)
    except (InvalidTag, ValueError):
        raise SealBroken("The page was altered on its way, or is not this person's.") from None


def pad(body: bytes, size: int) -> bytes:
    """Return `body` behind its length, filled with zeros to `size` + 4 bytes."""
    if len(body) > size:
        raise ValueError(f"body of {len(body)} bytes does not fit {size}")
    return len(body).to_bytes(4, "big") + body.ljust(size, b"\0")


def unpad(padded: bytes) -> bytes:
    """Undo `pad`, or raise SealBroken."""
    length = int.from_bytes(padded[:4], "big")
    if length > len(padded) - 4 or padded[4 + length :].strip(b"\0"):
        raise SealBroken("A sealed value is not padded as it should be.")
    return padded[4 : 4 + length]


def _info(purpose: bytes, place: Place) -> bytes:
    where = place.programme_id.to_bytes(8, "big") + place.wave_id.to_bytes(8, "big")
    return b"feedback/" + purpose + b"/1" + where


def _seal(plain: bytes, key: PublicKey, info: bytes) -> bytes:
    return _VERSION + key.key_id + _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(key.raw), info=info)


def _open(sealed: bytes, key: PrivateKey, info: bytes) -> bytes:
    header = _VERSION + key.key_id
    if not sealed.startswith(header):
        raise SealBroken("A sealed value belongs to another key.")
    try:
        return _SUITE.decrypt(sealed[len(header) :], key.loaded, info=info)
    except (InvalidTag, ValueError):
        raise SealBroken("A sealed value does not open here.") from None
