"""Requests for support, shown to the programme's contact and to administrators, and to nobody else."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.staff import StaffRole
from feedback.reporting.words import day
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import ProgrammeView, show_programme
from feedback.services.support.read_support_requests import finish_support_request, read_support_requests
from feedback.web.staff.guards import allowed, member, reader
from feedback.web.staff.outcomes import tell
from feedback.web.staff.sent_forms import accepted
from forms.staff import StaffForm


@allowed(*StaffRole)
def requests(programme_id: int) -> ResponseReturnValue:
    """Show a programme's requests, those not seen to first."""
    programme, tools = _programme(programme_id), runtime()
    found = read_support_requests(tools.session(), tools.keys, programme_id, now=tools.clock(), reader=reader())
    return render_template(
        "staff/support.html",
        programme=programme,
        requests=[(one, day(one.expires_on)) for one in found],
        form=StaffForm(),
    )


@allowed(*StaffRole)
def finish(programme_id: int) -> ResponseReturnValue:
    """Mark one request as seen to."""
    _programme(programme_id)
    tools, number = runtime(), request.form.get("number", "")
    with accepted(StaffForm()):
        finish_support_request(tools.session(), programme_id, number, now=tools.clock(), actor=member().actor)
    tell(_("The request is marked as done."), _("It stays here until it is destroyed."))
    return redirect(url_for("staff.support", programme_id=programme_id))


def may_read(programme: ProgrammeView) -> bool:
    """Tell whether who is signed in may read the programme's requests."""
    return programme.contact_id == member().id or member().role is StaffRole.ADMINISTRATOR


def _programme(programme_id: int) -> ProgrammeView:
    programme = show_programme(runtime().session(), programme_id)
    if not may_read(programme):
        abort(403)
    return programme
