"""The secrets: the way to the key store, master keys, the key of the staff's cookies; the participants' pepper."""

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from feedback.config.databases import database_url
from feedback.config.values import driver, embedded_url
from feedback.domain.errors import SettingsRefused
from feedback.domain.links import Pepper

MASTER_KEY_BYTES = 32


@dataclass(frozen=True)
class Vault:
    """The way to the key store and to the staff's cookies. `master_keys`: the first wraps, all unwrap."""

    keys_url: str = field(repr=False)
    master_keys: tuple[bytes, ...] = field(repr=False)
    session_key: str = field(repr=False)


def read_vault(environ: Mapping[str, str], instance: Path, embedded: bool) -> Vault:
    """Return the secrets in `environ`; when embedded, those of the instance folder, made if there are none."""
    return Vault(
        keys_url=embedded_url(instance, "keys") if embedded else _keys_url(environ),
        master_keys=_master_keys(environ, instance, embedded),
        session_key=_session_key(environ, instance, embedded),
    )


def read_pepper(environ: Mapping[str, str], instance: Path, embedded: bool) -> Pepper | None:
    """Return the pepper in `environ`, if there is one; when embedded, that of the instance folder, made if missing."""
    variable, text = "FEEDBACK_PEPPER", environ.get("FEEDBACK_PEPPER", "")
    if not text and environ.get("FEEDBACK_PEPPER_FILE"):
        variable = "FEEDBACK_PEPPER_FILE"
        text = _read_secret(Path(environ[variable]), variable)
    if not text and embedded:
        variable = "FEEDBACK_INSTANCE"
        text = _embedded_secret(instance / "pepper.key")
    return Pepper(_key(text, variable)) if text else None


def _keys_url(environ: Mapping[str, str]) -> str:
    keys_url = database_url(environ, "FEEDBACK_KEYS_URL")
    if not keys_url:
        raise SettingsRefused("FEEDBACK_KEYS_URL is missing: name the database that holds the keys.")
    if keys_url == driver(environ["FEEDBACK_DATABASE_URL"]):
        raise SettingsRefused(
            "FEEDBACK_KEYS_URL names the main database: keys must lie in a database of their own, backed up apart."
        )
    return keys_url


def _master_keys(environ: Mapping[str, str], instance: Path, embedded: bool) -> tuple[bytes, ...]:
    variable, text = "FEEDBACK_MASTER_KEY", environ.get("FEEDBACK_MASTER_KEY", "")
    if not text and environ.get("FEEDBACK_MASTER_KEY_FILE"):
        variable = "FEEDBACK_MASTER_KEY_FILE"
        text = _read_secret(Path(environ[variable]), variable)
    if not text and embedded:
        variable = "FEEDBACK_INSTANCE"
        text = _embedded_secret(instance / "master.key", before=instance / "keys.sqlite")
    parts = text.replace(",", " ").split()
    if not parts:
        raise SettingsRefused(
            "FEEDBACK_MASTER_KEY is missing: set it to 32 random bytes in base64 (try: openssl rand -base64 32)."
        )
    return tuple(_key(part, variable) for part in parts)


def _key(text: str, variable: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        raise SettingsRefused(f"{variable} is not base64.") from None
    if len(key) != MASTER_KEY_BYTES:
        raise SettingsRefused(f"{variable} holds a key of {len(key)} bytes; it must be {MASTER_KEY_BYTES} bytes.")
    return key


def _session_key(environ: Mapping[str, str], instance: Path, embedded: bool) -> str:
    text = environ.get("FEEDBACK_SESSION_KEY", "")
    if not text and embedded:
        text = _embedded_secret(instance / "session.key")
    if len(text) < 32:
        raise SettingsRefused(
            "FEEDBACK_SESSION_KEY is missing or shorter than 32 characters (try: openssl rand -base64 32)."
        )
    return text


def _embedded_secret(path: Path, before: Path | None = None) -> str:
    if path.exists():
        return _read_secret(path, "FEEDBACK_INSTANCE")
    if before is not None and before.exists():
        raise SettingsRefused(
            f"FEEDBACK_INSTANCE holds {before.name} but not {path.name}: the keys in it cannot be opened without it."
        )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = base64.b64encode(secrets.token_bytes(MASTER_KEY_BYTES)).decode()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")
    return text


def _read_secret(path: Path, variable: str) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingsRefused(f"{variable}: {path.name} cannot be read.") from None
