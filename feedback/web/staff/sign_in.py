"""Signing in and out. Opening a sign-in link uses nothing up, because mail scanners open links too."""

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from feedback.runtime import runtime, system_clock
from feedback.services.staff.keep_sessions import begin_session, end_session
from feedback.services.staff.sign_in import sign_in
from feedback.web.staff.guards import IN_COOKIE, by_cookie, open_to_all
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
        _end_by_cookie()
        secret = begin_session(runtime().session(), staff_id, now=system_clock())
    session.clear()
    session[IN_COOKIE] = secret
    return redirect(url_for(".programmes"), 303)


@open_to_all
def leave() -> ResponseReturnValue:
    """End the session."""
    with accepted(SignOutForm()):
        _end_by_cookie()
    session.clear()
    return redirect(url_for(".how_to_sign_in"), 303)


def _end_by_cookie() -> None:
    found = by_cookie()
    if found is not None:
        end_session(runtime().session(), found.member, found.digest, now=runtime().clock())
