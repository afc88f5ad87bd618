"""The programmes, each with what waits for somebody, and one programme with its roster in sizes and its waves."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.staff import PLANNERS, READERS, StaffRole
from feedback.domain.waves.states import SEQUENCE, WaveState
from feedback.reporting.words import day
from feedback.runtime import runtime
from feedback.services.comments.show_released_comments import show_comments
from feedback.services.programmes.show_home import HomeCard, Need, NeedKind, in_order, show_card, show_ended, show_home
from feedback.services.programmes.show_programmes import ProgrammeView, organisation_name
from feedback.services.reports.show_report import has_changes
from feedback.services.staff.first_steps import FirstSteps, StepKind, put_first_steps_away, show_first_steps
from feedback.services.support.read_support_requests import support_waits
from feedback.web.staff.ending import ending_days
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.outcomes import tell
from feedback.web.staff.sent_forms import accepted
from feedback.web.staff.support import may_read
from feedback.web.staff.wording import moment_in_words
from forms.staff import StaffForm


@dataclass(frozen=True)
class _ShownCard:
    """A programme's card in words. `needs` holds what waits for this member of staff, each with its last day;
    `requests`: their part in it are the requests for support."""

    card: HomeCard
    next_at: str
    needs: tuple[tuple[Need, str], ...]
    requests: bool


@allowed(*StaffRole)
def index() -> ResponseReturnValue:
    """Show each programme of the member's organisation, with what waits for them; a contact sees their own alone."""
    tools = runtime()
    found = show_home(tools.session(), member().organisation_id, now=tools.clock())
    over = show_ended(tools.session(), member().organisation_id)
    ended = [one for one in over if _sees(one)]
    asked = [show_card(tools.session(), one.id, now=tools.clock()) for one in ended if _support_waits(one)]
    cards = [_shown(card) for card in (*found, *asked) if _sees(card.programme)]
    return render_template(
        "staff/programmes.html",
        cards=cards,
        steps=_steps((*(card.programme for card in found), *over)),
        step_kinds=[*StepKind],
        organisation=organisation_name(tools.session(), member().organisation_id),
        has_programmes=any(not one.card.programme.is_example for one in cards),
        button=StaffForm(formdata=None),
        ended=[(one, days) for one in ended if not _support_waits(one) and (days := ending_days(one))],
        waiting=sum(len(shown.needs) for shown in cards),
        sequence=SEQUENCE,
        makes_programmes=_makes_programmes(),
        sees_programmes=member().role in READERS,
    )


@allowed(*PLANNERS)
def put_steps_away() -> ResponseReturnValue:
    """Show the first steps no more to whoever has had enough of them."""
    with accepted(StaffForm()):
        put_first_steps_away(runtime().session(), member().id)
    tell(_("The first steps are put away."), _("What they said is still under “Help”, at the top of every page."))
    return redirect(url_for(".programmes"), 303)


def _steps(programmes: Collection[ProgrammeView]) -> FirstSteps | None:
    if not _makes_programmes():
        return None
    return show_first_steps(runtime().session(), member().id, member().organisation_id, programmes)


def _makes_programmes() -> bool:
    return member().is_planner and member().programmes is None


def _sees(programme: ProgrammeView) -> bool:
    sees = member().role in READERS or may_read(programme)
    return sees and member().may_see(programme.id)


def _shown(card: HomeCard) -> _ShownCard:
    own = [*_comments_that_wait(card), *_requests_that_wait(card.programme)]
    needs = in_order((*card.needs, *own) if member().is_planner else own)
    return _ShownCard(
        card,
        moment_in_words(card.next_date.at, card.programme.time_zone) if card.next_date else "",
        tuple((need, day(need.until) if need.until else "") for need in needs),
        requests=member().role is StaffRole.CONTACT,
    )


def _comments_that_wait(card: HomeCard) -> Iterator[Need]:
    tools = runtime()
    for wave in card.programme.waves:
        is_mine = wave.reviewer_id == member().id
        if wave.state is WaveState.CLOSED and (is_mine or member().is_planner):
            until = show_comments(tools.session(), wave.id, now=tools.clock()).until
            if until is not None:
                yield Need(
                    NeedKind.COMMENTS, wave.id, wave.stage, until=until, name=wave.reviewer_name, is_mine=is_mine
                )


def _requests_that_wait(programme: ProgrammeView) -> Iterator[Need]:
    if _support_waits(programme):
        yield Need(NeedKind.SUPPORT)


def _support_waits(programme: ProgrammeView) -> bool:
    """Tell whether somebody waits for help, to nobody but those who may read what was asked."""
    return may_read(programme) and support_waits(runtime().session(), programme.id)


@allowed(*READERS)
def one(programme_id: int) -> ResponseReturnValue:
    """Show one programme."""
    shown = _shown(show_card(runtime().session(), programme_id, now=runtime().clock()))
    programme = shown.card.programme
    zone = programme.time_zone
    closings = {wave.id: day(wave.closes_at.astimezone(zone).date()) for wave in programme.waves}
    return render_template(
        "staff/programme.html",
        has_changes=has_changes(runtime().session(), programme_id),
        programme=programme,
        shown=shown,
        ending=ending_days(programme),
        closings=closings,
        openings={wave.id: day(wave.opens_at.astimezone(zone).date()) for wave in programme.waves if wave.opens_at},
        is_planner=member().is_planner,
        button=StaffForm(formdata=None),
        may_read_requests=may_read(programme),
    )
