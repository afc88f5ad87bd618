"""Show administrators the keys of their organisation: what each is for and when it was used, never a key."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from feedback.domain.api_keys import ApiScope
from feedback.storage.api_keys import keys_of_organisation
from feedback.storage.database import reading
from feedback.storage.programmes import programmes_of
from feedback.storage.staff import accounts_of


class KeyState(StrEnum):
    """Whether a key works."""

    WORKS = "works"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True)
class ShownKey:
    """One key. `programme` is the name of the only programme that it sees, "" for all."""

    id: int
    purpose: str
    scopes: tuple[ApiScope, ...]
    programme: str
    made_by: str
    made_at: datetime
    expires_at: datetime
    used_on: date | None
    state: KeyState


def show_keys(session: Session, organisation_id: int, *, now: datetime) -> list[ShownKey]:
    """Return the keys of an organisation: first those that work, of these the newest first."""
    with reading(session):
        programmes = {one.id: one.name for one in programmes_of(session, organisation_id)}
        people = {one.id: one.name for one in accounts_of(session, organisation_id)}
        found = [
            ShownKey(
                id=one.id,
                purpose=one.purpose,
                scopes=tuple(scope for scope in ApiScope if scope in one.scopes.split()),
                programme=programmes.get(one.programme_id or 0, ""),
                made_by=people.get(one.made_by, ""),
                made_at=one.made_at,
                expires_at=one.expires_at,
                used_on=one.used_on,
                state=_state(one.revoked_at, one.expires_at, now),
            )
            for one in reversed(keys_of_organisation(session, organisation_id))
        ]
    return sorted(found, key=lambda one: one.state is not KeyState.WORKS)


def _state(revoked_at: datetime | None, expires_at: datetime, now: datetime) -> KeyState:
    if revoked_at is not None:
        return KeyState.REVOKED
    return KeyState.WORKS if expires_at > now else KeyState.EXPIRED
