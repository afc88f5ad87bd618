"""Pages that are the same for everybody behind a survey's links, rendered once, the link put in afterwards.

A page is kept as long as its survey is. Nothing that a participant sent is ever in one.
"""

import secrets
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from feedback.services.waves.known_surveys import Survey


def draw_stand_in() -> str:
    """Return what takes the place of a value while a page is rendered; random, so that no text holds it by design."""
    return f"stand-in-{secrets.token_hex(16)}"


_LINK = draw_stand_in()
MOST_KEPT = 300
"""Of one survey. Conditions can make more of one part than memory is for, and whoever has a link can try them all."""

Made = TypeVar("Made")

_kept: WeakKeyDictionary[Survey, dict[tuple[str, str], Any]] = WeakKeyDictionary()


def kept(survey: Survey, name: str, language: str, make: Callable[[], Made]) -> Made:
    """Return what `make` returned for this survey and language, made once while the shelf has room."""
    shelf = _kept.setdefault(survey, {})
    if (name, language) not in shelf:
        if len(shelf) >= MOST_KEPT:
            return make()
        shelf[name, language] = make()
    found: Made = shelf[name, language]
    return found


def kept_page(survey: Survey, name: str, language: str, link: str, render: Callable[[str], str]) -> str:
    """Return the page that `render` makes for a link. `link` has led to a survey: it is 43 harmless characters."""
    return kept(survey, name, language, lambda: render(_LINK)).replace(_LINK, link)
