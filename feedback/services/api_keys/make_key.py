"""Make a key for a program, shown once; revoke one.

A key outlives the session in which it was made, so whoever makes it signs for it.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.api_keys import ApiScope, ApiSecret, key_digest, written_key
from feedback.domain.errors import ApiKeyRefused, NotFound, PasskeyRefused, sentence
from feedback.domain.links import SECRET_BYTES
from feedback.domain.passkeys import PasskeySite, SignedFor
from feedback.domain.staff import checked_name
from feedback.services.staff.keep_sessions import SignedIn, is_still_in
from feedback.services.staff.make_passkeys import NOT_ASKED
from feedback.services.staff.sign_deed import Signature, check_signed
from feedback.services.staff.sign_in import Member
from feedback.storage.api_keys import ApiKey, keys_of_organisation, revoke
from feedback.storage.audit_log import note
from feedback.storage.database import lock_organisation
from feedback.storage.programmes import programmes_of

LONGEST_DAYS = 365
AT_ONCE = 2
"""So many keys for one purpose work at a time: one, and the one that follows it."""
MOST = 50
"""So many keys of one organisation work at a time."""
_NO_SCOPE = sentence("Tick what the key may do.")
_TOO_LONG = sentence("A key works for a day at least and for a year at most.")
_TWO = sentence("Two keys for this purpose work already. Revoke one of them first.")
_TOO_MANY = sentence("Your organisation has as many keys as it can have. Revoke one that nobody uses first.")
_NO_EXAMPLE = sentence("A key for one programme is for a real one. For the example, make a key for all programmes.")


@dataclass(frozen=True)
class WantedKey:
    """A key to be made: for what, for how many days, and for which programme alone; None for all."""

    purpose: str
    scopes: Collection[ApiScope]
    programme_id: int | None
    days: int


def make_key(
    session: Session,
    site: PasskeySite | None,
    who: SignedIn,
    wanted: WantedKey,
    signature: Signature,
    *,
    now: datetime,
    noted_at: datetime,
) -> str:
    """Make a key and return it; nobody can ever read it again.

    Raises ApiKeyRefused if there can be none, NotFound if the programme is another organisation's, NameRefused,
    PasskeyRefused if no passkey of theirs has signed for it.
    """
    by, purpose = who.member, checked_name(wanted.purpose).strip()
    _check(wanted)
    check_signed(session, site, who, SignedFor.ALLOW_KEY, signature, now=now, noted_at=noted_at)
    lock_organisation(session, by.organisation_id)
    if not is_still_in(session, who):
        session.rollback()
        raise PasskeyRefused(NOT_ASKED)
    _check_room(session, by.organisation_id, purpose, now)
    _check_programme(session, by.organisation_id, wanted.programme_id)
    secret = ApiSecret(secrets.token_bytes(SECRET_BYTES))
    key = ApiKey(
        organisation_id=by.organisation_id,
        programme_id=wanted.programme_id,
        digest=key_digest(secret),
        purpose=purpose,
        scopes=" ".join(scope for scope in ApiScope if scope in wanted.scopes),
        made_by=by.id,
        made_at=now,
        expires_at=now + timedelta(days=wanted.days),
    )
    session.add(key)
    session.flush()
    note(session, noted_at, by.actor, "made a key", f"key {key.id}")
    session.commit()
    return written_key(secret)


def revoke_key(session: Session, by: Member, key_id: int, *, now: datetime, noted_at: datetime) -> None:
    """Let a key work no more, from now on; raise NotFound for what is none of the organisation's, or is revoked."""
    if not revoke(session, by.organisation_id, key_id, now):
        session.rollback()
        raise NotFound("Your organisation has no such key.")
    note(session, noted_at, by.actor, "revoked a key", f"key {key_id}")
    session.commit()


def _check(wanted: WantedKey) -> None:
    if not wanted.scopes:
        raise ApiKeyRefused(_NO_SCOPE)
    if not 1 <= wanted.days <= LONGEST_DAYS:
        raise ApiKeyRefused(_TOO_LONG)


def _check_room(session: Session, organisation_id: int, purpose: str, now: datetime) -> None:
    keys = keys_of_organisation(session, organisation_id)
    working = [one.purpose for one in keys if one.revoked_at is None and one.expires_at > now]
    if working.count(purpose) >= AT_ONCE:
        raise ApiKeyRefused(_TWO)
    if len(working) >= MOST:
        raise ApiKeyRefused(_TOO_MANY)


def _check_programme(session: Session, organisation_id: int, programme_id: int | None) -> None:
    if programme_id is None:
        return
    found = next((one for one in programmes_of(session, organisation_id) if one.id == programme_id), None)
    if found is None:
        raise NotFound("There is no such programme in your organisation.")
    if found.is_example:
        raise ApiKeyRefused(_NO_EXAMPLE)
