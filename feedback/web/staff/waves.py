"""One wave, the button that closes it, and what administrators may do with one that is held."""

from collections.abc import Callable

from flask import abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from feedback.domain.staff import StaffRole
from feedback.domain.waves import WaveState
from feedback.runtime import runtime
from feedback.services.approve_roster import waits_for_approval
from feedback.services.cancel_wave import begin_cancelling
from feedback.services.close_wave import begin_closing, retry_closing
from feedback.services.foresee_opening import foresee_opening
from feedback.services.show_released_comments import show_comments
from feedback.services.show_undeliverable import show_undeliverable
from feedback.services.show_wave import CalendarEntry, WaveSheet, show_wave
from feedback.web.guards import allowed, member
from feedback.web.staff.wording import moment_in_words
from forms.staff import CloseWaveForm, DiscardWaveForm, RetryWaveForm, StaffForm

_NOT_OPENED = {WaveState.DRAFT, WaveState.SCHEDULED}


@allowed(*StaffRole)
def one(wave_id: int) -> ResponseReturnValue:
    """Show where a wave stands."""
    return _page(wave_id)


@allowed(StaffRole.ADMINISTRATOR, StaffRole.COORDINATOR)
def close(wave_id: int) -> ResponseReturnValue:
    """Stop accepting answers; the worker opens them and publishes the report."""
    return _decide(wave_id, CloseWaveForm(), begin_closing)


@allowed(StaffRole.ADMINISTRATOR)
def retry(wave_id: int) -> ResponseReturnValue:
    """Let a held wave try to close again; the worker does."""
    return _decide(wave_id, RetryWaveForm(), retry_closing)


@allowed(StaffRole.ADMINISTRATOR)
def discard(wave_id: int) -> ResponseReturnValue:
    """Give up a held wave; the worker destroys its answers and tells everybody invited."""
    form = DiscardWaveForm()
    if show_wave(runtime().session(), wave_id, now=runtime().clock()).state is not WaveState.HELD:
        abort(409)
    return _decide(wave_id, form, begin_cancelling)


def _decide(wave_id: int, form: StaffForm, act: Callable[..., None]) -> ResponseReturnValue:
    if not form.validate():
        if form.csrf_token.errors:
            abort(400)
        return make_response(_page(wave_id, form), 422)
    act(runtime().session(), wave_id, now=runtime().clock(), actor=f"staff {member().id}")
    return redirect(url_for(".wave", wave_id=wave_id), 303)


def _page(wave_id: int, sent: StaffForm | None = None) -> str:
    wave = show_wave(runtime().session(), wave_id, now=runtime().clock())
    may_close = wave.may_be_closed and member().role is not StaffRole.REVIEWER
    may_discard = wave.state is WaveState.HELD and member().role is StaffRole.ADMINISTRATOR
    return render_template(
        "staff/wave.html",
        wave=wave,
        calendar=tuple((entry, _when(wave, entry)) for entry in wave.calendar),
        warnings=foresee_opening(runtime().session(), wave_id) if wave.state in _NOT_OPENED else (),
        awaits_approval=wave.state in _NOT_OPENED and waits_for_approval(runtime().session(), wave.programme_id),
        lost=_lost(wave),
        close_form=_form(sent, CloseWaveForm) if may_close else None,
        discard_form=_form(sent, DiscardWaveForm) if may_discard else None,
        retry_form=RetryWaveForm(),
        may_review=member().role is StaffRole.REVIEWER and _is_in_review(wave_id),
    )


def _form(sent: StaffForm | None, kind: type[StaffForm]) -> StaffForm:
    return sent if isinstance(sent, kind) else kind()


def _lost(wave: WaveSheet) -> int:
    if member().role is StaffRole.REVIEWER:
        return 0
    return len(show_undeliverable(runtime().session(), wave.id))


def _is_in_review(wave_id: int) -> bool:
    return show_comments(runtime().session(), wave_id, now=runtime().clock()).until is not None


def _when(wave: WaveSheet, entry: CalendarEntry) -> str:
    return "" if entry.at is None else moment_in_words(entry.at, wave.time_zone)
