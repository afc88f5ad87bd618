"""Pages that are the same for everybody behind a survey's links, drawn once; what differs is put in afterwards.

A page is kept as long as its survey is. Nothing that a participant sent is ever in one.
"""

import re
import secrets
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from feedback.services.waves.known_surveys import Survey

# Random, so that no text holds it by design.
_MARK = secrets.token_hex(16)
_HOLE = re.compile(rf"stand-in-([a-z]+)-{_MARK}")
MOST_KEPT = 300
"""Of one survey. Conditions can make more of one part than memory is for, and whoever has a link can try them all."""

Made = TypeVar("Made")

_kept: WeakKeyDictionary[Survey, dict[tuple[str, str], Any]] = WeakKeyDictionary()


def hole(name: str) -> str:
    """Return what stands in a page, while it is drawn, for what is put in afterwards; `name` is in small letters."""
    return f"stand-in-{name}-{_MARK}"


class KeptPage:
    """A page in pieces, with holes between them."""

    def __init__(self, drawn: str) -> None:
        """Cut a page at its holes, once: nothing that is put in is ever looked through."""
        self._pieces = _HOLE.split(drawn)

    def filled(self, **values: str) -> str:
        """Return the page with `values`, which are HTML, in the holes of these names."""
        pieces = self._pieces.copy()
        pieces[1::2] = [values[name] for name in pieces[1::2]]
        return "".join(pieces)


def kept(survey: Survey, name: str, language: str, make: Callable[[], Made]) -> Made:
    """Return what `make` returned for this survey and language, made once while the shelf has room."""
    shelf = _kept.setdefault(survey, {})
    if (name, language) not in shelf:
        if len(shelf) >= MOST_KEPT:
            return make()
        shelf[name, language] = make()
    found: Made = shelf[name, language]
    return found


def kept_page(survey: Survey, name: str, language: str, draw: Callable[[], str]) -> KeptPage:
    """Return the page that `draw` draws with holes."""
    return kept(survey, name, language, lambda: KeptPage(draw()))
