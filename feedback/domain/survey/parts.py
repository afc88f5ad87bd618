"""The survey's parts, one section a page: which of them somebody is asked, and which of them are complete."""

from collections.abc import Mapping
from dataclasses import dataclass

from feedback.domain.survey.drafts import Draft, fields_of, is_complete
from feedback.domain.survey.questionnaires import Question, Questionnaire, Section


@dataclass(frozen=True)
class Part:
    """One section with those of its questions that somebody is asked."""

    section: Section
    questions: tuple[Question, ...]

    @property
    def code(self) -> str:
        """What the page calls it."""
        return self.section.code

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields in which its questions are answered, in order."""
        return tuple(name for question in self.questions for name in fields_of(question))

    @property
    def depends(self) -> bool:
        """Whether what is asked here depends on earlier answers."""
        return any(question.shown_when for question in self.questions)


def parts_of(questionnaire: Questionnaire, draft: Draft) -> dict[str, Part]:
    """Return all parts by code, in order, each with what somebody with this draft is asked in it, perhaps nothing.

    None is left out: how many there are would tell whoever counts pages what was answered.
    """
    asked: dict[str, list[Question]] = {code: [] for code in questionnaire.by_section}
    for question in questionnaire.asked_of(draft.chosen):
        asked[question.section].append(question)
    return {one.code: Part(one, tuple(asked[one.code])) for one in questionnaire.sections if one.code in asked}


def first_open(parts: Mapping[str, Part], draft: Draft) -> Part | None:
    """Return the first part that the draft does not complete, or None."""
    for part in parts.values():
        # What a passed part asks may have changed since, if it depends on earlier answers.
        if part.code in draft.passed and not part.depends:
            continue
        if not is_complete(part.questions, draft):
            return part
    return None
