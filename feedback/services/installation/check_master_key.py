"""See that this process holds the master key with which the keys are wrapped, before it makes or needs one."""

from sqlalchemy.exc import SQLAlchemyError

from feedback.domain.errors import SettingsRefused
from feedback.storage.keys import KeyStore

_NONE = (
    "FEEDBACK_MASTER_KEY is not the one with which the key store's keys are wrapped, so nothing can be opened, sent or "
    "closed: give this process that one."
)
_SOME = (
    "FEEDBACK_MASTER_KEY does not hold every master key with which the key store's keys are wrapped: add the former "
    "one behind the current one, or what they are for cannot be opened, sent or closed."
)


def master_key_fault(keys: KeyStore) -> str | None:
    """Say with its mend that no key can be unwrapped, or that some cannot; None if all can, or nobody can tell."""
    try:
        unreadable, held = keys.count_unreadable()
    except SQLAlchemyError:
        return None
    if not unreadable:
        return None
    return _NONE if unreadable == held else _SOME


def wrong_master_key(keys: KeyStore) -> str | None:
    """Say with its mend that not one key can be unwrapped: such a process can do nothing with what is there."""
    return _NONE if master_key_fault(keys) == _NONE else None


def check_master_key(keys: KeyStore) -> None:
    """Raise SettingsRefused if not one key can be unwrapped: what such a process made would be wrapped otherwise."""
    fault = wrong_master_key(keys)
    if fault is not None:
        raise SettingsRefused(fault)
