"""Seal what web hooks are signed with, and open it: the database alone signs nothing."""

from feedback.domain.sealing import open_hook_secret, seal_hook_secret
from feedback.storage.keys import KeyStore
from feedback.storage.web_hooks import WebHook


def sealed(keys: KeyStore, organisation_id: int, secret: str) -> bytes:
    """Return a secret sealed for one organisation."""
    return seal_hook_secret(secret, keys.hook_key(organisation_id), _owner(organisation_id))


def secrets_of(keys: KeyStore, hook: WebHook) -> tuple[str, ...]:
    """Return the secrets that sign for a web hook, the newest first; SealBroken if they are another organisation's."""
    key, owner = keys.hook_key(hook.organisation_id), _owner(hook.organisation_id)
    return tuple(open_hook_secret(one, key, owner) for one in (hook.sealed_secret, hook.sealed_former) if one)


def _owner(organisation_id: int) -> bytes:
    return f"organisation {organisation_id}".encode()
