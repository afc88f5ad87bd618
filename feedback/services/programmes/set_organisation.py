"""Set what an organisation is called, what it requires of its own staff, and how its reports look."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import NotFound, PlanRefused, sentence
from feedback.domain.waves.states import LIVE
from feedback.services.programmes.create_organisation import check_organisation_name
from feedback.storage.audit_log import note
from feedback.storage.database import lock_organisation, reading
from feedback.storage.logos import keep_logo, logo_of
from feedback.storage.organisations import Organisation, known_organisation
from feedback.storage.waves import waves_of_organisation

_NAME_IS_TOLD = sentence(
    "The name cannot change while a survey is open: its participants know your organisation by it. Change it when all "
    "are closed."
)


@dataclass(frozen=True)
class OrganisationView:
    """An organisation as its administrators see it; `logo` is a PNG file.

    The name `is_told` while a survey is open, and cannot be changed.
    """

    name: str
    is_told: bool
    logo: bytes | None


def show_organisation(session: Session, number: int) -> OrganisationView:
    """Return an organisation."""
    with reading(session):
        name, is_told = session.get_one(Organisation, number).name, _is_told(session, number)
        return OrganisationView(name, is_told, logo_of(session, number))


def rename_organisation(session: Session, number: int, name: str, *, now: datetime, actor: str) -> None:
    """Call an organisation `name` from now on; published reports keep the one that they were signed with.

    Raises PlanRefused while a survey is open, or for a name that is taken or cannot be shown.
    """
    lock_organisation(session, number)
    if _is_told(session, number):
        raise PlanRefused(_NAME_IS_TOLD)
    check_organisation_name(session, name, number)
    session.get_one(Organisation, number).name = name.strip()
    note(session, now, actor, "renamed", f"organisation {number}")
    session.commit()


def set_logo_of(session: Session, name: str, png: bytes | None, *, now: datetime, actor: str) -> None:
    """Do what `set_logo` does for the organisation called `name`; raise NotFound if there is none."""
    set_logo(session, _known(session, name), png, now=now, actor=actor)


def set_logo(session: Session, number: int, png: bytes | None, *, now: datetime, actor: str) -> None:
    """Set the picture that stands on an organisation's reports, or take it away.

    `png` must have been drawn anew by this service.
    """
    keep_logo(session, number, png)
    note(session, now, actor, "took the logo away" if png is None else "set the logo", f"organisation {number}")
    session.commit()


def set_approval(session: Session, name: str, *, approves_rosters: bool, now: datetime, actor: str) -> None:
    """Set whether an organisation's rosters need a second person's approval; raise NotFound if it does not exist."""
    number = _known(session, name)
    session.get_one(Organisation, number).approves_rosters = approves_rosters
    act = "asks for approved rosters" if approves_rosters else "asks for no approved rosters"
    note(session, now, actor, act, f"organisation {number}")
    session.commit()


def _is_told(session: Session, number: int) -> bool:
    return any(wave.state in LIVE for wave in waves_of_organisation(session, number))


def _known(session: Session, name: str) -> int:
    number = known_organisation(session, name)
    if number is None:
        raise NotFound("There is no organisation of that name. `feedback organisation create` makes it.")
    return number
