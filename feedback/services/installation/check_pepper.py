"""See that all participants' processes hold one pepper, and let it be changed while no wave is open."""

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from feedback.domain.errors import PepperRefused
from feedback.domain.links import Pepper, pepper_fingerprint, pepper_fits
from feedback.storage.audit_log import note
from feedback.storage.pepper import forget_fingerprint, keep_fingerprint, known_fingerprint
from feedback.storage.waves import open_waves_with_pepper

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


def forget_pepper(session: Session, *, now: datetime, actor: str) -> None:
    """Let the next participants' process bring another pepper; PepperRefused while a wave is open that has one."""
    waves = open_waves_with_pepper(session)
    if waves:
        named = ", ".join(map(str, waves))
        raise PepperRefused(
            f"Waves that are open: {named}. With another pepper nobody could change an answer; wait until they close."
        )
    forget_fingerprint(session)
    note(session, now, actor, "forgot the pepper", "main database")
    session.commit()
