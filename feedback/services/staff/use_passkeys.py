"""Sign in with a passkey, or go on with one after the mailed link.

At the sign-in nobody's address is asked for: the device says whose passkey it is, and a signature shows it.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import PasskeyRefused, sentence
from feedback.domain.log_chain import SERVICE
from feedback.domain.passkeys import Claim, PasskeySite, SignedFor, challenge_for
from feedback.domain.staff import Beginning, BegunBy, actor_of
from feedback.services.staff.begin_sessions import NewSession, add_session
from feedback.services.staff.keep_sessions import HalfSignedIn
from feedback.services.staff.passkey_challenges import Challenge, draw_challenge, use_challenge
from feedback.storage.audit_log import note
from feedback.storage.passkeys import Passkey, handle_of, note_used, passkey_by_credential, passkeys_of
from feedback.storage.staff import end_sessions, staff_by_id

_UNKNOWN = sentence(
    "No account here knows this passkey any more, or it was too late, or this browser did not ask for it. Try again, "
    "or ask for a link by email."
)


def ask_for_passkey(
    session: Session, site: PasskeySite, half: HalfSignedIn | None, *, now: datetime
) -> tuple[Challenge, str]:
    """Return a challenge, and what a browser needs to answer it: with one of an account's passkeys, or with any."""
    # Its library is large: whoever uses no passkey does not load it.
    from feedback.services.staff.check_passkeys import ask_to_use

    challenge = draw_challenge(session, half.digest if half else None, now=now)
    known = [one.credential for one in passkeys_of(session, half.member.id)] if half else []
    session.commit()
    return challenge, ask_to_use(site, known, challenge_for(challenge.drawn, SignedFor.SIGN_IN))


def use_passkey(
    session: Session,
    site: PasskeySite,
    half: HalfSignedIn | None,
    *,
    secret: str,
    sent: str,
    now: datetime,
    noted_at: datetime,
) -> NewSession:
    """Begin the session of whoever's passkey has signed what this browser was asked to; raise PasskeyRefused.

    After a mailed link it must be one of that very account, and the session that the link began goes on in the new one.
    `secret` names the challenge, which is used up in any case; `noted_at` is the programmes' time, for the audit log.
    """
    from feedback.services.staff.check_passkeys import check_used, read_claim

    drawn = use_challenge(session, secret, half.digest if half else None, now=now)
    claim = read_claim(sent)
    passkey = passkey_by_credential(session, claim.credential)
    if drawn is None or passkey is None or not _may_claim(session, claim, passkey, half):
        session.rollback()
        raise PasskeyRefused(_UNKNOWN)
    staff_id, subject, is_owners = passkey.staff_id, f"staff {passkey.staff_id}", passkey.is_owners
    challenge = challenge_for(drawn, SignedFor.SIGN_IN)
    try:
        count = check_used(site, challenge, sent, public_key=passkey.public_key, sign_count=passkey.sign_count)
    except PasskeyRefused:
        note(session, noted_at, SERVICE, "refused a passkey", subject)
        session.commit()
        raise
    if half is not None:
        _use_up(session, half)
    note_used(session, passkey.id, count, now)
    act = "went on with a passkey" if half else "signed in with a passkey"
    note(session, noted_at, actor_of(staff_id), act, subject)
    begun = add_session(session, staff_id, _beginning(half, is_owners=is_owners), now=now)
    session.commit()
    return begun


def go_on_with_new_passkey(session: Session, half: HalfSignedIn, *, now: datetime) -> NewSession:
    """Begin the session of whoever has made their first passkey; raise PasskeyRefused if they were cut off since."""
    _use_up(session, half)
    begun = add_session(session, half.member.id, replace(half.beginning, has_passkey=True), now=now)
    session.commit()
    return begun


def _use_up(session: Session, half: HalfSignedIn) -> None:
    if not end_sessions(session, half.member.id, half.digest):
        session.rollback()
        raise PasskeyRefused(_UNKNOWN)


def _beginning(half: HalfSignedIn | None, *, is_owners: bool) -> Beginning:
    if half is None:
        return Beginning(BegunBy.PASSKEY, is_owners, has_passkey=True)
    return replace(half.beginning, is_owners=half.beginning.is_owners or is_owners, has_passkey=True)


def _may_claim(session: Session, claim: Claim, passkey: Passkey, half: HalfSignedIn | None) -> bool:
    """Tell whether a passkey belongs to whom its device says, who still has access, and to whoever used the link."""
    if half is not None and passkey.staff_id != half.member.id:
        return False
    # Without a list of passkeys a device always says whose it is; with one it may leave that out.
    if claim.handle != handle_of(session, passkey.staff_id) and not (half is not None and claim.handle is None):
        return False
    member = staff_by_id(session, passkey.staff_id)
    return member is not None and not member.is_removed
