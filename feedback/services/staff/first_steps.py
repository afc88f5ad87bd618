"""The way to the first report, each step ticked off by what is there; nobody ticks anything by hand."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from feedback.domain.waves.states import NOT_OPENED, WaveState
from feedback.services.programmes.show_programmes import ProgrammeView, WaveLine
from feedback.storage.audit_log import any_entry
from feedback.storage.database import reading
from feedback.storage.staff import hide_first_steps, staff_by_id
from feedback.storage.trial_mails import TRIED


class StepKind(StrEnum):
    """What is done on the way, in its order."""

    ORGANISATION = "organisation"
    PROGRAMME = "programme"
    PEOPLE = "people"
    SURVEY = "survey"
    EMAILS = "emails"
    OPEN = "open"
    REPORT = "report"


@dataclass(frozen=True)
class FirstSteps:
    """Which steps are `done`, and the newest programme and wave in which the `next` one is taken, if there are any."""

    done: frozenset[StepKind]
    programme_id: int | None
    wave_id: int | None

    @property
    def next(self) -> StepKind:
        """The first step that is not done."""
        return next(kind for kind in StepKind if kind not in self.done)


def show_first_steps(
    session: Session, staff_id: int, organisation_id: int, programmes: Collection[ProgrammeView]
) -> FirstSteps | None:
    """Return how far an organisation is with its `programmes`; None once a report is there, or if put away."""
    real = [one for one in programmes if not one.is_example]
    waves = [wave for one in real for wave in one.waves if wave.state is not WaveState.CANCELLED]
    done = _done(real, waves)
    with reading(session):
        account = staff_by_id(session, staff_id)
        if StepKind.REPORT in done or account is None or account.hides_first_steps:
            return None
        tried = {StepKind.EMAILS} if any_entry(session, organisation_id, TRIED) else set()
    going = [one for one in real if one.ending is None]
    return FirstSteps(
        frozenset(done | tried),
        programme_id=max((one.id for one in going), default=None),
        wave_id=max((one.id for one in waves), default=None),
    )


def put_first_steps_away(session: Session, staff_id: int) -> None:
    """Show somebody the first steps no more."""
    hide_first_steps(session, staff_id)
    session.commit()


def _done(real: Collection[ProgrammeView], waves: Collection[WaveLine]) -> set[StepKind]:
    facts = {
        StepKind.ORGANISATION: True,
        StepKind.PROGRAMME: bool(real),
        StepKind.PEOPLE: any(one.people for one in real),
        StepKind.SURVEY: bool(waves),
        StepKind.OPEN: any(wave.state not in NOT_OPENED for wave in waves),
        StepKind.REPORT: any(wave.state is WaveState.CLOSED and not wave.lost_report for wave in waves),
    }
    return {kind for kind, is_done in facts.items() if is_done}
