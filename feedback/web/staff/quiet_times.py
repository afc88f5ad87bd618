"""The page of a programme's quiet times."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.errors import PlanRefused
from feedback.domain.staff import PLANNERS
from feedback.domain.waves.quiet_times import read_quiet_times
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import show_programme
from feedback.services.waves.set_quiet_times import set_quiet_times, show_quiet_times
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.outcomes import tell
from feedback.web.staff.sent_forms import accepted, mistakes
from forms.planning import QuietTimesForm


@allowed(*PLANNERS)
def show(programme_id: int) -> ResponseReturnValue:
    """Show the quiet times as they are."""
    form = QuietTimesForm()
    form.show(show_quiet_times(runtime().session(), programme_id))
    return _page(programme_id, form)


@allowed(*PLANNERS)
def change(programme_id: int) -> ResponseReturnValue:
    """Change them, with every opening and reminder that is still ahead."""
    form = QuietTimesForm()
    with accepted(form, lambda: _page(programme_id, form), PlanRefused):
        hours = f"{form.begins.data:%H:%M}-{form.ends.data:%H:%M}"
        quiet = read_quiet_times(hours, form.weekdays.data, (form.holidays.data or "").replace(",", " ").split())
        set_quiet_times(runtime().session(), programme_id, quiet, now=runtime().clock(), actor=member().actor)
    tell(_("The quiet times are saved."), _("Openings and reminders that are still ahead keep to them."))
    return redirect(url_for(".programme", programme_id=programme_id), 303)


def _page(programme_id: int, form: QuietTimesForm) -> str:
    programme = show_programme(runtime().session(), programme_id)
    return render_template("staff/quiet_times.html", programme=programme, form=form, errors=mistakes(form))
