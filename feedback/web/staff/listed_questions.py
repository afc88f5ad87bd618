"""A programme's questions of a stage as a list to change: both roles' at once, section by section."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from flask_babel import get_locale
from flask_babel import gettext as _

from feedback.domain.languages import LANGUAGES, Language, languages_with, spoken_language
from feedback.domain.survey.doubts import Doubt, doubts_about
from feedback.domain.survey.duration import LONGEST_MINUTES, minutes_needed
from feedback.domain.survey.own_questionnaires import in_order, number_of
from feedback.domain.survey.questionnaire_json import in_words_of, with_words
from feedback.domain.survey.questionnaires import Question, Questionnaire, Role, Section, Texts, texts_of
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import ProgrammeView
from feedback.services.waves.find_questionnaires import KnownQuestions
from feedback.services.waves.questions_left_out import questions_left_out

Speaker = Callable[[Texts], str]


@dataclass(frozen=True)
class ListedQuestion:
    """One question in a list. `texts` are what is asked, each with the roles that read it, if they read others.

    `left_out` are roles of which it would not be asked since nothing could be reported, `cannot_be_shown` all of them;
    `number` is that of a question of the programme's own, `missing` are languages of the survey that it is not in, and
    `doubts` say what makes its answers tell less.
    """

    code: str
    number: int | None
    texts: tuple[tuple[str, str], ...]
    answers: str
    is_asked: bool
    left_out: tuple[Role, ...]
    cannot_be_shown: bool
    missing: tuple[Language, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True)
class ListedPart:
    """One part of the survey, which is a page of its own."""

    code: str
    title: str
    questions: tuple[ListedQuestion, ...]


@dataclass(frozen=True)
class ListedQuestions:
    """All parts, how long the survey takes each role, if that is too long, and the languages in which it is offered."""

    parts: tuple[ListedPart, ...]
    minutes: tuple[tuple[Role, int, bool], ...]
    languages: tuple[Language, ...]


def listed_questions(known: KnownQuestions, programme: ProgrammeView, off: frozenset[str]) -> ListedQuestions:
    """Return what a programme knows at a stage, in the reader's language where it has it; `off` is not ticked."""
    asked = known.own.asked(known.version)
    left_out = questions_left_out(runtime().session(), programme.id, asked)
    say = speaker_of(programme)
    minutes = {role: minutes_needed(one) for role, one in asked.items()}
    parts = (
        ListedPart(
            section.code,
            say(section.title),
            tuple(
                _listed(code, known.own.versions_of(code), left_out, say, is_asked=code not in off)
                for code in in_order(known.own, section.code)
            ),
        )
        for section in sections_of(known.own.known.values())
    )
    return ListedQuestions(
        parts=tuple(part for part in parts if part.questions),
        minutes=tuple((role, minutes[role], minutes[role] > LONGEST_MINUTES) for role in Role if role in minutes),
        languages=languages_of(asked.values(), programme),
    )


def languages_of(asked: Iterable[Questionnaire], programme: ProgrammeView) -> tuple[Language, ...]:
    """Return the languages in which a survey can be offered that asks this, in the programme's words."""
    whole = frozenset.intersection(*(with_words(one, programme.words).languages for one in asked))
    return languages_with(whole)


def sections_of(both: Iterable[Questionnaire]) -> tuple[Section, ...]:
    """Return the sections of both roles, each once."""
    found: dict[str, Section] = {}
    for one in both:
        for section in one.sections:
            found.setdefault(section.code, section)
    return tuple(found.values())


def speaker_of(programme: ProgrammeView) -> Speaker:
    """Return what puts texts into the reader's language and the programme's words."""
    language = spoken_language(str(get_locale())).code
    return lambda texts: in_words_of(texts, language, programme.words)


def doubts_in_words(question: Question) -> tuple[str, ...]:
    """Return what makes the answers to a question tell less, each in a sentence with its mend."""
    said = {
        Doubt.AGREEMENT: _("It asks whether people agree, and many do out of politeness. Ask how much or how often."),
        Doubt.NEGATIVE: _("It has a negative in it, so “no” can mean yes. Ask for the thing itself."),
    }
    return tuple(said[doubt] for doubt in doubts_about(question))


def missing_in(question: Question) -> tuple[Language, ...]:
    """Return the languages of the service in which a question is not whole."""
    texts = [*texts_of(question), *([question.hint] if question.hint else [])]
    return tuple(language for language in LANGUAGES if any(language.code not in text for text in texts))


def _listed(
    code: str,
    versions: Mapping[Role, Question],
    left_out: Mapping[Role, frozenset[str]],
    say: Speaker,
    *,
    is_asked: bool,
) -> ListedQuestion:
    question = next(iter(versions.values()))
    number = number_of(code)
    hidden = tuple(role for role in versions if code in left_out.get(role, ()))
    return ListedQuestion(
        code=code,
        number=number,
        texts=_texts(versions, say),
        answers=answers_in_words(question, say),
        is_asked=is_asked,
        left_out=hidden,
        cannot_be_shown=len(hidden) == len(versions),
        missing=() if number is None else missing_in(question),
        doubts=() if number is None else doubts_in_words(question),
    )


def _texts(versions: Mapping[Role, Question], say: Speaker) -> tuple[tuple[str, str], ...]:
    """Return each text with those who read it; one that both read comes once."""
    said: dict[str, list[Role]] = {}
    for role, question in versions.items():
        said.setdefault(say(question.text), []).append(role)
    return tuple((text, roles_in_words(roles)) for text, roles in said.items())


def roles_in_words(roles: Iterable[Role]) -> str:
    """Return who is asked: both roles, or one."""
    found = set(roles)
    if found == set(Role):
        return str(_("Mentors and mentees"))
    return str(_("Mentors")) if Role.MENTOR in found else str(_("Mentees"))


def answers_in_words(question: Question, say: Speaker) -> str:
    """Return how a question is answered, on one line."""
    if not question.closed:
        return str(_("In their own words"))
    offered = " · ".join(say(option.text) for option in question.options)
    if not question.kind.adds_up:
        return str(_("Several of these: %(answers)s", answers=offered))
    return str(_("Twice, before and now: %(answers)s", answers=offered)) if question.then_now else offered
