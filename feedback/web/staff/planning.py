"""Plan a wave on a page: fill in, see calendar, forecast and twins, and only then write it down."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.disclosure.groups import Grouping
from feedback.domain.errors import PlanRefused
from feedback.domain.staff import PLANNERS
from feedback.domain.waves.schedule import last_moment_of, moment_of
from feedback.reporting.forecast_words import ForecastWords, forecast_words
from feedback.runtime import runtime
from feedback.services.programmes.check_running import refuse_ended
from feedback.services.programmes.show_programmes import ProgrammeView, show_programme
from feedback.services.waves.find_questionnaires import own_versions, questionnaires_to_ask
from feedback.services.waves.plan_wave import WavePlan, plan_wave, planned_out_of_order
from feedback.services.waves.preview_wave import WavePreview, preview_wave
from feedback.services.waves.set_quiet_times import show_quiet_times
from feedback.services.waves.show_wave import EntryKind, show_wave
from feedback.web.refusals import in_words
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.outcomes import tell
from feedback.web.staff.saved_forms import SHOWN_AGAIN
from feedback.web.staff.sent_forms import accepted, mistakes
from feedback.web.staff.wording import moment_in_words, time_in_words
from forms.bank import STAGES, pair
from forms.planning import CalendarFields, PlanForm

_WRITE_DOWN = "plan"
_NOT_KEPT = {"go", "csrf_token", "grouping", SHOWN_AGAIN}


@dataclass(frozen=True)
class PlannedDate:
    """One date of a plan: `at` in words, empty if by hand; `was_moved` by a quiet time or another reminder."""

    kind: EntryKind
    number: int
    at: str
    was_moved: bool
    band: None = None


@allowed(*PLANNERS)
def ask(programme_id: int) -> ResponseReturnValue:
    """Show the empty form."""
    refuse_ended(runtime().session(), programme_id)
    return _page(show_programme(runtime().session(), programme_id), _form())


@allowed(*PLANNERS)
def send(programme_id: int) -> ResponseReturnValue:
    """Show what a plan comes to, or write it down if that was seen and confirmed."""
    programme, form = show_programme(runtime().session(), programme_id), _form()
    with accepted(form, lambda: _page(programme, form), PlanRefused, at=form.field_of):
        plan = _plan(programme, form)
        if request.form.get("go") == _WRITE_DOWN:
            wave_id = _write_down(plan)
            _say_planned(wave_id)
            return redirect(url_for(".wave", wave_id=wave_id), 303)
        seen = preview_wave(runtime().session(), runtime().keys, plan, sees=member().programmes, now=runtime().clock())
        misplaced = planned_out_of_order(runtime().session(), (plan,), runtime().clock())[0]
    return _page(programme, form, seen, "" if misplaced is None else in_words(misplaced))


def local_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the first moment at which clocks in `zone` show this."""
    return moment_of(datetime.combine(day, at), zone)


def promised_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the moment that people are promised: where clocks show it twice, the later one."""
    return last_moment_of(datetime.combine(day, at), zone)


def _form() -> PlanForm:
    form = PlanForm()
    form.stage.choices = [(stage, stage) for stage in STAGES]
    return form


def _plan(programme: ProgrammeView, form: PlanForm) -> WavePlan:
    return plan_of(programme, form.stage.data, form, form.grouping.wish)


def plan_of(programme: ProgrammeView, stage: str, form: CalendarFields, wish: Grouping | None) -> WavePlan:
    """Return the plan of a stage, asking what the programme asks there, with the dates that were filled in."""
    dates = filled_in(form, programme.time_zone)
    asked = questionnaires_to_ask(runtime().session(), programme.id, pair(stage))
    return WavePlan(programme.id, stage, asked, grouping=wish, **dates)


def filled_in(form: CalendarFields, zone: ZoneInfo) -> dict[str, Any]:
    """Return the dates of a form, and whether it may close early, by the names that a plan has for them."""
    return {
        "opens_at": form.opens_on.data and local_moment(form.opens_on.data, form.opens_at.data or time(9), zone),
        "closes_at": promised_moment(form.closes_on.data, form.closes_at.data, zone),
        "reminders": form.reminders,
        "look_at": form.look_on.data and local_moment(form.look_on.data, form.look_at.data or time(12), zone),
        "may_close_early": form.may_close_early.data,
    }


def _write_down(plan: WavePlan) -> int:
    tools = runtime()
    return plan_wave(
        tools.session(),
        tools.keys,
        plan,
        key_backup_days=tools.settings.key_backup_days,
        comment_days=tools.settings.comment_days,
        now=tools.clock(),
        actor=member().actor,
    )


def _say_planned(wave_id: int) -> None:
    wave = show_wave(runtime().session(), wave_id, now=runtime().clock())
    opens_at = moment_in_words(wave.calendar[0].at, wave.time_zone)
    follows = (
        _("It opens by itself: %(moment)s. Until then no email goes out.", moment=opens_at)
        if opens_at
        else _("It opens when you open it on this page. Until then no email goes out.")
    )
    tell(_("The survey is planned."), follows)


def _page(programme: ProgrammeView, form: PlanForm, seen: WavePreview | None = None, misplaced: str = "") -> str:
    quiet = show_quiet_times(runtime().session(), programme.id)
    return render_template(
        "staff/plan.html",
        programme=programme,
        form=form,
        errors=mistakes(form),
        own_versions=own_versions(runtime().session(), programme.id),
        misplaced=misplaced,
        quiet=quiet,
        hours={"begins": time_in_words(quiet.begins), "ends": time_in_words(quiet.ends)},
        dates=() if seen is None else planned_dates(seen),
        forecast=None if seen is None else forecast_words(seen.formed.forecast, seen.twins, seen.namesakes),
        choices=() if seen is None else _choices(form, seen),
        sent=[(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_KEPT],
    )


def _choices(form: PlanForm, seen: WavePreview) -> list[tuple[object, ForecastWords]]:
    """Return the two ways to count a small role, each with its forecast; what is taken otherwise is chosen."""
    form.grouping.data = seen.formed.grouping.value
    both = {one: forecast_words(forecast, seen.twins, seen.namesakes) for one, forecast in seen.formed.choices.items()}
    return [(option, both[Grouping(option.data)]) for option in form.grouping if both]


def planned_dates(seen: WavePreview) -> list[PlannedDate]:
    """Return the dates of a plan in their order."""
    calendar, zone = seen.calendar, seen.hours.zone
    reminders = [
        (one.at, EntryKind.REMINDER, number, one.at != one.wished_at)
        for number, one in enumerate(calendar.reminders, start=1)
    ]
    looks = [(at, EntryKind.LOOK, number, False) for number, at in enumerate(calendar.looks, start=1)]
    dates = sorted([*reminders, *looks, (calendar.closes_at, EntryKind.CLOSING, 1, False)])
    opening = "" if calendar.opens_at is None else moment_in_words(calendar.opens_at, zone)
    return [
        PlannedDate(EntryKind.OPENING, 1, opening, calendar.opening_moved),
        *(PlannedDate(kind, number, moment_in_words(at, zone), moved) for at, kind, number, moved in dates),
    ]
