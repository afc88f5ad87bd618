"""Addresses as mail programs bring them: encoded twice, with a full stop behind them, in capital letters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from feedback.domain.links import decoded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_LINK = re.compile(r"/+(s|o|r|support|staff/sign-in)/(.+)", re.IGNORECASE | re.DOTALL)
# What stands behind the last letter of an address is no part of it: no address of ours ends in anything else.
_LETTER = re.compile(r"[A-Za-z0-9_-]")
_NOWHERE = "-"


def read_as_meant(application: WSGIApplication) -> WSGIApplication:
    """Return an application that is asked for the address that was meant, where it begins as a link of ours does."""

    def asked(environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environment["PATH_INFO"] = as_meant(environment["PATH_INFO"])
        return application(environment, start_response)

    return asked


def as_meant(path: str) -> str:
    """Return the path that was meant, in WSGI's letters; one that cannot be a link is left as it is."""
    found = _LINK.fullmatch(decoded(path.encode("latin-1").decode("utf-8", "replace")))
    if found is None:
        return path
    last = max((letter.end() for letter in _LETTER.finditer(found[2])), default=0)
    meant = f"/{found[1].lower()}/{found[2][:last] or _NOWHERE}"
    return meant.encode("utf-8", "replace").decode("latin-1")
