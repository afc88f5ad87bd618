"""Names in a text that runs the other way: set apart, so that they do not put their neighbours out of order."""

import unicodedata

from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from feedback.domain.languages import Language
from feedback.locales.speech import spoken

_AGAINST = {"ltr": frozenset({"R", "AL"}), "rtl": frozenset({"L"})}
_FIRST_STRONG, _POP = "\u2068", "\u2069"


def set_apart(text: str, language: Language | None = None) -> Markup:
    """Return `text` for a page, set apart where it holds letters that run against the language: that spoken now."""
    return Markup("<bdi>{}</bdi>").format(text) if _runs_against(text, language) else escape(text)


@pass_eval_context
def isolated(context: EvalContext, text: str) -> str:
    """Return `text` set apart where it holds letters that run against the language.

    Markup does that in a page; in plain text, the characters that Unicode has for it.
    """
    # What needs no setting apart stays as it is: a page escapes it, unless it is markup already.
    if not _runs_against(text):
        return text
    return set_apart(text) if context.autoescape else isolated_text(text)


def isolated_text(text: str, language: Language | None = None) -> str:
    """Return `text` for a plain text, set apart where it holds letters that run against the language."""
    return f"{_FIRST_STRONG}{text}{_POP}" if _runs_against(text, language) else text


def _runs_against(text: str, language: Language | None = None) -> bool:
    direction = (language or spoken()).direction
    # Most names in most languages: no letter needs to be looked up.
    if direction == "ltr" and text.isascii():
        return False
    against = _AGAINST[direction]
    return any(unicodedata.bidirectional(letter) in against for letter in text)
