"""What was done last, said once at the top of the next page: what happened, and what happens next."""

from datetime import datetime

from flask import session
from flask_babel import gettext as _

from feedback.services.waves.show_wave import WaveView
from feedback.web.staff.wording import moment_in_words

_OUTCOME = "outcome"


def tell(happened: str, follows: str = "") -> None:
    """Keep a sentence on what was done, and one on what comes of it, for the next page."""
    session[_OUTCOME] = [happened, follows]


def told() -> tuple[str, str] | None:
    """Return what is to be said now, and forget it."""
    found = session.pop(_OUTCOME, None)
    return (str(found[0]), str(found[1])) if found else None


def mails_go_out(wave: WaveView, now: datetime) -> str:
    """Return from when on emails of a wave that are due now are sent."""
    if wave.mails_from is None:
        return str(_("The quiet times leave no moment for emails: they wait until you change them."))
    if wave.mails_from <= now:
        return str(_("Emails go out from now on."))
    return str(
        _(
            "Emails go out after the quiet times, from %(moment)s.",
            moment=moment_in_words(wave.mails_from, wave.time_zone),
        )
    )
