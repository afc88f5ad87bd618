"""Sign a document with an organisation's key."""

from feedback.domain.errors import KeysMissing
from feedback.storage.keys import KeyStore
from feedback.storage.organisations import Organisation


def sign_document(keys: KeyStore, organisation: Organisation, document: str) -> bytes:
    """Return the Ed25519 signature over the document's UTF-8 bytes, 64 bytes.

    Raises KeysMissing if the key store has no key, or another one than the organisation published.
    """
    key = keys.signing_key(organisation.id)
    if key.public_key().public_bytes_raw() != organisation.signing_public_key:
        raise KeysMissing("The key store holds another signing key than the organisation has published.")
    return key.sign(document.encode())
