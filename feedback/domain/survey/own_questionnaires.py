"""What a programme asks at one stage in place of what ships: both roles' questions, and which are switched off.

A copy of ours, so that a later edition of ours changes nothing that a programme has settled.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from feedback.domain.errors import QuestionnaireRefused, sentence
from feedback.domain.survey.questionnaire_json import dump_questionnaire, in_common_languages, load_questionnaire
from feedback.domain.survey.questionnaires import OWN, Question, Questionnaire, Role

_OWN_CODE = re.compile(r"Y([1-9][0-9]?)")
LAST_NUMBER = 99
"""The last number that a question of a programme's own can have."""


@dataclass(frozen=True)
class OwnQuestionnaires:
    """Both roles' questions of a stage, with those whose codes are `off`, which nobody is asked."""

    known: Mapping[Role, Questionnaire]
    off: frozenset[str] = frozenset()

    @property
    def codes(self) -> frozenset[str]:
        """The codes of all questions, of either role."""
        return frozenset(question.code for one in self.known.values() for question in one.questions)

    def versions_of(self, code: str) -> dict[Role, Question]:
        """Return the question that bears a code, by the roles that have it."""
        found = ((role, question) for role, one in self.known.items() for question in one.questions)
        return {role: question for role, question in found if question.code == code}

    def asked(self, version: int) -> dict[Role, Questionnaire]:
        """Return what each role is asked: nothing that is off or hangs on what is off, in languages that all have."""
        return in_common_languages({role: _asked(one, self.off, version) for role, one in self.known.items()})


def own_code(number: int) -> str:
    """Return the code of the programme's own question with that number."""
    return f"Y{number}"


def number_of(code: str) -> int | None:
    """Return the number of a programme's own question, by its code; None for a question of ours."""
    found = _OWN_CODE.fullmatch(code)
    return int(found.group(1)) if found else None


def dump_own(own: OwnQuestionnaires) -> str:
    """Return a programme's own questions of a stage as JSON text."""
    known = {role.value: json.loads(dump_questionnaire(one)) for role, one in own.known.items()}
    return json.dumps({"known": known, "off": sorted(own.off)}, ensure_ascii=False, separators=(",", ":"))


def load_own(text: str) -> OwnQuestionnaires:
    """Return what `dump_own` wrote."""
    frozen = json.loads(text)
    known = {Role(role): load_questionnaire(json.dumps(one)) for role, one in frozen["known"].items()}
    return OwnQuestionnaires(known, frozenset(frozen["off"]))


def switched_off(own: OwnQuestionnaires, off: Collection[str]) -> OwnQuestionnaires:
    """Return the same with these codes off and no others; codes that are unknown are left out.

    Raises QuestionnaireRefused if a role would have nothing left to answer by choosing.
    """
    changed = replace(own, off=own.codes.intersection(off))
    for one in changed.asked(version=1).values():
        if not any(question.closed for question in one.questions):
            raise QuestionnaireRefused(_NOTHING_LEFT[one.role])
    return changed


_NOTHING_LEFT = {
    Role.MENTOR: sentence(
        "Mentors would have nothing left to answer by choosing. Leave at least one such question switched on."
    ),
    Role.MENTEE: sentence(
        "Mentees would have nothing left to answer by choosing. Leave at least one such question switched on."
    ),
}


def in_order(own: OwnQuestionnaires, section: str) -> tuple[str, ...]:
    """Return the codes of a section's questions of both roles, in an order that keeps to that of each."""
    found: list[str] = []
    for one in own.known.values():
        place = 0
        for question in one.questions_in(section):
            if question.code not in found:
                found.insert(place, question.code)
            place = found.index(question.code) + 1
    return tuple(found)


def _asked(one: Questionnaire, off: Collection[str], version: int) -> Questionnaire:
    kept = tuple(_kept(one.questions, off))
    used = {question.section for question in kept}
    return replace(
        one,
        name=f"{OWN}{one.name}",
        version=version,
        questions=kept,
        sections=tuple(section for section in one.sections if section.code in used),
    )


def _kept(questions: Iterable[Question], off: Collection[str]) -> Iterator[Question]:
    gone = set(off)
    for question in questions:
        if question.code in gone or (question.shown_when is not None and question.shown_when.question in gone):
            gone.add(question.code)
        else:
            yield question
