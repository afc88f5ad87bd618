"""Set what a programme tells its participants of itself."""

from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from feedback.domain.errors import PlanRefused
from feedback.storage.audit_log import note
from feedback.storage.programmes import programme_by_id

MOST_LETTERS = 500


def set_announcement(session: Session, programme_id: int, address: str, *, now: datetime, actor: str) -> None:
    """Name the page on which the programme was announced; an empty `address` names none any more.

    Raises NotFound, or PlanRefused if it is no address of a page.
    """
    programme = programme_by_id(session, programme_id)
    if address and not _is_page(address):
        raise PlanRefused(
            f"The page's address must begin with https:// and have at most {MOST_LETTERS} plain characters."
        )
    programme.announced_at = address or None
    note(
        session,
        now,
        actor,
        "named the announcement" if address else "named no announcement",
        f"programme {programme_id}",
    )
    session.commit()


def _is_page(address: str) -> bool:
    if len(address) > MOST_LETTERS or not address.isascii() or not address.isprintable() or set(address) & set(' <>"'):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
