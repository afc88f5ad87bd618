"""Make a passkey for an account: the first after a mailed link or by whoever is signed in, others with one there is.

Whoever is half signed in and has passkeys makes none: they use one. Otherwise the mailed link would be enough.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import PasskeyRefused, sentence
from feedback.domain.passkeys import Owner, PasskeySite, SignedFor, challenge_for
from feedback.domain.staff import checked_name
from feedback.services.staff.confirm_by_passkey import check_confirmed, confirming
from feedback.services.staff.keep_sessions import HalfSignedIn, SignedIn, is_still_in
from feedback.services.staff.passkey_challenges import Challenge, draw_challenge, use_challenge
from feedback.storage.audit_log import note
from feedback.storage.database import lock_organisation
from feedback.storage.organisations import Organisation
from feedback.storage.passkey_letters import PasskeyNews, tell_of_passkeys_at
from feedback.storage.passkeys import Passkey, PasskeyHandle, handle_of, passkey_by_credential, passkeys_of

MOST = 10
"""So many may one account have."""
_HANDLE_BYTES = 32
_HAS_SOME = sentence("This account has a passkey already. Use it to go on.")
_TOO_MANY = sentence("You have as many passkeys as one account can have. Remove one that you do not use first.")
NOT_ASKED = sentence("This took too long, or this browser did not ask for it. Try again.")
_KNOWN = sentence("This passkey is known already. Use it, or make one on another device.")


@dataclass(frozen=True)
class Making:
    """What a browser needs, as JSON: to make a passkey, and to use one there is before. None if there is none."""

    challenge: Challenge
    make: str
    confirm: str | None


def ask_for_new_passkey(session: Session, site: PasskeySite, who: SignedIn | HalfSignedIn, *, now: datetime) -> Making:
    """Draw what is to be signed; raise PasskeyRefused as `make_passkey` does."""
    # Its library is large: whoever uses no passkey does not load it.
    from feedback.services.staff.check_passkeys import ask_to_make, ask_to_use

    lock_organisation(session, who.member.organisation_id)
    known = _check_may_make(session, who)
    organisation = session.get_one(Organisation, who.member.organisation_id).name
    # On a device stand passkeys of several accounts of one person: one for each organisation.
    owner = Owner(_handle(session, who.member.id), f"{who.member.email} ({organisation})", who.member.name)
    numbers = [one.credential for one in known]
    may_confirm = [one.credential for one in confirming(known)]
    challenge = draw_challenge(session, who.digest, now=now)
    session.commit()
    make = ask_to_make(site, owner, numbers, challenge_for(challenge.drawn, SignedFor.MAKE))
    if not may_confirm:
        return Making(challenge, make, None)
    allow = challenge_for(challenge.drawn, SignedFor.ALLOW_MAKING)
    return Making(challenge, make, ask_to_use(site, may_confirm, allow))


def make_passkey(
    session: Session,
    site: PasskeySite,
    who: SignedIn | HalfSignedIn,
    *,
    name: str,
    secret: str,
    sent: str,
    confirmation: str,
    now: datetime,
    noted_at: datetime,
) -> None:
    """Store a passkey that a browser has made for an account, under a name; `confirmation` is what one there is signed.

    Raises PasskeyRefused if this session did not ask for it or was ended meanwhile, if it is not as asked for, if
    the account has too many, or has one and has not used it just now; NameRefused.
    """
    from feedback.services.staff.check_passkeys import check_made

    name = checked_name(name)
    _check_may_make(session, who)
    drawn = use_challenge(session, secret, who.digest, now=now)
    if drawn is None:
        raise PasskeyRefused(NOT_ASKED)
    made = check_made(site, challenge_for(drawn, SignedFor.MAKE), sent)
    lock_organisation(session, who.member.organisation_id)
    # What is made in a session that was cut off would be a way in that stays.
    if not is_still_in(session, who):
        session.rollback()
        raise PasskeyRefused(NOT_ASKED)
    if _check_may_make(session, who):
        challenge = challenge_for(drawn, SignedFor.ALLOW_MAKING)
        times = {"now": now, "noted_at": noted_at}
        check_confirmed(session, site, who.member.id, challenge=challenge, sent=confirmation, **times)
    if passkey_by_credential(session, made.credential) is not None:
        raise PasskeyRefused(_KNOWN)
    session.add(
        Passkey(
            staff_id=who.member.id,
            credential=made.credential,
            public_key=made.public_key,
            sign_count=made.sign_count,
            name=name.strip(),
            made_at=now,
            is_owners=who.beginning.is_owners,
        )
    )
    tell_of_passkeys_at(session, who.member.id, PasskeyNews.MADE, now)
    note(session, noted_at, who.member.actor, "made a passkey", f"staff {who.member.id}")
    session.commit()


def _check_may_make(session: Session, who: SignedIn | HalfSignedIn) -> list[Passkey]:
    known = passkeys_of(session, who.member.id)
    if known and isinstance(who, HalfSignedIn):
        raise PasskeyRefused(_HAS_SOME)
    if len(known) >= MOST:
        raise PasskeyRefused(_TOO_MANY)
    return known


def _handle(session: Session, staff_id: int) -> bytes:
    found = handle_of(session, staff_id)
    if found is None:
        found = secrets.token_bytes(_HANDLE_BYTES)
        session.add(PasskeyHandle(staff_id=staff_id, handle=found))
    return found
