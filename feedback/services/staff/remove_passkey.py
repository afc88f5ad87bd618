"""Remove one of one's own passkeys, which needs one of them: that one, or another."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import AccessRefused, NotFound, PasskeyRefused, sentence
from feedback.domain.passkeys import PasskeySite, SignedFor, challenge_for
from feedback.services.staff.confirm_by_passkey import check_confirmed, confirming
from feedback.services.staff.keep_sessions import SignedIn
from feedback.services.staff.make_passkeys import NOT_ASKED
from feedback.services.staff.passkey_challenges import Challenge, draw_challenge, use_challenge
from feedback.services.staff.sign_in import Member
from feedback.storage.audit_log import note
from feedback.storage.database import lock_organisation
from feedback.storage.organisations import Organisation
from feedback.storage.passkey_letters import PasskeyNews, tell_of_passkeys_at
from feedback.storage.passkeys import Passkey, drop_passkey, passkeys_of

_LAST = sentence(
    "Your organisation asks for a passkey after the emailed link, and this is your only one. Make another one first."
)


def ask_to_remove(
    session: Session, site: PasskeySite, who: SignedIn, number: int, *, now: datetime
) -> tuple[Challenge, str]:
    """Return a challenge, and what a browser needs to answer it; raise as `remove_passkey` does."""
    # Its library is large: whoever uses no passkey does not load it.
    from feedback.services.staff.check_passkeys import ask_to_use

    may_confirm = [one.credential for one in confirming(_check_may_remove(session, who.member, number))]
    challenge = draw_challenge(session, who.digest, now=now)
    session.commit()
    return challenge, ask_to_use(site, may_confirm, challenge_for(challenge.drawn, SignedFor.ALLOW_REMOVING, number))


def remove_passkey(
    session: Session,
    site: PasskeySite,
    who: SignedIn,
    number: int,
    *,
    secret: str,
    confirmation: str,
    now: datetime,
    noted_at: datetime,
) -> None:
    """Delete one of somebody's own passkeys, if one of them has signed that just this is removed.

    Raises NotFound for what is none of theirs, AccessRefused for the only one while their organisation demands one,
    PasskeyRefused if none has signed.
    """
    by = who.member
    _check_may_remove(session, by, number)
    drawn = use_challenge(session, secret, who.digest, now=now)
    if drawn is None:
        raise PasskeyRefused(NOT_ASKED)
    lock_organisation(session, by.organisation_id)
    _check_may_remove(session, by, number)
    challenge = challenge_for(drawn, SignedFor.ALLOW_REMOVING, number)
    check_confirmed(session, site, by.id, challenge=challenge, sent=confirmation, now=now, noted_at=noted_at)
    drop_passkey(session, number)
    tell_of_passkeys_at(session, by.id, PasskeyNews.REMOVED, now)
    note(session, noted_at, by.actor, "removed a passkey", f"staff {by.id}")
    session.commit()


def _check_may_remove(session: Session, by: Member, number: int) -> list[Passkey]:
    own = passkeys_of(session, by.id)
    if number not in {one.id for one in own}:
        raise NotFound("There is no such passkey of yours.")
    demands = session.get_one(Organisation, by.organisation_id, populate_existing=True).demands_passkeys
    if len(own) == 1 and demands:
        raise AccessRefused(_LAST)
    return own
