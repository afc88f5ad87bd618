"""A questionnaire as plain lines, in the order and the words in which it is asked."""

from collections.abc import Iterator

from feedback.domain.survey.questionnaires import Question, Questionnaire, text_in
from forms.questionnaire import aside_words, field_labels


def as_asked(questionnaire: Questionnaire, language: str) -> Iterator[str]:
    """Yield lines in `language`, the programme's words already in them; the interface speaks the same language."""
    yield text_in(questionnaire.title, language)
    titles = {section.code: text_in(section.title, language) for section in questionnaire.sections}
    for code, questions in questionnaire.by_section.items():
        yield from ("", titles[code])
        for question in questions:
            yield from ("", *_question(question, questionnaire, language))


def _question(question: Question, questionnaire: Questionnaire, language: str) -> Iterator[str]:
    yield f"  {question.code}  {text_in(question.text, language)}"
    if question.hint:
        yield f"      {text_in(question.hint, language)}"
    if question.shown_when:
        yield f"      ({question.shown_when.question}: {_condition(question, questionnaire, language)})"
    for label in field_labels(question, language) if question.then_now else ():
        yield f"      – {label}"
    for option in question.options:
        yield f"      · {text_in(option.text, language)}"
    for aside in question.kind.asides:
        yield f"      / {aside_words(aside)}"


def _condition(question: Question, questionnaire: Questionnaire, language: str) -> str:
    condition = question.shown_when
    if condition is None:
        return ""
    parent = next(one for one in questionnaire.questions if one.code == condition.question)
    words = {option.code: text_in(option.text, language) for option in parent.options}
    return " / ".join(words[answer] for answer in condition.answers)
