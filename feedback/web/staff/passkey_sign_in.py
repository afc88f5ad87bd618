"""Sign in with a passkey, and the page that asks for one after the mailed link where an organisation demands it."""

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue

from feedback.domain.errors import NameRefused, PasskeyRefused
from feedback.runtime import runtime, system_clock
from feedback.services.staff.begin_sessions import NewSession
from feedback.services.staff.keep_sessions import HalfSignedIn
from feedback.services.staff.make_passkeys import ask_for_new_passkey, make_passkey
from feedback.services.staff.manage_passkeys import show_passkeys
from feedback.services.staff.use_passkeys import ask_for_passkey, go_on_with_new_passkey, use_passkey
from feedback.web.refusals import in_words
from feedback.web.staff.guards import by_half, half_signed_in, open_to_all
from feedback.web.staff.passkey_browser import asked, asked_to_make, needed_site, site, taken_secret
from feedback.web.staff.sent_forms import accepted, mistakes
from feedback.web.staff.way_in import let_in, way_in
from forms.staff import AskForLinkForm, MakePasskeyForm, PasskeyForm, SignOutForm, StaffForm


@open_to_all
def challenge() -> ResponseReturnValue:
    """Draw what any passkey is to sign."""
    with accepted(StaffForm()):
        return _ask(None)


@open_to_all
def enter() -> ResponseReturnValue:
    """Begin a session of whoever's passkey has signed."""
    form = PasskeyForm()
    with accepted(form):
        try:
            begun = _use(form, None)
        except PasskeyRefused as refusal:
            return make_response(way_in(AskForLinkForm(formdata=None), refused=in_words(refusal)), 403)
    return let_in(begun)


@by_half(lacks_provider=False)
def ask_second() -> ResponseReturnValue:
    """Ask for a passkey of whoever has used a link, or have the first one made."""
    return _second_page()


@by_half(lacks_provider=False)
def challenge_second() -> ResponseReturnValue:
    """Draw what one of their passkeys is to sign, or the first one that they make."""
    half = half_signed_in()
    with accepted(StaffForm()):
        if _has_passkeys(half):
            return _ask(half)
        return asked_to_make(ask_for_new_passkey(runtime().session(), needed_site(), half, now=system_clock()))


@by_half(lacks_provider=False)
def second() -> ResponseReturnValue:
    """Go on with the passkey that has signed, or with the first one that was made, in a session of its own."""
    half = half_signed_in()
    if _has_passkeys(half):
        form = PasskeyForm()
        with accepted(form, lambda: _second_page(form), PasskeyRefused):
            return let_in(_use(form, half))
    making = MakePasskeyForm()
    with accepted(making, lambda: _second_page(making), PasskeyRefused, NameRefused):
        make_passkey(
            runtime().session(),
            needed_site(),
            half,
            name=making.name.data,
            secret=taken_secret(),
            sent=making.credential.data or "",
            confirmation=making.confirmation.data or "",
            now=system_clock(),
            noted_at=runtime().clock(),
        )
        begun = go_on_with_new_passkey(runtime().session(), half, now=system_clock())
    return let_in(begun)


def _ask(half: HalfSignedIn | None) -> Response:
    return asked(*ask_for_passkey(runtime().session(), needed_site(), half, now=system_clock()))


def _use(form: PasskeyForm, half: HalfSignedIn | None) -> NewSession:
    return use_passkey(
        runtime().session(),
        needed_site(),
        half,
        secret=taken_secret(),
        sent=form.credential.data or "",
        now=system_clock(),
        noted_at=runtime().clock(),
    )


def _has_passkeys(half: HalfSignedIn) -> bool:
    return bool(show_passkeys(runtime().session(), half.member.id))


def _second_page(sent: PasskeyForm | None = None) -> str:
    has_passkeys = _has_passkeys(half_signed_in())
    # Whatever was sent: another window may have made the first one meanwhile.
    form = sent if isinstance(sent, PasskeyForm if has_passkeys else MakePasskeyForm) else None
    return render_template(
        "staff/passkey.html",
        has_passkeys=has_passkeys,
        member=half_signed_in().member,
        is_possible=site() is not None,
        form=form or (PasskeyForm if has_passkeys else MakePasskeyForm)(formdata=None),
        errors=() if sent is None else mistakes(sent),
        refusals=() if sent is None else sent.form_errors,
        sign_out_form=SignOutForm(formdata=None),
    )
