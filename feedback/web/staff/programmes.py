"""The list of programmes, and one programme with its roster in sizes and its waves."""

from flask import render_template
from flask.typing import ResponseReturnValue

from feedback.domain.staff import StaffRole
from feedback.reporting.words import day
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import list_programmes, show_programme
from feedback.services.reports.show_report import has_changes
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.support import may_read


@allowed(*StaffRole)
def index() -> ResponseReturnValue:
    """List the programmes of the member's organisation."""
    programmes = list_programmes(runtime().session(), member().organisation_id)
    return render_template("staff/programmes.html", programmes=programmes)


@allowed(*StaffRole)
def one(programme_id: int) -> ResponseReturnValue:
    """Show one programme."""
    programme = show_programme(runtime().session(), programme_id)
    zone = programme.time_zone
    closings = {wave.id: day(wave.closes_at.astimezone(zone).date()) for wave in programme.waves}
    may_see_roster = member().role is not StaffRole.REVIEWER
    return render_template(
        "staff/programme.html",
        has_changes=has_changes(runtime().session(), programme_id),
        programme=programme,
        closings=closings,
        may_see_roster=may_see_roster,
        may_read_requests=may_read(programme),
    )
