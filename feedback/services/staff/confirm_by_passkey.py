"""Have whoever has passkeys use one of them before another one is made, or any removed.

Otherwise a copied cookie, or an email that somebody else has read, would be a way in that stays.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import PasskeyRefused, sentence
from feedback.domain.log_chain import SERVICE
from feedback.domain.passkeys import PasskeySite
from feedback.storage.audit_log import note
from feedback.storage.passkeys import Passkey, handle_of, note_used, passkey_by_credential, passkeys_of

_NEEDED = sentence("First use a passkey that this account has. If you have lost it, ask an administrator.")


def confirming(passkeys: list[Passkey]) -> list[Passkey]:
    """Return those of an account's passkeys that may confirm: if any was made in an owner's session, only such.

    Whoever runs the provider could otherwise confirm with the one that they have made as this account.
    """
    return [one for one in passkeys if one.is_owners] or passkeys


def check_confirmed(
    session: Session,
    site: PasskeySite,
    staff_id: int,
    *,
    challenge: bytes,
    sent: str,
    now: datetime,
    noted_at: datetime,
) -> None:
    """Raise PasskeyRefused unless one of an account's passkeys that may confirm has signed just this."""
    from feedback.services.staff.check_passkeys import check_used, read_claim

    if not sent:
        raise PasskeyRefused(_NEEDED)
    claim = read_claim(sent)
    passkey = passkey_by_credential(session, claim.credential)
    own = {one.id for one in confirming(passkeys_of(session, staff_id))}
    if passkey is None or passkey.id not in own or claim.handle not in {None, handle_of(session, staff_id)}:
        raise PasskeyRefused(_NEEDED)
    try:
        count = check_used(site, challenge, sent, public_key=passkey.public_key, sign_count=passkey.sign_count)
    except PasskeyRefused:
        note(session, noted_at, SERVICE, "refused a passkey", f"staff {staff_id}")
        session.commit()
        raise
    note_used(session, passkey.id, count, now)
