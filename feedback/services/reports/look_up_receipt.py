"""Look up a receipt among those that published reports list. Says nothing about any other, and reads no report."""

from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from feedback.domain.links import RECEIPT_BYTES, Receipt, read_receipt, receipt_digest
from feedback.storage.programmes import programme_by_id
from feedback.storage.receipts import wave_counting
from feedback.storage.waves import wave_by_id

_NO_RECEIPT = Receipt(bytes(RECEIPT_BYTES))


@dataclass(frozen=True)
class Counted:
    """The report in which a receipt is listed."""

    organisation: str
    programme: str
    stage: str


def look_up_receipt(connection: Connection, typed: str) -> Counted | None:
    """Return the report that counted the answer behind a receipt; None for any other text, at the same cost."""
    receipt = read_receipt(typed) or _NO_RECEIPT
    wave_id = wave_counting(connection, bytes.fromhex(receipt_digest(receipt)))
    if wave_id is None:
        return None
    with Session(connection) as session:
        wave = wave_by_id(session, wave_id)
        programme = programme_by_id(session, wave.programme_id)
        return Counted(programme.organisation.name, programme.name, wave.stage)
