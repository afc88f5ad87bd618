"""Form the groups of a wave that has not opened (R1): as in the programme's last wave, or anew; see what they show."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from feedback.domain.disclosure.forecast import Forecast, choices, forecast
from feedback.domain.disclosure.groups import Atom, Group, Grouping, counted_once, kept_partition
from feedback.domain.errors import People, PlanRefused, sentence
from feedback.domain.report.report import Outcome, Report
from feedback.domain.survey.questionnaires import Questionnaire, Role
from feedback.domain.waves.states import OPENED, WaveState
from feedback.storage.people import people_in_programme, roster_sizes
from feedback.storage.reports import report_of
from feedback.storage.waves import Wave, groups_of, invited_sizes, questionnaires_of, waves_of


@dataclass(frozen=True)
class FormedGroups:
    """How a wave comes by its groups, and what can be reported of them. `choices`: both ways, if there is a choice."""

    grouping: Grouping
    forecast: Forecast
    choices: Mapping[Grouping, Forecast]

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups in which people are counted."""
        return self.forecast.groups


def form_groups(
    session: Session, programme_id: int, asked: Mapping[Role, Questionnaire], k: int, wish: Grouping | None
) -> FormedGroups:
    """Return the groups of the present roster if it were asked this.

    The first wave of a programme is grouped by the rule and, where a role is small, as somebody wishes; without a wish,
    so that more is shown. Later ones keep its groups as long as these can be kept. Raises PlanRefused if a role would
    be asked nothing that could ever be shown.
    """
    sizes, doubled = roster_sizes(session, programme_id), people_in_programme(session, programme_id).doubled
    kept = counted_once(_kept(session, programme_id, sizes, k), doubled)
    if kept and (kept[0].role is not None or kept[0].invited >= 2 * k):
        return FormedGroups(Grouping.KEPT, _asking_all(forecast(sizes, asked, k, doubled, groups=kept)), {})
    both = choices(sizes, asked, k, doubled)
    if both:
        grouping = wish if wish in both else next(iter(both))
        return FormedGroups(grouping, _asking_all(both[grouping]), both)
    seen = _asking_all(forecast(sizes, asked, k, doubled))
    return FormedGroups(Grouping.TOGETHER if seen.groups[0].role is None else Grouping.APART, seen, {})


def groups_of_wave(session: Session, wave: Wave) -> FormedGroups:
    """Return `form_groups` of a wave that has not been opened."""
    asked = questionnaires_of(session, wave.id)
    wish = None if wave.grouping is None else Grouping(wave.grouping)
    return form_groups(session, wave.programme_id, asked, wave.minimum_group_size, wish)


def _kept(session: Session, programme_id: int, sizes: Mapping[Atom, int], k: int) -> tuple[Group, ...]:
    before = [wave for wave in waves_of(session, programme_id) if wave.state in OPENED]
    latest_first = sorted(before, key=lambda wave: wave.opened_at or wave.closes_at, reverse=True)
    latest = next((wave for wave in latest_first if not says_nothing(session, wave)), None)
    if latest is None:
        return ()
    return kept_partition(groups_of(session, latest.id), invited_sizes(latest), sizes, k) or ()


def says_nothing(session: Session, wave: Wave) -> bool:
    """Tell whether a wave was cancelled, or its report says that too few answered, and nothing else."""
    if wave.state == WaveState.CANCELLED:
        return True
    report = report_of(session, wave.id)
    return report is not None and Report.parse(report.document).outcome is Outcome.TOO_FEW


def _asking_all(seen: Forecast) -> Forecast:
    for role, questionnaire in seen.asked.items():
        if seen.invited >= seen.k and not any(question.closed for question in questionnaire.questions):
            raise PlanRefused(_NOTHING[role], people=People(seen.k))
    return seen


_NOTHING = {
    Role.MENTOR: sentence(
        "With so few people invited nothing that the mentors are asked could ever be shown. Invite at least %(people)s "
        "of each role, or put some questions to both in the same words."
    ),
    Role.MENTEE: sentence(
        "With so few people invited nothing that the mentees are asked could ever be shown. Invite at least %(people)s "
        "of each role, or put some questions to both in the same words."
    ),
}
