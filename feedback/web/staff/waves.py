"""One wave, the button that closes it, and what administrators may do with one that is held."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from feedback.domain.errors import PlanRefused, WaveNotReady, sentence
from feedback.domain.staff import PLANNERS, READERS, StaffRole
from feedback.domain.waves.states import NOT_OPENED, Band, WaveState
from feedback.domain.waves.waits import OF_EMAILS, WAIT_WORDS
from feedback.reporting.forecast_words import ForecastWords, forecast_words
from feedback.runtime import runtime
from feedback.services.comments.show_released_comments import show_comments
from feedback.services.mail.show_undeliverable import show_undeliverable
from feedback.services.roster.approve_roster import waits_for_approval
from feedback.services.waves.cancel_wave import begin_cancelling
from feedback.services.waves.close_wave import begin_closing, retry_closing
from feedback.services.waves.find_questionnaires import own_versions
from feedback.services.waves.find_waits import find_waits
from feedback.services.waves.preview_wave import WaveAhead, look_ahead
from feedback.services.waves.show_wave import EntryKind, WaveView, show_wave
from feedback.web.refusals import in_words
from feedback.web.staff.date_list import listed_dates
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.outcomes import mails_go_out, tell
from feedback.web.staff.reached import reached
from feedback.web.staff.sent_forms import accepted, mistakes
from feedback.web.staff.wording import day_and_time, moment_in_words
from forms.planning import CancelWaveForm, ExtendWaveForm, OpenWaveForm, PostponeWaveForm
from forms.staff import CloseWaveForm, DiscardWaveForm, RetryWaveForm, StaffForm

_KEYS: dict[type[StaffForm], str] = {
    OpenWaveForm: "open",
    CancelWaveForm: "cancel",
    CloseWaveForm: "close",
    DiscardWaveForm: "discard",
}
Say = Callable[[WaveView], None]


@allowed(*READERS)
def one(wave_id: int) -> ResponseReturnValue:
    """Show where a wave stands."""
    return wave_page(wave_id)


@allowed(*PLANNERS)
def close(wave_id: int) -> ResponseReturnValue:
    """Stop accepting answers; the worker opens them and publishes the report."""
    return decide(wave_id, CloseWaveForm(), begin_closing, _say_closed)


@allowed(StaffRole.ADMINISTRATOR)
def retry(wave_id: int) -> ResponseReturnValue:
    """Let a held wave try to close again; the worker does."""
    return decide(wave_id, RetryWaveForm(), retry_closing, _say_tried)


@allowed(StaffRole.ADMINISTRATOR)
def discard(wave_id: int) -> ResponseReturnValue:
    """Give up a held wave; the worker destroys its answers and tells everybody invited."""
    return decide(wave_id, DiscardWaveForm(), _discard, say_cancelled)


def _discard(session: Session, wave_id: int, *, now: datetime, actor: str) -> None:
    if show_wave(session, wave_id, now=now).state is not WaveState.HELD:
        raise WaveNotReady(sentence("The survey’s report is not held any more, so it cannot be discarded."))
    begin_cancelling(session, wave_id, now=now, actor=actor)


def _say_closed(_wave: WaveView) -> None:
    tell(
        _("No more answers are accepted."),
        _("The report appears here within a few minutes; reload this page to see it."),
    )


def _say_tried(_wave: WaveView) -> None:
    tell(
        _("The service tries to close it again."), _("It takes a few minutes; reload this page to see what came of it.")
    )


def say_cancelled(wave: WaveView) -> None:
    """Tell that there will be no report, and who hears of it."""
    if not wave.invited:
        tell(_("The survey is cancelled."), _("Nobody had been invited, so nobody is told."))
        return
    follows = _("All answers are destroyed unread, and everybody who was invited is told.")
    tell(_("The survey is cancelled."), f"{follows} {mails_go_out(wave, runtime().clock())}")


def decide(wave_id: int, form: StaffForm, act: Callable[..., None], say: Say) -> ResponseReturnValue:
    """Do what the button of a wave's page is for, and say so; what is refused is said at the top of the page."""
    with accepted(form, lambda: wave_page(wave_id, form), WaveNotReady, PlanRefused):
        act(runtime().session(), wave_id, now=runtime().clock(), actor=member().actor)
    say(show_wave(runtime().session(), wave_id, now=runtime().clock()))
    return redirect(url_for(".wave", wave_id=wave_id), 303)


def wave_page(wave_id: int, sent: StaffForm | None = None) -> str:
    """Return the page of a wave; `sent` is a form that was filled in wrongly."""
    wave = show_wave(runtime().session(), wave_id, now=runtime().clock())
    is_planner = member().is_planner
    ahead = _ahead(wave) if wave.state in NOT_OPENED else None
    awaits_approval = ahead is not None and waits_for_approval(runtime().session(), wave.programme_id)
    lost = _lost(wave)
    may_discard = wave.state is WaveState.HELD and member().role is StaffRole.ADMINISTRATOR
    return render_template(
        "staff/wave.html",
        wave=wave,
        refusals=() if sent is None else sent.form_errors,
        errors=() if sent is None else [*_mistakes(sent)],
        opens=day_and_time(_date(wave, EntryKind.OPENING), wave.time_zone),
        closes=day_and_time(_date(wave, EntryKind.CLOSING), wave.time_zone),
        waits_until=day_and_time(wave.waits_until, wave.time_zone),
        waits=_waits(wave) if is_planner else (),
        look=_look(wave),
        reached=reached(wave, lost) if is_planner else None,
        fails_since=moment_in_words(wave.fails_since, wave.time_zone),
        gives_up_at=moment_in_words(wave.gives_up_at, wave.time_zone),
        calendar=listed_dates(wave, runtime().clock()),
        forecast=None if ahead is None else _in_words(ahead),
        is_kept_shut=awaits_approval or (ahead is not None and ahead.refusal is not None),
        is_planner=is_planner,
        asks_former=is_planner and wave.state in NOT_OPENED and _asks_former(wave),
        close_form=_form(sent, CloseWaveForm) if wave.may_be_closed and is_planner else None,
        awaits_approval=awaits_approval,
        lost=lost,
        discard_form=_form(sent, DiscardWaveForm) if may_discard else None,
        retry_form=RetryWaveForm(formdata=None),
        dates=_date_forms(wave, sent) if is_planner else {},
        may_review=wave.reviewer_id == member().id and _is_in_review(wave_id),
    )


def _waits(wave: WaveView) -> list[str]:
    """Say what keeps emails from going out; what keeps a survey shut is said with what can be done about it here."""
    waits = find_waits(runtime().session(), now=runtime().clock())
    mine = [one for one in waits if one.wave_id == wave.id and one.reason in OF_EMAILS]
    return [_(WAIT_WORDS[one.reason], until=day_and_time(one.until, wave.time_zone)) for one in mine]


def _asks_former(wave: WaveView) -> bool:
    """Tell whether a wave that is planned now would ask other questions."""
    return own_versions(runtime().session(), wave.programme_id).get(wave.stage) != wave.own_questions


def _ahead(wave: WaveView) -> WaveAhead:
    tools = runtime()
    return look_ahead(tools.session(), tools.keys, wave.id, now=tools.clock())


def _in_words(ahead: WaveAhead) -> ForecastWords:
    words = ForecastWords(0, (), (), ())
    if ahead.formed is not None:
        words = forecast_words(ahead.formed.forecast, ahead.twins)
    if ahead.refusal is not None:
        words = replace(words, warnings=(in_words(ahead.refusal), *words.warnings))
    return words


def _date_forms(wave: WaveView, sent: StaffForm | None) -> dict[str, StaffForm]:
    """Return the forms that the state of a wave allows, by what they do."""
    forms: dict[str, StaffForm] = {}
    if wave.state in NOT_OPENED:
        forms["open"] = _form(sent, OpenWaveForm)
    if wave.state is WaveState.SCHEDULED:
        forms["postpone"] = sent if isinstance(sent, PostponeWaveForm) else PostponeWaveForm(prefix="postpone-")
    if wave.may_be_extended:
        forms["extend"] = sent if isinstance(sent, ExtendWaveForm) else ExtendWaveForm(prefix="extend-")
    if wave.state in {*NOT_OPENED, WaveState.OPEN}:
        forms["cancel"] = _form(sent, CancelWaveForm)
    return forms


def _mistakes(sent: StaffForm) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with a form, with where its field is on the page."""
    kind = _KEYS.get(type(sent), "")
    for field_id, label, message in mistakes(sent):
        yield f"{kind}-{field_id}" if kind else field_id, label, message


def _date(wave: WaveView, kind: EntryKind) -> datetime | None:
    return next(entry.at for entry in wave.calendar if entry.kind is kind)


def _look(wave: WaveView) -> tuple[Band | None, str]:
    """Return what the last look of an open wave has shown, and when the next one is."""
    looks = [entry for entry in wave.calendar if entry.kind is EntryKind.LOOK]
    seen = [entry.band for entry in looks if entry.band is not None]
    ahead = next((entry.at for entry in looks if not entry.is_done), None)
    return (seen[-1] if seen else None), day_and_time(ahead, wave.time_zone)


def _form(sent: StaffForm | None, kind: type[StaffForm]) -> StaffForm:
    return sent if isinstance(sent, kind) else kind()


def _lost(wave: WaveView) -> int:
    if not member().is_planner:
        return 0
    return len(show_undeliverable(runtime().session(), wave.id))


def _is_in_review(wave_id: int) -> bool:
    return show_comments(runtime().session(), wave_id, now=runtime().clock()).until is not None
