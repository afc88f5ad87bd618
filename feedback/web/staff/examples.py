"""An example programme with invented people, made and deleted with one button each; and what its pages say of it."""

from datetime import date, datetime, time, timedelta

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.errors import NotFound
from feedback.domain.languages import ENGLISH
from feedback.domain.staff import PLANNERS, READERS
from feedback.domain.waves.schedule import Anchor, Hours, Offset, moment_of
from feedback.domain.waves.states import SEQUENCE
from feedback.locales.speech import spoken
from feedback.reporting.report_paper import compose_page
from feedback.reporting.sample import read_sample
from feedback.resources import sample_reports_folder
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import is_example, show_programme, zone_of_newest
from feedback.services.programmes.try_example import ExampleDraft, drop_example, make_example
from feedback.services.waves.plan_wave import WavePlan, plan_waves
from feedback.services.waves.set_quiet_times import show_hours
from feedback.services.waves.show_wave import owner_of_wave
from feedback.web.staff.drawn_papers import drawn
from feedback.web.staff.guards import allowed, check_sees_all, member
from feedback.web.staff.outcomes import tell
from feedback.web.staff.presets import months_later
from feedback.web.staff.sent_forms import accepted
from forms.bank import pair
from forms.staff import StaffForm
from forms.vocabulary import translated_words

_WORDS = {"word": "reverse", "focus": "race and ethnicity"}
_ZONE = "Europe/London"
_OPENS_AT, _OPEN_FOR = time(9), timedelta(days=14)
_REMINDERS = (Offset(Anchor.OPENING, 4), Offset(Anchor.CLOSING, 4))


@allowed(*PLANNERS)
def make() -> ResponseReturnValue:
    """Make the example, or find the one that is there, and lead to its page."""
    check_sees_all()
    tools = runtime()
    with accepted(StaffForm()):
        number = make_example(tools.session(), _draft(), now=tools.clock(), actor=member().actor)
        plan_waves(
            tools.session(),
            tools.keys,
            _plans(number),
            key_backup_days=tools.settings.key_backup_days,
            comment_days=tools.settings.comment_days,
            now=tools.clock(),
            actor=member().actor,
        )
    tell(_("The example is here."), _("Look around as you like: nobody is asked, and you can delete it at any time."))
    return redirect(url_for(".programme", programme_id=number), 303)


@allowed(*PLANNERS)
def drop(programme_id: int) -> ResponseReturnValue:
    """Delete the example."""
    form, tools = StaffForm(), runtime()
    with accepted(form):
        drop_example(tools.session(), programme_id, now=tools.clock(), actor=member().actor)
    tell(_("The example is deleted."))
    return redirect(url_for(".programmes"), 303)


@allowed(*READERS)
def sample_report(programme_id: int) -> str:
    """Show what a report looks like, to those who look around in the example."""
    if not is_example(runtime().session(), programme_id):
        raise NotFound(_("There is no such page"))
    source = read_sample(sample_reports_folder(), {**translated_words(**_WORDS), ENGLISH.code: _WORDS})
    return render_template("report/sample.html", paper=drawn(compose_page(source, spoken().code)))


def is_in_example() -> bool:
    """Tell whether the page that is shown belongs to an example."""
    if not g.get("is_own"):
        return False
    named = request.view_args or {}
    programme_id = named.get("programme_id")
    if "wave_id" in named:
        with runtime().reading() as connection:
            programme_id = owner_of_wave(connection, named["wave_id"])[1]
    return programme_id is not None and is_example(runtime().session(), programme_id)


def _plans(programme_id: int) -> list[WavePlan]:
    """Return a plan for each stage from a fortnight on, or none if any survey is planned already."""
    tools = runtime()
    if show_programme(tools.session(), programme_id).waves:
        return []
    hours = show_hours(tools.session(), programme_id)
    today = tools.clock().astimezone(hours.zone).date()
    return [
        _plan(programme_id, stage, months_later(today + _OPEN_FOR, 3 * n), hours) for n, stage in enumerate(SEQUENCE)
    ]


def _plan(programme_id: int, stage: str, day: date, hours: Hours) -> WavePlan:
    opens_at = hours.next_allowed(moment_of(datetime.combine(day, _OPENS_AT), hours.zone)).astimezone(hours.zone)
    return WavePlan(programme_id, stage, pair(stage), opens_at, opens_at + _OPEN_FOR, reminders=_REMINDERS)


def _draft() -> ExampleDraft:
    tools, organisation_id = runtime(), member().organisation_id
    return ExampleDraft(
        organisation_id=organisation_id,
        name=_("Example programme"),
        **_WORDS,
        translated=translated_words(**_WORDS),
        time_zone=zone_of_newest(tools.session(), organisation_id) or _ZONE,
        minimum_group_size=tools.settings.minimum_group_size,
    )
