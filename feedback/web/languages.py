"""The language of a page: the one named in its address, else one that the browser asks for, else English.

No cookie remembers it: every address that a participant's page leads to names the language again.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Flask, g, has_request_context, request
from flask_babel import refresh
from werkzeug.exceptions import HTTPException

from feedback.domain.languages import ENGLISH, LANGUAGES, Language
from feedback.locales.catalogues import staff_languages
from feedback.locales.counts import FILTERS
from feedback.locales.isolation import isolated
from feedback.locales.lists import comma, labelled_on_page, listed_on_page
from feedback.locales.speech import spoken, teach

PARAMETER = "language"
# Mail programs that write "=" as "=3D" leave the sign's number behind.
_LANGUAGE = re.compile("(?:3D)?([A-Za-z]+)")
_CODES = frozenset(language.code for language in LANGUAGES)
_ALWAYS_NAMED = frozenset({"accessibility", "opt_out", "participant", "receipts", "results", "support"})
_NAMED_IF_ASKED = frozenset({"data_protection", "home", "staff"})


def add_languages(app: Flask) -> None:
    """Choose a language for every page, let templates offer the others, and carry the choice in addresses."""
    teach(app, _chosen)
    app.jinja_env.filters |= {"isolated": isolated, "listed": listed_on_page, "labelled": labelled_on_page} | FILTERS
    app.jinja_env.globals["comma"] = comma
    app.context_processor(lambda: {"languages": offered()})
    app.url_defaults(_name_language)


def offered() -> tuple[Language, ...]:
    """Return the languages in which the whole page exists."""
    everywhere = staff_languages() if has_request_context() and request.blueprint == "staff" else LANGUAGES
    only: frozenset[str] | None = g.get("languages_offered")
    return everywhere if only is None else tuple(language for language in everywhere if language.code in only)


def offer_only(codes: Iterable[str]) -> None:
    """Offer the page in no language but these and English; what is spoken from now on is one of them."""
    g.languages_offered = frozenset({*codes, ENGLISH.code})
    refresh()


def switched() -> bool:
    """Tell whether the button of another language brought the visitor here: the page is to be shown again."""
    return not _CODES.isdisjoint(_pressed())


def _chosen() -> Language:
    if not has_request_context():
        return ENGLISH
    among = {language.code: language for language in offered()}
    return next((among[code] for code in _asked_for() if code in among), ENGLISH)


def _asked_for() -> Iterator[str]:
    yield from _pressed()
    yield from map(_language_of, request.args.getlist(PARAMETER)[:1])
    # The browser's order counts: a plain match would prefer an English that comes later.
    yield from map(_language_of, request.accept_languages.values())


def _language_of(tag: str) -> str:
    """Return the language that a tag begins with: "fr-CA", "FR", and "fr." at a sentence's end are French."""
    found = _LANGUAGE.search(tag)
    return found[1].lower() if found else ""


def _pressed() -> list[str]:
    try:
        return request.form.getlist(PARAMETER)[:1] if request.method == "POST" else []
    except HTTPException:
        # A form that is too long, or broken off, is refused where it is expected; that page needs a language too.
        return []


def _name_language(endpoint: str, values: dict[str, Any]) -> None:
    pages = endpoint.partition(".")[0]
    asked = has_request_context() and PARAMETER in request.args
    if pages in _ALWAYS_NAMED or (pages in _NAMED_IF_ASKED and asked):
        values.setdefault(PARAMETER, spoken().code)
