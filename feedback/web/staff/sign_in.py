"""Signing in and out. Opening a sign-in link uses nothing up, because mail scanners open links too."""

from flask import make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from feedback.domain.errors import AddressRefused, SignInRefused
from feedback.locales.speech import spoken
from feedback.runtime import runtime, system_clock
from feedback.services.staff.ask_for_link import ask_for_link
from feedback.services.staff.mail_links import LIFETIME
from feedback.services.staff.sign_in import sign_in
from feedback.services.staff.sign_in_by_provider import way_out
from feedback.web.refusals import in_words
from feedback.web.staff.guards import open_to_all
from feedback.web.staff.notices import worker_is_silent
from feedback.web.staff.provider_browser import way_out_uri
from feedback.web.staff.saved_forms import holds_saved_forms
from feedback.web.staff.sent_forms import accepted
from feedback.web.staff.way_in import end_by_cookie, let_in, way_in
from forms.staff import AskForLinkForm, SignInForm, SignOutForm


@open_to_all
def explain() -> ResponseReturnValue:
    """Ask for the address that a sign-in link is to be mailed to."""
    return way_in(AskForLinkForm())


@open_to_all
def ask_for_mail() -> ResponseReturnValue:
    """Let a link be mailed to an address, if it has an account. The answer is the same if it has none."""
    form = AskForLinkForm()
    with accepted(form, lambda: way_in(form), AddressRefused, at=form.email):
        tools = runtime()
        address = ask_for_link(tools.session(), form.email.data, language=spoken().code, now=tools.clock())
    minutes = int(LIFETIME.total_seconds()) // 60
    return render_template(
        "staff/link_sent.html",
        address=address,
        minutes=minutes,
        is_silent=worker_is_silent(),
        is_kept=holds_saved_forms(),
    )


@open_to_all
def ask(token: str) -> ResponseReturnValue:
    """Show the button that signs in; it looks the same for any token."""
    return render_template("staff/sign_in.html", form=SignInForm(), action=url_for(".sign_in", token=token))


@open_to_all
def enter(token: str) -> ResponseReturnValue:
    """Use the link up and begin a session of its own."""
    with accepted(SignInForm()):
        try:
            begun = sign_in(runtime().session(), token, now=runtime().clock(), begun_at=system_clock())
        except SignInRefused as refusal:
            return make_response(way_in(AskForLinkForm(formdata=None), refused=in_words(refusal)), 403)
    return let_in(begun)


@open_to_all
def leave() -> ResponseReturnValue:
    """End the session; whoever a provider has signed in is shown how to sign out there too."""
    with accepted(SignOutForm()):
        ended = end_by_cookie()
    session.clear()
    signs_out_at = way_out(runtime().session(), ended, way_out_uri())
    if signs_out_at is not None:
        return render_template("staff/signed_out.html", address=signs_out_at)
    return redirect(url_for(".how_to_sign_in"), 303)
