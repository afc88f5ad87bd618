"""A programme's roster by name, in pages, and the button of the second person who approves it."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.errors import RosterNotApproved
from feedback.domain.roster.searching import found_among
from feedback.domain.roster.templates import WORDS, template_text
from feedback.domain.staff import PLANNERS
from feedback.locales.speech import spoken
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import show_programme
from feedback.services.roster.approve_roster import RosterView, approve_roster, show_roster
from feedback.web.staff.ending import ending_days
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.outcomes import tell
from feedback.web.staff.paging import MOST, page_of
from feedback.web.staff.sent_forms import accepted, mistakes
from feedback.web.staff.wording import moment_in_words
from forms.roster import FindPeopleForm
from forms.staff import ApproveRosterForm

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@allowed(*PLANNERS)
def one(programme_id: int) -> ResponseReturnValue:
    """Show who is on the roster, what has changed since it was approved last, and by whom."""
    return _page(programme_id)


@allowed(*PLANNERS)
def find(programme_id: int) -> ResponseReturnValue:
    """Show those whose names or addresses begin so. Posted, so that no name stands in an address or a log."""
    form = FindPeopleForm()
    with accepted(form):
        return _page(programme_id, found=form)


@allowed(*PLANNERS)
def approve(programme_id: int) -> ResponseReturnValue:
    """Approve exactly the roster that the page showed."""
    form = ApproveRosterForm()
    with accepted(form, lambda: _page(programme_id, form), RosterNotApproved):
        approve_roster(runtime().session(), programme_id, form.digest.data, staff_id=member().id, now=runtime().clock())
    tell(_("The roster is approved."), _("Surveys of this programme can open now. Any change voids the approval."))
    return redirect(url_for(".roster", programme_id=programme_id), 303)


@allowed(*PLANNERS)
def template(programme_id: int, ending: str) -> ResponseReturnValue:
    """Return the empty list to fill in, in the words of the reader's language."""
    show_programme(runtime().session(), programme_id)
    words = WORDS[spoken().code]
    if ending == "csv":
        response = Response(template_text(words), mimetype="text/csv")
    else:
        # Only who asks for a workbook loads what writes one.
        from feedback.rendering.roster_template import write_roster_template

        is_rtl = spoken().direction == "rtl"
        data = write_roster_template(words.headers, tuple(words.roles.values()), right_to_left=is_rtl)
        response = Response(data, mimetype=_XLSX)
    response.headers.set("Content-Disposition", "attachment", filename=f"people.{ending}")
    return response


def _done() -> dict[str, int] | None:
    """Return how many joined, changed and left, where the page follows upon that."""
    names = ("joined", "changed", "left")
    return {name: request.args.get(name, 0, type=int) for name in names} if "joined" in request.args else None


def _awaits_approval(roster: RosterView) -> bool:
    return roster.is_required and roster.approved_by is None and bool(roster.entries)


def _page(programme_id: int, sent: ApproveRosterForm | None = None, found: FindPeopleForm | None = None) -> str:
    programme = show_programme(runtime().session(), programme_id)
    roster = show_roster(runtime().session(), programme_id)
    form = sent or ApproveRosterForm(formdata=None)
    form.digest.data = roster.digest
    finding = found or FindPeopleForm(formdata=None)
    wanted = finding.words.data or ""
    return render_template(
        "staff/roster.html",
        programme=programme,
        ending=ending_days(programme),
        roster=roster,
        people=page_of(found_among(roster.entries, wanted), request.values.get("page", 1, type=int)),
        most=MOST,
        finding=finding,
        wanted=wanted,
        refusals=() if sent is None else sent.form_errors,
        errors=() if sent is None else mistakes(sent),
        approved_at=moment_in_words(roster.approved_at, programme.time_zone) if roster.approved_at else None,
        form=form if programme.ending is None and _awaits_approval(roster) else None,
        done=_done(),
        changed_it_too=member().id in roster.changed_by_staff,
    )
