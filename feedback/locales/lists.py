"""Several things in a row, with the comma of the language that is spoken."""

from collections.abc import Iterable

from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import escape

from feedback.locales.speech import spoken


def listed(parts: Iterable[str]) -> str:
    """Return `parts` one after the other, such as "Kick-off, Pilot"."""
    return spoken().comma.join(parts)


@pass_eval_context
def listed_in_page(context: EvalContext, parts: Iterable[str]) -> str:
    """Return what `listed` does; in a page each part is escaped unless it is markup."""
    return escape(spoken().comma).join(parts) if context.autoescape else listed(parts)
