"""What administrators must be told on every page: that no worker opens, sends, reminds or closes, and why."""

from zoneinfo import ZoneInfo

from flask import g
from flask_babel import gettext as _

from feedback.domain.staff import StaffRole
from feedback.runtime import runtime
from feedback.services.installation.check_restored import restore_is_doubted
from feedback.services.installation.read_status import is_silent, see_clock_doubt, see_last_tick
from feedback.web.staff.wording import moment_in_words


def worker_is_silent() -> bool:
    """Tell whether no worker has looked for what is due for too long, so that no mail goes out."""
    tools = runtime()
    return is_silent(see_last_tick(tools.session()), tools.clock(), tools.settings.watching.alarm_after)


def worker_notice() -> str | None:
    """Return a sentence if an administrator is looking and the worker has been silent for too long."""
    found = g.get("staff")
    if found is None or found.role is not StaffRole.ADMINISTRATOR:
        return None
    tools = runtime()
    if see_clock_doubt(tools.session(), tools.clock()):
        return str(_("The clock of the service may be wrong: nothing is opened, sent or closed until that is settled."))
    if restore_is_doubted(tools.session(), tools.keys):
        return str(_("A database was restored from a copy: nothing is opened, sent or closed until that is settled."))
    if not worker_is_silent():
        return None
    seen = see_last_tick(tools.session())
    if seen is None:
        return str(_("The worker has not reported yet."))
    return str(_("The worker has not reported since %(moment)s.", moment=moment_in_words(seen, ZoneInfo("UTC"))))
