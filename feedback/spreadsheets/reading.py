"""A spreadsheet's first visible sheet, as a child process with bounds on memory and time reads it."""

import json
import threading
from dataclasses import dataclass
from typing import Any

from feedback.child_processes import run_child
from feedback.domain.errors import RosterNote, RosterRefused, sentence

MOST_FILE_BYTES = 32 * 2**20
MOST_SECONDS = 300.0
# Each may take half a gigabyte.
_AT_ONCE = threading.BoundedSemaphore(2)
_BUSY = sentence("Other spreadsheets are being read just now. Send yours again in a minute.")
_ZIP = b"PK\x03\x04"
_UNREADABLE = sentence(
    "The spreadsheet cannot be read within the bounds on memory and time. Open it in your spreadsheet program, remove "
    "all but the roster, and save it as “CSV UTF-8”."
)
_TOO_LARGE = "The spreadsheet is larger than 32 MB; save the roster alone, as “CSV UTF-8”."


@dataclass(frozen=True)
class SpreadsheetRows:
    """The first visible sheet, how many other visible ones there are, and its rows that are not blank by number."""

    name: str
    others: int
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def is_spreadsheet(data: bytes) -> bool:
    """Tell whether a file may be an XLSX or ODS file, whatever it is called."""
    return data.startswith(_ZIP)


def read_sheet(data: bytes, *, seconds: float = MOST_SECONDS) -> SpreadsheetRows:
    """Return the first visible sheet of a file; raise RosterRefused with a sentence if it cannot be read in time."""
    if len(data) > MOST_FILE_BYTES:
        raise RosterRefused((RosterNote(_TOO_LARGE),))
    if not _AT_ONCE.acquire(timeout=seconds):
        raise RosterRefused((RosterNote(_BUSY),))
    try:
        said = run_child("feedback.spreadsheets.child", data, seconds=seconds, more={"OPENPYXL_LXML": "False"})
    finally:
        _AT_ONCE.release()
    try:
        answer: dict[str, Any] = {"refused": _UNREADABLE} if said is None else json.loads(said)
    except ValueError:
        answer = {"refused": _UNREADABLE}
    if "refused" in answer:
        raise RosterRefused((RosterNote(answer["refused"], **answer.get("values", {})),))
    return SpreadsheetRows(
        answer["sheet"], answer["others"], tuple((line, tuple(cells)) for line, cells in answer["rows"])
    )
