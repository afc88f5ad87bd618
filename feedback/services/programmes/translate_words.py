"""Translate what a programme is about and what it calls itself, for waves that are planned later."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.survey.questionnaire_json import Words
from feedback.services.programmes.create_programme import check_translated
from feedback.storage.audit_log import note
from feedback.storage.programmes import programme_by_id


def translate_words(
    session: Session, programme_id: int, translated: Mapping[str, Words], *, now: datetime, actor: str
) -> None:
    """Replace a programme's words, by language. Raises NotFound or PlanRefused."""
    check_translated(translated)
    programme = programme_by_id(session, programme_id)
    known: Mapping[str, Words] = programme.translated
    both = {code: {**known.get(code, {}), **translated.get(code, {})} for code in {*known, *translated}}
    programme.translated = both
    note(session, now, actor, "translated words", f"programme {programme.id}")
    session.commit()
