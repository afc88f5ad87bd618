"""The programmes, each with what waits for somebody, and one programme with its roster in sizes and its waves."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from feedback.domain.staff import StaffRole
from feedback.domain.waves.states import SEQUENCE, WaveState
from feedback.reporting.words import day
from feedback.runtime import runtime
from feedback.services.comments.show_released_comments import show_comments
from feedback.services.programmes.show_home import HomeCard, Need, NeedKind, in_order, show_card, show_home
from feedback.services.reports.show_report import has_changes
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.support import may_read
from feedback.web.staff.wording import moment_in_words


@dataclass(frozen=True)
class _ShownCard:
    """A programme's card in words. `needs` holds what waits for this member of staff, each with its last day."""

    card: HomeCard
    next_at: str
    needs: tuple[tuple[Need, str], ...]


@allowed(*StaffRole)
def index() -> ResponseReturnValue:
    """Show each programme of the member's organisation, with what waits for them."""
    tools = runtime()
    cards = [_shown(card) for card in show_home(tools.session(), member().organisation_id, now=tools.clock())]
    return render_template(
        "staff/programmes.html",
        cards=cards,
        waiting=sum(len(shown.needs) for shown in cards),
        sequence=SEQUENCE,
        is_reviewer=member().role is StaffRole.REVIEWER,
    )


def _shown(card: HomeCard) -> _ShownCard:
    comments = [*_comments_that_wait(card)]
    needs = comments if member().role is StaffRole.REVIEWER else in_order((*card.needs, *comments))
    return _ShownCard(
        card,
        moment_in_words(card.next_date.at, card.programme.time_zone) if card.next_date else "",
        tuple((need, day(need.until) if need.until else "") for need in needs),
    )


def _comments_that_wait(card: HomeCard) -> Iterator[Need]:
    tools = runtime()
    for wave in card.programme.waves:
        if wave.state is WaveState.CLOSED:
            until = show_comments(tools.session(), wave.id, now=tools.clock()).until
            if until is not None:
                yield Need(NeedKind.COMMENTS, wave.id, wave.stage, until=until)


@allowed(*StaffRole)
def one(programme_id: int) -> ResponseReturnValue:
    """Show one programme."""
    shown = _shown(show_card(runtime().session(), programme_id, now=runtime().clock()))
    programme = shown.card.programme
    zone = programme.time_zone
    closings = {wave.id: day(wave.closes_at.astimezone(zone).date()) for wave in programme.waves}
    may_see_roster = member().role is not StaffRole.REVIEWER
    return render_template(
        "staff/programme.html",
        has_changes=has_changes(runtime().session(), programme_id),
        programme=programme,
        shown=shown,
        is_reviewer=member().role is StaffRole.REVIEWER,
        closings=closings,
        openings={wave.id: day(wave.opens_at.astimezone(zone).date()) for wave in programme.waves if wave.opens_at},
        may_see_roster=may_see_roster,
        may_read_requests=may_read(programme),
    )
