"""A request for support: what somebody writes to the contact of a programme, with a name. It has nothing to do with
answers, and nothing in it leads to one.
"""

import json
from dataclasses import dataclass

from feedback.domain.errors import SealBroken

LONGEST_NAME = 200
LONGEST_REACH = 300
LONGEST_WORDS = 2000
_BYTES_PER_CHARACTER = 4
_FRAME_BYTES = 64
LARGEST_REQUEST = (LONGEST_NAME + LONGEST_REACH + LONGEST_WORDS) * _BYTES_PER_CHARACTER + _FRAME_BYTES
"""How long a written request is at most, in bytes; all are padded to this."""


@dataclass(frozen=True)
class Request:
    """Who asks, how to reach them, and what is wrong."""

    name: str
    reach: str
    words: str


def write_request(request: Request) -> bytes:
    """Return a request as JSON."""
    record = {"name": request.name, "reach": request.reach, "words": request.words}
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


def read_request(data: bytes) -> Request:
    """Read what `write_request` wrote, or raise SealBroken: whoever knows the public key can seal anything."""
    try:
        record = json.loads(data)
        parts = [record[name] for name in ("name", "reach", "words")]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise SealBroken("A sealed request for support cannot be read.") from None
    if not all(isinstance(part, str) for part in parts):
        raise SealBroken("A sealed request for support cannot be read.")
    return Request(*parts)
