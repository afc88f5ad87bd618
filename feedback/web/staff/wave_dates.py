"""The dates of one wave: open it now, postpone, extend, cancel it; list its mails; export its calendar."""

from collections.abc import Callable
from datetime import datetime

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from feedback.domain.address import domain_of
from feedback.domain.errors import PlanRefused, WaveNotReady
from feedback.domain.staff import PLANNERS, READERS
from feedback.reporting.words import date_title
from feedback.runtime import runtime
from feedback.services.waves.ask_opening import ask_opening
from feedback.services.waves.cancel_wave import begin_cancelling
from feedback.services.waves.dry_run import dry_run_wave
from feedback.services.waves.export_calendar import export_calendar
from feedback.services.waves.extend_wave import extend_wave
from feedback.services.waves.postpone_wave import postpone_wave
from feedback.services.waves.show_wave import WaveView, show_wave
from feedback.web.staff.downloads import attached
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.outcomes import mails_go_out, tell
from feedback.web.staff.paging import page_of
from feedback.web.staff.planning import local_moment, promised_moment
from feedback.web.staff.sent_forms import accepted
from feedback.web.staff.waves import Say, decide, say_cancelled, wave_page
from feedback.web.staff.wording import moment_in_words
from forms.planning import CancelWaveForm, ExtendWaveForm, NewDateForm, OpenWaveForm, PostponeWaveForm


@allowed(*PLANNERS)
def open_now(wave_id: int) -> ResponseReturnValue:
    """Ask the worker to open a wave."""
    return decide(wave_id, OpenWaveForm(), _ask_opening, _say_opening)


def _ask_opening(session: Session, wave_id: int, *, now: datetime, actor: str) -> None:
    ask_opening(session, runtime().keys, wave_id, now=now, actor=actor)


def _say_opening(wave: WaveView) -> None:
    if wave.waits_until is None:
        tell(
            _("The survey opens within a minute."),
            _("Everybody in the roster is then invited. Reload this page to see it."),
        )
        return
    at = moment_in_words(wave.waits_until, wave.time_zone)
    follows = _("No emails go out before that. Until then you can still put it off or cancel it.")
    tell(_("The survey opens after the quiet times: %(moment)s.", moment=at), follows)


@allowed(*PLANNERS)
def cancel(wave_id: int) -> ResponseReturnValue:
    """Cancel a wave; the worker destroys its answers and tells everybody invited."""
    return decide(wave_id, CancelWaveForm(), begin_cancelling, say_cancelled)


@allowed(*PLANNERS)
def postpone(wave_id: int) -> ResponseReturnValue:
    """Put off the opening, and everything with it."""
    form = PostponeWaveForm(prefix="postpone-")

    def act(wave: WaveView) -> None:
        opens_at = local_moment(form.day.data, form.at.data, wave.time_zone)
        postpone_wave(runtime().session(), wave_id, opens_at, now=runtime().clock(), actor=member().actor)

    return _move(wave_id, form, act, _say_postponed)


def _say_postponed(wave: WaveView) -> None:
    at = moment_in_words(wave.calendar[0].at, wave.time_zone)
    follows = _("All other dates have moved too. Coordinators and administrators get an email; participants get none.")
    tell(_("The survey opens later: %(moment)s.", moment=at), follows)


@allowed(*PLANNERS)
def extend(wave_id: int) -> ResponseReturnValue:
    """Let a wave close later; everybody invited is told."""
    form = ExtendWaveForm(prefix="extend-")

    def act(wave: WaveView) -> None:
        closes_at = promised_moment(form.day.data, form.at.data, wave.time_zone)
        extend_wave(runtime().session(), wave_id, closes_at, now=runtime().clock(), actor=member().actor)

    return _move(wave_id, form, act, _say_extended)


def _say_extended(wave: WaveView) -> None:
    at = moment_in_words(wave.calendar[-1].at, wave.time_zone)
    follows = _("Everybody who was invited is told by email.")
    tell(
        _("The survey is open for longer, until %(moment)s.", moment=at),
        f"{follows} {mails_go_out(wave, runtime().clock())}",
    )


@allowed(*PLANNERS)
def dry_run(wave_id: int) -> ResponseReturnValue:
    """Show who would get which mail when."""
    tools = runtime()
    wave = show_wave(tools.session(), wave_id, now=tools.clock())
    found = dry_run_wave(tools.session(), wave_id, now=tools.clock())
    return render_template(
        "staff/dry_run.html",
        wave=wave,
        found=found,
        mails=[(one.mail, moment_in_words(one.at, wave.time_zone)) for one in found.mails],
        people=page_of(found.people, request.args.get("page", 1, type=int)),
    )


@allowed(*READERS)
def calendar(wave_id: int) -> Response:
    """Give the wave's dates to a calendar program."""
    host = domain_of(runtime().settings.smtp.sender)
    data = export_calendar(runtime().session(), wave_id, host=host, title=date_title)
    return attached(data, f"wave-{wave_id}.ics", "text/calendar", f"wave {wave_id}")


def _move(wave_id: int, form: NewDateForm, act: Callable[[WaveView], None], say: Say) -> ResponseReturnValue:
    with accepted(form, lambda: wave_page(wave_id, form), WaveNotReady, PlanRefused, at=form.day):
        act(show_wave(runtime().session(), wave_id, now=runtime().clock()))
    say(show_wave(runtime().session(), wave_id, now=runtime().clock()))
    return redirect(url_for(".wave", wave_id=wave_id), 303)
