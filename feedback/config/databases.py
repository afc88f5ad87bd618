"""The ways to the databases. One that leaves this machine is encrypted, to a server that has proved who it is.

libpq by itself asks for no proof, and goes on unencrypted where a server, or whoever stands in its place, says so.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from feedback.config.values import driver
from feedback.domain.errors import SettingsRefused
from feedback.domain.hosts import is_loopback

if TYPE_CHECKING:
    from sqlalchemy import URL

_PROVED = {"verify-full", "verify-ca"}
_PLAIN_HOSTS = "FEEDBACK_PLAIN_DATABASE_HOSTS"


def database_url(environ: Mapping[str, str], variable: str) -> str:
    """Return the address in a variable with the driver that is used here, "" if it is not set.

    Raises SettingsRefused if it leads over a network without a proof of the server, and nobody has said that it may.
    """
    text = driver(environ.get(variable, ""))
    if text.startswith("postgresql"):
        _refuse_unproved(_read(text, variable), environ, variable)
    return text


def _read(text: str, variable: str) -> "URL":
    # The list of commands, which needs no database, need not load it.
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(text)
    except (ArgumentError, ValueError):
        raise SettingsRefused(f"{variable} is no address of a database such as postgresql://user@host/name.") from None


def _refuse_unproved(url: "URL", environ: Mapping[str, str], variable: str) -> None:
    modes = _all(url, "sslmode") or [environ.get("PGSSLMODE", "")]
    if set(modes) <= _PROVED:
        return
    plain = set(environ.get(_PLAIN_HOSTS, "").replace(",", " ").split())
    for host in _hosts(url, environ):
        if not (host.startswith(("/", "@")) or is_loopback(host) or host in plain):
            raise SettingsRefused(
                f"{variable} leads to another machine, {host}, without TLS that proves whose it is: add "
                f"?sslmode=verify-full to it, or name the host in {_PLAIN_HOSTS} if nobody else is on the way there."
            )


# As libpq looks for them: in the query, in the address, in its own variables; without any, the socket of this machine.
def _hosts(url: "URL", environ: Mapping[str, str]) -> list[str]:
    named = _all(url, "host") or [url.host or environ.get("PGHOST", "")]
    named += _all(url, "hostaddr") or [environ.get("PGHOSTADDR", "")]
    if _all(url, "service") or environ.get("PGSERVICE"):
        named.append("a service")
    return [host for text in named for one in text.split(",") if (host := _without_port(one))]


def _all(url: "URL", name: str) -> list[str]:
    said = url.query.get(name, ())
    return [said] if isinstance(said, str) else list(said)


def _without_port(text: str) -> str:
    return text.partition(":")[0] if text.count(":") == 1 else text
