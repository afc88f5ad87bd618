"""A questionnaire in the order and the words in which it is asked, for those who plan it: as parts, and as lines."""

from collections.abc import Iterator
from dataclasses import dataclass

from feedback.domain.survey.questionnaires import Question, Questionnaire, text_in
from forms.questionnaire import aside_words, field_labels


@dataclass(frozen=True)
class AskedInWords:
    """One question in words. `condition` says after which answer it is asked, `twice` before and now, or is empty."""

    code: str
    text: str
    hint: str
    condition: str
    twice: tuple[str, ...]
    options: tuple[str, ...]
    asides: tuple[str, ...]


@dataclass(frozen=True)
class PartInWords:
    """One part of the survey, which is a page of its own."""

    title: str
    questions: tuple[AskedInWords, ...]


def parts_in_words(questionnaire: Questionnaire, language: str) -> tuple[PartInWords, ...]:
    """Return all parts in `language`, the programme's words already in them; the interface speaks the same language."""
    titles = {section.code: text_in(section.title, language) for section in questionnaire.sections}
    return tuple(
        PartInWords(titles[code], tuple(_in_words(one, questionnaire, language) for one in questions))
        for code, questions in questionnaire.by_section.items()
    )


def as_asked(questionnaire: Questionnaire, language: str) -> Iterator[str]:
    """Yield the same as lines, below the title."""
    yield text_in(questionnaire.title, language)
    for part in parts_in_words(questionnaire, language):
        yield from ("", part.title)
        for question in part.questions:
            yield from ("", *_lines(question))


def _lines(question: AskedInWords) -> Iterator[str]:
    yield f"  {question.code}  {question.text}"
    if question.hint:
        yield f"      {question.hint}"
    if question.condition:
        yield f"      ({question.condition})"
    for mark, words in (("–", question.twice), ("·", question.options), ("/", question.asides)):
        yield from (f"      {mark} {one}" for one in words)


def _in_words(question: Question, questionnaire: Questionnaire, language: str) -> AskedInWords:
    return AskedInWords(
        code=question.code,
        text=text_in(question.text, language),
        hint=text_in(question.hint, language) if question.hint else "",
        condition=_condition(question, questionnaire, language),
        twice=tuple(map(str, field_labels(question, language))) if question.then_now else (),
        options=tuple(text_in(option.text, language) for option in question.options),
        asides=tuple(map(aside_words, question.asides)),
    )


def _condition(question: Question, questionnaire: Questionnaire, language: str) -> str:
    condition = question.shown_when
    if condition is None:
        return ""
    parent = next(one for one in questionnaire.questions if one.code == condition.question)
    words = {option.code: text_in(option.text, language) for option in parent.options}
    return f"{condition.question}: {' / '.join(words[answer] for answer in condition.answers)}"
