"""The way in, whichever is taken: the page that says how to sign in, and the session that begins then."""

from flask import redirect, render_template, session
from flask.typing import ResponseReturnValue

from feedback.locales.speech import spoken
from feedback.runtime import runtime
from feedback.services.staff.begin_sessions import NewSession
from feedback.services.staff.keep_language import keep_language
from feedback.services.staff.keep_sessions import HalfSignedIn, SignedIn, end_session
from feedback.services.staff.set_provider import providers_to_choose
from feedback.web.staff.guards import IN_COOKIE, by_cookie
from feedback.web.staff.passkey_browser import site
from feedback.web.staff.saved_forms import begin_anew, has_lost_a_form, holds_saved_forms
from feedback.web.staff.sent_forms import mistakes
from forms.staff import AskForLinkForm, PasskeyForm, StaffForm


def way_in(form: AskForLinkForm, refused: str | None = None) -> str:
    """Return the page that says how to sign in, with what was wrong."""
    return render_template(
        "staff/how_to_sign_in.html",
        form=form,
        errors=mistakes(form),
        refused=refused,
        is_kept=holds_saved_forms(),
        is_lost=has_lost_a_form(),
        passkey_form_here=PasskeyForm(formdata=None) if site() else None,
        providers=providers_to_choose(runtime().session()),
        provider_form=StaffForm(formdata=None),
    )


def let_in(begun: NewSession) -> ResponseReturnValue:
    """Give a browser the session that has begun, in place of any that it has, and lead to what was wanted."""
    end_by_cookie()
    keep_language(runtime().session(), begun.staff_id, spoken().code)
    first = begin_anew(begun.staff_id)
    session[IN_COOKIE] = begun.secret
    return redirect(first, 303)


def end_by_cookie() -> SignedIn | HalfSignedIn | None:
    """End the session that the cookie names, whole or half, and return whose it was."""
    found = by_cookie()
    if found is not None:
        end_session(runtime().session(), found.member, found.digest, now=runtime().clock())
    return found
