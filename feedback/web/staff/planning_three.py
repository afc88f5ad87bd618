"""Plan the three surveys of a programme on one page: a preset, a strip, what is to be known first, and one button."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.errors import FeedbackError, PlanRefused, sentence
from feedback.domain.staff import PLANNERS
from feedback.domain.waves.states import SEQUENCE, WaveState
from feedback.reporting.forecast_words import ForecastWords, forecast_words
from feedback.reporting.words import day
from feedback.runtime import runtime
from feedback.services.programmes.check_running import refuse_ended
from feedback.services.programmes.show_programmes import ProgrammeView, WaveLine, show_programme
from feedback.services.roster.approve_roster import waits_for_approval
from feedback.services.staff.name_people import named_with_access
from feedback.services.waves.find_questionnaires import own_versions
from feedback.services.waves.plan_wave import WavePlan, plan_waves
from feedback.services.waves.preview_wave import PlannedOne, WavePreview, preview_waves
from feedback.services.waves.set_quiet_times import show_hours
from feedback.web.refusals import in_words
from feedback.web.staff.choosing import chosen
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.month_strip import OnStrip, Strip, strip_of
from feedback.web.staff.outcomes import tell
from feedback.web.staff.planning import PlannedDate, plan_of, planned_dates
from feedback.web.staff.presets import PRESETS, first_day, preset_dates
from feedback.web.staff.sent_forms import accepted, mistakes
from feedback.web.staff.wording import moment_in_words
from forms.planning import ThreePlansForm

_WRITE_DOWN = "plan"


@dataclass(frozen=True)
class SeenPlan:
    """What one of the surveys comes to. `repeats` tells that the programme has one of this stage already."""

    stage: str
    spans: tuple[str, str]
    dates: list[PlannedDate]
    forecast: ForecastWords | None
    has_moved: bool
    repeats: bool


@dataclass(frozen=True)
class SeenPlans:
    """What the page says before anything is saved."""

    plans: tuple[WavePlan, ...]
    each: tuple[SeenPlan, ...]
    strip: Strip | None
    known: tuple[tuple[str, str, str], ...]
    is_refused: bool
    has_choice: bool


@allowed(*PLANNERS)
def ask(programme_id: int) -> ResponseReturnValue:
    """Show the form filled in from a preset: the one and the first day that the address names, or the usual ones."""
    refuse_ended(runtime().session(), programme_id)
    programme = show_programme(runtime().session(), programme_id)
    first = _wished_day() or first_day(show_hours(runtime().session(), programme_id), runtime().clock())
    dates = preset_dates(chosen("preset", tuple(PRESETS)), first, _taken(programme))
    form = ThreePlansForm(formdata=None, data=dates)
    return _page(programme, form, _look(programme, form), first)


@allowed(*PLANNERS)
def send(programme_id: int) -> ResponseReturnValue:
    """Work out again what was filled in or, if nothing is wrong with it, save all of it or nothing."""
    programme, form = show_programme(runtime().session(), programme_id), ThreePlansForm()
    with accepted(form, lambda: _page(programme, form, _look(programme, form)), PlanRefused):
        seen = _look(programme, form)
        if not seen.plans and not seen.is_refused:
            raise PlanRefused(sentence("Tick at least one survey to plan."))
        if seen.is_refused:
            abort(make_response(_page(programme, form, seen), 422))
        if request.form.get("go") == _WRITE_DOWN:
            _write_down(seen.plans)
            _say_planned(programme, seen)
            return redirect(url_for(".programme", programme_id=programme_id), 303)
    return _page(programme, form, seen)


def _write_down(plans: tuple[WavePlan, ...]) -> None:
    tools = runtime()
    plan_waves(
        tools.session(),
        tools.keys,
        plans,
        key_backup_days=tools.settings.key_backup_days,
        comment_days=tools.settings.comment_days,
        now=tools.clock(),
        actor=member().actor,
    )


def _say_planned(programme: ProgrammeView, seen: SeenPlans) -> None:
    first = min((one.opens_at for one in seen.plans if one.opens_at is not None), default=None)
    follows = _("No email goes out by this, and each can be changed until it opens.")
    if first is not None:
        opens = _("The first one opens by itself: %(moment)s.", moment=moment_in_words(first, programme.time_zone))
        follows = f"{opens} {follows}"
    tell(_("The surveys are planned."), follows)


def _look(programme: ProgrammeView, form: ThreePlansForm) -> SeenPlans:
    """Work out what was filled in, as far as it can be read; what is refused is noted at its field."""
    asked = [part for part in form.parts if part.form.wanted.data and _is_readable(part)]
    plans = tuple(plan_of(programme, part.short_name, part.form, form.grouping.wish) for part in asked)
    tools = runtime()
    found = preview_waves(tools.session(), tools.keys, plans, sees=member().programmes, now=tools.clock())
    for part, one in zip(asked, found, strict=True):
        if one.refusal is not None:
            _note(form, part.form.field_of(one.refusal), one.refusal)
    taken = _taken(programme)
    previews = [one.preview for one in found if one.preview is not None]
    has_choice = bool(previews) and bool(previews[0].formed.choices)
    if has_choice:
        form.grouping.data = previews[0].formed.grouping.value
    return SeenPlans(
        plans=plans,
        each=tuple(_seen(plan, one, programme, plan.stage in taken) for plan, one in zip(plans, found, strict=True)),
        strip=strip_of([*_on_strip(programme, plans, found)]),
        known=tuple(_known(programme, wave) for wave in _standing(programme)),
        is_refused=any(one.refusal is not None for one in found),
        has_choice=has_choice,
    )


def _is_readable(part: object) -> bool:
    form = part.form  # type: ignore[attr-defined]  # WTForms has no types
    return bool(form.closes_on.data and form.closes_at.data) and not part.errors  # type: ignore[attr-defined]


def _note(form: ThreePlansForm, field: object, refusal: FeedbackError) -> None:
    if field is None:
        form.form_errors[:] = [*dict.fromkeys([*form.form_errors, in_words(refusal)])]
    else:
        field.errors = [in_words(refusal)]  # type: ignore[attr-defined]  # WTForms has no types


def _seen(plan: WavePlan, found: PlannedOne, programme: ProgrammeView, repeats: bool) -> SeenPlan:
    preview = found.preview
    opens, closes = _days(programme, plan.opens_at), _days(programme, plan.closes_at)
    if preview is None:
        return SeenPlan(plan.stage, (opens, closes), [], None, has_moved=False, repeats=repeats)
    dates = planned_dates(preview)
    return SeenPlan(
        stage=plan.stage,
        spans=(_days(programme, preview.calendar.opens_at), closes),
        dates=dates,
        forecast=forecast_words(preview.formed.forecast, preview.twins, preview.namesakes),
        has_moved=any(one.was_moved for one in dates),
        repeats=repeats,
    )


def _days(programme: ProgrammeView, at: datetime | None) -> str:
    return _("By hand") if at is None else day(at.astimezone(programme.time_zone).date())


def _standing(programme: ProgrammeView) -> list[WaveLine]:
    return [wave for wave in programme.waves if wave.state is not WaveState.CANCELLED]


def _taken(programme: ProgrammeView) -> frozenset[str]:
    return frozenset(wave.stage for wave in _standing(programme))


def _known(programme: ProgrammeView, wave: WaveLine) -> tuple[str, str, str]:
    return wave.stage, _days(programme, wave.opens_at), _days(programme, wave.closes_at)


def _on_strip(
    programme: ProgrammeView, plans: tuple[WavePlan, ...], found: tuple[PlannedOne, ...]
) -> Iterator[OnStrip]:
    zone, now = programme.time_zone, runtime().clock()
    spans = [(wave.stage, wave.opens_at, wave.closes_at, True) for wave in _standing(programme)]
    for plan, one in zip(plans, found, strict=True):
        spans.append((plan.stage, _opening(plan, one.preview), plan.closes_at, False))
    for stage, opens_at, closes_at, is_known in spans:
        opens_on, closes_on = ((at or now).astimezone(zone).date() for at in (opens_at, closes_at))
        # What nobody can mean, such as the year 9000, is refused at its field and not drawn.
        if opens_on <= closes_on and (closes_on - now.astimezone(zone).date()).days < _DRAWN_DAYS:
            yield OnStrip(stage, opens_on, closes_on, is_known)


_DRAWN_DAYS = 3 * 366


def _opening(plan: WavePlan, preview: WavePreview | None) -> datetime | None:
    return plan.opens_at if preview is None else preview.calendar.opens_at


def _wished_day() -> date | None:
    with suppress(ValueError):
        wished = date.fromisoformat(request.args.get("from", ""))
        if abs((wished - runtime().clock().date()).days) < _DRAWN_DAYS:
            return wished
    return None


def _page(programme: ProgrammeView, form: ThreePlansForm, seen: SeenPlans, first: date | None = None) -> str:
    session = runtime().session()
    return render_template(
        "staff/plan_three.html",
        programme=programme,
        form=form,
        errors=mistakes(form),
        seen=seen,
        own_versions=own_versions(session, programme.id),
        by_stage={one.stage: one for one in seen.each},
        preset=chosen("preset", tuple(PRESETS)),
        first=first or form.kickoff.form.opens_on.data,
        named=named_with_access(session, programme.id),
        awaits_approval=bool(programme.people) and waits_for_approval(session, programme.id),
        sequence=SEQUENCE,
    )
