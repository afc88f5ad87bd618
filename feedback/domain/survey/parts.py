"""The survey's parts, one section a page: what somebody is asked in each, and which they have yet to see."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from feedback.domain.survey.drafts import Draft, fields_of, fits, left_open
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


def parts_of(questionnaire: Questionnaire, draft: Draft) -> dict[str, Part]:
    """Return all parts by code, in order, each with what somebody with this draft is asked in it, perhaps nothing.

    None is left out: how many there are would tell whoever counts pages what was answered.
    """
    asked: dict[str, list[Question]] = {code: [] for code in questionnaire.by_section}
    for question in questionnaire.asked_of(draft.chosen):
        asked[question.section].append(question)
    return {one.code: Part(one, tuple(asked[one.code])) for one in questionnaire.sections if one.code in asked}


def first_open(parts: Mapping[str, Part], draft: Draft) -> Part | None:
    """Return the first part that is not answered as a whole and was not gone on from either, or None."""
    unseen = (part for part in parts.values() if part.code not in draft.passed)
    return next((part for part in unseen if left_open(part.questions, draft)), None)


def first_wrong(parts: Mapping[str, Part], draft: Draft) -> Part | None:
    """Return the first part on which the draft says what may not be said, or None."""
    return next((part for part in parts.values() if not fits(part.questions, draft)), None)


def open_again(before: Mapping[str, Part], parts: Mapping[str, Part], draft: Draft) -> Draft:
    """Return the draft after its answers made `parts` of what was asked `before`: what asks more is to be seen again.

    Not a part that asks more only of what was answered before.
    """
    known = {question.code for part in before.values() for question in part.questions}
    more = {
        part.code
        for part in parts.values()
        if any(question.code not in known for question in left_open(part.questions, draft))
    }
    return replace(draft, passed=draft.passed - more)
