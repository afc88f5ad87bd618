"""Keep what somebody sent after their session had ended, and give it back to them in the same browser: to look at.

The browser's cookie holds a secret. The row holds its digest and what a key made of it has sealed, so that neither the
database nor another browser shows what was typed.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.errors import SealBroken
from feedback.domain.links import SECRET_BYTES, from_address, to_address
from feedback.domain.sealing import FormKey, open_form, seal_form
from feedback.storage.database import reading
from feedback.storage.kept_forms import KeptForm, drop_form, drop_oldest_forms, form_by_digest
from feedback.storage.staff import staff_by_id

KEPT = timedelta(hours=24)
LARGEST = 512 * 1024
"""Bytes, as written down: more than the largest form that a page takes."""
MOST = 5
"""So many are kept for one account; the oldest go first."""


@dataclass(frozen=True)
class SentForm:
    """A form as it was sent: to which address of this service, with which fields, and whether files came with it."""

    address: str
    fields: tuple[tuple[str, str], ...] = field(repr=False)
    had_files: bool
    sent_at: datetime


def keep_form(session: Session, staff_id: int, form: SentForm) -> str | None:
    """Keep a form for an account and return the secret that its browser must hold.

    None if the account is gone or the form is too large.
    """
    body = json.dumps([form.address, form.fields, form.had_files, form.sent_at.timestamp()]).encode()
    if len(body) > LARGEST or staff_by_id(session, staff_id) is None:
        session.rollback()
        return None
    secret = secrets.token_bytes(SECRET_BYTES)
    row = KeptForm(
        digest=_digest(secret),
        staff_id=staff_id,
        sealed=seal_form(body, _key(secret)),
        expires_at=form.sent_at + KEPT,
    )
    session.add(row)
    session.flush()
    drop_oldest_forms(session, staff_id, MOST)
    session.commit()
    return to_address(secret)


def show_form(session: Session, staff_id: int, secret: str, *, now: datetime) -> SentForm | None:
    """Return a form that this account has sent; None if there is none, if it was another's, or if it is too old."""
    data = from_address(secret)
    if data is None:
        return None
    with reading(session):
        found = form_by_digest(session, staff_id, _digest(data))
        if found is None or found.expires_at <= now:
            return None
        sealed = found.sealed
    try:
        address, fields, had_files, sent_at = json.loads(open_form(sealed, _key(data)))
    except SealBroken:
        return None
    pairs = tuple((str(name), str(value)) for name, value in fields)
    return SentForm(address, pairs, had_files=had_files, sent_at=datetime.fromtimestamp(sent_at, now.tzinfo))


def forget_form(session: Session, staff_id: int, secret: str) -> None:
    """Delete a form of this account."""
    data = from_address(secret)
    if data is not None:
        drop_form(session, staff_id, _digest(data))
        session.commit()


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()


def _key(secret: bytes) -> FormKey:
    return FormKey(hashlib.sha256(b"feedback/form/key" + secret).digest())
