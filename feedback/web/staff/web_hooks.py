"""Other systems of an organisation that are told what happens: added, tried, given a new secret, and told no more."""

from zoneinfo import ZoneInfo

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.errors import CallRefused, PasskeyRefused
from feedback.domain.hooks import HookEvent
from feedback.domain.passkeys import SignedFor
from feedback.domain.staff import StaffRole
from feedback.runtime import runtime, system_clock
from feedback.services.hooks.manage_hooks import (
    end_former_secret,
    remove_hook,
    switch_hook,
    try_hook,
)
from feedback.services.hooks.show_hooks import ShownDelivery, ShownHook, show_hook, show_hooks
from feedback.services.hooks.sign_for_hooks import SignedDeed, WantedHook, add_signed_hook, rotate_signed_secret
from feedback.services.programmes.show_programmes import is_example, list_programmes
from feedback.services.staff.manage_passkeys import show_passkeys
from feedback.services.staff.sign_deed import Signature, ask_to_sign
from feedback.web.staff.guards import allowed, member, signed_in
from feedback.web.staff.outcomes import tell
from feedback.web.staff.passkey_browser import asked, needed_site, site, taken_secret
from feedback.web.staff.sent_forms import accepted, mistakes, only_a_button
from feedback.web.staff.wording import day_and_time
from forms.staff import PasskeyForm, StaffForm
from forms.web_hooks import EVENTS, AddHookForm, NewSecretForm, SwitchHookForm

_CLOCK = ZoneInfo("UTC")


@allowed(StaffRole.ADMINISTRATOR)
def show() -> ResponseReturnValue:
    """List the addresses."""
    return _page(_form(formdata=None))


@allowed(StaffRole.ADMINISTRATOR)
def one(hook_id: int) -> ResponseReturnValue:
    """Show one of them, and what became of its last messages."""
    return _page_of(hook_id, NewSecretForm(formdata=None))


@allowed(StaffRole.ADMINISTRATOR)
def challenge() -> ResponseReturnValue:
    """Draw what a passkey is to sign before an address is added or a secret is made."""
    with accepted(StaffForm(), only_a_button, PasskeyRefused):
        deed = SignedFor.ALLOW_HOOK
        return asked(*ask_to_sign(runtime().session(), needed_site(), signed_in(), deed, now=system_clock()))


@allowed(StaffRole.ADMINISTRATOR)
def add() -> Response:
    """Add an address and show its secret, here and never again."""
    # What judges addresses is large: whoever only looks does not load it.
    from feedback.guarded_calls import GuardedCaller

    form, tools = _form(), runtime()
    with accepted(form, lambda: _page(form), CallRefused, PasskeyRefused):
        wanted = WantedHook(form.url.data, tuple(map(HookEvent, form.events.data)), form.programme_id)
        caller = GuardedCaller(tools.settings.inside_hosts)
        number, secret = add_signed_hook(tools.session(), tools.keys, caller, _deed(form), wanted)
    return make_response(_page_of(number, NewSecretForm(formdata=None), secret))


@allowed(StaffRole.ADMINISTRATOR)
def renew(hook_id: int) -> Response:
    """Make another secret and show it, here and never again; the former one signs too until it is ended."""
    form, tools = NewSecretForm(), runtime()
    with accepted(form, lambda: _page_of(hook_id, form), CallRefused, PasskeyRefused):
        secret = rotate_signed_secret(tools.session(), tools.keys, _deed(form), hook_id)
    return make_response(_page_of(hook_id, NewSecretForm(formdata=None), secret))


@allowed(StaffRole.ADMINISTRATOR)
def end_former(hook_id: int) -> ResponseReturnValue:
    """Let the former secret sign no more."""
    with accepted(StaffForm()):
        end_former_secret(runtime().session(), member(), hook_id, now=runtime().clock())
    tell(_("The former secret signs no more."))
    return redirect(url_for(".web_hook", hook_id=hook_id), 303)


@allowed(StaffRole.ADMINISTRATOR)
def test(hook_id: int) -> ResponseReturnValue:
    """Have a test sent."""
    with accepted(StaffForm()):
        try_hook(runtime().session(), member(), hook_id, now=runtime().clock())
    tell(_("A test is sent within a minute."), _("What became of it stands below: load the page again."))
    return redirect(url_for(".web_hook", hook_id=hook_id), 303)


@allowed(StaffRole.ADMINISTRATOR)
def switch(hook_id: int) -> ResponseReturnValue:
    """Tell it nothing more, or again what happens from now on."""
    form = SwitchHookForm()
    with accepted(form):
        is_on = form.state.data == "on"
        switch_hook(runtime().session(), member(), hook_id, is_on=is_on, now=runtime().clock())
    if is_on:
        tell(_("It is told again."), _("Of what happens from now on, and of nothing that happened before."))
    else:
        tell(_("It is told nothing more."), _("What still waited is not sent."))
    return redirect(url_for(".web_hook", hook_id=hook_id), 303)


@allowed(StaffRole.ADMINISTRATOR)
def remove(hook_id: int) -> ResponseReturnValue:
    """Forget it, its secrets and what became of its messages."""
    with accepted(StaffForm()):
        remove_hook(runtime().session(), member(), hook_id, now=runtime().clock())
    tell(_("The address is forgotten."), _("It is told nothing more."))
    return redirect(url_for(".web_hooks"), 303)


def _deed(form: PasskeyForm) -> SignedDeed:
    signature = Signature(taken_secret(), form.credential.data or "")
    return SignedDeed(site(), signed_in(), signature, system_clock(), runtime().clock())


def _programmes() -> dict[int, str]:
    session = runtime().session()
    ours = list_programmes(session, member().organisation_id)
    return {one.id: one.name for one in ours if not is_example(session, one.id)}


def _form(**given: object) -> AddHookForm:
    form = AddHookForm(**given)
    form.offer(_programmes().items())
    return form


def _page(form: AddHookForm) -> str:
    hooks = show_hooks(runtime().session(), member().organisation_id)
    return render_template(
        "staff/web_hooks.html",
        hooks=[_in_words(one) for one in hooks],
        form=form,
        errors=mistakes(form),
        refusals=form.form_errors,
        **_passkeys(),
    )


def _page_of(hook_id: int, form: NewSecretForm, secret: str = "") -> str:
    hook, log = show_hook(runtime().session(), member().organisation_id, hook_id, now=runtime().clock())
    return render_template(
        "staff/web_hook.html",
        hook=_in_words(hook),
        log=[_outcome(one) for one in log],
        secret=secret,
        form=form,
        button=StaffForm(formdata=None),
        refusals=form.form_errors,
        **_passkeys(),
    )


def _passkeys() -> dict[str, bool]:
    has_passkey = bool(show_passkeys(runtime().session(), member().id))
    return {"needs_passkey": site() is not None, "has_passkey": has_passkey}


def _in_words(hook: ShownHook) -> dict[str, object]:
    words = {choice.value: choice.label for choice in EVENTS}
    programme = _programmes().get(hook.programme_id, "") if hook.programme_id else ""
    return {"hook": hook, "events": [words[event] for event in hook.events], "programme": programme}


def _outcome(sent: ShownDelivery) -> dict[str, str]:
    words = {choice.value: choice.label for choice in EVENTS}
    return {
        "at": day_and_time(sent.happened_at, _CLOCK),
        "what": str(words.get(sent.event, _("A test"))),
        "became": _became(sent),
        "answer": _answer(sent),
    }


def _became(sent: ShownDelivery) -> str:
    if sent.is_delivered:
        return str(_("Arrived"))
    if sent.tell_at is None:
        return str(_("Given up"))
    if not sent.attempts:
        return str(_("Is sent within a minute of its moment"))
    return str(_("Is tried again: %(moment)s", moment=day_and_time(sent.tell_at, _CLOCK)))


def _answer(sent: ShownDelivery) -> str:
    if not sent.attempts:
        return str(_("Not tried yet"))
    return str(_("Answer: %(code)s", code=sent.status)) if sent.status else str(_("No answer"))
