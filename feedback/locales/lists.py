"""Words and names in a row, with the comma, the colon and the "and" that a language has for them."""

from collections.abc import Iterable

from babel.lists import format_list
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from feedback.locales.speech import spoken

# Locale "en" is that of the United States, which puts a comma before the last "and".
_LOCALE = {"en": "en_GB"}
# The Welsh "and" depends on the sound that follows; the locale data writes "a(c)".
_WITHOUT_AND = frozenset({"cy"})


def comma() -> str:
    """Return the comma of the language, and the space after it."""
    return spoken().comma


def listed(parts: Iterable[str]) -> str:
    """Return such as "Ana, Ben and Cy"; empty for nothing."""
    code = spoken().code
    if code in _WITHOUT_AND:
        return comma().join(parts)
    return format_list(list(parts), style="standard", locale=_LOCALE.get(code, code))


def labelled(name: str, value: str) -> str:
    """Return what `name` is, such as "Mentors: 14 people"."""
    return f"{name}{spoken().colon}{value}"


@pass_eval_context
def listed_on_page(context: EvalContext, parts: Iterable[str]) -> str:
    """Return what `listed` does; in a page its parts are escaped unless they are markup."""
    return Markup(listed(map(escape, parts))) if context.autoescape else listed(parts)  # noqa: S704  # escaped before


@pass_eval_context
def labelled_on_page(context: EvalContext, name: str, value: str) -> str:
    """Return what `labelled` does; in a page both are escaped unless they are markup."""
    return escape(name) + spoken().colon + escape(value) if context.autoescape else labelled(name, value)
