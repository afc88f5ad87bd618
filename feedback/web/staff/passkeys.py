"""One's own passkeys: each with its name, a button that removes it, and a form that makes another."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.errors import AccessRefused, NameRefused, PasskeyRefused
from feedback.domain.staff import StaffRole
from feedback.locales.moments import ago
from feedback.locales.speech import spoken
from feedback.runtime import runtime, system_clock
from feedback.services.staff.make_passkeys import MOST, ask_for_new_passkey, make_passkey
from feedback.services.staff.manage_passkeys import is_demanded, show_passkeys
from feedback.services.staff.remove_passkey import ask_to_remove, remove_passkey
from feedback.web.staff.guards import allowed, member, signed_in
from feedback.web.staff.outcomes import tell
from feedback.web.staff.passkey_browser import asked, asked_to_make, needed_site, site, taken_secret
from feedback.web.staff.sent_forms import accepted, mistakes, only_a_button
from forms.staff import MakePasskeyForm, RemovePasskeyForm, StaffForm


@allowed(*StaffRole)
def show() -> ResponseReturnValue:
    """List one's own passkeys."""
    return _page(MakePasskeyForm(formdata=None))


@allowed(*StaffRole)
def challenge() -> ResponseReturnValue:
    """Draw what a new passkey is to sign."""
    with accepted(StaffForm()):
        return asked_to_make(ask_for_new_passkey(runtime().session(), needed_site(), signed_in(), now=system_clock()))


@allowed(*StaffRole)
def make() -> ResponseReturnValue:
    """Store a passkey that the browser has made."""
    form = MakePasskeyForm()
    with accepted(form, lambda: _page(form), PasskeyRefused, NameRefused):
        make_passkey(
            runtime().session(),
            needed_site(),
            signed_in(),
            name=form.name.data,
            secret=taken_secret(),
            sent=form.credential.data or "",
            confirmation=form.confirmation.data or "",
            now=system_clock(),
            noted_at=runtime().clock(),
        )
        tell(_("Your passkey is made."), _("Sign in with it from now on: one press, and no email."))
    return redirect(url_for(".passkeys"), 303)


@allowed(*StaffRole)
def challenge_removing() -> ResponseReturnValue:
    """Draw what one of them is to sign before one is removed."""
    form = RemovePasskeyForm()
    with accepted(form, only_a_button, AccessRefused):
        number = form.number.data
        return asked(*ask_to_remove(runtime().session(), needed_site(), signed_in(), number, now=system_clock()))


@allowed(*StaffRole)
def remove() -> ResponseReturnValue:
    """Remove one of them."""
    form = RemovePasskeyForm()
    with accepted(form, lambda: _page(MakePasskeyForm(formdata=None), form), AccessRefused, PasskeyRefused):
        remove_passkey(
            runtime().session(),
            needed_site(),
            signed_in(),
            form.number.data,
            secret=taken_secret(),
            confirmation=form.credential.data or "",
            now=system_clock(),
            noted_at=runtime().clock(),
        )
        tell(_("The passkey is removed."), _("It signs nobody in any more. Delete it on your device, too."))
    return redirect(url_for(".passkeys"), 303)


def _page(form: MakePasskeyForm, removing: RemovePasskeyForm | None = None) -> str:
    now, language, session = system_clock(), spoken().code, runtime().session()
    passkeys = [
        (one, ago(now - one.made_at, language), ago(now - one.used_at, language) if one.used_at else None)
        for one in show_passkeys(session, member().id)
    ]
    return render_template(
        "staff/passkeys.html",
        passkeys=passkeys,
        is_demanded=is_demanded(session, member().organisation_id),
        is_possible=site() is not None,
        is_full=len(passkeys) >= MOST,
        form=form,
        remove_form=RemovePasskeyForm(formdata=None),
        errors=mistakes(form),
        refusals=[*form.form_errors, *(removing.form_errors if removing else ())],
    )
