"""What a programme asks at one stage in place of what ships: both roles' questions, and which are switched off.

A copy of ours, so that a later edition of ours changes nothing that a programme has settled.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from feedback.domain.errors import QuestionnaireRefused, QuestionsAlike, quoted, sentence
from feedback.domain.survey.questionnaire_json import dump_questionnaire, in_common_languages, load_questionnaire
from feedback.domain.survey.questionnaires import OWN, Question, Questionnaire, Role
from feedback.domain.survey.wording import are_nearly_equal

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

    Raises QuestionnaireRefused if a role would have nothing left to answer by choosing, or be asked one thing twice.
    """
    return _checked(replace(own, off=own.codes.intersection(off)))


def with_question(own: OwnQuestionnaires, question: Question, roles: Collection[Role]) -> OwnQuestionnaires:
    """Return the same with a question that these roles are asked, in its place if its code is known, else the last
    of its section; refused as in `switched_off`."""
    known = {role: _with(one, question, is_asked=role in roles) for role, one in own.known.items()}
    return _checked(replace(own, known=known))


def without_question(own: OwnQuestionnaires, code: str) -> OwnQuestionnaires:
    """Return the same without the question that bears a code; refused as in `switched_off`."""
    known = {role: _without(one, code) for role, one in own.known.items()}
    return _checked(OwnQuestionnaires(known, own.off - {code}))


def moved(own: OwnQuestionnaires, code: str, *, up: bool) -> OwnQuestionnaires:
    """Return the same with a question one place further up or down in its section, as far as there is one."""
    section = next(iter(own.versions_of(code).values())).section
    order = list(in_order(own, section))
    place = order.index(code)
    order.insert(max(place - 1, 0) if up else place + 1, order.pop(place))
    known = {role: _placed(one, code, order[: order.index(code)]) for role, one in own.known.items()}
    return replace(own, known=known)


def _with(one: Questionnaire, question: Question, *, is_asked: bool) -> Questionnaire:
    sections = {section.code for section in one.sections}
    before = [known.code for known in one.questions]
    if not is_asked or question.section not in sections:
        return _without(one, question.code)
    if any(known.code == question.code and known.section == question.section for known in one.questions):
        return replace(one, questions=tuple(question if q.code == question.code else q for q in one.questions))
    last = [known.code for known in one.questions_in(question.section) if known.code in before]
    return _placed(replace(one, questions=(*_without(one, question.code).questions, question)), question.code, last)


def _without(one: Questionnaire, code: str) -> Questionnaire:
    return replace(one, questions=tuple(question for question in one.questions if question.code != code))


def _placed(one: Questionnaire, code: str, after: Collection[str]) -> Questionnaire:
    """Return a questionnaire in which a question comes in its section after the last one of `after`, or first."""
    found = next((question for question in one.questions if question.code == code), None)
    if found is None:
        return one
    others = [question for question in one.questions if question.code != code]
    mine = [place for place, question in enumerate(others) if question.section == found.section]
    behind = [place for place in mine if others[place].code in after]
    place = behind[-1] + 1 if behind else (mine[0] if mine else len(others))
    return replace(one, questions=(*others[:place], found, *others[place:]))


def _checked(own: OwnQuestionnaires) -> OwnQuestionnaires:
    for one in own.asked(version=1).values():
        if not any(question.closed for question in one.questions):
            raise QuestionnaireRefused(_NOTHING_LEFT[one.role])
        _refuse_same_words(one.questions)
    return own


# Whoever sets two such numbers side by side learns what the few said who answered only one of them.
def _refuse_same_words(questions: Sequence[Question]) -> None:
    for mine in (question for question in questions if number_of(question.code) is not None):
        for other in questions:
            if mine.code != other.code and are_nearly_equal(mine.text, other.text):
                raise QuestionsAlike(_ALIKE, question=quoted(mine.text["en"]), other=quoted(other.text["en"]))


_ALIKE = sentence(
    "%(question)s asks in nearly the same words as %(other)s. Set side by side they could give people away: use other "
    "words, or switch one of them off."
)
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
