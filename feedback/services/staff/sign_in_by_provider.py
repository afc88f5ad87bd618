"""Sign somebody in whom their organisation's provider knows, and say where they sign out there too."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from feedback.domain.errors import ProviderRefused, sentence
from feedback.domain.providers import Identity
from feedback.domain.staff import Beginning, BegunBy, actor_of
from feedback.services.staff.begin_sessions import NewSession, add_session
from feedback.services.staff.keep_sessions import HalfSignedIn, SignedIn
from feedback.storage.audit_log import note
from feedback.storage.database import lock_organisation, reading
from feedback.storage.sign_in_providers import account_connected_to, provider_of
from feedback.storage.staff import end_sessions, staff_by_id

_CUT_OFF = sentence("Your account was disconnected meanwhile, or the provider has changed. Begin again here.")


def sign_in_by_provider(
    session: Session,
    staff_id: int,
    identity: Identity,
    who: SignedIn | HalfSignedIn | None,
    *,
    now: datetime,
    begun_at: datetime,
) -> NewSession:
    """Begin the session of an account that somebody at a provider is; `begun_at` is the clock of sessions.

    Whoever was signed in as the same account before keeps what stood behind that, for as long as that session would
    have lasted. Raises ProviderRefused if the account was cut off from them meanwhile.
    """
    member = staff_by_id(session, staff_id)
    if member is not None:
        lock_organisation(session, member.organisation_id)
    if member is None or account_connected_to(session, member.organisation_id, identity) != staff_id:
        session.rollback()
        raise ProviderRefused(_CUT_OFF)
    note(session, now, actor_of(staff_id), f"signed in by {identity.issuer}", f"staff {staff_id}")
    goes_on = who is not None and who.member.id == staff_id and _proves_more(who.beginning)
    if who is not None and goes_on and end_sessions(session, staff_id, who.digest):
        beginning, since = replace(who.beginning, begun_by=BegunBy.PROVIDER), who.begun_at
    else:
        beginning, since = Beginning(BegunBy.PROVIDER, is_owners=False), None
    begun = add_session(session, staff_id, beginning, now=begun_at, begun_at=since)
    session.commit()
    return begun


def _proves_more(before: Beginning) -> bool:
    return before.is_owners or before.has_passkey


def way_out(session: Session, signed_in: SignedIn | HalfSignedIn | None, leads_to: str) -> str | None:
    """Return where whoever was signed in by a provider signs out there too; None if they were not, or cannot."""
    if signed_in is None or signed_in.beginning.begun_by is not BegunBy.PROVIDER:
        return None
    with reading(session):
        found = provider_of(session, signed_in.member.organisation_id)
        endpoint, client_id = (found.end_session_endpoint, found.client_id) if found else (None, "")
    if endpoint is None:
        return None
    sent = urlencode({"client_id": client_id, "post_logout_redirect_uri": leads_to})
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{sent}"
