"""The command `feedback`."""

import sys

from flask.cli import ScriptInfo

from feedback.app import create_app_from_environment
from feedback.cli import feedback
from feedback.domain.errors import FeedbackError
from feedback.logs import configure_logs

REFUSED = 1


def main() -> None:
    """Run a command; what cannot be done is said in a sentence, with exit code 1 (2 for wrong usage)."""
    configure_logs()
    try:
        feedback(obj=ScriptInfo(create_app=create_app_from_environment))
    except FeedbackError as error:
        sys.stderr.write(f"feedback: {error}\n")
        sys.exit(REFUSED)


if __name__ == "__main__":
    main()
