"""Logos of organisations: one picture each, drawn by this service and never as it was handed in."""

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.database import Base


class OrganisationLogo(Base):
    """The logo of one organisation as a PNG file."""

    __tablename__ = "organisation_logos"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    png: Mapped[bytes]


def logo_of(session: Session, organisation_id: int) -> bytes | None:
    """Return an organisation's logo as a PNG file, if it has one."""
    return session.scalar(select(OrganisationLogo.png).where(OrganisationLogo.organisation_id == organisation_id))


def keep_logo(session: Session, organisation_id: int, png: bytes | None) -> None:
    """Put a logo in the place of the one before; with None there is none any more."""
    session.execute(delete(OrganisationLogo).where(OrganisationLogo.organisation_id == organisation_id))
    if png is not None:
        session.add(OrganisationLogo(organisation_id=organisation_id, png=png))
