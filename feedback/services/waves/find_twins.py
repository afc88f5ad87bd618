"""Find earlier waves about nearly the same people (R11): two reports on them could be subtracted.

Within one sequence (kick-off, mid-point, exit of a programme) that is labelled, and participants are told. Anywhere
else the opening is refused, and planning as well, on the roster as it is then.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from feedback.domain.address import Address
from feedback.domain.disclosure.groups import Atom, Group, group_of
from feedback.domain.errors import PlanRefused, sentence
from feedback.domain.report.report import Outcome, Report, Twin
from feedback.domain.survey.questionnaires import Questionnaire, Role, wording
from feedback.domain.waves.states import WaveState
from feedback.storage.deliveries import Invited, invited_people
from feedback.storage.people import invited_now
from feedback.storage.programmes import programme_by_id
from feedback.storage.reports import report_of
from feedback.storage.waves import Wave, groups_of, questionnaires_of, waves_of_organisation

_COUNTS = {WaveState.OPEN, WaveState.CLOSING, WaveState.HELD, WaveState.CLOSED}
Members = dict[str, set[tuple[Address, str]]]
"""(address, role) of everybody in a group, by the group's name."""


@dataclass(frozen=True)
class PlannedSurvey:
    """What is asked of a programme's people: planned, or stored as the wave `wave_id`."""

    programme_id: int
    stage: str
    k: int
    questionnaires: Mapping[Role, Questionnaire]
    wave_id: int | None


def find_twins(session: Session, wave: Wave, groups: tuple[Group, ...]) -> tuple[Twin, ...]:
    """Return `twins_of` a wave that is stored."""
    asked = questionnaires_of(session, wave.id)
    survey = PlannedSurvey(wave.programme_id, wave.stage, wave.minimum_group_size, asked, wave.id)
    return twins_of(session, survey, groups)


def twins_of(session: Session, survey: PlannedSurvey, groups: tuple[Group, ...]) -> tuple[Twin, ...]:
    """Return the earlier waves of the sequence whose roster differs by 1 to k − 1 people in a group of `groups`.

    Raises PlanRefused, naming the wave, if there is such a wave outside the sequence.
    """
    before = list(_earlier(session, survey))
    if not before:
        return ()
    mine = _members((Invited(*person) for person in invited_now(session, survey.programme_id)), groups)
    found = []
    for earlier in before:
        theirs = _members(invited_people(session, earlier.id), groups_of(session, earlier.id))
        names = [name for name, people in mine.items() if _nearly(people, theirs, survey.k)]
        if names and not _in_sequence(survey, earlier):
            raise _refusal(session, earlier, names)
        found += [Twin(name, earlier.stage) for name in names]
    return tuple(found)


def _earlier(session: Session, survey: PlannedSurvey) -> Iterator[Wave]:
    organisation_id = programme_by_id(session, survey.programme_id).organisation_id
    asked = _wordings(survey.questionnaires)
    for other in waves_of_organisation(session, organisation_id):
        if other.id == survey.wave_id or WaveState(other.state) not in _COUNTS or _says_nothing(session, other):
            continue
        if asked & _wordings(questionnaires_of(session, other.id)):
            yield other


def _says_nothing(session: Session, wave: Wave) -> bool:
    report = report_of(session, wave.id)
    return report is not None and Report.parse(report.document).outcome is Outcome.TOO_FEW


def _wordings(questionnaires: Mapping[Role, Questionnaire]) -> set[str]:
    return {wording(question) for one in questionnaires.values() for question in one.questions if question.closed}


def _members(people: Iterable[Invited], groups: tuple[Group, ...]) -> Members:
    members: Members = {group.name: set() for group in groups}
    for person in people:
        name = _group_name(Atom(Role(person.role), person.cohort), groups)
        if name is not None:
            members[name].add((person.email, person.role))
    return members


# A cohort may have been renamed since an earlier wave: whoever is in none of its groups now is not compared.
def _group_name(atom: Atom, groups: tuple[Group, ...]) -> str | None:
    try:
        return group_of(atom, groups).name
    except ValueError:
        return None


def _nearly(people: set[tuple[Address, str]], theirs: Members, k: int) -> bool:
    return any(0 < len(people ^ others) < k for others in theirs.values())


def _in_sequence(survey: PlannedSurvey, earlier: Wave) -> bool:
    return survey.programme_id == earlier.programme_id and survey.stage != earlier.stage


def _refusal(session: Session, earlier: Wave, names: list[str]) -> PlanRefused:
    return PlanRefused(
        sentence(
            "The %(stage)s survey of “%(programme)s” asked the same questions of nearly the same people (%(groups)s): "
            "whoever subtracts the two reports sees what a few people answered. Invite exactly the same people, or "
            "change the roster by at least %(k)s people, or ask other questions."
        ),
        stage=earlier.stage,
        programme=programme_by_id(session, earlier.programme_id).name,
        groups=", ".join(names),
        k=earlier.minimum_group_size,
    )
