"""See one's own passkeys; as an administrator demand them, or remove those of somebody who has lost one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import AccessRefused, NotFound, sentence
from feedback.services.staff.sign_in import Member
from feedback.storage.audit_log import note
from feedback.storage.database import lock_organisation, reading
from feedback.storage.organisations import Organisation
from feedback.storage.passkey_letters import PasskeyNews, tell_of_passkeys_at
from feedback.storage.passkeys import drop_passkeys, passkeys_of
from feedback.storage.staff import end_sessions, staff_by_id, staff_of

_OWN = sentence("Your own passkeys you remove on your own page.")
_NONE = sentence("This person has no passkey.")
_MAKE_YOURS = sentence("Make a passkey of your own first: you are asked for it from then on, as everybody else is.")


@dataclass(frozen=True)
class ShownPasskey:
    """A passkey as its owner sees it. `used_at` is None if it was never used."""

    id: int
    name: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class PasskeyRule:
    """Whether an organisation demands passkeys, and how many people with access have none yet."""

    is_demanded: bool
    without_count: int


def show_passkeys(session: Session, staff_id: int) -> list[ShownPasskey]:
    """Return somebody's passkeys, the oldest first."""
    with reading(session):
        return [ShownPasskey(one.id, one.name, one.made_at, one.used_at) for one in passkeys_of(session, staff_id)]


def remove_passkeys_of(session: Session, by: Member, staff_id: int, *, now: datetime) -> None:
    """Delete all passkeys of somebody who has lost one: they are signed out everywhere, and told by mail.

    Raises AccessRefused for oneself and for whoever has none, NotFound for whoever has no access.
    """
    if staff_id == by.id:
        raise AccessRefused(_OWN)
    lock_organisation(session, by.organisation_id)
    member = staff_by_id(session, staff_id)
    if member is None or member.is_removed:
        raise NotFound("There is nobody with access under this number.")
    if not drop_passkeys(session, staff_id):
        raise AccessRefused(_NONE)
    end_sessions(session, staff_id)
    tell_of_passkeys_at(session, staff_id, PasskeyNews.ALL_REMOVED, now, removed_by=by.id)
    note(session, now, by.actor, "removed somebody’s passkeys", f"staff {staff_id}")
    session.commit()


def show_rule(session: Session, organisation_id: int) -> PasskeyRule:
    """Return what an organisation asks for."""
    with reading(session):
        without = [one for one in staff_of(session, organisation_id) if not passkeys_of(session, one.id)]
        return PasskeyRule(_is_demanded(session, organisation_id), len(without))


def is_demanded(session: Session, organisation_id: int) -> bool:
    """Tell whether an organisation's staff need a passkey after the mailed link."""
    with reading(session):
        return _is_demanded(session, organisation_id)


def demand_passkeys(session: Session, by: Member, *, demands: bool, now: datetime) -> None:
    """Have all staff of an organisation asked for a passkey after the mailed link from now on, or none of them.

    Sessions that were begun without one see nothing until they have used one. Raises AccessRefused if whoever demands
    it has none.
    """
    lock_organisation(session, by.organisation_id)
    organisation = session.get_one(Organisation, by.organisation_id, populate_existing=True)
    if organisation.demands_passkeys == demands:
        session.rollback()
        return
    if demands and not passkeys_of(session, by.id):
        raise AccessRefused(_MAKE_YOURS)
    organisation.demands_passkeys = demands
    act = "demands passkeys" if demands else "demands no passkeys"
    note(session, now, by.actor, act, f"organisation {by.organisation_id}")
    session.commit()


def _is_demanded(session: Session, organisation_id: int) -> bool:
    return session.get_one(Organisation, organisation_id, populate_existing=True).demands_passkeys
