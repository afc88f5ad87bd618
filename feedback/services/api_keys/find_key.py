"""Know a program again by the key that it shows, and note on which day it was used."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from feedback.domain.api_keys import ApiCaller, ApiScope, key_digest, secret_in
from feedback.storage.api_keys import WorkingKey, key_by_digest, note_key_used


def find_key(connection: Connection, text: str, *, now: datetime) -> WorkingKey | None:
    """Return the key that `text` is; None if it is none, or one that has expired or was revoked."""
    secret = secret_in(text)
    return None if secret is None else key_by_digest(connection, key_digest(secret), now)


def admit(sessions: Callable[[], Session], key: WorkingKey, *, now: datetime) -> ApiCaller:
    """Return whose key was shown, and note that it was.

    Of its use no more is kept than the day: enough to see which keys nobody needs, and a write a day.
    """
    if key.used_on != now.date():
        # Most requests need no session for it.
        session = sessions()
        note_key_used(session, key.id, now.date())
        session.commit()
    return ApiCaller(key.id, key.organisation_id, key.programme_id, frozenset(map(ApiScope, key.scopes.split())))
