"""Files that staff send: held in memory only, and carried from page to page sealed, in the page itself.

No copy lies on a disk or in a database in between. A sealed file opens for two hours, for the same person and
programme.
"""

import base64
import hmac
import io
import json
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from flask import Request, current_app, request

from feedback.domain.errors import RosterNote, RosterRefused, SealBroken, sentence
from feedback.domain.roster.files import RosterRecord
from feedback.domain.roster.rows import RosterTable
from feedback.domain.sealing import UploadKey, open_upload, seal_upload
from feedback.web.front import LARGEST_UPLOADING_POST

MOST_UPLOAD_BYTES = 2 * 2**20
_MOST_PLAIN_BYTES = 16 * 2**20
_SECONDS = 2 * 3600
TOO_LARGE = sentence(
    "The file is larger than 2 MB. Remove all but the list of people, or ask whoever runs this service to import it."
)
UPLOADING = frozenset(
    f"staff.{name}" for name in ("send_people", "choose_code_page", "match_columns", "mend_people", "put_people_in")
)
"""The pages that take a list of people. Nothing that is sent to them is ever written down before its last step."""
_LOGO = "staff.change_logo"


class StaffRequest(Request):
    """A request that never writes what was sent to a file."""

    def _get_file_stream(self, *_about: Any, **_more: Any) -> IO[bytes]:
        return io.BytesIO()


def take_uploads() -> None:
    """Let more be sent than elsewhere to the pages that take a list of people, or a logo."""
    if request.endpoint in UPLOADING | {_LOGO}:
        request.max_content_length = request.max_form_memory_size = LARGEST_UPLOADING_POST


@dataclass(frozen=True)
class Upload:
    """A file on its way: its name, and its bytes while its code page is unknown, else its table."""

    name: str
    data: bytes | None = None
    table: RosterTable | None = None


def sealed(upload: Upload, programme_id: int, staff_id: int, *, now: datetime) -> str:
    """Return an upload for a hidden field; RosterRefused if it is too large for a page."""
    until = int(now.timestamp()) + _SECONDS
    plain = json.dumps([until, upload.name, _file(upload.data), _table(upload.table)], ensure_ascii=False).encode()
    packed = zlib.compress(plain)
    if len(plain) > _MOST_PLAIN_BYTES or len(packed) > MOST_UPLOAD_BYTES + 2**16:
        raise RosterRefused((RosterNote(TOO_LARGE),))
    return base64.b64encode(seal_upload(packed, _key(), _owner(programme_id, staff_id))).decode()


def opened(text: str, programme_id: int, staff_id: int, *, now: datetime) -> Upload:
    """Return what `sealed` sealed for the same person and programme; SealBroken if it was not, or too long ago."""
    try:
        packed = open_upload(base64.b64decode(text, validate=True), _key(), _owner(programme_id, staff_id))
    except ValueError:
        raise SealBroken("The page was altered on its way.") from None
    until, name, file, table = json.loads(zlib.decompress(packed))
    if until < now.timestamp():
        raise SealBroken("The page is too old.")
    data = None if file is None else base64.b64decode(file)
    return Upload(name, data, None if table is None else _table_of(*table))


def _key() -> UploadKey:
    secret = current_app.secret_key or ""
    return UploadKey(
        hmac.digest(secret if isinstance(secret, bytes) else secret.encode(), b"feedback/upload/1", "sha256")
    )


def _owner(programme_id: int, staff_id: int) -> bytes:
    return f"/{programme_id}/{staff_id}".encode()


def _file(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def _table(table: RosterTable | None) -> list[Any] | None:
    if table is None:
        return None
    records = [[one.line, one.cells, one.problem and _finding(one.problem)] for one in table.records]
    return [_finding(table.source), records, [_finding(one) for one in table.remarks]]


def _finding(finding: RosterNote) -> list[Any]:
    return [finding.said, finding.values, finding.line]


def _table_of(source: list[Any], records: list[Any], remarks: list[Any]) -> RosterTable:
    return RosterTable(
        _finding_of(*source),
        tuple(RosterRecord(line, tuple(cells), wrong and _finding_of(*wrong)) for line, cells, wrong in records),
        tuple(_finding_of(*one) for one in remarks),
    )


def _finding_of(said: str, values: dict[str, object], line: int) -> RosterNote:
    found = RosterNote(said, **values)
    return found.at(line) if line else found
