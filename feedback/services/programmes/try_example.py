"""An example programme for a coordinator to walk through: its people are invented, and nobody is asked.

An organisation has one at most. It needs no key: it never writes to anybody. It can be deleted at any time, whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.domain.errors import PlanRefused, sentence
from feedback.domain.examples import CONTACT, REVIEWER, invented_people
from feedback.domain.survey.questionnaire_json import Words
from feedback.domain.waves.quiet_times import DEFAULT_QUIET_TIMES
from feedback.storage.audit_log import note
from feedback.storage.database import lock_organisation, lock_programme
from feedback.storage.examples import delete_example
from feedback.storage.people import add_people
from feedback.storage.programmes import Programme, example_of, programmes_of
from feedback.storage.quiet_times import store_quiet_times

_NO_EXAMPLE = sentence("This programme is no example, so it is not deleted whole. It can be ended instead.")


@dataclass(frozen=True)
class ExampleDraft:
    """What an example is called and about, as in a `ProgrammeDraft`."""

    organisation_id: int
    name: str
    word: str
    focus: str
    translated: Mapping[str, Words]
    time_zone: str
    minimum_group_size: int


def make_example(session: Session, draft: ExampleDraft, *, now: datetime, actor: str) -> int:
    """Return the id of an organisation's example, made if there is none; its surveys are not planned yet."""
    lock_organisation(session, draft.organisation_id)
    known = example_of(session, draft.organisation_id)
    if known is not None:
        number = known.id
        session.rollback()
        return number
    programme = Programme(
        organisation_id=draft.organisation_id,
        name=_free_name(session, draft),
        word=draft.word,
        focus=draft.focus,
        translated={language: dict(words) for language, words in draft.translated.items()},
        minimum_group_size=draft.minimum_group_size,
        time_zone=str(ZoneInfo(draft.time_zone)),
        contact_name=CONTACT[0],
        contact_email=CONTACT[1],
        reviewer_name=REVIEWER,
        is_example=True,
    )
    session.add(programme)
    session.flush()
    number = programme.id
    store_quiet_times(session, number, DEFAULT_QUIET_TIMES)
    add_people(session, number, invented_people(draft.minimum_group_size))
    note(session, now, actor, "made an example", f"programme {number}")
    session.commit()
    return number


def drop_example(session: Session, programme_id: int, *, now: datetime, actor: str) -> None:
    """Delete an example with all that is in it; raise PlanRefused if the programme is none."""
    lock_programme(session, programme_id)
    if not delete_example(session, programme_id):
        session.rollback()
        raise PlanRefused(_NO_EXAMPLE)
    note(session, now, actor, "deleted the example", f"programme {programme_id}")
    session.commit()


def _free_name(session: Session, draft: ExampleDraft) -> str:
    taken = {one.name.strip().casefold() for one in programmes_of(session, draft.organisation_id)}
    names = (draft.name if number == 1 else f"{draft.name} {number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name.casefold() not in taken)
