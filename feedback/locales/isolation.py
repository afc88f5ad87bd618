"""Names in a text that runs the other way: set apart, so that they do not put their neighbours out of order."""

import unicodedata

from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from feedback.locales.speech import spoken

_AGAINST = {"ltr": frozenset({"R", "AL"}), "rtl": frozenset({"L"})}
_FIRST_STRONG, _POP = "\u2068", "\u2069"


def set_apart(text: str) -> Markup:
    """Return `text` for a page, set apart where it holds letters that run against the language."""
    return Markup("<bdi>{}</bdi>").format(text) if _runs_against(text) else escape(text)


@pass_eval_context
def isolated(context: EvalContext, text: str) -> str:
    """Return `text` set apart where it holds letters that run against the language.

    Markup does that in a page; in plain text, the characters that Unicode has for it.
    """
    # What needs no setting apart stays as it is: a page escapes it, unless it is markup already.
    if not _runs_against(text):
        return text
    return set_apart(text) if context.autoescape else isolated_text(text)


def isolated_text(text: str) -> str:
    """Return `text` for a plain text, set apart where it holds letters that run against the language."""
    return f"{_FIRST_STRONG}{text}{_POP}" if _runs_against(text) else text


def _runs_against(text: str) -> bool:
    against = _AGAINST[spoken().direction]
    return any(unicodedata.bidirectional(letter) in against for letter in text)
