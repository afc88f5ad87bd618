"""Whether a question that was asked only after certain answers may be published beside the one it hangs on (R4).

Such a question cuts a group anew. So both sides of the cut, and every class of answers that the conditions on one
question separate, must be nobody or as many as a group must be: by published counts, never by the tally's.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from feedback.domain.disclosure.statements import Distribution, Published
from feedback.domain.survey.asked import AskedQuestion
from feedback.domain.survey.questionnaires import Role
from feedback.domain.survey.wording import are_nearly_equal


def parents(asked: AskedQuestion, questions: Iterable[AskedQuestion], roles: set[Role]) -> list[AskedQuestion]:
    """Return what a question hangs on where these `roles` are reported; more than one if each was asked its own."""
    condition, mine = asked.question.shown_when, roles & set(asked.roles)
    return [one for one in questions if condition and one.question.code == condition.question and mine & set(one.roles)]


def may_follow(
    asked: AskedQuestion, questions: Sequence[AskedQuestion], said: Sequence[Published], roles: set[Role], least: int
) -> bool:
    """Tell whether a question may be published; `said` is what is published on what it hangs on, `least` the fewest
    people of which anything may be said.

    Whatever asks in nearly the same words would tell, by subtraction, of those who were not asked.
    """
    condition = asked.question.shown_when
    if condition is None:
        return True
    if len(said) != 1 or not isinstance(said[0], Distribution) or _is_asked_again(asked, questions, roles):
        return False
    counts = {one.option: one.count for one in said[0].counts}
    chose = sum(counts[option] for option in condition.answers)
    classes = classes_of(condition.question, counts, questions, roles)
    sizes = [sum(counts[option] for option in options) for options in classes]
    return min(chose, said[0].n - chose) >= least and not any(0 < size < least for size in sizes)


def classes_of(
    code: str, options: Iterable[str], questions: Iterable[AskedQuestion], roles: set[Role]
) -> list[list[str]]:
    """Return the options of a question in classes that no condition on it tells apart; one if none hangs on it."""
    conditions = [one.question.shown_when for one in questions if roles & set(one.roles)]
    meets = [frozenset(one.answers) for one in conditions if one and one.question == code]
    classes: dict[tuple[bool, ...], list[str]] = defaultdict(list)
    for option in options:
        classes[tuple(option in answers for answers in meets)].append(option)
    return list(classes.values())


def _is_asked_again(asked: AskedQuestion, questions: Iterable[AskedQuestion], roles: set[Role]) -> bool:
    mine, text = roles & set(asked.roles), asked.question.text
    others = (one for one in questions if one is not asked and mine & set(one.roles))
    return any(are_nearly_equal(text, one.question.text) for one in others)
