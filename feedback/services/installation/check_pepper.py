"""See that all participants' processes hold one pepper."""

from sqlalchemy import Connection

from feedback.domain.errors import PepperRefused
from feedback.domain.links import Pepper, pepper_fingerprint, pepper_fits
from feedback.storage.pepper import keep_fingerprint, known_fingerprint

_NONE_KNOWN = (
    "No pepper is known, so no answer is taken: start a participants' process with `feedback serve`, which makes its "
    "FEEDBACK_PEPPER the known one."
)
_ANOTHER = (
    "FEEDBACK_PEPPER is another one than the database knows, so this process takes no answer: give it the pepper of "
    "the others."
)


def pepper_fault(connection: Connection, pepper: Pepper | None) -> str | None:
    """Say with its mend why no answer is taken: none is known, or another than this process's, if it has one."""
    known = known_fingerprint(connection)
    if known is None:
        return _NONE_KNOWN
    return None if pepper is None or pepper_fits(pepper, known) else _ANOTHER


def adopt_pepper(connection: Connection, pepper: Pepper) -> None:
    """Make the pepper the known one if none is; raise PepperRefused if another one is known.

    Whoever begins to serve participants calls it, once; nothing else takes a pepper that is not known for a known one.
    """
    keep_fingerprint(connection, pepper_fingerprint(pepper))
    connection.commit()
    if not pepper_fits(pepper, known_fingerprint(connection)):
        raise PepperRefused(
            "FEEDBACK_PEPPER is not the pepper that this database's answers were given with: with another one nobody "
            "could change an answer. Give this process the pepper of the others, or run `feedback db new-pepper` while "
            "no survey is open."
        )
