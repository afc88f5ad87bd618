"""Signing in and out. Opening a sign-in link uses nothing up, because mail scanners open links too."""

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from feedback.runtime import runtime
from feedback.services.staff.sign_in import sign_in
from feedback.web.staff.guards import open_to_all
from feedback.web.staff.sent_forms import accepted
from forms.staff import SignInForm, SignOutForm


@open_to_all
def explain() -> ResponseReturnValue:
    """Say how to get a sign-in link."""
    return render_template("staff/how_to_sign_in.html")


@open_to_all
def ask(token: str) -> ResponseReturnValue:
    """Show the button that signs in; it looks the same for any token."""
    return render_template("staff/sign_in.html", form=SignInForm(), action=url_for(".sign_in", token=token))


@open_to_all
def enter(token: str) -> ResponseReturnValue:
    """Use the link up and begin a session of its own."""
    with accepted(SignInForm()):
        staff_id = sign_in(runtime().session(), token, now=runtime().clock())
    session.clear()
    session["staff_id"] = staff_id
    return redirect(url_for(".programmes"), 303)


@open_to_all
def leave() -> ResponseReturnValue:
    """End the session."""
    with accepted(SignOutForm()):
        session.clear()
    return redirect(url_for(".how_to_sign_in"), 303)
