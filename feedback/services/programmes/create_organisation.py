"""Make an organisation: with the key that signs its reports, and the one that tells whom it has asked before."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import PlanRefused, sentence
from feedback.storage.audit_log import note
from feedback.storage.database import reading
from feedback.storage.keys import KeyStore
from feedback.storage.organisations import Organisation, organisation_named, organisations

MOST_LETTERS = 200
_TAKEN = sentence("There is an organisation of this name already.")


def create_organisation(session: Session, keys: KeyStore, name: str, *, now: datetime, actor: str) -> int:
    """Make an organisation and return its id, or raise PlanRefused for a name that is taken or cannot be shown."""
    check_organisation_name(session, name)
    number = with_keys(session, keys, name).id
    note(session, now, actor, "created", f"organisation {number}")
    session.commit()
    return number


def check_organisation_name(session: Session, name: str, but: int | None = None) -> None:
    """Raise PlanRefused if an organisation, `but` one, has this name, or if it cannot be shown."""
    if not name.strip() or not name.isprintable() or len(name) > MOST_LETTERS:
        raise PlanRefused(
            f"The organisation’s name is empty, longer than {MOST_LETTERS} characters, or cannot be shown on one line."
        )
    taken = (one.name for one in organisations(session) if one.id != but)
    if name.strip().casefold() in {other.strip().casefold() for other in taken}:
        raise PlanRefused(_TAKEN)


def any_organisation(session: Session) -> bool:
    """Tell whether there is one: until then nobody can sign in."""
    with reading(session):
        return bool(organisations(session))


def with_keys(session: Session, keys: KeyStore, name: str) -> Organisation:
    """Return the organisation of that name with its keys, made if there is none; commits nothing."""
    organisation = organisation_named(session, name)
    if organisation.signing_public_key is None:
        keys.make_history_key(organisation.id)
        organisation.signing_public_key = keys.make_signing_key(organisation.id)
    return organisation
