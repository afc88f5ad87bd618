"""Settings: read once from the environment, frozen, refused in one sentence when something is unsafe.

Without FEEDBACK_DATABASE_URL the service runs on its embedded defaults: SQLite files and secrets of its own
making in the instance folder, on this machine only.
"""

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from feedback.domain.errors import SettingsRefused

SMALLEST_GROUP_SIZE = 5
LONGEST_KEY_BACKUP_DAYS = 7
MASTER_KEY_BYTES = 32
_SECRET_VARIABLES = ("FEEDBACK_KEYS_URL", "FEEDBACK_MASTER_KEY", "FEEDBACK_MASTER_KEY_FILE", "FEEDBACK_SESSION_KEY")


class Serves(StrEnum):
    """Which pages this process serves. The participants' process holds no secret at all."""

    PARTICIPANTS = "participants"
    STAFF = "staff"
    ALL = "all"


class SmtpSecurity(StrEnum):
    """How the connection to the mail relay is protected."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True)
class SmtpSettings:
    """The mail relay. `ca_file` adds a certificate authority to the system's."""

    host: str
    port: int
    security: SmtpSecurity
    user: str | None
    password: str | None = field(repr=False)
    ca_file: str | None
    sender: str


@dataclass(frozen=True)
class Vault:
    """The way to the key store and to the staff's cookies. `master_keys`: the first wraps, all unwrap."""

    keys_url: str = field(repr=False)
    master_keys: tuple[bytes, ...] = field(repr=False)
    session_key: str = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """Everything that the environment decides. `vault` is None in the participants' process."""

    instance: Path
    embedded: bool
    serves: Serves
    database_url: str = field(repr=False)
    vault: Vault | None
    base_url: str
    listen_host: str
    listen_port: int
    minimum_group_size: int
    key_backup_days: int
    comment_days: int
    support_days: int
    smtp: SmtpSettings


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings in `environ`, or raise SettingsRefused naming the variable at fault."""
    instance = Path(environ.get("FEEDBACK_INSTANCE", "instance")).resolve()
    embedded = not environ.get("FEEDBACK_DATABASE_URL")
    serves = _serves(environ)
    holds_secrets = serves is not Serves.PARTICIPANTS
    if not holds_secrets:
        _refuse_secrets(environ, embedded)
    host, port = _listen(environ)
    return Settings(
        instance=instance,
        embedded=embedded,
        serves=serves,
        database_url=_embedded_url(instance, "feedback") if embedded else _driver(environ["FEEDBACK_DATABASE_URL"]),
        vault=_vault(environ, instance, embedded) if holds_secrets else None,
        base_url=_base_url(environ, f"http://{host}:{port}" if embedded else None),
        listen_host=host,
        listen_port=port,
        minimum_group_size=_number(environ, "FEEDBACK_MINIMUM_GROUP_SIZE", 5, SMALLEST_GROUP_SIZE, 1000),
        key_backup_days=_number(environ, "FEEDBACK_KEY_BACKUP_DAYS", 7, 0, LONGEST_KEY_BACKUP_DAYS),
        comment_days=_number(environ, "FEEDBACK_COMMENT_DAYS", 60, 1, 365),
        support_days=_number(environ, "FEEDBACK_SUPPORT_DAYS", 90, 1, 365),
        smtp=_smtp(environ),
    )


def _serves(environ: Mapping[str, str]) -> Serves:
    try:
        return Serves(environ.get("FEEDBACK_SERVES") or Serves.ALL)
    except ValueError:
        raise SettingsRefused("FEEDBACK_SERVES must be participants, staff or all.") from None


def _refuse_secrets(environ: Mapping[str, str], embedded: bool) -> None:
    if embedded:
        raise SettingsRefused("FEEDBACK_SERVES is participants: that process needs FEEDBACK_DATABASE_URL.")
    for variable in _SECRET_VARIABLES:
        if environ.get(variable):
            raise SettingsRefused(f"{variable} is set, but the participants' process must hold no secret; remove it.")


def _vault(environ: Mapping[str, str], instance: Path, embedded: bool) -> Vault:
    return Vault(
        keys_url=_embedded_url(instance, "keys") if embedded else _keys_url(environ),
        master_keys=_master_keys(environ, instance, embedded),
        session_key=_session_key(environ, instance, embedded),
    )


def _embedded_url(instance: Path, name: str) -> str:
    return f"sqlite:///{instance}/{name}.sqlite"


def _keys_url(environ: Mapping[str, str]) -> str:
    keys_url = _driver(environ.get("FEEDBACK_KEYS_URL", ""))
    if not keys_url:
        raise SettingsRefused("FEEDBACK_KEYS_URL is missing: name the database that holds the keys.")
    if keys_url == _driver(environ["FEEDBACK_DATABASE_URL"]):
        raise SettingsRefused(
            "FEEDBACK_KEYS_URL names the main database: keys must lie in a database of their own, backed up apart."
        )
    return keys_url


def _driver(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


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
    return tuple(_master_key(part, variable) for part in parts)


def _master_key(text: str, variable: str) -> bytes:
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


def _base_url(environ: Mapping[str, str], default: str | None) -> str:
    text = environ.get("FEEDBACK_BASE_URL") or default
    if not text:
        raise SettingsRefused("FEEDBACK_BASE_URL is missing: the address that participants' links begin with.")
    parts = _parts(text)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise SettingsRefused("FEEDBACK_BASE_URL is not an address such as https://feedback.example.org.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise SettingsRefused("FEEDBACK_BASE_URL must begin with https:// unless it is on this machine (loopback).")
    return text.rstrip("/")


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return None if port == 0 else parts


def _listen(environ: Mapping[str, str]) -> tuple[str, int]:
    host = environ.get("FEEDBACK_LISTEN_HOST", "127.0.0.1")
    return host, _number(environ, "FEEDBACK_LISTEN_PORT", 8000, 1, 65535)


def _smtp(environ: Mapping[str, str]) -> SmtpSettings:
    host = environ.get("FEEDBACK_SMTP_HOST", "127.0.0.1")
    default = SmtpSecurity.NONE if is_loopback(host) else SmtpSecurity.STARTTLS
    security = _security(environ.get("FEEDBACK_SMTP_SECURITY", default))
    if security is SmtpSecurity.NONE and not is_loopback(host):
        raise SettingsRefused("FEEDBACK_SMTP_SECURITY is none: only a relay on this machine may go without TLS.")
    user, password = environ.get("FEEDBACK_SMTP_USER"), environ.get("FEEDBACK_SMTP_PASSWORD")
    if bool(user) != bool(password):
        raise SettingsRefused("FEEDBACK_SMTP_USER and FEEDBACK_SMTP_PASSWORD must be set together.")
    return SmtpSettings(
        host=host,
        port=_number(environ, "FEEDBACK_SMTP_PORT", 8025 if is_loopback(host) else 587, 1, 65535),
        security=security,
        user=user,
        password=password,
        ca_file=environ.get("FEEDBACK_SMTP_CA_FILE"),
        sender=environ.get("FEEDBACK_MAIL_SENDER", "feedback@example.com"),
    )


def _security(text: str) -> SmtpSecurity:
    try:
        return SmtpSecurity(text)
    except ValueError:
        raise SettingsRefused("FEEDBACK_SMTP_SECURITY must be tls, starttls or none.") from None


def _number(environ: Mapping[str, str], variable: str, default: int, least: int, most: int) -> int:
    text = environ.get(variable) or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise SettingsRefused(f"{variable} must be a whole number from {least} to {most}.")
    return int(text)


def is_loopback(host: str) -> bool:
    """Tell whether `host` is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
