"""Where a member of staff is signed in, with a way to end it."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from feedback.domain.staff import StaffRole
from feedback.locales.moments import ago
from feedback.locales.speech import spoken
from feedback.runtime import runtime, system_clock
from feedback.services.staff.connect_accounts import may_connect, show_connection
from feedback.services.staff.keep_sessions import end_all_sessions, end_session, show_sessions
from feedback.services.staff.set_provider import show_provider
from feedback.web.staff.guards import allowed, member, signed_in
from feedback.web.staff.sent_forms import accepted
from forms.staff import EndSessionForm, StaffForm


@allowed(*StaffRole)
def here_and_elsewhere() -> ResponseReturnValue:
    """List one's own sessions."""
    now, language = system_clock(), spoken().code
    sessions = [
        (one, ago(now - one.begun_at, language), ago(now - one.seen_at, language))
        for one in show_sessions(runtime().session(), signed_in(), now=now)
    ]
    number = member().organisation_id
    return render_template(
        "staff/sessions.html",
        sessions=sessions,
        form=StaffForm(),
        provider=show_provider(runtime().session(), number),
        connection=show_connection(runtime().session(), member().id),
        may_connect=may_connect(runtime().session(), signed_in(), number),
        organisation_id=number,
    )


@allowed(*StaffRole)
def end() -> ResponseReturnValue:
    """End one of one's own sessions."""
    form = EndSessionForm()
    with accepted(form):
        digest = bytes.fromhex(form.digest.data)
        end_session(runtime().session(), signed_in().member, digest, now=runtime().clock())
    return redirect(url_for(".sessions"), 303)


@allowed(*StaffRole)
def end_all() -> ResponseReturnValue:
    """End all of one's own sessions, this one too."""
    with accepted(StaffForm()):
        end_all_sessions(runtime().session(), signed_in().member, now=runtime().clock())
    return redirect(url_for(".how_to_sign_in"), 303)
