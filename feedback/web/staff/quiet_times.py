"""The page of a programme's quiet times."""

from flask import abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from feedback.domain.errors import PlanRefused
from feedback.domain.staff import StaffRole
from feedback.domain.waves.quiet_times import read_quiet_times
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import show_programme
from feedback.services.waves.set_quiet_times import set_quiet_times, show_quiet_times
from feedback.web.refusals import in_words
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.mistakes import mistakes
from forms.planning import QuietTimesForm

_PLANNERS = (StaffRole.ADMINISTRATOR, StaffRole.COORDINATOR)


@allowed(*_PLANNERS)
def show(programme_id: int) -> ResponseReturnValue:
    """Show the quiet times as they are."""
    form = QuietTimesForm()
    form.show(show_quiet_times(runtime().session(), programme_id))
    return _page(programme_id, form)


@allowed(*_PLANNERS)
def change(programme_id: int) -> ResponseReturnValue:
    """Change them, with every opening and reminder that is still ahead."""
    form = QuietTimesForm()
    if not form.validate():
        if form.csrf_token.errors:
            abort(400)
        return make_response(_page(programme_id, form), 422)
    hours = f"{form.begins.data:%H:%M}-{form.ends.data:%H:%M}"
    try:
        quiet = read_quiet_times(hours, form.weekdays.data, (form.holidays.data or "").replace(",", " ").split())
        set_quiet_times(runtime().session(), programme_id, quiet, now=runtime().clock(), actor=f"staff {member().id}")
    except PlanRefused as refusal:
        runtime().session().rollback()
        return make_response(_page(programme_id, form, in_words(refusal)), 422)
    return redirect(url_for(".programme", programme_id=programme_id), 303)


def _page(programme_id: int, form: QuietTimesForm, refusal: str | None = None) -> str:
    programme = show_programme(runtime().session(), programme_id)
    return render_template(
        "staff/quiet_times.html", programme=programme, form=form, refusal=refusal, errors=mistakes(form)
    )
