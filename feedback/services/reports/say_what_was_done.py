"""Say to participants what was done since a survey: written in each language, read as they will, then published.

Those who were invited to the newest survey with results can be mailed that, without the words: the worker sends it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.errors import PlanRefused, sentence
from feedback.domain.languages import ENGLISH, LANGUAGES, Language, languages_with
from feedback.domain.waves.mails import MOST_SAID
from feedback.domain.waves.states import News
from feedback.services.reports.set_notice import clean_notice
from feedback.storage.audit_log import note
from feedback.storage.database import lock_programme, lock_wave, reading
from feedback.storage.notices import (
    SaidDraft,
    SaidText,
    notice_of,
    publications_of,
    replace_texts,
    texts_of,
    told_count_of,
)
from feedback.storage.programme_endings import ending_of
from feedback.storage.programmes import programme_by_id, words_of
from feedback.storage.reports import reports_of_programme, speaking_waves
from feedback.storage.waves import wave_by_id

_OTHER_WORDS = sentence(
    "Nothing was published: somebody has changed the text since this page was made. Read it again as it is now."
)
_HAS_ENDED = sentence("This programme has ended, so no more emails go out.")
_ON_ITS_WAY = sentence("An email to the people of this survey is being made ready. Once it goes out, one can follow.")
_TOLD_ENOUGH = sentence("No further email goes out: the people of this survey were sent three, which nobody can stop.")
_NOTHING_TO_TELL = sentence("No email can go out: there is nothing to read, or there are no results yet.")
_WHOLE = frozenset({"focus", "word"})


@dataclass(frozen=True)
class SaidTelling:
    """Whom an email would go to: the `people` who were invited to the newest survey with results, of that `stage`.

    They were sent `told_count` so far; `obstacle` is the sentence why they are sent no more now, or empty.
    """

    wave_id: int
    stage: str
    people: int
    told_count: int
    obstacle: str


@dataclass(frozen=True)
class SaidView:
    """What a programme says it did, by language code: what its participants read, and what is written to be published.

    `languages` are the programme's, and those in which there is a text. `publications` counts how often it was
    published; `mark` stands for that and for what is written. `newest` is the survey with its newest report; `telling`
    is None where nobody has results.
    """

    languages: tuple[Language, ...]
    published: Mapping[str, str]
    written: Mapping[str, str]
    publications: int
    newest: int | None
    telling: SaidTelling | None

    @property
    def mark(self) -> str:
        """What changes whenever something is written or published."""
        written = json.dumps([self.publications, self.written], sort_keys=True)
        return f"{self.publications}-{hashlib.sha256(written.encode()).hexdigest()}"

    @property
    def waits(self) -> bool:
        """Whether something is written that participants do not read yet."""
        return self.written != self.published

    @property
    def missing(self) -> tuple[Language, ...]:
        """The languages in which nothing is written, though something is in others."""
        return tuple(one for one in self.languages if one.code not in self.written) if self.written else ()

    @property
    def stand_in(self) -> Language | None:
        """The language of the text that those read in whose own there is none."""
        return next(iter(languages_with(self.written)), None)


def show_said(session: Session, programme_id: int) -> SaidView:
    """Return what a programme says it did, or raise NotFound."""
    with reading(session):
        return _view(session, programme_id)


def write_said(session: Session, programme_id: int, written: Mapping[str, str], *, now: datetime, actor: str) -> None:
    """Keep what was written, by language code, and show it to nobody.

    Raises NotFound, or PlanRefused if it is too long.
    """
    lock_programme(session, programme_id)
    before = _view(session, programme_id)
    texts = {language.code: clean_notice(written.get(language.code, "")) for language in LANGUAGES}
    if _spoken(texts) == before.written:
        session.rollback()
        return
    waits = _spoken(texts) != before.published
    replace_texts(session, programme_id, SaidDraft, texts if waits else {})
    note(session, now, actor, "wrote what was done", f"programme {programme_id}")
    session.commit()


def publish_said(
    session: Session, programme_id: int, mark: str, *, tells: bool = False, now: datetime, actor: str
) -> bool:
    """Show participants what is written, of which somebody has read the state with this `mark`.

    If it `tells`, everybody who was invited is mailed. Returns False, and does nothing, if something was published
    since: a button was pressed twice. Raises NotFound, or PlanRefused if other words were written meanwhile, or if no
    email can go out.
    """
    told = _view(session, programme_id).telling if tells else None
    if told is not None:
        # Before the programme, as whoever tells the news does.
        lock_wave(session, told.wave_id)
    lock_programme(session, programme_id)
    view = _view(session, programme_id)
    if mark.partition("-")[0] != str(view.publications):
        session.rollback()
        return False
    if mark != view.mark:
        session.rollback()
        raise PlanRefused(_OTHER_WORDS)
    _publish(session, programme_id, view.written, {})
    note(session, now, actor, "said what was done", f"programme {programme_id}")
    if tells:
        _tell(session, programme_id, view, now, actor)
    session.commit()
    return True


def say_what_was_done(
    session: Session, programme_id: int, text: str, *, language: str = ENGLISH.code, now: datetime, actor: str
) -> None:
    """Write and publish the text of one language, by its code; an empty one takes it away.

    Raises NotFound, or PlanRefused if it is too long or the service does not speak the language.
    """
    if language not in {one.code for one in LANGUAGES}:
        raise PlanRefused(f"“{language}” is none of {', '.join(one.code for one in LANGUAGES)}.")
    lock_programme(session, programme_id)
    said, view = {language: clean_notice(text)}, _view(session, programme_id)
    drafts = texts_of(session, programme_id, SaidDraft)
    _publish(session, programme_id, _spoken({**view.published, **said}), {**drafts, **said} if drafts else {})
    note(session, now, actor, "said what was done", f"programme {programme_id}")
    session.commit()


def _publish(session: Session, programme_id: int, texts: Mapping[str, str], drafts: Mapping[str, str]) -> None:
    replace_texts(session, programme_id, SaidText, texts)
    replace_texts(session, programme_id, SaidDraft, drafts)
    notice_of(session, programme_id).publications += 1


def _tell(session: Session, programme_id: int, view: SaidView, now: datetime, actor: str) -> None:
    telling = view.telling
    if telling is None or telling.obstacle or not view.written:
        session.rollback()
        raise PlanRefused(telling.obstacle if telling and telling.obstacle else _NOTHING_TO_TELL)
    notice, wave = notice_of(session, programme_id), wave_by_id(session, telling.wave_id)
    notice.told_of, notice.told_count = telling.wave_id, telling.told_count + 1
    wave.news, wave.news_due_at = News.SAID, now
    note(session, now, actor, "had people told what was done", f"wave {telling.wave_id}")


def _telling(session: Session, programme_id: int, reported: list[int]) -> SaidTelling | None:
    speaking = speaking_waves(session, reported)
    if not speaking:
        return None
    wave = wave_by_id(session, next(one for one in reversed(reported) if one in speaking))
    told_count, obstacle = told_count_of(session, programme_id, wave.id), ""
    if ending_of(session, programme_id) is not None:
        obstacle = _HAS_ENDED
    elif wave.news is not None:
        obstacle = _ON_ITS_WAY
    elif told_count >= MOST_SAID:
        obstacle = _TOLD_ENOUGH
    return SaidTelling(wave.id, wave.stage, wave.invited or 0, told_count, obstacle)


def _view(session: Session, programme_id: int) -> SaidView:
    words = words_of(programme_by_id(session, programme_id))
    published, drafts = (texts_of(session, programme_id, model) for model in (SaidText, SaidDraft))
    written = _spoken(drafts) if drafts else published
    spoken = {code for code, known in words.items() if known.keys() >= _WHOLE}
    reported = [one.wave_id for one in reports_of_programme(session, programme_id)]
    return SaidView(
        languages=languages_with(spoken | published.keys() | written.keys()),
        published=published,
        written=written,
        publications=publications_of(session, programme_id),
        newest=reported[-1] if reported else None,
        telling=_telling(session, programme_id, reported),
    )


def _spoken(texts: Mapping[str, str]) -> dict[str, str]:
    return {code: words for code, words in texts.items() if words}
