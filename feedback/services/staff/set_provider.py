"""Say by which provider an organisation's staff sign in, whether by it alone, and that none is any more.

An administrator chooses the provider, so that whoever it signs in may be somebody whom the administrator sent. What
that opens is decided elsewhere: never what was written in confidence.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from feedback.domain.errors import AccessRefused, NotFound, ProviderAway, ProviderRefused, SealBroken, sentence
from feedback.domain.limits import LARGEST_NUMBER
from feedback.domain.providers import Client, checked_issuer
from feedback.domain.sealing import open_client_secret, seal_client_secret
from feedback.domain.staff import BegunBy
from feedback.services.staff.cut_connections import cut_off
from feedback.services.staff.keep_sessions import SignedIn
from feedback.services.staff.provider_gate import BUSY
from feedback.services.staff.sign_in import Member
from feedback.storage.audit_log import note
from feedback.storage.database import lock_organisation, reading
from feedback.storage.keys import KeyStore
from feedback.storage.organisations import Organisation
from feedback.storage.sign_in_providers import (
    SignInProvider,
    connected_to,
    drop_connections_in,
    drop_provider,
    organisations_with_provider,
    provider_of,
)

if TYPE_CHECKING:
    from feedback.services.staff.provider_desk import ProviderDesk

_NONE = sentence("Your organisation has no place where it signs in. Ask for an emailed link.")
_NO_SECRET = sentence("Write the secret that the provider shows beside the client’s number.")
_TRY_FIRST = sentence(
    "Connect your own account first, and sign in by the provider: then it is sure that it works, and that you get in."
)
_NOBODY_THERE = sentence(
    "No provider answers at this address, or not in time. See whether the address is right; if it is, try again in a "
    "minute. One inside your own network has to be allowed by whoever runs this service."
)


@dataclass(frozen=True)
class ShownProvider:
    """A provider as administrators see it, never its secret; how many accounts are connected to it."""

    issuer: str
    client_id: str
    is_only_way: bool
    connected_count: int


def show_provider(session: Session, organisation_id: int) -> ShownProvider | None:
    """Return an organisation's provider, if it has one."""
    with reading(session):
        found = provider_of(session, organisation_id)
        if found is None:
            return None
        demands = session.get_one(Organisation, organisation_id, populate_existing=True).demands_provider
        return ShownProvider(found.issuer, found.client_id, demands, len(connected_to(session, organisation_id)))


def providers_to_choose(session: Session) -> list[tuple[int, str]]:
    """Return number and name of each organisation whose staff can sign in by a provider."""
    with reading(session):
        return organisations_with_provider(session)


def client_of(session: Session, keys: KeyStore, organisation_id: int, redirect_uri: str) -> Client:
    """Return what this service is to an organisation's provider, or raise ProviderRefused if there is none."""
    with reading(session):
        found = provider_of(session, organisation_id) if organisation_id <= LARGEST_NUMBER else None
        if found is None:
            raise ProviderRefused(_NONE)
        issuer, client_id, sealed = found.issuer, found.client_id, found.sealed_secret
    return Client(issuer, client_id, _opened(keys, organisation_id, sealed), redirect_uri)


def set_provider(
    session: Session,
    keys: KeyStore,
    desk: "ProviderDesk",
    by: Member,
    *,
    issuer: str,
    client_id: str,
    secret: str,
    redirect_uri: str,
    now: datetime,
) -> bool:
    """Have staff sign in by a provider, which must answer; without `secret` the one that is known stays.

    Another issuer, or another client, is another provider: accounts are connected to it anew. Whatever is new about it
    was not tried, so it is the only way no more; tell whether it was. Raises ProviderRefused.
    """
    issuer = checked_issuer(issuer)
    with reading(session):
        known = _known_secret(session, keys, by.organisation_id, issuer, client_id)
    if not (secret or known):
        raise ProviderRefused(_NO_SECRET)
    # Nothing of the database is held meanwhile.
    try:
        end_session_endpoint = desk.check(Client(issuer, client_id, secret or known or "", redirect_uri))
    except ProviderAway as away:
        raise ProviderRefused(away.said if away.said == BUSY else _NOBODY_THERE) from away
    lock_organisation(session, by.organisation_id)
    # Somebody else may have given another one meanwhile: that one stays.
    known = _known_secret(session, keys, by.organisation_id, issuer, client_id)
    secret = secret or known or ""
    if not secret:
        session.rollback()
        raise ProviderRefused(_NO_SECRET)
    before = provider_of(session, by.organisation_id)
    is_new = before is None or (before.issuer, before.client_id) != (issuer, client_id)
    was_only_way = (is_new or secret != known) and _let_in_otherwise(session, by, now)
    if before is not None and is_new:
        _disconnect_all(session, by.organisation_id, now)
    key, owner = keys.provider_key(by.organisation_id), _owner(by.organisation_id)
    row = before or SignInProvider(organisation_id=by.organisation_id)
    row.issuer, row.client_id, row.end_session_endpoint = issuer, client_id, end_session_endpoint
    row.sealed_secret = seal_client_secret(secret, key, owner)
    row.is_proven = not is_new and secret == known and row.is_proven
    session.add(row)
    note(session, now, by.actor, f"set the provider {issuer}", f"organisation {by.organisation_id}")
    session.commit()
    return was_only_way


def note_proven(session: Session, keys: KeyStore, organisation_id: int, client: Client) -> None:
    """Note that somebody came back from a provider, unless it was set otherwise since they left."""
    with reading(session):
        found = provider_of(session, organisation_id)
        if found is None or found.is_proven:
            return
    lock_organisation(session, organisation_id)
    found = provider_of(session, organisation_id)
    if found is not None and (found.issuer, found.client_id) == (client.issuer, client.client_id):
        found.is_proven = _opened(keys, organisation_id, found.sealed_secret) == client.secret
    session.commit()


def demand_provider(session: Session, by: SignedIn, *, demands: bool, now: datetime) -> None:
    """Have planners and readers of an organisation sign in by its provider alone from now on, or not.

    Whoever else is signed in goes on by it. Raises AccessRefused unless whoever demands it was signed in by it, and
    somebody was since it was set as it is.
    """
    number = by.member.organisation_id
    lock_organisation(session, number)
    organisation = session.get_one(Organisation, number, populate_existing=True)
    if organisation.demands_provider == demands:
        session.rollback()
        return
    provider = provider_of(session, number)
    is_tried = provider is not None and provider.is_proven and by.beginning.begun_by is BegunBy.PROVIDER
    if demands and not is_tried:
        raise AccessRefused(_TRY_FIRST)
    organisation.demands_provider = demands
    act = "demands the provider" if demands else "demands no provider"
    note(session, now, by.member.actor, act, f"organisation {number}")
    session.commit()


def remove_provider(session: Session, by: Member, *, now: datetime) -> None:
    """Let nobody sign in by the provider any more: sessions that it began end. Raises NotFound if there is none."""
    lock_organisation(session, by.organisation_id)
    found = provider_of(session, by.organisation_id)
    if found is None:
        raise NotFound("Your organisation has no provider.")
    issuer = found.issuer
    _disconnect_all(session, by.organisation_id, now)
    drop_provider(session, by.organisation_id)
    note(session, now, by.actor, f"removed the provider {issuer}", f"organisation {by.organisation_id}")
    session.commit()


def _disconnect_all(session: Session, organisation_id: int, now: datetime) -> None:
    """Let no account be connected, nor the provider be the only way, which nobody could take."""
    for staff_id in connected_to(session, organisation_id):
        cut_off(session, staff_id, now=now)
    drop_connections_in(session, organisation_id)
    session.get_one(Organisation, organisation_id, populate_existing=True).demands_provider = False


def _let_in_otherwise(session: Session, by: Member, now: datetime) -> bool:
    """Let a provider that was not tried be one way of several; tell whether it was the only one."""
    organisation = session.get_one(Organisation, by.organisation_id, populate_existing=True)
    if not organisation.demands_provider:
        return False
    organisation.demands_provider = False
    note(session, now, by.actor, "demands no provider", f"organisation {by.organisation_id}")
    return True


def _known_secret(session: Session, keys: KeyStore, organisation_id: int, issuer: str, client_id: str) -> str | None:
    """Return the secret that is kept for this very client: no other provider is told it."""
    found = provider_of(session, organisation_id)
    is_this_one = found is not None and (found.issuer, found.client_id) == (issuer, client_id)
    return _opened(keys, organisation_id, found.sealed_secret) if found is not None and is_this_one else None


def _opened(keys: KeyStore, organisation_id: int, sealed: bytes) -> str:
    try:
        return open_client_secret(sealed, keys.provider_key(organisation_id), _owner(organisation_id))
    except SealBroken:
        raise ProviderRefused(_NO_SECRET) from None


def _owner(organisation_id: int) -> bytes:
    return f"organisation {organisation_id}".encode()
