"""What a wave asks of its roles together: each question once, with those who were asked it. Counts nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from feedback.domain.survey.questionnaires import Question, Questionnaire, Role, Theme


@dataclass(frozen=True)
class AskedQuestion:
    """A question and the roles it was put to in the same words, with the same order and sensitivity."""

    question: Question
    roles: tuple[Role, ...]

    @cached_property
    def key(self) -> str:
        """What tells it from every other question of the wave.

        Questions with equal words but another order, sensitivity or condition are kept apart: one rule must fit all
        answers that are counted together.
        """
        one = self.question
        return f"{one.fingerprint}/{one.order}/{one.sensitive}/{one.shown_when}"


@dataclass(frozen=True, order=True)
class NotAsked:
    """Something on a `theme` that a role is not asked, since it could never be shown; `is_open` if in own words."""

    role: Role
    theme: Theme
    is_open: bool


def asked_questions(questionnaires: Mapping[Role, Questionnaire]) -> tuple[AskedQuestion, ...]:
    """Return every distinct question, by section and code, so that two wordings of one code are neighbours."""
    found: dict[str, AskedQuestion] = {}
    for role in (role for role in Role if role in questionnaires):
        for question in questionnaires[role].questions:
            asked = AskedQuestion(question, (role,))
            before = found.get(asked.key, AskedQuestion(question, ()))
            found[asked.key] = AskedQuestion(before.question, (*before.roles, role))
    return _by_section(list(found.values()))


def _by_section(asked: list[AskedQuestion]) -> tuple[AskedQuestion, ...]:
    sections = list(dict.fromkeys(one.question.section for one in asked))
    codes = list(dict.fromkeys(one.question.code for one in asked))
    return tuple(sorted(asked, key=lambda one: (sections.index(one.question.section), codes.index(one.question.code))))
