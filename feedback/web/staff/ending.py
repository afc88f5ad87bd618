"""The end of a programme: what is deleted then and what stays, the decision, and the way back."""

from dataclasses import dataclass
from datetime import timedelta

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.ending import USUAL_DAYS
from feedback.domain.errors import EndRefused, ProgrammeEnded
from feedback.domain.staff import PLANNERS, StaffRole
from feedback.reporting.words import day
from feedback.runtime import runtime
from feedback.services.programmes.end_programme import end_programme, not_over, take_back_end
from feedback.services.programmes.hold_purge import hold_purge, lift_hold
from feedback.services.programmes.show_programmes import ProgrammeView, show_programme
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.outcomes import tell
from feedback.web.staff.sent_forms import accepted, mistakes
from forms.programmes import EndProgrammeForm, HoldPurgeForm
from forms.staff import StaffForm


@dataclass(frozen=True)
class EndingDays:
    """The days of an end in words; `purged_on` and `held_on` are empty where there is none."""

    ended_on: str
    purge_on: str
    purged_on: str
    held_on: str


def ending_days(programme: ProgrammeView) -> EndingDays | None:
    """Return the days of a programme's end, or None if it goes on."""
    ending, zone = programme.ending, programme.time_zone
    if ending is None:
        return None
    return EndingDays(
        ended_on=day(ending.ended_at.astimezone(zone).date()),
        purge_on=day(ending.purge_on),
        purged_on=day(ending.purged_at.astimezone(zone).date()) if ending.purged_at else "",
        held_on=day(ending.held_at.astimezone(zone).date()) if ending.held_at else "",
    )


@allowed(*PLANNERS)
def ask(programme_id: int) -> ResponseReturnValue:
    """Say what the end of a programme means, or how it stands with it."""
    return _page(programme_id)


@allowed(*PLANNERS)
def end(programme_id: int) -> ResponseReturnValue:
    """End the programme."""
    form, tools = EndProgrammeForm(), runtime()
    with accepted(form, lambda: _page(programme_id, form), EndRefused, ProgrammeEnded):
        end_programme(tools.session(), programme_id, form.days.data, staff_id=member().id, now=tools.clock())
    days = ending_days(show_programme(tools.session(), programme_id))
    if days is not None:
        follows = _("Its names are deleted on %(day)s. Until then this can be taken back.", day=days.purge_on)
        tell(_("The programme has ended."), follows)
    return redirect(url_for(".programme", programme_id=programme_id), 303)


@allowed(*PLANNERS)
def take_back(programme_id: int) -> ResponseReturnValue:
    """Let the programme go on."""
    form, tools = StaffForm(), runtime()
    with accepted(form, lambda: _page(programme_id, refusals=form.form_errors), EndRefused):
        take_back_end(tools.session(), programme_id, now=tools.clock(), actor=member().actor)
    tell(_("The programme goes on."), _("No names are deleted, and surveys can be planned again."))
    return redirect(url_for(".programme", programme_id=programme_id), 303)


@allowed(StaffRole.ADMINISTRATOR)
def hold(programme_id: int) -> ResponseReturnValue:
    """Keep the names for now."""
    form, tools = HoldPurgeForm(), runtime()
    with accepted(form, lambda: _page(programme_id, form), EndRefused, at=form.reason):
        hold_purge(tools.session(), programme_id, form.reason.data, staff_id=member().id, now=tools.clock())
    tell(_("The deletion of names is on hold."), _("No names are deleted until an administrator lets it go on."))
    return redirect(url_for(".ending", programme_id=programme_id), 303)


@allowed(StaffRole.ADMINISTRATOR)
def lift(programme_id: int) -> ResponseReturnValue:
    """Let the names be deleted on their day."""
    form, tools = StaffForm(), runtime()
    with accepted(form, lambda: _page(programme_id, refusals=form.form_errors), EndRefused):
        lift_hold(tools.session(), programme_id, staff_id=member().id, now=tools.clock())
    days = ending_days(show_programme(tools.session(), programme_id))
    if days is not None:
        tell(_("The deletion goes on."), _("Names are deleted on %(day)s.", day=days.purge_on))
    return redirect(url_for(".ending", programme_id=programme_id), 303)


def _page(programme_id: int, sent: StaffForm | None = None, refusals: object = ()) -> str:
    tools = runtime()
    programme = show_programme(tools.session(), programme_id)
    today = tools.clock().astimezone(programme.time_zone).date()
    return render_template(
        "staff/end_programme.html",
        programme=programme,
        days=ending_days(programme),
        obstacles=() if programme.ending else not_over(tools.session(), programme_id, now=tools.clock()),
        form=sent if isinstance(sent, EndProgrammeForm) else EndProgrammeForm(formdata=None),
        hold_form=sent if isinstance(sent, HoldPurgeForm) else HoldPurgeForm(formdata=None),
        usual=day(today + timedelta(days=USUAL_DAYS)),
        button=StaffForm(formdata=None),
        may_hold=member().role is StaffRole.ADMINISTRATOR,
        retention_days=tools.settings.retention_days,
        errors=() if sent is None else mistakes(sent),
        refusals=refusals or (() if sent is None else sent.form_errors),
    )
