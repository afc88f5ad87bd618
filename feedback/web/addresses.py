"""Addresses as they are asked for.

Mail programs bring links encoded twice, with a full stop behind them, in capital letters. Whoever connects may claim
any host: nothing that is answered depends on it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from feedback.domain.hosts import as_requested, is_loopback
from feedback.domain.links import decoded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# What stands behind the last letter of an address is no part of it: no address of ours ends in anything else.
_LINK = re.compile(r"/+((?i:s|o|r|support|staff/sign-in))/(?:(.*[A-Za-z0-9_-])[^A-Za-z0-9_-]*|.+)", re.DOTALL)
_NOWHERE = "-"
# What watches a process knows it by a number, not by the name that people use.
_WATCHED = frozenset({"/healthz", "/readyz", "/metrics"})
_ELSEWHERE = b"This service is not reached by this name. FEEDBACK_BASE_URL says by which it is.\n"


def read_as_meant(application: WSGIApplication) -> WSGIApplication:
    """Return an application that is asked for the address that was meant, where it begins as a link of ours does."""

    def asked(environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environment["PATH_INFO"] = as_meant(environment["PATH_INFO"])
        return application(environment, start_response)

    return asked


def reached_by_name(application: WSGIApplication, base_url: str) -> WSGIApplication:
    """Return an application that is reached by the host of `base_url`, or from this machine, and told no other.

    Any other host is answered with 421, but for what watches the process.
    """
    own = urlsplit(base_url)
    own_name = as_requested(own.hostname or "")
    bracketed = f"[{own_name}]" if ":" in own_name else own_name
    reached_at = bracketed if own.port is None else f"{bracketed}:{own.port}"

    def is_known(name: str) -> bool:
        return name == own_name or is_loopback(name)

    def asked(environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given = environment.get("HTTP_HOST", reached_at)
        if given != reached_at and not is_known(_host_of(given)) and environment["PATH_INFO"] not in _WATCHED:
            start_response("421 Misdirected Request", [("Content-Type", "text/plain"), ("Cache-Control", "no-store")])
            return [_ELSEWHERE]
        environment["HTTP_HOST"] = reached_at
        return application(environment, start_response)

    return asked


def _host_of(given: str) -> str:
    try:
        return as_requested(urlsplit(f"//{given}").hostname or "")
    except ValueError:
        return ""


def as_meant(path: str) -> str:
    """Return the path that was meant, in WSGI's letters; one that cannot be a link is left as it is."""
    found = _LINK.fullmatch(decoded(path.encode("latin-1").decode("utf-8", "replace")))
    if found is None:
        return path
    meant = f"/{found[1].lower()}/{found[2] or _NOWHERE}"
    return meant.encode("utf-8", "replace").decode("latin-1")
