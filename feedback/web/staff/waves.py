"""One wave, and the button that closes it."""

from flask import abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from feedback.domain.staff import StaffRole
from feedback.domain.waves import WaveState
from feedback.runtime import runtime
from feedback.services.close_wave import begin_closing
from feedback.services.foresee_opening import foresee_opening
from feedback.services.show_wave import CalendarEntry, WaveSheet, show_wave
from feedback.web.guards import allowed, member
from feedback.web.staff.wording import moment_in_words
from forms.staff import CloseWaveForm

_NOT_OPENED = {WaveState.DRAFT, WaveState.SCHEDULED}


@allowed(*StaffRole)
def one(wave_id: int) -> ResponseReturnValue:
    """Show where a wave stands."""
    return _page(wave_id, CloseWaveForm())


@allowed(StaffRole.ADMINISTRATOR, StaffRole.COORDINATOR)
def close(wave_id: int) -> ResponseReturnValue:
    """Stop accepting answers; the worker opens them and publishes the report."""
    form = CloseWaveForm()
    if not form.validate():
        if form.csrf_token.errors:
            abort(400)
        return make_response(_page(wave_id, form), 422)
    actor = f"staff {member().id}"
    begin_closing(runtime().session(), wave_id, now=runtime().clock(), actor=actor)
    return redirect(url_for(".wave", wave_id=wave_id), 303)


def _page(wave_id: int, form: CloseWaveForm) -> str:
    wave = show_wave(runtime().session(), wave_id, now=runtime().clock())
    may_close = wave.may_be_closed and member().role is not StaffRole.REVIEWER
    calendar = tuple((entry, _when(wave, entry)) for entry in wave.calendar)
    return render_template(
        "staff/wave.html",
        wave=wave,
        calendar=calendar,
        warnings=foresee_opening(runtime().session(), wave_id) if wave.state in _NOT_OPENED else (),
        form=form if may_close else None,
    )


def _when(wave: WaveSheet, entry: CalendarEntry) -> str:
    return "" if entry.at is None else moment_in_words(entry.at, wave.time_zone)
