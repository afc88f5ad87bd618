"""A programme's roster by name, and the button of the second person who approves it."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from feedback.domain.staff import PLANNERS
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import show_programme
from feedback.services.roster.approve_roster import approve_roster, show_roster
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.sent_forms import accepted
from feedback.web.staff.wording import moment_in_words
from forms.staff import ApproveRosterForm


@allowed(*PLANNERS)
def one(programme_id: int) -> ResponseReturnValue:
    """Show who is on the roster, what has changed since it was approved last, and by whom."""
    return _page(programme_id)


@allowed(*PLANNERS)
def approve(programme_id: int) -> ResponseReturnValue:
    """Approve exactly the roster that the page showed."""
    form = ApproveRosterForm()
    with accepted(form, lambda: _page(programme_id, form)):
        approve_roster(runtime().session(), programme_id, form.digest.data, staff_id=member().id, now=runtime().clock())
    return redirect(url_for(".roster", programme_id=programme_id), 303)


def _page(programme_id: int, sent: ApproveRosterForm | None = None) -> str:
    programme = show_programme(runtime().session(), programme_id)
    roster = show_roster(runtime().session(), programme_id)
    form = sent or ApproveRosterForm(formdata=None)
    form.digest.data = roster.digest
    return render_template(
        "staff/roster.html",
        programme=programme,
        roster=roster,
        refused=sent is not None,
        approved_at=moment_in_words(roster.approved_at, programme.time_zone) if roster.approved_at else None,
        form=form if roster.is_required and roster.approved_by is None and roster.entries else None,
        changed_it_too=member().id in roster.changed_by_staff,
    )
