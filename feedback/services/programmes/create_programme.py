"""Create a programme, with the organisation that runs it and the keys that both need."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.orm import Session

from feedback.domain.errors import PlanRefused, sentence
from feedback.domain.languages import ENGLISH, LANGUAGES
from feedback.domain.survey.questionnaire_json import Words
from feedback.domain.waves.quiet_times import DEFAULT_QUIET_TIMES, QuietTimes
from feedback.services.programmes.create_organisation import with_keys
from feedback.services.staff.name_people import Named, name_contact, name_reviewer
from feedback.services.support.open_support_desk import SUPPORT_DAYS, open_support_desk
from feedback.storage.audit_log import note
from feedback.storage.database import lock_organisation
from feedback.storage.keys import KeyStore
from feedback.storage.programmes import Programme, programmes_of
from feedback.storage.quiet_times import store_quiet_times

MOST_LETTERS = 200
_TAKEN = sentence("Another programme of your organisation has this name. Choose one that tells them apart.")
_MOST_LETTERS_OF = {
    "organisation": MOST_LETTERS,
    "name": MOST_LETTERS,
    "word": 60,
    "focus": MOST_LETTERS,
}


@dataclass(frozen=True)
class ProgrammeDraft:
    """A programme as it is asked for. `word` is such as "reverse" or "reciprocal", `focus` such as "race".

    Unless told otherwise, no mail goes out at night and on weekends.
    `translated` has both in languages other than English; a language without them is not offered to participants.
    """

    organisation: str
    name: str
    word: str
    focus: str
    minimum_group_size: int
    time_zone: str
    contact: Named
    reviewer: Named
    quiet_times: QuietTimes = DEFAULT_QUIET_TIMES
    translated: Mapping[str, Words] = field(default_factory=dict)


def create_programme(
    session: Session,
    keys: KeyStore,
    draft: ProgrammeDraft,
    *,
    smallest_group_size: int,
    support_days: int = SUPPORT_DAYS,
    now: datetime,
    actor: str,
) -> int:
    """Create a programme and return its id, or raise PlanRefused naming what is wrong with the draft.

    Raises AddressRefused and NameRefused for a contact or reviewer who has no account and cannot be given one.

    Requests for support are kept for `support_days` days.
    """
    _check(draft, smallest_group_size)
    organisation = with_keys(session, keys, draft.organisation)
    lock_organisation(session, organisation.id)
    check_name_is_free(session, organisation.id, draft.name)
    translated = {language: dict(words) for language, words in draft.translated.items()}
    elsewhere = {"organisation", "quiet_times", "translated", "contact", "reviewer"}
    stored = {name: value for name, value in vars(draft).items() if name not in elsewhere}
    programme = Programme(organisation_id=organisation.id, translated=translated, **stored)
    programme.contact_name = programme.contact_email = programme.reviewer_name = ""
    session.add(programme)
    session.flush()
    name_contact(session, programme, draft.contact)
    name_reviewer(session, programme, draft.reviewer)
    store_quiet_times(session, programme.id, draft.quiet_times)
    keys.make_opt_out_key(programme.id)
    open_support_desk(session, keys, programme.id, days=support_days)
    number = programme.id
    note(session, now, actor, "created", f"programme {number}")
    session.commit()
    return number


def _check(draft: ProgrammeDraft, smallest_group_size: int) -> None:
    for name in _MOST_LETTERS_OF:
        check_text(name, getattr(draft, name))
    check_translated(draft.translated)
    if draft.minimum_group_size < smallest_group_size:
        raise PlanRefused(f"The minimum group size can be raised, but not below {smallest_group_size}.")
    try:
        ZoneInfo(draft.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PlanRefused("The time zone is not known; write it like Europe/Paris.") from None


def check_text(name: str, text: str) -> None:
    """Raise PlanRefused if what a programme is called or about, by the name of its field, cannot be shown."""
    most = _MOST_LETTERS_OF[name]
    if not text.strip() or not text.isprintable() or len(text) > most:
        raise PlanRefused(
            f"The programme's {name} is empty, longer than {most} characters, or holds characters that cannot be shown."
        )


def check_name_is_free(session: Session, organisation_id: int, name: str, but: int | None = None) -> None:
    """Raise PlanRefused if a programme of an organisation, `but` one, has this name already."""
    taken = (one.name for one in programmes_of(session, organisation_id) if one.id != but)
    if name.strip().casefold() in {other.strip().casefold() for other in taken}:
        raise PlanRefused(_TAKEN)


def check_translated(translated: Mapping[str, Words]) -> None:
    """Raise PlanRefused if a word in another language is empty, or the service does not speak that language."""
    known = [language.code for language in LANGUAGES if language is not ENGLISH]
    for code, words in translated.items():
        if code not in known:
            raise PlanRefused(f"“{code}” is not one of the languages to translate into; use one of {', '.join(known)}.")
        for name, text in words.items():
            if not text.strip() or not text.isprintable() or len(text) > MOST_LETTERS:
                raise PlanRefused(f"The programme's {name} in “{code}” is empty, too long or cannot be shown.")
