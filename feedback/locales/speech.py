"""The language that is spoken just now: that of a request, or of the mail that is being written."""

from collections.abc import Callable
from typing import Any

from babel import Locale
from flask import Flask
from flask_babel import get_locale
from jinja2 import pass_context
from jinja2.runtime import Context

from feedback.domain.languages import ENGLISH, LANGUAGES, Language, spoken_language
from feedback.locales.catalogues import Interpreter, written

_LOCALES = {language.code: Locale(language.code) for language in LANGUAGES}


def spoken() -> Language:
    """Return the language that is spoken just now; English outside a page, a command or a mail."""
    locale = get_locale()
    return ENGLISH if locale is None else spoken_language(locale.language)


def teach(app: Flask, choose: Callable[[], Language]) -> None:
    """Let `app` and its templates speak; `choose` returns the language where none is forced."""
    Interpreter(app, locale_selector=lambda: _LOCALES[choose().code])
    words: dict[str, Any] = dict(app.jinja_env.globals)
    app.jinja_env.globals |= {name: _with_numbers(words[name]) for name in ("gettext", "ngettext")}
    app.context_processor(lambda: {"language": spoken()})


def _with_numbers(say: Callable[..., str]) -> Callable[..., str]:
    """Return one of Jinja's functions for sentences that writes numbers as the language does."""

    @pass_context
    def said(context: Context, *words: Any, **variables: Any) -> str:
        # What is counted stands first behind the two forms, and in its sentence as "num".
        counted = {"num": words[2]} if len(words) > 2 else {}
        return say(context, *words, **written(counted | variables))

    return said
