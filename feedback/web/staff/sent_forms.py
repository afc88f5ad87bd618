"""A form that staff have sent is accepted, or shown again with what is wrong with it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from flask import abort, g, make_response, redirect, request, url_for
from wtforms import Field, Form, FormField

from feedback.domain.errors import FeedbackError
from feedback.runtime import runtime
from feedback.web.refusals import in_words
from feedback.web.staff.guards import member
from feedback.web.staff.saved_forms import SHOWN_AGAIN, forget_saved, is_shown_again
from forms.staff import StaffForm


def only_a_button() -> NoReturn:
    """Refuse a form that is only a button: whatever is wrong with it, this service did not send it."""
    abort(400)


@contextmanager
def accepted(
    form: StaffForm,
    page: Callable[[], str] = only_a_button,
    *refusals: type[FeedbackError],
    at: Field | Callable[[FeedbackError], Field | None] | None = None,
) -> Iterator[None]:
    """Run the block if the form is complete; if it is not, or is refused, answer with its `page` again.

    A refusal is shown at the field `at`, or at the one that `at` names for it, or for the form as a whole. What no page
    of this service sends, such as a forged token, is a bad request. What was kept from before the sign-in is shown
    filled in, and nothing is done.
    """
    if is_shown_again():
        _show_again(page)
    if not form.validate():
        if any(form[name].errors for name in form.set_by_page):
            abort(400)
        abort(make_response(page(), 422))
    try:
        yield
    except refusals as refusal:
        runtime().session().rollback()
        field = at(refusal) if callable(at) and not isinstance(at, Field) else at
        if field is None:
            form.form_errors[:] = [in_words(refusal)]
        else:
            field.errors = [in_words(refusal)]
        abort(make_response(page(), 422))


def _show_again(page: Callable[[], str]) -> NoReturn:
    g.is_shown_again = True
    said = redirect(url_for("staff.programmes"), 303) if page is only_a_button else make_response(page(), 200)
    forget_saved(member().id, request.form[SHOWN_AGAIN])
    abort(said)


def mistakes(form: Form) -> tuple[tuple[str, str, str], ...]:
    """Return (id of the field to go to, its label, message) for each error, those of forms inside the form too."""
    return tuple(_mistakes(form))


def _mistakes(form: Form) -> Iterator[tuple[str, str, str]]:
    for field in form:
        if isinstance(field, FormField):
            for field_id, label, message in _mistakes(field.form):
                yield field_id, f"{field.label.text}: {label}", message
        else:
            yield from ((field.id, str(field.label.text), str(message)) for message in field.errors)
