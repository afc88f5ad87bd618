"""The command `feedback`. Nothing is loaded that the command does not need."""

import os
import sys
from typing import TYPE_CHECKING

from flask import Flask

from feedback.cli import feedback
from feedback.cli.application import Service
from feedback.config import wants_json_logs
from feedback.domain.errors import FeedbackError
from feedback.logs import configure_logs

if TYPE_CHECKING:
    from feedback.config import Settings
    from feedback.runtime import Clock

REFUSED = 1
_UNUSABLE = (
    "A database cannot be used: see that its server runs, and that FEEDBACK_DATABASE_URL and FEEDBACK_KEYS_URL name it."
)
_NO_RIGHT = (
    "The database does not let this process do that. Run the command with the settings of the process whose work it is "
    "(most often the worker's), and `feedback db grants` after an upgrade."
)


def main() -> None:
    """Run a command; what cannot be done is said in a sentence, with exit code 1 (2 for wrong usage)."""
    try:
        configure_logs(as_json=wants_json_logs(os.environ))
        feedback(obj=Service(_create_app, _add_pages, _create_another))
    except FeedbackError as error:
        _refuse(str(error))
    except Exception as error:
        sentence = _database_fault(error)
        if sentence is None:
            raise
        _refuse(sentence)


def _create_app() -> Flask:
    from feedback.app import create_command_app

    return create_command_app()


def _add_pages(app: Flask) -> None:
    from feedback.app import add_pages

    add_pages(app)


def _create_another(settings: "Settings", clock: "Clock") -> Flask:
    from feedback.app import create_app

    return create_app(settings, clock)


def _database_fault(error: Exception) -> str | None:
    from psycopg.errors import InsufficientPrivilege
    from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError

    if isinstance(error, OperationalError | InterfaceError):
        return _UNUSABLE
    is_denied = isinstance(error, ProgrammingError) and isinstance(error.orig, InsufficientPrivilege)
    return _NO_RIGHT if is_denied else None


def _refuse(sentence: str) -> None:
    sys.stderr.write(f"feedback: {sentence}\n")
    sys.exit(REFUSED)


if __name__ == "__main__":
    main()
