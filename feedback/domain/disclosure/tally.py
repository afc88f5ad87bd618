"""Counts of the opened answers, per group, question and option, as the answers stream by.

Holds no answer: memory grows with groups times options, never with the number of answers. A tally is raw and
must not be shown; `feedback.domain.disclosure.publishing` decides what may be.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from feedback.domain.disclosure.groups import Group
from feedback.domain.disclosure.statements import OptionCount
from feedback.domain.survey.answers import Answer, check_answer
from feedback.domain.survey.asked import AskedQuestion, asked_questions
from feedback.domain.survey.questionnaires import Order, Question, Questionnaire, Role


@dataclass(frozen=True)
class FieldCount:
    """What one group said in one field: `n` people answered it; `counts` follow the questionnaire's options.

    Who is in n, and for which options, is the kind's to say (`Kind.counted`); of a text only that it was written.
    """

    n: int
    counts: tuple[OptionCount, ...]


class Tally:
    """Counts for the `groups` of one wave. `questionnaires` holds exactly the roles that were invited.

    Unless it `shows_sides`, participants were told that in "all" nothing is shown of what one role was asked.
    """

    def __init__(
        self, questionnaires: Mapping[Role, Questionnaire], groups: tuple[Group, ...], *, shows_sides: bool = True
    ) -> None:
        self.groups, self.shows_sides = groups, shows_sides
        self.roles = tuple(role for role in Role if role in questionnaires)
        self.questions = asked_questions(questionnaires)
        self._questionnaires = dict(questionnaires)
        self._asked = {
            (role, field): asked for asked in self.questions for role in asked.roles for field in asked.question.fields
        }
        self._groups = {group.name: group for group in groups}
        self._answered: Counter[tuple[str, Role]] = Counter()
        self._said: Counter[tuple[str, str, str]] = Counter()
        self._chose: Counter[tuple[str, str, str, str]] = Counter()
        self._rose: Counter[tuple[str, str]] = Counter()
        self._sides_hidden: set[str] = set()

    def add(self, group_name: str, role: Role, answer: Answer) -> None:
        """Count one answer, wholly or not at all.

        Raises AnswerRefused if the answer does not fit the role's questionnaire, ValueError if the group is
        unknown or of the other role, or if the role was not invited.
        """
        self.check(group_name, role, answer)
        self._answered[group_name, role] += 1
        for field, said in (*answer.ratings.items(), *answer.texts.items()):
            asked = self._asked[role, field]
            counted = asked.question.kind.counted(said)
            if counted is not None:
                self._said[group_name, asked.key, field] += 1
                for option in counted:
                    self._chose[group_name, asked.key, field, option] += 1
            if asked.question.then_now and field == asked.question.fields[-1]:
                self._rose[group_name, asked.key] += _has_risen(asked.question, answer)

    def check(self, group_name: str, role: Role, answer: Answer) -> None:
        """Raise what `add` would raise."""
        group = self._groups.get(group_name)
        if role not in self._questionnaires or group is None or group.role not in (None, role):
            raise ValueError("This tally has no such group for this role.")
        check_answer(self._questionnaires[role], answer)

    def forget(self, group_name: str) -> None:
        """Forget all that was counted in one group, as if nobody of it had answered."""
        for counts in (self._answered, self._said, self._chose, self._rose):
            for counted in [one for one in counts if one[0] == group_name]:
                del counts[counted]

    def hide_sides(self, group_name: str) -> None:
        """Have nothing said of one role alone in a group, as if too few of one had answered."""
        self._sides_hidden.add(group_name)

    def has_sides(self, group: Group, least: int) -> bool:
        """Tell whether each role may be spoken of alone; at least so many people of each must have answered."""
        enough = all(self.answered_of(group, role) >= least for role in self.roles)
        return enough and group.name not in self._sides_hidden

    def answered(self, group: Group) -> int:
        """Return how many people of the group answered the wave."""
        return sum(self.answered_of(group, role) for role in self.roles)

    def answered_of(self, group: Group, role: Role) -> int:
        """Return how many people of one role in the group answered the wave."""
        return self._answered[group.name, role]

    def field_count(self, group: Group, asked: AskedQuestion, field: str) -> FieldCount:
        """Return the counts of one field of a question (see `Question.fields`) in one group."""
        said = (group.name, asked.key, field)
        counts = tuple(OptionCount(code, self._chose[(*said, code)]) for code in asked.question.option_codes)
        return FieldCount(self._said[said], counts)

    def rose(self, group: Group, asked: AskedQuestion) -> int:
        """Return how many people of the group say that it is better now than it was; 0 unless asked then and now."""
        return self._rose[group.name, asked.key]

    def wrote(self, group: Group, asked: AskedQuestion) -> int:
        """Return how many people of the group wrote something for an open question."""
        return self.field_count(group, asked, asked.question.code).n


def _has_risen(question: Question, answer: Answer) -> bool:
    then, now = (answer.ratings.get(field) for field in question.fields)
    if then not in question.option_codes or now not in question.option_codes:
        return False
    places = [question.option_codes.index(str(rating)) for rating in (then, now)]
    return places[1] > places[0] if question.order is Order.RISING else places[1] < places[0]
