"""Cut accounts off from a provider: nobody whom it knows gets in any more, also by what they have made meanwhile."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.storage.passkey_letters import PasskeyNews, tell_of_passkeys_at
from feedback.storage.passkeys import drop_passkeys_of_others
from feedback.storage.sign_in_providers import drop_identity
from feedback.storage.staff import end_sessions_of_others


def cut_off(session: Session, staff_id: int, *, now: datetime) -> bool:
    """Let an account be nobody at any provider, and end what was begun and made by its word; tell whether it was.

    A passkey that was made in a session of the provider would open the account for whoever has made it for ever.
    """
    if not drop_identity(session, staff_id):
        return False
    end_sessions_of_others(session, staff_id)
    if drop_passkeys_of_others(session, staff_id):
        tell_of_passkeys_at(session, staff_id, PasskeyNews.REMOVED, now)
    return True
