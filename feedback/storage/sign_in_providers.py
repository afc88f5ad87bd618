"""Where an organisation's staff sign in by OpenID Connect, which accounts are connected, and which wait for it."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.providers import LONGEST_ISSUER, LONGEST_SUBJECT, Identity
from feedback.storage.claims import claim
from feedback.storage.database import Base
from feedback.storage.organisations import Organisation
from feedback.storage.staff import StaffMember


class SignInProvider(Base):
    """The provider of one organisation. The client's secret is sealed with a key of the key store.

    `end_session_endpoint` is where somebody signs out there too; None where the provider names none. It
    `is_proven` once somebody with an account here has come back from it as it is set now.
    """

    __tablename__ = "sign_in_providers"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True, autoincrement=False)
    issuer: Mapped[str] = mapped_column(String(LONGEST_ISSUER))
    client_id: Mapped[str] = mapped_column(String(200))
    sealed_secret: Mapped[bytes]
    end_session_endpoint: Mapped[str | None] = mapped_column(String(500))
    is_proven: Mapped[bool]


class ConnectedIdentity(Base):
    """Who an account is at a provider: what signs it in. Nothing else that the provider says of anybody is kept."""

    __tablename__ = "connected_identities"
    __table_args__ = (UniqueConstraint("organisation_id", "issuer", "subject"),)

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, autoincrement=False)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    issuer: Mapped[str] = mapped_column(String(LONGEST_ISSUER))
    subject: Mapped[str] = mapped_column(String(LONGEST_SUBJECT))
    connected_at: Mapped[datetime]


class WaitingConnection(Base):
    """Somebody whom a provider knows by an account's address, until the mail to that address is answered.

    `browser_digest` names the browser that came from the provider. The mail is tried at `tell_at`, None once it is out;
    the `digest` of its link is kept, which works until `expires_at`.
    """

    __tablename__ = "waiting_connections"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, autoincrement=False)
    issuer: Mapped[str] = mapped_column(String(LONGEST_ISSUER))
    subject: Mapped[str] = mapped_column(String(LONGEST_SUBJECT))
    browser_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    language: Mapped[str] = mapped_column(String(10))
    tell_at: Mapped[datetime | None]
    digest: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


def provider_of(session: Session, organisation_id: int) -> SignInProvider | None:
    """Return an organisation's provider as it is now."""
    return session.get(SignInProvider, organisation_id, populate_existing=True)


def issuer_of(session: Session, organisation_id: int) -> str | None:
    """Return the address of an organisation's provider, if it has one."""
    return session.scalar(select(SignInProvider.issuer).where(SignInProvider.organisation_id == organisation_id))


def organisations_with_provider(session: Session) -> list[tuple[int, str]]:
    """Return number and name of each organisation that has one, by name."""
    query = select(Organisation.id, Organisation.name).join(SignInProvider)
    return [(number, name) for number, name in session.execute(query.order_by(Organisation.name))]


def drop_provider(session: Session, organisation_id: int) -> None:
    """Forget an organisation's provider."""
    session.execute(delete(SignInProvider).where(SignInProvider.organisation_id == organisation_id))


def identity_of(session: Session, staff_id: int) -> ConnectedIdentity | None:
    """Return who an account is at a provider."""
    return session.get(ConnectedIdentity, staff_id, populate_existing=True)


def account_connected_to(session: Session, organisation_id: int, identity: Identity) -> int | None:
    """Return the number of the account that somebody at a provider is in an organisation."""
    mine = (
        ConnectedIdentity.organisation_id == organisation_id,
        ConnectedIdentity.issuer == identity.issuer,
        ConnectedIdentity.subject == identity.subject,
    )
    return session.scalar(select(ConnectedIdentity.staff_id).where(*mine))


def connected_to(session: Session, organisation_id: int) -> list[int]:
    """Return the numbers of an organisation's connected accounts."""
    mine = select(ConnectedIdentity.staff_id).where(ConnectedIdentity.organisation_id == organisation_id)
    return list(session.scalars(mine.order_by(ConnectedIdentity.staff_id)))


def drop_identity(session: Session, staff_id: int) -> bool:
    """Let an account be nobody at any provider, nor wait to be; tell whether it was somebody."""
    drop_connection(session, staff_id)
    mine = delete(ConnectedIdentity).where(ConnectedIdentity.staff_id == staff_id)
    return session.execute(mine.returning(ConnectedIdentity.staff_id)).first() is not None


def waiting_connection(session: Session, staff_id: int) -> WaitingConnection | None:
    """Return what waits for an account's owner, whether or not it is over."""
    return session.get(WaitingConnection, staff_id, populate_existing=True)


def connection_of(session: Session, digest: bytes) -> WaitingConnection | None:
    """Return what a mailed link stands for."""
    return session.scalar(select(WaitingConnection).where(WaitingConnection.digest == digest))


def use_connection(session: Session, digest: bytes) -> bool:
    """Use a mailed link up; False if somebody was faster."""
    taken = delete(WaitingConnection).where(WaitingConnection.digest == digest)
    return session.execute(taken.returning(WaitingConnection.staff_id)).first() is not None


def drop_connection(session: Session, staff_id: int) -> None:
    """Let nothing wait for an account's owner any more."""
    session.execute(delete(WaitingConnection).where(WaitingConnection.staff_id == staff_id))


def drop_connections_in(session: Session, organisation_id: int) -> None:
    """Let nothing wait for the owner of any account of an organisation."""
    theirs = select(StaffMember.id).where(StaffMember.organisation_id == organisation_id)
    session.execute(delete(WaitingConnection).where(WaitingConnection.staff_id.in_(theirs)))


def next_connections(session: Session, now: datetime) -> list[int]:
    """Return the accounts to which a mail is to be tried now, and is not over."""
    due = (WaitingConnection.tell_at <= now, WaitingConnection.expires_at > now)
    return list(session.scalars(select(WaitingConnection.staff_id).where(*due).order_by(WaitingConnection.staff_id)))


def any_connection_to_mail(session: Session, now: datetime) -> bool:
    """Tell whether any mail is to be tried now."""
    due = (WaitingConnection.tell_at <= now, WaitingConnection.expires_at > now)
    return session.scalar(select(WaitingConnection.staff_id).where(*due).limit(1)) is not None


def claim_connection(
    session: Session, staff_id: int, digest: bytes, *, now: datetime, until: datetime
) -> tuple[str, str] | None:
    """Put a mail off before it is tried, and return its issuer and language; None if it is not to be sent any more.

    From now on it is answered by the link of this digest.
    """
    mine, in_time = WaitingConnection.staff_id == staff_id, WaitingConnection.expires_at > now
    if not claim(session, WaitingConnection.tell_at, mine, in_time, now=now, until=until):
        return None
    answered = update(WaitingConnection).where(mine).values(digest=digest)
    issuer, language = session.execute(answered.returning(WaitingConnection.issuer, WaitingConnection.language)).one()
    return issuer, language


def settle_connection(session: Session, staff_id: int, until: datetime, *, is_out: bool) -> None:
    """Note that a mail is out; or that it is not, so that its link works no more. What was asked since stays."""
    as_claimed = (WaitingConnection.staff_id == staff_id, WaitingConnection.tell_at == until)
    values: dict[str, None] = {"tell_at": None} if is_out else {"digest": None}
    session.execute(update(WaitingConnection).where(*as_claimed).values(values))


def any_expired_connection(session: Session, now: datetime) -> bool:
    """Tell whether any was not answered in time."""
    query = select(WaitingConnection.staff_id).where(WaitingConnection.expires_at <= now).limit(1)
    return session.scalar(query) is not None


def forget_connections(session: Session, now: datetime) -> None:
    """Delete those that were not answered in time."""
    session.execute(delete(WaitingConnection).where(WaitingConnection.expires_at <= now))
