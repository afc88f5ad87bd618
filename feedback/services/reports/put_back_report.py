"""Put a report back that was lost in a restore, from the file in which it was exported. Never reads people."""

import base64
import json
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.domain.errors import ReportRefused
from feedback.domain.report.files import read_report_file
from feedback.domain.report.report import Report, hash_document
from feedback.domain.waves.states import WaveState
from feedback.storage.programmes import Programme, programme_by_id
from feedback.storage.receipts import add_receipts
from feedback.storage.reports import StoredReport, last_report, report_of
from feedback.storage.waves import Wave, waves_in_state


def waves_without_report(session: Session) -> list[int]:
    """Return the waves that are closed, and whose report was lost in a restore."""
    return [wave.id for wave in _without_report(session)]


def wave_of_report(session: Session, data: bytes, name: str) -> int:
    """Return the wave whose lost report is in a file called `name`; ReportRefused if it is of none."""
    return _read(session, data, name)[0].id


def put_back_report(session: Session, data: bytes, name: str) -> int:
    """Store the report that a file holds, as it was signed, and return its wave; the caller commits.

    Raises ReportRefused if it was altered, is not signed by the organisation, is of no wave whose report was lost, or
    does not follow the programme's last report.
    """
    wave, report, signature = _read(session, data, name)
    before = last_report(session, wave.programme_id)
    if report.previous != (before.chain_hash if before else None):
        raise ReportRefused(
            f"{name} does not follow the programme's last report here: put the reports back in the order of their "
            "surveys, each once."
        )
    session.add(
        StoredReport(
            wave_id=wave.id,
            programme_id=wave.programme_id,
            number=before.number + 1 if before else 1,
            document=report.json,
            statement_hash=report.statement_hash,
            chain_hash=report.chain_hash,
            signature=signature,
        )
    )
    session.flush()
    add_receipts(session, wave.id, [bytes.fromhex(one) for one in report.receipts])
    return wave.id


def _read(session: Session, data: bytes, name: str) -> tuple[Wave, Report, bytes]:
    file = read_report_file(data, name)
    if file.public_key is None:
        raise ReportRefused(f"{name} is not signed: take the JSON file that `feedback report export` has written.")
    try:
        report = Report.parse(hash_document(file.document).json)
    except (KeyError, TypeError, ValueError):
        raise ReportRefused(f"{name} holds no report.") from None
    # The file was checked, byte by byte, when it was read.
    signature = base64.b64decode(json.loads(data)["signature"])
    for wave in _without_report(session):
        programme = programme_by_id(session, wave.programme_id)
        if _is_of(report, wave, programme) and _key(programme) == file.public_key:
            return wave, report, signature
    raise ReportRefused(
        f"{name} is of no survey whose report is missing here: another programme, stage, day of opening or signing key."
    )


def _without_report(session: Session) -> list[Wave]:
    return [wave for wave in waves_in_state(session, WaveState.CLOSED) if report_of(session, wave.id) is None]


def _is_of(report: Report, wave: Wave, programme: Programme) -> bool:
    opened_on = _local_date(wave.opened_at, programme.time_zone)
    about = report.about
    return (about.programme, about.stage, about.opened_on) == (programme.name, wave.stage, opened_on)


def _local_date(moment: datetime | None, zone: str) -> object:
    return None if moment is None else moment.astimezone(ZoneInfo(zone)).date()


def _key(programme: Programme) -> str:
    return base64.b64encode(programme.organisation.signing_public_key or b"").decode()
