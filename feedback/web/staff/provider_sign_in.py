"""Sign in by an organisation's provider: the way there, the way back, and the pages on which somebody goes on.

The way there begins with a form of ours, so that no other site sends anybody. The way back writes nothing before the
provider's answer was checked, and takes nobody's session away: who is signed in as somebody else is asked.
"""

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.errors import ProviderAway, ProviderRefused, sentence
from feedback.domain.providers import Arrival, Client, Identity, Return, host_of
from feedback.domain.staff import StaffRole
from feedback.locales.speech import spoken
from feedback.runtime import runtime, system_clock
from feedback.services.staff.connect_accounts import (
    ask_owner,
    connect,
    connect_by_link,
    disconnect,
    known_account,
    may_connect,
)
from feedback.services.staff.keep_sessions import HalfSignedIn, SignedIn
from feedback.services.staff.set_provider import client_of, note_proven
from feedback.services.staff.sign_in_by_provider import sign_in_by_provider
from feedback.web.refusals import in_words
from feedback.web.staff.guards import allowed, by_cookie, by_half, half_signed_in, member, open_to_all
from feedback.web.staff.outcomes import tell
from feedback.web.staff.provider_browser import (
    Arrived,
    asked_with,
    held,
    hold,
    journey_of,
    note_asked,
    redirect_uri,
    set_off,
)
from feedback.web.staff.sent_forms import accepted
from feedback.web.staff.way_in import let_in, way_in
from forms.staff import AskForLinkForm, SignOutForm, StaffForm

_LONGEST_CODE = 4000
_NOT_BACK = sentence("You were not signed in there, or this browser did not ask for it. Begin again here.")
_LATE = sentence("That was a while ago. Begin again here.")


@by_half(lacks_provider=True)
def ask() -> ResponseReturnValue:
    """Lead whoever has used a link or a passkey to the provider, where that is demanded."""
    return render_template(
        "staff/provider.html",
        member=half_signed_in().member,
        form=StaffForm(formdata=None),
        sign_out_form=SignOutForm(formdata=None),
    )


@open_to_all
def leave(number: int) -> ResponseReturnValue:
    """Send a browser to an organisation's provider, by a page that leads on: no form may lead to another site."""
    with accepted(StaffForm()):
        tools = runtime()
        try:
            client = client_of(tools.session(), tools.keys, number, redirect_uri(number))
            departure = tools.providers.depart(client, number)
        except ProviderRefused as refusal:
            return _refused(refusal)
    set_off(departure.journey)
    page = make_response(render_template("staff/leave_for_provider.html", address=departure.address))
    page.headers["Refresh"] = f"0; url={departure.address}"
    return page


@open_to_all
def come_back(number: int) -> ResponseReturnValue:
    """Take somebody who comes from a provider: let them in, or ask what is to be asked."""
    journey, code = journey_of(number, request.args.get("state")), request.args.get("code")
    if journey is None or not code or not _may_be_a_code(code) or "error" in request.args:
        return _refused(ProviderRefused(_NOT_BACK))
    tools, back = runtime(), Return(code, journey.state, request.args.get("iss"))
    try:
        client = client_of(tools.session(), tools.keys, number, redirect_uri(number))
        arrival = tools.providers.arrive(client, journey, back, now=system_clock())
    except ProviderRefused as refusal:
        return _refused(refusal)
    return _taken(number, client, arrival)


@open_to_all
def go_on() -> ResponseReturnValue:
    """Let in who has come back, in place of who was signed in; or connect the account of who is."""
    with accepted(StaffForm()):
        arrived, who = held(), by_cookie()
        if arrived is None:
            return _refused(ProviderRefused(_LATE))
        known = known_account(runtime().session(), arrived.organisation_id, arrived.identity)
        if known is not None:
            return _let_in(known, arrived.identity, who)
        if who is None or not may_connect(runtime().session(), who, arrived.organisation_id):
            return _refused(ProviderRefused(_LATE))
        try:
            connect(runtime().session(), who, arrived.identity, now=runtime().clock())
        except ProviderRefused as refusal:
            return _refused(refusal)
    return _let_in(who.member.id, arrived.identity, who)


@open_to_all
def ask_connect(token: str) -> ResponseReturnValue:
    """Show the button that connects an account; it looks the same for any token."""
    return render_template("staff/connect.html", form=StaffForm(), action=url_for(".connect", token=token))


@open_to_all
def connect_account(token: str) -> ResponseReturnValue:
    """Connect the account whose owner has followed the link, and let them in."""
    with accepted(StaffForm()):
        try:
            staff_id, identity = connect_by_link(runtime().session(), token, asked_with(), now=runtime().clock())
        except ProviderRefused as refusal:
            return _refused(refusal)
    return _let_in(staff_id, identity, None)


@allowed(*StaffRole)
def cut() -> ResponseReturnValue:
    """Let nobody at the provider sign in as this account any more."""
    with accepted(StaffForm()):
        disconnect(runtime().session(), member(), now=runtime().clock())
        tell(_("Your account is not connected any more."), _("Whoever was signed in by it is signed out."))
    return redirect(url_for(".sessions"), 303)


def _taken(number: int, client: Client, arrival: Arrival) -> ResponseReturnValue:
    who, known = by_cookie(), known_account(runtime().session(), number, arrival.identity)
    is_ours = known is not None or may_connect(runtime().session(), who, number)
    if is_ours:
        # A stranger's coming back writes nothing.
        note_proven(runtime().session(), runtime().keys, number, client)
    if known is not None and (who is None or who.member.id == known):
        return _let_in(known, arrival.identity, who)
    if is_ours:
        hold(Arrived(number, arrival.identity))
        return render_template(
            "staff/go_on_from_provider.html", form=StaffForm(formdata=None), who=who, is_known=known is not None
        )
    secret = ask_owner(runtime().session(), number, arrival, language=spoken().code, now=runtime().clock())
    note_asked(secret)
    return render_template("staff/owner_asked.html", provider=host_of(arrival.identity.issuer))


def _may_be_a_code(code: str) -> bool:
    return code.isascii() and code.isprintable() and len(code) <= _LONGEST_CODE


def _let_in(staff_id: int, identity: Identity, who: SignedIn | HalfSignedIn | None) -> ResponseReturnValue:
    times = {"now": runtime().clock(), "begun_at": system_clock()}
    try:
        begun = sign_in_by_provider(runtime().session(), staff_id, identity, who, **times)
    except ProviderRefused as refusal:
        return _refused(refusal)
    return let_in(begun)


def _refused(refusal: ProviderRefused) -> Response:
    status = 503 if isinstance(refusal, ProviderAway) else 403
    return make_response(way_in(AskForLinkForm(formdata=None), refused=in_words(refusal)), status)
