"""Cut accounts off: from a provider, with what was made by its word, or from all that signs anybody in.

Sessions end last. One may begin just then, in the transaction that uses a link or a passkey: to revoke that waits for
it, and then the session is there to be ended.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.storage.passkey_letters import PasskeyNews, tell_of_passkeys_at
from feedback.storage.passkeys import drop_passkeys, drop_passkeys_of_others
from feedback.storage.sign_in_providers import drop_identity
from feedback.storage.staff import end_sessions, end_sessions_of_others, revoke_sign_ins


def cut_off(session: Session, staff_id: int, *, now: datetime) -> bool:
    """Let an account be nobody at any provider, and end what was begun and made by its word; tell whether it was.

    A passkey that was made in a session of the provider would open the account for whoever has made it for ever.
    """
    if not drop_identity(session, staff_id):
        return False
    if drop_passkeys_of_others(session, staff_id):
        tell_of_passkeys_at(session, staff_id, PasskeyNews.REMOVED, now)
    end_sessions_of_others(session, staff_id)
    return True


def shut_out(session: Session, staff_id: int) -> None:
    """Let nothing that was made so far sign in as an account: no link, passkey or provider. Commits nothing."""
    revoke_sign_ins(session, staff_id)
    drop_passkeys(session, staff_id)
    drop_identity(session, staff_id)
    end_sessions(session, staff_id)
