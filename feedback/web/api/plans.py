"""What is done with waves: planned, looked at before, opened, extended, cancelled. What was written is published."""

from datetime import datetime

from flask import request
from flask_babel import lazy_gettext as _

from feedback.domain.api_keys import ApiScope
from feedback.domain.disclosure.groups import Grouping
from feedback.domain.waves.schedule import Offset, read_offset
from feedback.reporting.forecast_words import ForecastWords, forecast_words
from feedback.runtime import runtime
from feedback.services.reports.say_what_was_done import publish_said, show_said, write_said
from feedback.services.waves.ask_opening import ask_opening
from feedback.services.waves.cancel_wave import begin_cancelling
from feedback.services.waves.extend_wave import extend_wave
from feedback.services.waves.find_questionnaires import questionnaires_to_ask
from feedback.services.waves.plan_wave import WavePlan, plan_wave
from feedback.services.waves.preview_wave import look_ahead, preview_wave
from feedback.web.api.models import (
    ExtensionIn,
    ForecastOut,
    ForecastRowOut,
    PlanIn,
    PreviewOut,
    PublishSaidIn,
    SaidDraftOut,
    SaidIn,
    WaveOut,
    moment_in,
)
from feedback.web.api.operations import caller, operation, version_of_model
from feedback.web.api.problems import ApiProblem
from feedback.web.api.waves import shown_wave, wave_out
from feedback.web.refusals import in_words
from forms.bank import pair

_PLAN = "/programmes/<int:programme_id>/waves"
_SAY_WHICH = _("Send the ETag of the survey as it was when you decided, as “If-Match”.")
_OTHER_NOW = _("The survey has changed since. Nothing was done: ask for it again, and decide anew.")


@operation("POST", f"{_PLAN}/preview", ApiScope.PLAN_WAVES, body=PlanIn, out=PreviewOut)
def preview(programme_id: int, body: PlanIn) -> PreviewOut:
    """Return what a plan comes to, and store nothing."""
    tools, plan = runtime(), _plan(programme_id, body)
    seen = preview_wave(tools.session(), tools.keys, plan, sees=_sees(), now=tools.clock())
    return PreviewOut(
        opens_at=seen.calendar.opens_at,
        closes_at=seen.calendar.closes_at,
        reminders=[one.at for one in seen.calendar.reminders],
        looks=seen.calendar.looks,
        forecast=_forecast(forecast_words(seen.formed.forecast, seen.twins, seen.namesakes)),
    )


@operation("POST", _PLAN, ApiScope.PLAN_WAVES, body=PlanIn, out=WaveOut, status=201)
def plan(programme_id: int, body: PlanIn) -> WaveOut:
    """Plan a wave; no email goes out by that."""
    tools = runtime()
    number = plan_wave(
        tools.session(),
        tools.keys,
        _plan(programme_id, body),
        key_backup_days=tools.settings.key_backup_days,
        comment_days=tools.settings.comment_days,
        now=tools.clock(),
        actor=caller().actor,
    )
    return wave_out(shown_wave(number))


@operation("GET", "/waves/<int:wave_id>/forecast", ApiScope.PLAN_WAVES, out=ForecastOut)
def get_forecast(wave_id: int) -> ForecastOut:
    """Return what a wave that has not opened can report on the present roster."""
    tools = runtime()
    ahead = look_ahead(tools.session(), tools.keys, wave_id, now=tools.clock())
    words = ForecastWords(0, (), (), ()) if ahead.formed is None else forecast_words(ahead.formed.forecast, ahead.twins)
    refused = () if ahead.refusal is None else (in_words(ahead.refusal),)
    return _forecast(words, refused)


@operation("POST", "/waves/<int:wave_id>/open", ApiScope.PLAN_WAVES, out=WaveOut, needs_version=True)
def open_wave_now(wave_id: int) -> WaveOut:
    """Ask the worker to open a wave; everybody in the roster is then invited."""
    _check_version(wave_id)
    tools = runtime()
    ask_opening(tools.session(), tools.keys, wave_id, now=tools.clock(), actor=caller().actor)
    return wave_out(shown_wave(wave_id))


@operation(
    "POST", "/waves/<int:wave_id>/extend", ApiScope.PLAN_WAVES, body=ExtensionIn, out=WaveOut, needs_version=True
)
def extend(wave_id: int, body: ExtensionIn) -> WaveOut:
    """Let a wave close later, once a look has shown that too few have answered; everybody invited is told."""
    _check_version(wave_id)
    extend_wave(runtime().session(), wave_id, body.closes_at, now=runtime().clock(), actor=caller().actor)
    return wave_out(shown_wave(wave_id))


@operation("POST", "/waves/<int:wave_id>/cancel", ApiScope.PLAN_WAVES, out=WaveOut, needs_version=True)
def cancel(wave_id: int) -> WaveOut:
    """Cancel a wave: its answers are destroyed unread, and everybody invited is told."""
    _check_version(wave_id)
    begin_cancelling(runtime().session(), wave_id, now=runtime().clock(), actor=caller().actor)
    return wave_out(shown_wave(wave_id))


@operation("PUT", "/programmes/<int:programme_id>/you-said", ApiScope.PLAN_WAVES, body=SaidIn, out=SaidDraftOut)
def write_you_said(programme_id: int, body: SaidIn) -> SaidDraftOut:
    """Keep what was written on what was done since, and show it to nobody yet."""
    session = runtime().session()
    write_said(session, programme_id, body.written, now=runtime().clock(), actor=caller().actor)
    return _said(programme_id)


@operation(
    "POST", "/programmes/<int:programme_id>/you-said/publish", ApiScope.PLAN_WAVES, body=PublishSaidIn, out=SaidDraftOut
)
def publish_you_said(programme_id: int, body: PublishSaidIn) -> SaidDraftOut:
    """Show participants what is written, if it is what was read; a second time does nothing."""
    session, now = runtime().session(), runtime().clock()
    publish_said(session, programme_id, body.mark, tells=body.tells, now=now, actor=caller().actor)
    return _said(programme_id)


def _said(programme_id: int) -> SaidDraftOut:
    said = show_said(runtime().session(), programme_id)
    written, published = dict(said.written), dict(said.published)
    return SaidDraftOut(written=written, published=published, publications=said.publications, mark=said.mark)


def _sees() -> frozenset[int] | None:
    only = caller().programme_id
    return None if only is None else frozenset({only})


def _plan(programme_id: int, sent: PlanIn) -> WavePlan:
    reminders = [_reminder(one) for one in sent.reminders]
    return WavePlan(
        programme_id,
        sent.stage,
        questionnaires_to_ask(runtime().session(), programme_id, pair(sent.stage)),
        opens_at=sent.opens_at,
        closes_at=sent.closes_at,
        reminders_at=tuple(one for one in reminders if isinstance(one, datetime)),
        look_at=sent.look_at,
        may_close_early=sent.may_close_early,
        reminders=tuple(one for one in reminders if isinstance(one, Offset)),
        grouping=None if sent.grouping is None else Grouping(sent.grouping),
    )


def _reminder(text: str) -> Offset | datetime:
    return moment_in(text) or read_offset(text)


def _check_version(wave_id: int) -> None:
    """Refuse what was decided about another state of a wave than it has now."""
    if not request.headers.get("If-Match"):
        raise ApiProblem(428, _SAY_WHICH, kind="if-match-missing")
    if not request.if_match.contains(version_of_model(wave_out(shown_wave(wave_id)))):
        raise ApiProblem(412, _OTHER_NOW, kind="changed-since")


def _forecast(words: ForecastWords, refused: tuple[str, ...] = ()) -> ForecastOut:
    rows = [
        ForecastRowOut(who=one.title, invited=one.invited, counted_in=one.counted_in, cells=one.cells)
        for one in words.rows
    ]
    warnings = (*refused, *words.warnings)
    return ForecastOut(invited=words.invited, warnings=warnings, responses=words.responses, rows=rows)
