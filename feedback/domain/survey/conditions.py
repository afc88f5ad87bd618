"""Conditions in questionnaire files: a question that is shown only after certain answers to an earlier one.

Refuses what would give people away, or what a page could not ask: see docs/questionnaires.md.
"""

from collections.abc import Mapping

from feedback.domain.survey.questionnaire_tables import TomlTable
from feedback.domain.survey.questionnaires import Condition, FileRules, Question

_MODEL = 'shown_when = { question = "P1", answers = ["none"] }'

_RULES: FileRules = (
    (lambda q: not q.closed, "which is a text question; use one that is answered by choosing"),
    (lambda q: not q.kind.adds_up, "which lets people choose many; use one of kind one"),
    (lambda q: q.sensitive, "which is sensitive; who is asked more would tell what was answered; use another"),
    (lambda q: q.then_now, "which is asked as then_now; use one that is asked once"),
)


def read_condition(table: TomlTable) -> Condition | None:
    """Return the condition that a question's table names, or None; what is wrong in itself is noted."""
    if "shown_when" not in table.values:
        return None
    values = table.values["shown_when"]
    if not isinstance(values, dict):
        table.refuse(f"has a shown_when that is not written as {_MODEL}")
        return None
    inner = table.inner(values, "shown_when")
    inner.only("question", "answers")
    answers = [answer for answer in inner.entries("answers") if isinstance(answer, str)]
    if len(answers) != len(inner.entries("answers")):
        inner.refuse(f"has answers that are no codes of options; write {_MODEL}")
    return Condition(inner.line("question"), tuple(answers))


def check_conditions(top: TomlTable, questions: tuple[Question, ...], places: Mapping[str, int]) -> None:
    """Note every condition that cannot be; `places` gives each section's place."""
    known = {question.code: question for question in questions}
    for question in questions:
        if question.shown_when is not None:
            problem = _problem(question, question.shown_when, known, places)
            if problem:
                top.refuse(f"question {question.code}, shown_when: {problem}")


def _problem(
    question: Question, condition: Condition, known: Mapping[str, Question], places: Mapping[str, int]
) -> str | None:
    earlier = known.get(condition.question)
    if not question.closed:
        return (
            "a text question is asked of everybody, since whoever knows a text again would know another answer of its "
            "author; remove shown_when"
        )
    if earlier is None:
        return f"names the unknown question “{condition.question}”; use the code of an earlier one"
    if places.get(earlier.section, 0) >= places.get(question.section, 0):
        return f"names {earlier.code}, which is not in an earlier section; each section is a page, so move one of them"
    for breaks, words in _RULES:
        if breaks(earlier):
            return f"names {earlier.code}, {words}"
    if set(condition.answers) >= set(earlier.option_codes):
        return f"holds after every answer to {earlier.code}; remove shown_when, or an answer"
    unknown = [answer for answer in condition.answers if answer not in earlier.option_codes]
    if unknown:
        return f"{earlier.code} has no option “{unknown[0]}”; use {', '.join(earlier.option_codes)}"
    return None
