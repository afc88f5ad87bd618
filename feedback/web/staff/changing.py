"""Change a survey that has not opened: the dates that were planned, filled in, and by the rules of planning."""

from dataclasses import replace

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.errors import PlanRefused, WaveNotReady
from feedback.domain.staff import PLANNERS
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import show_programme
from feedback.services.waves.change_plan import KnownPlan, change_plan, show_plan
from feedback.services.waves.preview_wave import look_ahead
from feedback.services.waves.show_wave import show_wave
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.outcomes import tell
from feedback.web.staff.planning import filled_in
from feedback.web.staff.sent_forms import accepted, mistakes
from feedback.web.staff.wording import moment_in_words
from forms.planning import ChangePlanForm


@allowed(*PLANNERS)
def ask(wave_id: int) -> ResponseReturnValue:
    """Show the plan as it is."""
    known = show_plan(runtime().session(), wave_id, now=runtime().clock())
    return _page(wave_id, ChangePlanForm(formdata=None, data=_filled(known)))


@allowed(*PLANNERS)
def send(wave_id: int) -> ResponseReturnValue:
    """Change it, or say at which field it cannot be."""
    form, tools = ChangePlanForm(), runtime()
    with accepted(form, lambda: _page(wave_id, form), PlanRefused, WaveNotReady, at=form.field_of):
        known = show_plan(tools.session(), wave_id, now=tools.clock())
        dates = filled_in(form, known.time_zone)
        plan = replace(known.plan, **dates, grouping=form.grouping.wish or known.plan.grouping)
        change_plan(tools.session(), tools.keys, wave_id, plan, now=tools.clock(), actor=member().actor)
    _say_changed(wave_id)
    return redirect(url_for(".wave", wave_id=wave_id), 303)


def _say_changed(wave_id: int) -> None:
    wave = show_wave(runtime().session(), wave_id, now=runtime().clock())
    opens_at = moment_in_words(wave.calendar[0].at, wave.time_zone)
    follows = (
        _("It opens by itself: %(moment)s. Until then no email goes out.", moment=opens_at)
        if opens_at
        else _("It opens when you open it on this page. Until then no email goes out.")
    )
    tell(_("The plan is changed."), follows)


def _filled(known: KnownPlan) -> dict[str, object]:
    plan, names = known.plan, ("first", "second", "third")
    reminders = {
        name: {"days": one.days, "anchor": one.anchor.value, "at": one.at}
        for name, one in zip(names, plan.reminders, strict=False)
    }
    dates: dict[str, object] = {"may_close_early": plan.may_close_early, "grouping": plan.grouping, **reminders}
    for name, moment in (("opens", plan.opens_at), ("closes", plan.closes_at), ("look", plan.look_at)):
        if moment is not None:
            dates[f"{name}_on"], dates[f"{name}_at"] = known.local(moment)
    return dates


def _page(wave_id: int, form: ChangePlanForm) -> str:
    tools = runtime()
    wave = show_wave(tools.session(), wave_id, now=tools.clock())
    formed = look_ahead(tools.session(), tools.keys, wave_id, now=tools.clock()).formed
    has_choice = formed is not None and bool(formed.choices)
    if has_choice and formed is not None and not form.grouping.data:
        form.grouping.data = formed.grouping.value
    return render_template(
        "staff/change_plan.html",
        wave=wave,
        programme=show_programme(tools.session(), wave.programme_id),
        form=form,
        errors=mistakes(form),
        has_choice=has_choice,
    )
