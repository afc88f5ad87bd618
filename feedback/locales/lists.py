"""Several things in a row, and names with what they are, with the comma and colon of the language that is spoken."""

from collections.abc import Iterable

from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import escape

from feedback.locales.speech import spoken


def listed(parts: Iterable[str]) -> str:
    """Return `parts` one after the other, such as "Kick-off, Pilot"."""
    return spoken().comma.join(parts)


def labelled(name: str, value: str) -> str:
    """Return what `name` is, such as "Mentors: 14 people"."""
    return f"{name}{spoken().colon}{value}"


@pass_eval_context
def listed_in_page(context: EvalContext, parts: Iterable[str]) -> str:
    """Return what `listed` does; in a page each part is escaped unless it is markup."""
    return escape(spoken().comma).join(parts) if context.autoescape else listed(parts)


@pass_eval_context
def labelled_in_page(context: EvalContext, name: str, value: str) -> str:
    """Return what `labelled` does; in a page both are escaped unless they are markup."""
    return escape(name) + spoken().colon + escape(value) if context.autoescape else labelled(name, value)
