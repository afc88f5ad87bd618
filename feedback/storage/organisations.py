"""Organisations: who runs programmes and signs reports."""

from typing import Any

from sqlalchemy import Connection, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.storage.database import Base, JsonText


class Organisation(Base):
    """One organisation. The public half of its signing key is published; the private one is in the key store.

    If it `approves_rosters`, no wave opens before a second person has approved the roster. `domains` are lists of those
    whose addresses are the same mailboxes. If it `demands_passkeys`, a mailed link alone signs none of its staff in. If
    it `demands_provider`, planners and readers sign in by its provider of OpenID Connect alone.
    """

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    signing_public_key: Mapped[bytes | None]
    approves_rosters: Mapped[bool] = mapped_column(default=False)
    domains: Mapped[Any] = mapped_column(JsonText, default=list)
    demands_passkeys: Mapped[bool] = mapped_column(default=False)
    demands_provider: Mapped[bool] = mapped_column(default=False)

    @property
    def same_domains(self) -> dict[str, str]:
        """Each of those domains, with the one that stands for it."""
        return {one: min(alike) for alike in self.domains for one in alike}


def organisation_named(session: Session, name: str) -> Organisation:
    """Return the organisation called `name`, creating it if there is none."""
    found = session.scalar(select(Organisation).where(Organisation.name == name))
    if found is None:
        found = Organisation(name=name)
        session.add(found)
        session.flush()
    return found


def organisations(session: Session) -> list[Organisation]:
    """Return all organisations, oldest first."""
    return list(session.scalars(select(Organisation).order_by(Organisation.id)))


def known_organisation(session: Session, name: str) -> int | None:
    """Return the id of the organisation called `name`, if there is one."""
    return session.scalar(select(Organisation.id).where(Organisation.name == name))


def signing_keys(connection: Connection) -> list[tuple[str, bytes]]:
    """Return each organisation's name, and the public key with which it signs."""
    keys = select(Organisation.name, Organisation.signing_public_key).where(
        Organisation.signing_public_key.is_not(None)
    )
    return [(name, key) for name, key in connection.execute(keys) if key is not None]
