"""Logs that leak nothing: no link, no address, no value that a person gave, not even in a traceback."""

import logging
import re
import sys
import traceback
from types import TracebackType

_SECRET = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
_SHORT_SECRET = re.compile(r"/(r|support)/[A-Za-z0-9_-]{16,}")
_ADDRESS = re.compile(r"[^\s<>\"'@=,;:]+@[^\s<>\"'@,;:]+")
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


def discreet(text: str) -> str:
    """Blank link secrets and mail addresses in `text`."""
    return _ADDRESS.sub("[address]", _SHORT_SECRET.sub(r"/\1/[secret]", _SECRET.sub("[secret]", text)))


def configure_logs(level: int = logging.INFO) -> None:
    """Send all logs to standard error through the discreet formatter."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(DiscreetFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    # A numerical library reports its steps to the root logger; this service has a logger for each module.
    handler.addFilter(lambda record: record.name != "root" or record.levelno >= logging.WARNING)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("procrastinate", "mail.log", "alembic", "waitress.queue"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _without_source(frames: traceback.StackSummary) -> list[traceback.FrameSummary]:
    return [traceback.FrameSummary(frame.filename, frame.lineno, frame.name, line="") for frame in frames]
