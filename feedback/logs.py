"""Logs that leak nothing: no link, no address, no value that a person gave, not even in a traceback.

Lines for people, or one JSON object a line with the same field names always.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

_SECRET = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
# It may begin only where a word does: else a long word without "@" is read once for each of its letters.
_ADDRESS = re.compile(r"(?<![^\s<>\"'@=,;:])[^\s<>\"'@=,;:]+@[^\s<>\"'@,;:]+")
_PAGE = re.compile(r"(?i)(?<!\w)((?:/|%(?:25)*2F)(?:s|o|r|support)(?:/|%(?:25)*2F))[^\s/?#\"'<>]+")
# What a line may say besides its sentence. Whatever else a library attaches to a record is left out.
_FACTS = ("act", "wave", "late_seconds", "provider")
_QUIET = ("mail.log", "alembic", "sqlalchemy", "waitress.queue")
_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_Caught = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class DiscreetFormatter(logging.Formatter):
    """Writes an exception as its kind and places, never its message, and blanks what looks like a secret."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with secrets and addresses blanked."""
        return discreet(super().format(record))

    def formatException(self, ei: _Caught) -> str:  # noqa: N802
        """Return where an exception arose, and of what kind it is. Messages may quote what a person wrote."""
        kind, _error, where = ei
        frames = "".join(traceback.format_list(_without_source(traceback.extract_tb(where))))
        return f"{frames}{kind.__module__ if kind else ''}.{kind.__qualname__ if kind else 'None'}"


class JsonFormatter(DiscreetFormatter):
    """Writes one line of JSON a record: time, level, logger, event; of an exception `error` and `places`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with secrets and addresses blanked."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": discreet(record.getMessage()),
        }
        line |= {name: value for name, value in vars(record).items() if name in _FACTS}
        if record.exc_info and record.exc_info[0]:
            *places, error = self.formatException(record.exc_info).splitlines()
            line |= {"error": error, "places": [discreet(place.strip()) for place in places]}
        return json.dumps(line, ensure_ascii=False)


def discreet(text: str) -> str:
    """Blank link secrets, what follows /s/, /o/, /r/ or /support/, and mail addresses in `text`."""
    return _ADDRESS.sub("[address]", _PAGE.sub(r"\1[secret]", _SECRET.sub("[secret]", text)))


def configure_logs(*, as_json: bool = False, level: int = logging.INFO) -> None:
    """Send all logs to standard error through a discreet formatter."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if as_json else DiscreetFormatter(_TEXT))
    # A numerical library reports its steps to the root logger; this service has a logger for each module.
    handler.addFilter(lambda record: record.name != "root" or record.levelno >= logging.WARNING)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # What its jobs fail of is said by themselves, once and not at each attempt.
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    for chatty in _QUIET:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # It reads what strangers send, and complains of what it cannot read by quoting it.
    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)


def server_logs(*, as_json: bool) -> dict[str, Any]:
    """Return what granian, which configures its own loggers, is to be told so that its lines read like ours."""
    formatter = {"()": JsonFormatter} if as_json else {"()": DiscreetFormatter, "fmt": _TEXT}
    handler = {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "discreet"}
    logger = {"handlers": ["discreet"], "level": "INFO", "propagate": False}
    return {
        "formatters": {"discreet": formatter},
        "handlers": {"discreet": handler},
        "loggers": {"_granian": logger, "granian.access": logger},
    }


def _without_source(frames: traceback.StackSummary) -> list[traceback.FrameSummary]:
    return [traceback.FrameSummary(frame.filename, frame.lineno, frame.name, line="") for frame in frames]
