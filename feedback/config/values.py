"""Single values of the environment, each read or refused by name."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from feedback.domain.errors import SettingsRefused


def number(environ: Mapping[str, str], variable: str, default: int, least: int, most: int) -> int:
    """Return a whole number from `least` to `most`, or `default` if it is not set."""
    text = environ.get(variable) or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise SettingsRefused(f"{variable} must be a whole number from {least} to {most}.")
    return int(text)


def inside_hosts(environ: Mapping[str, str]) -> frozenset[tuple[str, int]]:
    """Return the hosts in FEEDBACK_INSIDE_HOSTS, each with its port."""
    return frozenset(
        _host_and_port(text) for text in environ.get("FEEDBACK_INSIDE_HOSTS", "").replace(",", " ").split()
    )


def _host_and_port(text: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or not port or parts.path or "@" in text:
        raise SettingsRefused("FEEDBACK_INSIDE_HOSTS names hosts with their ports, such as login.example.org:443.")
    return host, port


def driver(url: str) -> str:
    """Return a database's address with the driver that is used here."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def embedded_url(instance: Path, name: str) -> str:
    """Return the address of a SQLite file in the instance folder."""
    return f"sqlite:///{instance}/{name}.sqlite"
