"""What a coordinator finds on the first run beside the programme to try: others, in the states they get into."""

from collections.abc import Callable
from datetime import datetime, timedelta

from feedback.demo.participants import COOL, WARM
from feedback.demo.programme import COORDINATOR, ORGANISATION, new_programme, plan_demo_wave
from feedback.demo.simulation import AppFactory, Simulation, simulated
from feedback.domain.ending import USUAL_DAYS
from feedback.runtime import Runtime
from feedback.services.programmes.end_programme import end_programme
from feedback.services.staff.manage_access import number_of_account

_LASTS, _BETWEEN = timedelta(days=14), timedelta(weeks=24)
_SINCE_THE_EXIT, _TO_THE_LOOK, _TO_THE_OPENING = timedelta(days=3), timedelta(days=8), timedelta(days=30)
_LOST = "mentee.4@regions.example.com"


def make_examples(create_app: AppFactory, tools: Runtime, until: datetime, report: Callable[[str], None]) -> None:
    """Make them, each of invented people: as if they had been here for half a year `until` a moment that is past.

    Their emails reach nobody; what is due later is left to be done.
    """
    begun_at = until - _LASTS - _BETWEEN - _LASTS - _SINCE_THE_EXIT
    with simulated(create_app, tools.settings, begun_at, report) as past:
        _finished(past)
    with simulated(create_app, tools.settings, until - _TO_THE_LOOK, report, refused=_LOST) as past:
        _in_trouble(past)
    _to_come(tools)
    _ended(tools)


def invented(domain: str, mentors: int, mentees: int, cohorts: tuple[str, ...] = ("",)) -> bytes:
    """Return a roster of invented people. Each programme needs a domain of its own: the same people would be twins."""
    rows = [
        f"{role.title()} {number},{role}.{number}@{domain}.example.com,{role},{cohorts[number % len(cohorts)]}"
        for role, count in (("mentor", mentors), ("mentee", mentees))
        for number in range(count)
    ]
    return "\n".join(["name,email,role,cohort", *rows]).encode()


def _finished(past: Simulation) -> None:
    """Kick-off and exit are behind it; what was written at the exit waits for its reviewer."""
    programme = new_programme(past.tools, "Graduates", invented("graduates", 14, 13))
    kickoff = past.begin(programme, "kickoff", COOL)
    past.pass_time(_LASTS)
    past.review(kickoff)
    past.pass_time(_BETWEEN)
    past.begin(programme, "exit", WARM)
    past.pass_time(_LASTS)
    past.pass_time(_SINCE_THE_EXIT)


def _in_trouble(past: Simulation) -> None:
    """Its kick-off is open; an email came back, and at the look too few have answered."""
    programme = new_programme(past.tools, "Regional offices", invented("regions", 7, 6))
    past.begin(programme, "kickoff", COOL, most=2)
    past.pass_time(_TO_THE_LOOK)


def _to_come(tools: Runtime) -> None:
    """It has people, and a kick-off that opens in a month."""
    opens_at = tools.clock() + _TO_THE_OPENING
    plan_demo_wave(tools, new_programme(tools, "Next spring", invented("spring", 9, 9)), "kickoff", opens_at)


def _ended(tools: Runtime) -> None:
    """It never asked anybody, and its names are deleted in a month."""
    session, programme = tools.session(), new_programme(tools, "First try", invented("try", 5, 5))
    by = number_of_account(session, ORGANISATION, COORDINATOR[1])
    end_programme(session, programme, USUAL_DAYS, staff_id=by, now=tools.clock())
