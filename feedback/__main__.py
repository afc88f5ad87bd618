"""The command `feedback`."""

import os
import sys

from psycopg.errors import InsufficientPrivilege
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError

from feedback.app import add_pages, create_command_app
from feedback.cli import feedback
from feedback.cli.serving import Service
from feedback.config import wants_json_logs
from feedback.domain.errors import FeedbackError
from feedback.logs import configure_logs

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
        feedback(obj=Service(create_command_app, add_pages))
    except FeedbackError as error:
        _refuse(str(error))
    except (OperationalError, InterfaceError):
        _refuse(_UNUSABLE)
    except ProgrammingError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        _refuse(_NO_RIGHT)


def _refuse(sentence: str) -> None:
    sys.stderr.write(f"feedback: {sentence}\n")
    sys.exit(REFUSED)


if __name__ == "__main__":
    main()
