"""Settings: read once from the environment, frozen, refused in one sentence when something is unsafe.

Without FEEDBACK_DATABASE_URL the service runs on its embedded defaults: SQLite files and secrets of its own
making in the instance folder, on this machine only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from feedback.config.databases import database_url
from feedback.config.mail import SHORTEST_TOKEN, BounceSettings, read_bounces, read_smtp
from feedback.config.values import embedded_url, inside_hosts, number
from feedback.config.vault import Vault, read_pepper, read_vault
from feedback.domain.errors import SettingsRefused
from feedback.domain.hosts import is_loopback
from feedback.domain.links import Pepper
from feedback.domain.log_chain import LEAST_DAYS
from feedback.domain.relays import SmtpSettings

NO_PEPPER = (
    "FEEDBACK_PEPPER is missing: whoever serves participants needs 32 random bytes in base64, the same in all of these "
    "processes and in no others (try: openssl rand -base64 32)."
)
SMALLEST_GROUP_SIZE = 5
LONGEST_KEY_BACKUP_DAYS = 7
_USUAL_LOG_DAYS = 1095
_LOG_MARGIN_DAYS = 30
_SECRET_VARIABLES = (
    "FEEDBACK_KEYS_URL",
    "FEEDBACK_MASTER_KEY",
    "FEEDBACK_MASTER_KEY_FILE",
    "FEEDBACK_SESSION_KEY",
    "FEEDBACK_SMTP_USER",
    "FEEDBACK_SMTP_PASSWORD",
    "FEEDBACK_BOUNCES_URL",
    "FEEDBACK_BOUNCES_TOKEN",
    "FEEDBACK_METRICS_TOKEN",
)


class Serves(StrEnum):
    """Which pages this process serves. The participants' process holds one secret, the pepper, which opens nothing."""

    PARTICIPANTS = "participants"
    STAFF = "staff"
    ALL = "all"


@dataclass(frozen=True)
class Watching:
    """How the service is watched. Without `token` there are no metrics; with `port` the worker answers there."""

    token: str | None = field(repr=False)
    port: int | None
    alarm_after: timedelta


@dataclass(frozen=True)
class Settings:
    """Everything that the environment decides.

    `vault` is None in the participants' process, `pepper` in all that serve no participants. `inside_hosts` are servers
    outside of the public network, each by its name and port, that may be called where administrators name them.
    `journal`: where the steps that cannot be undone are noted besides the databases.
    """

    instance: Path
    embedded: bool
    serves: Serves
    database_url: str = field(repr=False)
    vault: Vault | None
    pepper: Pepper | None = field(repr=False)
    base_url: str
    listen_host: str
    listen_port: int
    minimum_group_size: int
    key_backup_days: int
    comment_days: int
    mails_per_minute: int | None
    support_days: int
    retention_days: int
    audit_log_days: int
    smtp: SmtpSettings
    watching: Watching
    bounces: BounceSettings
    fonts: Path | None
    journal: Path | None
    inside_hosts: frozenset[tuple[str, int]] = frozenset()

    @property
    def postgresql_url(self) -> str | None:
        """Return the main database's address as PostgreSQL's own tools read it; None on SQLite."""
        url = self.database_url
        return url.replace("+psycopg", "", 1) if url.startswith("postgresql") else None


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings in `environ`, or raise SettingsRefused naming the variable at fault."""
    instance = Path(environ.get("FEEDBACK_INSTANCE", "instance")).resolve()
    embedded = not environ.get("FEEDBACK_DATABASE_URL")
    serves = _serves(environ)
    holds_secrets = serves is not Serves.PARTICIPANTS
    if not holds_secrets:
        _refuse_secrets(environ, embedded)
    host = environ.get("FEEDBACK_LISTEN_HOST", "127.0.0.1")
    port = number(environ, "FEEDBACK_LISTEN_PORT", 8000, 1, 65535)
    retention_days = number(environ, "FEEDBACK_RETENTION_DAYS", 365, 30, 3650)
    return Settings(
        instance=instance,
        embedded=embedded,
        serves=serves,
        database_url=embedded_url(instance, "feedback") if embedded else database_url(environ, "FEEDBACK_DATABASE_URL"),
        vault=read_vault(environ, instance, embedded) if holds_secrets else None,
        pepper=_pepper(environ, instance, embedded, serves),
        base_url=_base_url(environ, f"http://{host}:{port}" if embedded else None),
        listen_host=host,
        listen_port=port,
        minimum_group_size=number(environ, "FEEDBACK_MINIMUM_GROUP_SIZE", 5, SMALLEST_GROUP_SIZE, 1000),
        key_backup_days=number(environ, "FEEDBACK_KEY_BACKUP_DAYS", 7, 0, LONGEST_KEY_BACKUP_DAYS),
        comment_days=number(environ, "FEEDBACK_COMMENT_DAYS", 60, 1, 365),
        mails_per_minute=_quota(environ),
        support_days=number(environ, "FEEDBACK_SUPPORT_DAYS", 90, 1, 365),
        retention_days=retention_days,
        audit_log_days=_audit_log_days(environ, retention_days),
        smtp=read_smtp(environ),
        bounces=read_bounces(environ),
        watching=_watching(environ),
        fonts=_fonts(environ),
        inside_hosts=inside_hosts(environ) if holds_secrets else frozenset(),
        journal=_journal(environ, instance if embedded else None),
    )


def wants_json_logs(environ: Mapping[str, str]) -> bool:
    """Tell whether logs are JSON: what FEEDBACK_LOG_FORMAT says, else text when embedded and JSON in production."""
    chosen = environ.get("FEEDBACK_LOG_FORMAT") or ("json" if environ.get("FEEDBACK_DATABASE_URL") else "text")
    if chosen not in {"json", "text"}:
        raise SettingsRefused("FEEDBACK_LOG_FORMAT must be json or text.")
    return chosen == "json"


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
            raise SettingsRefused(f"{variable} is set, but the participants' process must not hold it; remove it.")


def _pepper(environ: Mapping[str, str], instance: Path, embedded: bool, serves: Serves) -> Pepper | None:
    if serves is Serves.STAFF:
        for variable in ("FEEDBACK_PEPPER", "FEEDBACK_PEPPER_FILE"):
            if environ.get(variable):
                raise SettingsRefused(f"{variable} is set, but only the participants' process may hold it; remove it.")
        return None
    pepper = read_pepper(environ, instance, embedded)
    if pepper is None and serves is Serves.PARTICIPANTS:
        raise SettingsRefused(NO_PEPPER)
    return pepper


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


def _watching(environ: Mapping[str, str]) -> Watching:
    token = environ.get("FEEDBACK_METRICS_TOKEN") or None
    if token is not None and not (len(token) >= SHORTEST_TOKEN and token.isascii()):
        raise SettingsRefused(f"FEEDBACK_METRICS_TOKEN must be {SHORTEST_TOKEN} plain characters or more.")
    port = environ.get("FEEDBACK_METRICS_PORT")
    minutes = number(environ, "FEEDBACK_ALARM_MINUTES", 15, 1, 7 * 24 * 60)
    return Watching(
        token=token,
        port=number(environ, "FEEDBACK_METRICS_PORT", 0, 1, 65535) if port else None,
        alarm_after=timedelta(minutes=minutes),
    )


# Whether a programme is idle the log says, which must not be forgotten before it is asked.
def _audit_log_days(environ: Mapping[str, str], retention_days: int) -> int:
    least = max(LEAST_DAYS, retention_days + _LOG_MARGIN_DAYS)
    return number(environ, "FEEDBACK_AUDIT_LOG_DAYS", max(_USUAL_LOG_DAYS, least), least, 36500)


def _fonts(environ: Mapping[str, str]) -> Path | None:
    text = environ.get("FEEDBACK_FONTS")
    if text and not Path(text).is_dir():
        raise SettingsRefused("FEEDBACK_FONTS is not a folder: it names one with further fonts for PDFs.")
    return Path(text).resolve() if text else None


def _journal(environ: Mapping[str, str], instance: Path | None) -> Path | None:
    text = environ.get("FEEDBACK_JOURNAL")
    if text and not Path(text).parent.is_dir():
        raise SettingsRefused("FEEDBACK_JOURNAL is in no folder that is there: it names a file in a second place.")
    if text:
        return Path(text).resolve()
    return instance / "journal.json" if instance else None


def _quota(environ: Mapping[str, str]) -> int | None:
    variable = "FEEDBACK_MAILS_PER_MINUTE"
    return number(environ, variable, 0, 1, 1_000_000) if environ.get(variable) else None
