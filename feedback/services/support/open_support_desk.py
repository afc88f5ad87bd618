"""Give a programme its support desk: an address of its own and a key that opens nothing but requests for support."""

import secrets

from sqlalchemy.orm import Session

from feedback.domain.links import SHORT_SECRET_BYTES
from feedback.storage.keys import KeyStore
from feedback.storage.support import SupportDesk, desk_of

SUPPORT_DAYS = 90
"""How long requests are kept unless somebody chose otherwise."""


def open_support_desk(session: Session, keys: KeyStore, programme_id: int, *, days: int = SUPPORT_DAYS) -> None:
    """Add the desk unless the programme has one; commits nothing. Requests are kept for `days` days."""
    if desk_of(session, programme_id) is not None:
        return
    key = keys.make_support_key(programme_id)
    session.add(
        SupportDesk(
            programme_id=programme_id,
            handle=secrets.token_bytes(SHORT_SECRET_BYTES),
            key_id=key.key_id,
            public_key=key.raw,
            days=days,
        )
    )
    session.flush()
