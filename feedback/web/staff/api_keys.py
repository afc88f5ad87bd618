"""The keys by which an organisation's programs use the service: made, shown once, and revoked by administrators."""

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.api_keys import ApiScope
from feedback.domain.errors import ApiKeyRefused, NameRefused, PasskeyRefused
from feedback.domain.passkeys import SignedFor
from feedback.domain.staff import StaffRole
from feedback.locales.moments import ago
from feedback.locales.speech import spoken
from feedback.reporting.words import day
from feedback.runtime import runtime, system_clock
from feedback.services.api_keys.make_key import AT_ONCE, WantedKey, make_key, revoke_key
from feedback.services.api_keys.show_keys import KeyState, show_keys
from feedback.services.programmes.show_programmes import is_example, list_programmes
from feedback.services.staff.manage_passkeys import show_passkeys
from feedback.services.staff.sign_deed import Signature, ask_to_sign
from feedback.web.staff.guards import allowed, member, signed_in
from feedback.web.staff.outcomes import tell
from feedback.web.staff.passkey_browser import asked, needed_site, site, taken_secret
from feedback.web.staff.sent_forms import accepted, mistakes, only_a_button
from forms.api_keys import SCOPES, MakeKeyForm, RevokeKeyForm
from forms.staff import StaffForm


@allowed(StaffRole.ADMINISTRATOR)
def show() -> ResponseReturnValue:
    """List the keys."""
    return _page(_form(formdata=None))


@allowed(StaffRole.ADMINISTRATOR)
def challenge() -> ResponseReturnValue:
    """Draw what a passkey is to sign before a key is made."""
    with accepted(StaffForm(), only_a_button, PasskeyRefused):
        deed = SignedFor.ALLOW_KEY
        return asked(*ask_to_sign(runtime().session(), needed_site(), signed_in(), deed, now=system_clock()))


@allowed(StaffRole.ADMINISTRATOR)
def make() -> Response:
    """Make a key and show it, here and never again: a page that is led to could show it to nobody else later."""
    form, tools = _form(), runtime()
    with accepted(form, lambda: _page(form), ApiKeyRefused, NameRefused, PasskeyRefused):
        scopes = [ApiScope(one) for one in form.scopes.data]
        wanted = WantedKey(form.purpose.data, scopes, form.programme_id, int(form.days.data))
        signature = Signature(taken_secret(), form.credential.data or "")
        times = {"now": system_clock(), "noted_at": tools.clock()}
        key = make_key(tools.session(), site(), signed_in(), wanted, signature, **times)
    return make_response(_page(_form(formdata=None), key=key))


@allowed(StaffRole.ADMINISTRATOR)
def revoke() -> ResponseReturnValue:
    """Let a key work no more."""
    form = RevokeKeyForm()
    with accepted(form):
        times = {"now": system_clock(), "noted_at": runtime().clock()}
        revoke_key(runtime().session(), member(), form.number.data, **times)
    tell(_("The key is revoked."), _("Whatever used it is answered nothing any more."))
    return redirect(url_for(".api_keys"), 303)


def _form(**given: object) -> MakeKeyForm:
    form, session = MakeKeyForm(**given), runtime().session()
    ours = list_programmes(session, member().organisation_id)
    form.offer((one.id, one.name) for one in ours if not is_example(session, one.id))
    return form


def _page(form: MakeKeyForm, key: str = "") -> str:
    now, language, session = system_clock(), spoken().code, runtime().session()
    words = {choice.value: choice.label for choice in SCOPES}
    keys = [
        {
            "key": one,
            "made": ago(now - one.made_at, language),
            "ends": day(one.expires_at.date()),
            "used": day(one.used_on) if one.used_on else "",
            "scopes": [words[scope] for scope in one.scopes],
            "works": one.state is KeyState.WORKS,
        }
        for one in show_keys(session, member().organisation_id, now=now)
    ]
    return render_template(
        "staff/api_keys.html",
        keys=keys,
        key=key,
        needs_passkey=site() is not None,
        has_passkey=bool(show_passkeys(session, member().id)),
        at_once=AT_ONCE,
        form=form,
        revoke_form=RevokeKeyForm(formdata=None),
        errors=mistakes(form),
        refusals=form.form_errors,
    )
