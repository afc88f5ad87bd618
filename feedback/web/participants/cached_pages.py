"""Pages drawn once for everybody behind a survey's links; what differs is put in afterwards, at the same cost for all.

A page is kept as long as its survey is open, and never lapses. Nothing that a participant sent is ever in one.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from markupsafe import Markup

from feedback.services.waves.known_surveys import Survey

# Random, so that no text holds it by design.
_MARK = secrets.token_hex(16)
_HOLE = re.compile(rf"stand-in-([\w.-]+?)-{_MARK}")
PAGE_STEP = 1024
"""A page that carries a draft is whole steps of so many bytes long."""
_COMMENT = "<!--{}-->"
# Random, because blanks would be gone if something on the way compressed them; in no letters that end a comment.
_FILLER = secrets.token_hex(2 * PAGE_STEP)
COMMENT_BYTES = len(_COMMENT) - len("{}")

Made = TypeVar("Made")

_cached: WeakKeyDictionary[Survey, dict[tuple[str, str], Any]] = WeakKeyDictionary()


def hole(name: str) -> str:
    """Return what stands in a page, while it is drawn, for what is put in afterwards."""
    return f"stand-in-{name}-{_MARK}"


class CachedPage:
    """A page, or a piece of one, cut at its holes."""

    def __init__(self, drawn: str) -> None:
        """Cut a page at its holes, once: nothing that is put in is ever looked through."""
        self._pieces = _HOLE.split(drawn)
        self.holes = frozenset(self._pieces[1::2])

    def filled(self, values: Mapping[str, str]) -> Markup:
        """Return the page with `values`, which are HTML, in the holes of these names."""
        pieces = self._pieces.copy()
        pieces[1::2] = [values[name] for name in pieces[1::2]]
        return Markup("".join(pieces))  # noqa: S704  # drawn by a template, and filled with HTML


def cached(survey: Survey, name: str, language: str, make: Callable[[], Made]) -> Made:
    """Return what `make` returned for this survey and language, made once."""
    pages = _cached.setdefault(survey, {})
    if (name, language) not in pages:
        pages[name, language] = make()
    found: Made = pages[name, language]
    return found


def cached_page(survey: Survey, name: str, language: str, draw: Callable[[], str]) -> CachedPage:
    """Return the page that `draw` draws with holes."""
    return cached(survey, name, language, lambda: CachedPage(draw()))


def size_of(html: str) -> int:
    """Return the bytes that a piece of a page takes."""
    return len(html.encode())


def filled_up(html: str, size: int) -> Markup:
    """Return a piece of a page and a comment behind it, together `size` bytes long, or as many as they must be."""
    return Markup("".join((html, _comment(max(size - size_of(html), COMMENT_BYTES)))))  # noqa: S704  # `html` is HTML


def padded(page: str) -> bytes:
    """Return a page with a comment behind it that makes its size whole steps."""
    written = page.encode()
    return written + _comment(-(len(written) + COMMENT_BYTES) % PAGE_STEP + COMMENT_BYTES).encode()


def _comment(size: int) -> str:
    return _COMMENT.format((_FILLER * (size // len(_FILLER) + 1))[: size - COMMENT_BYTES])
