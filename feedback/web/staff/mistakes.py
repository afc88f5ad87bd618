"""What is wrong with a form that was sent, as the list at the top of its page says it."""

from collections.abc import Iterator

from wtforms import Form, FormField


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
