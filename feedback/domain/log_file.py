"""The audit log as a JSON file, which is checked without the database that it came from."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from feedback.domain.errors import LogFileRefused
from feedback.domain.log_chain import Link, LoggedAct, written

FORMAT = "feedback audit log 1"


def dump_log(links: Iterable[Link]) -> bytes:
    """Write a whole chain, each link with its entry while there is one."""
    document = {"format": FORMAT, "links": [_written(link) for link in links]}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def load_log(data: bytes) -> list[Link]:
    """Read a chain, or raise LogFileRefused for what is none."""
    try:
        document = json.loads(data)
        if document["format"] != FORMAT:
            raise LogFileRefused("This is another kind of file. Name one that `feedback audit-log export` has written.")
        return [_read(link) for link in document["links"]]
    except (ValueError, KeyError, TypeError):
        raise LogFileRefused("The file cannot be read as an audit log: it is cut off, or was changed.") from None


def _written(link: Link) -> dict[str, Any]:
    hidden = {"content": link.content.hex(), "digest": link.digest.hex()}
    told = None if link.entry is None else {**link.entry._asdict(), "at": written(link.entry.at)}
    return {"position": link.position, "made_at": written(link.made_at), **hidden, "entry": told}


def _read(told: dict[str, Any]) -> Link:
    content, digest = bytes.fromhex(told["content"]), bytes.fromhex(told["digest"])
    entry = None if told["entry"] is None else _entry(**told["entry"])
    return Link(int(told["position"]), _moment(told["made_at"]), content, digest, entry)


def _entry(*, at: str, **told: Any) -> LoggedAct:
    return LoggedAct(at=_moment(at), **told)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment
