"""Set what a programme is called and about, and whom its participants are told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from feedback.domain.errors import PlanRefused, sentence
from feedback.domain.survey.questionnaire_json import Words
from feedback.domain.waves.states import LIVE, WaveState
from feedback.services.programmes.create_programme import check_name_is_free, check_text, check_translated
from feedback.services.staff.name_people import Named, name_contact, name_reviewer
from feedback.storage.audit_log import note
from feedback.storage.database import lock_organisation
from feedback.storage.programmes import Programme, programme_by_id
from feedback.storage.waves import waves_of

MOST_LETTERS = 500
_NAME_IS_TOLD = sentence("The name cannot change while a survey is open: its participants know the programme by it.")
_FOCUS_IS_FIXED = sentence(
    "What the programme is about cannot change once a survey has opened: its reports would be about different things."
)
_NO_PAGE = sentence("The page’s address must begin with https:// and have at most 500 plain characters.")


@dataclass(frozen=True)
class ProgrammeSettings:
    """What can be changed of a programme. `word` and `focus` are in English, `translated` has them by language."""

    name: str
    word: str
    focus: str
    translated: Mapping[str, Words]
    contact: Named
    reviewer: Named
    announced_at: str


def set_programme(
    session: Session, programme_id: int, settings: ProgrammeSettings, *, now: datetime, actor: str
) -> None:
    """Change a programme's settings: all of them, or none.

    Words are for surveys that are planned from now on, the reviewer for those that have not opened. Raises NotFound, or
    PlanRefused for what cannot be changed (any more).
    """
    programme = programme_by_id(session, programme_id)
    lock_organisation(session, programme.organisation_id)
    _rename(session, programme, settings)
    check_translated(settings.translated)
    programme.word, programme.translated = settings.word, {code: dict(one) for code, one in settings.translated.items()}
    name_contact(session, programme, settings.contact)
    name_reviewer(session, programme, settings.reviewer)
    programme.announced_at = _checked_page(settings.announced_at)
    note(session, now, actor, "changed the settings", f"programme {programme_id}")
    session.commit()


def set_announcement(session: Session, programme_id: int, address: str, *, now: datetime, actor: str) -> None:
    """Name the page on which the programme was announced; an empty `address` names none any more.

    Raises NotFound, or PlanRefused if it is no address of a page.
    """
    programme = programme_by_id(session, programme_id)
    programme.announced_at = _checked_page(address)
    note(
        session,
        now,
        actor,
        "named the announcement" if address else "named no announcement",
        f"programme {programme_id}",
    )
    session.commit()


def name_people(
    session: Session, programme_id: int, *, contact: Named, reviewer: Named, now: datetime, actor: str
) -> None:
    """Name the contact, the reviewer or both; None leaves one as it is. Raises NotFound, PlanRefused."""
    programme = programme_by_id(session, programme_id)
    lock_organisation(session, programme.organisation_id)
    if contact is not None:
        name_contact(session, programme, contact)
    if reviewer is not None:
        name_reviewer(session, programme, reviewer, adopts=True)
    note(session, now, actor, "named whom participants are told", f"programme {programme_id}")
    session.commit()


def _rename(session: Session, programme: Programme, settings: ProgrammeSettings) -> None:
    states = {WaveState(wave.state) for wave in waves_of(session, programme.id)}
    for name in ("name", "word", "focus"):
        check_text(name, getattr(settings, name))
    if settings.name != programme.name:
        if states & LIVE:
            raise PlanRefused(_NAME_IS_TOLD)
        check_name_is_free(session, programme.organisation_id, settings.name, programme.id)
        programme.name = settings.name
    if settings.focus != programme.focus:
        if any(wave.opened_at for wave in waves_of(session, programme.id)):
            raise PlanRefused(_FOCUS_IS_FIXED)
        programme.focus = settings.focus


def _checked_page(address: str) -> str | None:
    if address and not _is_page(address):
        raise PlanRefused(_NO_PAGE)
    return address or None


def _is_page(address: str) -> bool:
    if len(address) > MOST_LETTERS or not address.isascii() or not address.isprintable() or set(address) & set(' <>"'):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
