"""The language that is spoken just now: that of a request, or of the mail that is being written."""

from collections.abc import Callable

from babel import Locale
from flask import Flask
from flask_babel import get_locale

from feedback.domain.languages import ENGLISH, LANGUAGES, Language, spoken_language
from feedback.locales.catalogues import Interpreter

_LOCALES = {language.code: Locale(language.code) for language in LANGUAGES}


def spoken() -> Language:
    """Return the language that is spoken just now; English outside a page, a command or a mail."""
    locale = get_locale()
    return ENGLISH if locale is None else spoken_language(locale.language)


def teach(app: Flask, choose: Callable[[], Language]) -> None:
    """Let `app` and its templates speak; `choose` returns the language where none is forced."""
    Interpreter(app, locale_selector=lambda: _LOCALES[choose().code])
    app.context_processor(lambda: {"language": spoken()})
