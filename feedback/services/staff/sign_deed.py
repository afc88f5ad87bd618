"""Have whoever does something that outlives their session use a passkey for it.

So nobody does it with a copied cookie alone. Where browsers make no passkey for the service's address, they have just
signed in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.errors import PasskeyRefused, sentence
from feedback.domain.passkeys import PasskeySite, SignedFor, challenge_for
from feedback.services.staff.confirm_by_passkey import check_confirmed, confirming
from feedback.services.staff.keep_sessions import SignedIn
from feedback.services.staff.make_passkeys import NOT_ASKED
from feedback.services.staff.passkey_challenges import Challenge, draw_challenge, use_challenge
from feedback.services.staff.sign_in import Member
from feedback.storage.passkeys import Passkey, passkeys_of

JUST_NOW = timedelta(minutes=10)
_MAKE_PASSKEY = sentence("Make a passkey first: this is done with one, so that a copied cookie is not enough.")
_SIGN_IN_AGAIN = sentence("This is done within ten minutes of signing in. Sign out, sign in again, and do it then.")


@dataclass(frozen=True)
class Signature:
    """What a passkey has signed, and the secret of the challenge that it was asked for with; empty without one."""

    secret: str = ""
    confirmation: str = ""


def ask_to_sign(
    session: Session, site: PasskeySite, who: SignedIn, deed: SignedFor, *, now: datetime
) -> tuple[Challenge, str]:
    """Return a challenge, and what a browser needs to answer it; PasskeyRefused if there is no passkey."""
    # Its library is large: whoever uses no passkey does not load it.
    from feedback.services.staff.check_passkeys import ask_to_use

    may_confirm = [one.credential for one in confirming(_own_passkeys(session, who.member))]
    challenge = draw_challenge(session, who.digest, now=now)
    session.commit()
    return challenge, ask_to_use(site, may_confirm, challenge_for(challenge.drawn, deed))


def check_signed(
    session: Session,
    site: PasskeySite | None,
    who: SignedIn,
    deed: SignedFor,
    signature: Signature,
    *,
    now: datetime,
    noted_at: datetime,
) -> None:
    """Raise PasskeyRefused unless a passkey of theirs has signed for just this; without a site, unless they are new."""
    if site is None:
        if now - who.begun_at > JUST_NOW:
            raise PasskeyRefused(_SIGN_IN_AGAIN)
        return
    _own_passkeys(session, who.member)
    drawn = use_challenge(session, signature.secret, who.digest, now=now)
    if drawn is None:
        raise PasskeyRefused(NOT_ASKED)
    challenge, sent = challenge_for(drawn, deed), signature.confirmation
    check_confirmed(session, site, who.member.id, challenge=challenge, sent=sent, now=now, noted_at=noted_at)


def _own_passkeys(session: Session, by: Member) -> list[Passkey]:
    found = passkeys_of(session, by.id)
    if not found:
        raise PasskeyRefused(_MAKE_PASSKEY)
    return found
