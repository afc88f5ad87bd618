"""What may be said about a wave: the one place that turns a raw tally into published statements.

Refuses small groups (R1), near-unanimity (R3), thinly answered questions and those that hang on one not shown in full
(R4), and exact counts of sensitive ones (R5); of a then / now pair it gives one number besides the present (R7). Totals
are made from statements, never from the tally (R2). All results are pure functions of the tally and k; the rules in
words: docs/disclosure.md.
"""

from collections.abc import Collection

from feedback.domain.disclosure.bands import SENSITIVE_K, band_of, bounded, has_room, sensitive_band
from feedback.domain.disclosure.conditions import may_follow, parents
from feedback.domain.disclosure.groups import Group, reported_in
from feedback.domain.disclosure.statements import (
    SEAL,
    BandedClass,
    Distribution,
    DominanceBand,
    GroupStatement,
    OptionCount,
    Publication,
    Published,
    Reason,
    ResponseRate,
    Rose,
    Sensitive,
    Ticks,
    Total,
    Withheld,
    unfavourable_class,
)
from feedback.domain.disclosure.tally import FieldCount, Tally
from feedback.domain.survey.asked import AskedQuestion
from feedback.domain.survey.questionnaires import Order, Question

SMALLEST_K = 5
SMALLEST_FOR_COMMENTS = 10
CONTESTED_SHARE = 5
"""More than one in so many of the links used in a group may not be contested; one always may."""


def publish(tally: Tally, k: int) -> Publication:
    """Return what may be said about the tally; ValueError if k is below 5, the least this service promises."""
    _check_k(k)
    counted = _counted_groups(tally, k)
    rates = [_rate(group, tally.answered(group) if group in counted else None) for group in tally.groups]
    asked_where = [(asked, group) for asked in tally.questions if asked.question.closed for group in counted]
    said = [one for asked, group in asked_where for one in _statements(tally, k, asked, group)]
    facts = list(dict.fromkeys(said))
    totals = [one for asked in tally.questions if asked.roles == tally.roles for one in _total(tally, asked, facts)]
    return Publication(k, (*rates, *facts, *totals))


def too_contested(used: int, contested: int) -> bool:
    """Tell whether so many of the links used in a group are contested that nothing may be said about it.

    Whoever answers through all links but one would know all that is counted but that one.
    """
    return contested > 1 and contested * CONTESTED_SHARE > used


def withhold(publication: Publication, tally: Tally, hidden: Collection[tuple[str, str]]) -> Publication:
    """Return a publication that says nothing of these questions in these groups, given as (group, code).

    Earlier reports would give somebody away together with it. Nor is anything said of what hangs on such a question
    there, and no total is made of it.
    """
    hidden = _with_dependents(tally, set(hidden))
    codes = {code for _group, code in hidden}
    said = (
        Withheld(group=one.group, question=one.question, reason=Reason.WITH_EARLIER, seal=SEAL)
        if isinstance(one, GroupStatement) and says_something(one) and (one.group, one.question) in hidden
        else one
        for one in publication.statements
        if not (isinstance(one, Total) and one.question in codes)
    )
    return Publication(publication.k, tuple(dict.fromkeys(said)))


def says_something(statement: GroupStatement) -> bool:
    """Tell whether a statement tells of the answers; so does a reason that says how few there were."""
    reasons = {Reason.QUESTION_TOO_FEW, Reason.SENSITIVE_TOO_FEW}
    return not isinstance(statement, Withheld) or statement.reason in reasons


def _with_dependents(tally: Tally, hidden: set[tuple[str, str]]) -> set[tuple[str, str]]:
    asked = [one.question for one in tally.questions]
    parents = {(one.code, one.shown_when.question) for one in asked if one.shown_when}
    size = -1
    while len(hidden) > size:
        size = len(hidden)
        hidden = hidden | {(group, code) for group, known in hidden for code, parent in parents if parent == known}
    return hidden


def comments_kept(tally: Tally, k: int) -> frozenset[str]:
    """Return the codes of the open questions whose comments may go to the reviewer (R9); the rest are destroyed.

    Answers are pooled over the groups that were asked in the same words and of which at least k answered: at
    least max(10, 2k) must have answered, and k have written. Smaller groups neither count nor contribute, since
    a threshold reached with their help would tell how many they are; drop their comments too. A question put
    to one role is not kept in the group "all", and a code with two wordings is kept only if both may be.
    ValueError if k is below 5.
    """
    _check_k(k)
    asked_open = [asked for asked in tally.questions if not asked.question.closed]
    destroyed = {asked.question.code for asked in asked_open if not _comments_suffice(tally, k, asked)}
    return frozenset(asked.question.code for asked in asked_open) - destroyed


def enough_for_comments(k: int) -> int:
    """Return how many of those asked must have answered for comments to be read (R9)."""
    return max(SMALLEST_FOR_COMMENTS, 2 * k)


def counted_groups(tally: Tally, k: int) -> frozenset[str]:
    """Return the names of the groups of which at least k answered: of the others nothing is kept, not even comments."""
    return frozenset(group.name for group in _counted_groups(tally, k))


def _check_k(k: int) -> None:
    if k < SMALLEST_K:
        raise ValueError(f"k is {k}; it may not be below {SMALLEST_K}.")


def _counted_groups(tally: Tally, k: int) -> tuple[Group, ...]:
    return tuple(group for group in tally.groups if tally.answered(group) >= k + group.doubled)


def _rate(group: Group, answered: int | None) -> ResponseRate:
    return ResponseRate(group=group.name, invited=group.rights, answered=answered, seal=SEAL)


# So many answers may be second ones of people who gave another. Of a question of one role there is none.
def _doubled(asked: AskedQuestion, group: Group) -> int:
    return group.doubled if len(asked.roles) > 1 else 0


def _is_asked(asked: AskedQuestion, group: Group) -> bool:
    return group.role is None or group.role in asked.roles


def _statements(tally: Tally, k: int, asked: AskedQuestion, group: Group) -> tuple[Published, ...]:
    if not _is_asked(asked, group):
        return ()
    question = asked.question
    answers = tally.field_count(group, asked, question.fields[-1])
    doubled = _doubled(asked, group)
    most = 2 if doubled else 1
    reason = _reason_before_answers(tally, k, asked, group) or _reason_of_count(question, answers.n, k, doubled)
    about = reported_in(group, asked.roles, tally.roles) if tally.shows_sides else group
    if reason is not None:
        return (Withheld(group=about.name, question=question.code, reason=reason, seal=SEAL),)
    if not question.kind.adds_up:
        return _ticks(about, question, answers, most)
    if question.sensitive:
        return (_sensitive(about, question, answers, most),)
    rose = (_rose(about, question, answers.n, tally.rose(group, asked), most),) if question.then_now else ()
    return (_choice(about, question, answers, most), *rose)


# That a question of one role is shown in "all" says that k of each answered; no number is told of the other role.
def _reason_before_answers(tally: Tally, k: int, asked: AskedQuestion, group: Group) -> Reason | None:
    if not _is_fit(asked.question):
        return Reason.UNFIT
    if reported_in(group, asked.roles, tally.roles) != group:
        if not tally.shows_sides:
            return Reason.ONE_ROLE
        if not tally.has_sides(group, k):
            return Reason.ROLE_TOO_FEW
    return None if _shows_its_condition(tally, k, asked, group) else Reason.CONDITION_HIDDEN


# No file says so today, but waves may have been planned before that was refused.
def _is_fit(question: Question) -> bool:
    in_bands = question.kind.adds_up and question.order is not Order.NONE and not question.then_now
    return not question.has_too_many_options and (in_bands or not question.sensitive)


# How many answered a question that hangs on another is a least number of those who chose what it hangs on. Where that
# number is published exactly, nothing is learned; where it is banded or withheld, the band would be worth nothing.
def _shows_its_condition(tally: Tally, k: int, asked: AskedQuestion, group: Group) -> bool:
    roles = set(asked.roles) if group.role is None else {group.role}
    hung_on = parents(asked, tally.questions, roles)
    said = [one for parent in hung_on for one in _statements(tally, k, parent, group)]
    if group.role is None and any(parent.roles != asked.roles for parent in hung_on):
        return False
    return may_follow(asked, tally.questions, said, roles, k + _doubled(asked, group))


def _reason_of_count(question: Question, n: int, k: int, doubled: int) -> Reason | None:
    if n < k + doubled or (doubled and not has_room(n, most=2)):
        return Reason.QUESTION_TOO_FEW
    return Reason.SENSITIVE_TOO_FEW if question.sensitive and n < max(SENSITIVE_K, k) + doubled else None


def _choice(group: Group, question: Question, answers: FieldCount, most: int) -> Published:
    code, n, band = question.code, answers.n, band_of(answers.n, most)
    modal = max(answers.counts, key=lambda one: one.count).option
    for options in (unfavourable_class(question), (modal,)):
        chose = sum(one.count for one in answers.counts if one.option in options)
        if options and n - chose <= band:
            return DominanceBand(group=group.name, question=code, n=n, options=options, at_least=n - band, seal=SEAL)
    return Distribution(group=group.name, question=code, n=n, counts=answers.counts, seal=SEAL)


def _ticks(group: Group, question: Question, answers: FieldCount, most: int) -> tuple[Ticks, ...]:
    name, code, n = group.name, question.code, answers.n
    banded = ((one.option, *bounded(one.count, n, most)) for one in answers.counts)
    return tuple(
        Ticks(group=name, question=code, n=n, option=option, bound=bound, count=count, seal=SEAL)
        for option, bound, count in banded
    )


def _sensitive(group: Group, question: Question, answers: FieldCount, most: int) -> Sensitive:
    worsening = question.option_codes if question.order is Order.FALLING else question.option_codes[::-1]
    chose = {one.option: one.count for one in answers.counts}
    classes = tuple(
        BandedClass(options, *sensitive_band(sum(chose[option] for option in options), answers.n, most))
        for options in (worsening[len(worsening) // 2 :], worsening[-1:])
    )
    return Sensitive(group=group.name, question=question.code, n=answers.n, classes=classes, seal=SEAL)


def _rose(group: Group, question: Question, n: int, rose: int, most: int) -> Rose:
    bound, count = bounded(rose, n, most)
    return Rose(group=group.name, question=question.code, n=n, bound=bound, count=count, seal=SEAL)


def _total(tally: Tally, asked: AskedQuestion, facts: list[Published]) -> list[Total]:
    """Sum one question over the groups that published its distribution; nothing if fewer than two did."""
    question = asked.question
    full = {one.group: one for one in facts if isinstance(one, Distribution) and one.question == question.code}
    if len(full) < 2:
        return []
    missing = tuple(group.name for group in tally.groups if group.name not in full)
    told = [count for one in full.values() for count in one.counts]
    counts = tuple(
        OptionCount(code, sum(one.count for one in told if one.option == code)) for code in question.option_codes
    )
    n = sum(one.n for one in full.values())
    return [Total(question=question.code, n=n, counts=counts, groups=tuple(full), missing=missing, seal=SEAL)]


def _comments_suffice(tally: Tally, k: int, asked: AskedQuestion) -> bool:
    groups = [group for group in _counted_groups(tally, k) if _is_asked(asked, group)]
    if any(group.role is None for group in groups) and asked.roles != tally.roles:
        return False
    doubled = sum(_doubled(asked, group) for group in groups)
    answered = sum(tally.answered(group) for group in groups)
    wrote = sum(tally.wrote(group, asked) for group in groups)
    return answered >= enough_for_comments(k) + doubled and wrote >= k + doubled
