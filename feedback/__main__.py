"""The command `feedback`."""

import os
import sys

from flask.cli import ScriptInfo

from feedback.app import create_app_from_environment
from feedback.cli import feedback
from feedback.config import wants_json_logs
from feedback.domain.errors import FeedbackError
from feedback.logs import configure_logs

REFUSED = 1


def main() -> None:
    """Run a command; what cannot be done is said in a sentence, with exit code 1 (2 for wrong usage)."""
    try:
        configure_logs(as_json=wants_json_logs(os.environ))
        feedback(obj=ScriptInfo(create_app=create_app_from_environment))
    except FeedbackError as error:
        sys.stderr.write(f"feedback: {error}\n")
        sys.exit(REFUSED)


if __name__ == "__main__":
    main()
