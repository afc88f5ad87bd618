"""Know a program again by the key that it shows, and note on which day it was used."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.api_keys import ApiCaller, ApiScope, key_digest, secret_in
from feedback.storage.api_keys import ApiKey, key_by_digest, note_key_used
from feedback.storage.database import reading


def find_caller(session: Session, text: str, *, now: datetime) -> ApiCaller | None:
    """Return whose key `text` is; None if it is none, or one that has expired or was revoked.

    Of its use no more is kept than the day: enough to see which keys nobody needs, and a write a day.
    """
    secret = secret_in(text)
    if secret is None:
        return None
    with reading(session):
        found = key_by_digest(session, key_digest(secret), now)
        caller = _caller(found) if found else None
        is_news = found is not None and found.used_on != now.date()
    if caller is not None and is_news:
        note_key_used(session, caller.key_id, now.date())
        session.commit()
    return caller


def _caller(key: ApiKey) -> ApiCaller:
    return ApiCaller(key.id, key.organisation_id, key.programme_id, frozenset(map(ApiScope, key.scopes.split())))
