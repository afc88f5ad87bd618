"""Set what an organisation requires of its own staff, and how its reports look."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import NotFound
from feedback.storage.audit_log import note
from feedback.storage.database import reading
from feedback.storage.logos import keep_logo, logo_of
from feedback.storage.organisations import Organisation, known_organisation


@dataclass(frozen=True)
class OrganisationView:
    """An organisation as its administrators see it; `logo` is a PNG file."""

    name: str
    logo: bytes | None


def show_organisation(session: Session, number: int) -> OrganisationView:
    """Return an organisation."""
    with reading(session):
        return OrganisationView(session.get_one(Organisation, number).name, logo_of(session, number))


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


def _known(session: Session, name: str) -> int:
    number = known_organisation(session, name)
    if number is None:
        raise NotFound("There is no organisation of that name. `feedback organisation create` makes it.")
    return number
