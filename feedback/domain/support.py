"""A request for support: what somebody writes to a programme's contact. Nothing in it leads to an answer."""

import json
from dataclasses import asdict, dataclass

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
    return json.dumps(asdict(request), ensure_ascii=False, separators=(",", ":")).encode()


def read_request(data: bytes) -> Request:
    """Read what `write_request` wrote, or raise SealBroken: whoever knows the public key can seal anything."""
    try:
        record = json.loads(data)
        parts = [record[name] for name in ("name", "reach", "words")]
        if all(isinstance(part, str) for part in parts):
            return Request(*parts)
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise SealBroken("A sealed request for support cannot be read.")


def help_lines(text: str | None) -> list[str]:
    """Return the lines that say something of a programme's own words on where help is."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]
