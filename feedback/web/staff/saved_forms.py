"""What outlives a session in its browser: the page that was asked for, and forms that were sent after its end.

A form that was kept is never done by itself. It is shown again, filled in, and sent by whoever sees it.
"""

from urllib.parse import urlsplit

from flask import abort, g, request, session, url_for
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from feedback.runtime import runtime, system_clock
from feedback.services.staff.keep_forms import MOST, SentForm, forget_form, keep_form, show_form
from feedback.web.staff.uploads import UPLOADING

SHOWN_AGAIN = "shown-again"
"""The field that says which kept form is to be shown, and not to be done."""
_WHO, _WANTED, _KEPT, _NOT_KEPT, _TOKEN = "who", "wanted", "kept", "not-kept", "csrf_token"


def note_what_was_wanted() -> None:
    """Remember what a visitor without a session has asked for or, if it is a form of ours, sent."""
    if request.method == "GET":
        session[_WANTED] = _own_address()
    elif request.method == "POST" and isinstance(session.get(_WHO), int):
        _keep(session[_WHO])


def begin_anew(staff_id: int) -> str:
    """Forget what the browser held but what is owed to whom it has served before; return where to go first."""
    was = session.get(_WHO)
    owed = {name: session[name] for name in (_TOKEN, _KEPT) if name in session and was == staff_id}
    wanted = session.get(_WANTED) if was in (None, staff_id) else None
    session.clear()
    session.update(owed, **{_WHO: staff_id})
    if owed.get(_KEPT):
        return url_for("staff.kept")
    return wanted if isinstance(wanted, str) and wanted.startswith("/staff/") else url_for("staff.programmes")


def holds_saved_forms() -> bool:
    """Tell whether this browser has sent a form that waits to be shown again."""
    return bool(session.get(_KEPT))


def has_lost_a_form() -> bool:
    """Tell whether this browser has sent a form that could not be kept: whoever goes back to its page still has it."""
    return bool(session.get(_NOT_KEPT))


def saved_forms(staff_id: int) -> list[tuple[str, SentForm]]:
    """Return the forms that this browser has sent for an account, the newest first, each under its secret."""
    found = ((secret, _shown(staff_id, secret)) for secret in reversed(session.get(_KEPT, [])))
    return [(secret, form) for secret, form in found if form is not None]


def forget_saved(staff_id: int, *secrets: str) -> None:
    """Forget these forms, here and in the database."""
    for secret in secrets:
        forget_form(runtime().session(), staff_id, secret)
    session[_KEPT] = [one for one in session.get(_KEPT, []) if one not in secrets]


def is_shown_again() -> bool:
    """Tell whether what was sent is a kept form, to be shown and not to be done; a bad request if it is forged."""
    if "staff" not in g or SHOWN_AGAIN not in request.form:
        return False
    try:
        validate_csrf(request.form.get(_TOKEN))
    except ValidationError:
        abort(400)
    return True


def _keep(staff_id: int) -> None:
    # What another site has made a browser send is not kept either: it would be shown as if its owner had typed it.
    tokens = [value for name, value in request.form.items() if name.endswith(_TOKEN)]
    try:
        validate_csrf(tokens[0] if tokens else None)
    except ValidationError:
        return
    is_field = [name for name in request.form if not name.endswith(_TOKEN) and name != SHOWN_AGAIN]
    fields = tuple((name, value) for name in is_field for value in request.form.getlist(name))
    if not fields:
        return
    session[_NOT_KEPT] = True
    if request.endpoint in UPLOADING:
        return
    had_files = any(file.filename for file in request.files.values())
    form = SentForm(_own_address(), fields, had_files=had_files, sent_at=system_clock())
    secret = keep_form(runtime().session(), staff_id, form)
    if secret is not None:
        del session[_NOT_KEPT]
        session[_KEPT] = [*session.get(_KEPT, []), secret][-MOST:]


def _shown(staff_id: int, secret: str) -> SentForm | None:
    return show_form(runtime().session(), staff_id, secret, now=system_clock())


# Of this service, whatever host the request named.
def _own_address() -> str:
    parts = urlsplit(request.url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
