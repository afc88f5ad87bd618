"""Sign somebody in whom their organisation's provider knows, and say where they sign out there too."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from feedback.domain.providers import Identity
from feedback.domain.staff import Beginning, BegunBy, actor_of
from feedback.services.staff.keep_sessions import HalfSignedIn, SignedIn
from feedback.storage.audit_log import note
from feedback.storage.database import reading
from feedback.storage.sign_in_providers import provider_of


def note_arrival(
    session: Session,
    staff_id: int,
    identity: Identity,
    who: SignedIn | HalfSignedIn | None,
    *,
    now: datetime,
) -> tuple[Beginning, datetime | None]:
    """Note that a provider has signed an account in, and return how the session begins.

    Whoever was signed in as the same account before keeps what stood behind that, for as long as that session would
    have lasted: then when it began is returned too.
    """
    note(session, now, actor_of(staff_id), f"signed in by {identity.issuer}", f"staff {staff_id}")
    session.commit()
    if who is None or who.member.id != staff_id or not (who.beginning.is_owners or who.beginning.has_passkey):
        return Beginning(BegunBy.PROVIDER, is_owners=False), None
    return replace(who.beginning, begun_by=BegunBy.PROVIDER), who.begun_at


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
