"""Connect accounts with whom a provider knows: by their owners alone, who have read an email to the account's address.

A provider's word is never enough. Its address for somebody leads to a mail to the account's own address, once, and the
link in it works in the browser that came from the provider alone.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.address import address_or_none
from feedback.domain.errors import ProviderRefused, sentence
from feedback.domain.links import SECRET_BYTES, from_address, to_address
from feedback.domain.providers import Arrival, Identity
from feedback.domain.staff import actor_of
from feedback.services.staff.cut_connections import cut_off
from feedback.services.staff.keep_sessions import HalfSignedIn, SignedIn, is_still_in
from feedback.services.staff.sign_in import Member
from feedback.storage.audit_log import note
from feedback.storage.database import lock_organisation, reading
from feedback.storage.organisations import Organisation
from feedback.storage.passkey_letters import PasskeyNews, tell_of_passkeys_at
from feedback.storage.passkeys import passkeys_of
from feedback.storage.sign_in_providers import (
    ConnectedIdentity,
    WaitingConnection,
    account_connected_to,
    connection_of,
    drop_connection,
    identity_of,
    issuer_of,
    use_connection,
    waiting_connection,
)
from feedback.storage.staff import StaffMember, staff_by_email, staff_by_id

LIFETIME = timedelta(minutes=15)
"""So long after it was asked for the link in the mail works."""
_NO_OTHER_MAIL = timedelta(minutes=2)
_GONE = sentence(
    "This link was used before, or it is too old, or you opened it in another browser than the one in which you began. "
    "Begin again on the page on signing in."
)
_TAKEN = sentence("Whoever you are there is connected to another account here. Ask an administrator.")


@dataclass(frozen=True)
class Connection:
    """With whom at a provider an account is connected, as its owner sees it, and since when."""

    issuer: str
    connected_at: datetime


def show_connection(session: Session, staff_id: int) -> Connection | None:
    """Return what somebody's account is connected with."""
    with reading(session):
        found = identity_of(session, staff_id)
        return Connection(found.issuer, found.connected_at) if found else None


def known_account(session: Session, organisation_id: int, identity: Identity) -> int | None:
    """Return the number of whom somebody at a provider is here; None if nobody with access is connected so."""
    with reading(session):
        number = account_connected_to(session, organisation_id, identity)
        member = staff_by_id(session, number) if number is not None else None
        return None if member is None or member.is_removed else member.id


def may_connect(session: Session, who: SignedIn | HalfSignedIn | None, organisation_id: int) -> bool:
    """Tell whether whoever is signed in may connect their account: as its owner, in that organisation.

    Whoever is half signed in connects it only for the first time, and with the passkey if one is asked for.
    """
    with reading(session):
        return who is not None and _may_connect(session, who, organisation_id)


def connect(session: Session, who: SignedIn | HalfSignedIn, identity: Identity, *, now: datetime) -> None:
    """Connect the account of whoever is signed in, as its owner, in place of whom it was connected with before.

    Raises ProviderRefused if another account is connected so, or the provider has changed.
    """
    lock_organisation(session, who.member.organisation_id)
    if not is_still_in(session, who) or not _may_connect(session, who, who.member.organisation_id):
        session.rollback()
        raise ProviderRefused(_GONE)
    _connect(session, who.member.id, who.member.organisation_id, identity, now)
    session.commit()


def ask_owner(session: Session, organisation_id: int, arrival: Arrival, *, language: str, now: datetime) -> str | None:
    """Have the owner of the account at somebody's verified address asked by mail whether that is they.

    Returns what this browser must show with the link; None if there is no such account, or it is connected, or was
    asked a moment ago. Nobody is told which.
    """
    lock_organisation(session, organisation_id)
    member = _account_for(session, organisation_id, arrival)
    before = waiting_connection(session, member.id) if member else None
    if member is None or (before is not None and before.expires_at - LIFETIME > now - _NO_OTHER_MAIL):
        session.rollback()
        return None
    drop_connection(session, member.id)
    browser = secrets.token_bytes(SECRET_BYTES)
    session.add(
        WaitingConnection(
            staff_id=member.id,
            issuer=arrival.identity.issuer,
            subject=arrival.identity.subject,
            browser_digest=_digest(browser),
            language=language,
            tell_at=now,
            expires_at=now + LIFETIME,
        )
    )
    session.commit()
    return to_address(browser)


def connect_by_link(session: Session, token: str, browser: str, *, now: datetime) -> tuple[int, Identity]:
    """Connect the account whose owner has followed a mailed link in the browser that came from the provider.

    Returns its number and with whom it is connected; raises ProviderRefused, and then nothing is written.
    """
    secret, shown = from_address(token), from_address(browser)
    found = None if secret is None else connection_of(session, _digest(secret))
    if found is None or shown is None or found.browser_digest != _digest(shown) or found.expires_at <= now:
        session.rollback()
        raise ProviderRefused(_GONE)
    member = staff_by_id(session, found.staff_id)
    identity = Identity(found.issuer, found.subject)
    is_free = member is not None and not member.is_removed and identity_of(session, member.id) is None
    if member is None or not is_free or not use_connection(session, _digest(secret or b"")):
        session.rollback()
        raise ProviderRefused(_GONE)
    _connect(session, member.id, member.organisation_id, identity, now)
    session.commit()
    return member.id, identity


def disconnect(session: Session, by: Member, *, now: datetime) -> None:
    """Let nobody at a provider sign in as this account; what was begun and made by its word alone ends."""
    lock_organisation(session, by.organisation_id)
    if cut_off(session, by.id, now=now):
        note(session, now, by.actor, "disconnected from the provider", f"staff {by.id}")
    session.commit()


def _may_connect(session: Session, who: SignedIn | HalfSignedIn, organisation_id: int) -> bool:
    if who.member.organisation_id != organisation_id or not who.beginning.is_owners:
        return False
    if isinstance(who, SignedIn):
        return True
    # Whoever reads the owner's email alone must not put somebody else in the owner's place.
    demands = session.get_one(Organisation, organisation_id, populate_existing=True).demands_passkeys
    lacks_passkey = demands and not who.beginning.has_passkey and bool(passkeys_of(session, who.member.id))
    return identity_of(session, who.member.id) is None and not lacks_passkey


def _connect(session: Session, staff_id: int, organisation_id: int, identity: Identity, now: datetime) -> None:
    lock_organisation(session, organisation_id)
    if issuer_of(session, organisation_id) != identity.issuer:
        session.rollback()
        raise ProviderRefused(_GONE)
    if account_connected_to(session, organisation_id, identity) not in (None, staff_id):
        session.rollback()
        raise ProviderRefused(_TAKEN)
    cut_off(session, staff_id, now=now)
    session.add(
        ConnectedIdentity(
            staff_id=staff_id,
            organisation_id=organisation_id,
            issuer=identity.issuer,
            subject=identity.subject,
            connected_at=now,
        )
    )
    tell_of_passkeys_at(session, staff_id, PasskeyNews.CONNECTED, now)
    note(session, now, actor_of(staff_id), f"connected to {identity.issuer}", f"staff {staff_id}")


def _account_for(session: Session, organisation_id: int, arrival: Arrival) -> StaffMember | None:
    if arrival.verified_address is None:
        return None
    address = address_or_none(arrival.verified_address)
    # As it stands there, and not as we would read it: what only looks alike is somebody else's.
    if address != arrival.verified_address:
        return None
    member = staff_by_email(session, organisation_id, address)
    return None if member is None or identity_of(session, member.id) is not None else member


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
