"""What to act on: on which themes so many answered unfavourably that chance, with few in truth, hardly explains it.

Never silent: harm that is not listed has its line, and a theme of which nothing could be shown is named.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from feedback.domain.disclosure.counts import Count
from feedback.domain.report.findings.sides import Options, SideResult, count_in, sides_of, unfavourable, worsening
from feedback.domain.report.reading import GroupResult, ReportQuestion
from feedback.domain.survey.asked import NotAsked
from feedback.domain.survey.questionnaires import Role, Theme

THEMES = (
    Theme.HARM,
    Theme.BURDEN,
    Theme.SAFETY,
    Theme.TRUST,
    Theme.SUPPORT,
    Theme.RELATIONSHIP,
    Theme.PROCESS,
)
"""What is acted on, the gravest first."""
_ENOUGH, _ENOUGH_HARM = 3, 10
"""One in so many of a group must have answered unfavourably."""
_BY_CHANCE = 0.05
"""So large a part answers unfavourably even where nothing is wrong; and so often a false alarm may come."""
_WORST_OF, _LEAST_WORST = 5, 3
_FEW_GROUPS = 2


@dataclass(frozen=True)
class Alert:
    """Something to act on: at least so many of a side's `groups` chose one of `options`. The worst group is first."""

    side: SideResult
    options: Options
    groups: tuple[GroupResult, ...]

    @property
    def theme(self) -> Theme:
        """What it is about."""
        return self.side.question.theme

    @property
    def is_of_side(self) -> bool:
        """Whether at least half of the groups that are shown are concerned."""
        return 2 * len(self.groups) >= len(self.side.shown)

    def count_in(self, group: GroupResult) -> Count:
        """Return how many of one group chose one of the options."""
        return count_in(self.side.question, group, self.options)


@dataclass(frozen=True)
class Unknown:
    """A theme that `role` (None: everybody) was asked about, and of which nothing could be shown."""

    theme: Theme
    role: Role | None


@dataclass(frozen=True)
class ToActOn:
    """The `alerts`, gravest first; `harm` of sides of which there is none; and what is `unknown` or was `not_asked`.

    `looked_at`: so many answers, of a group to a question, were looked at.
    """

    alerts: tuple[Alert, ...]
    harm: tuple[SideResult, ...]
    unknown: tuple[Unknown, ...]
    not_asked: tuple[NotAsked, ...]
    looked_at: int


def find_alerts(questions: Sequence[ReportQuestion], groups: int, not_asked: Sequence[NotAsked]) -> ToActOn:
    """Return what to act on in a report with so many `groups`."""
    sides = [side for one in questions if one.theme in THEMES and unfavourable(one) for side in sides_of(one)]
    looked_at = sum(len(side.shown) for side in sides)
    found = [alert for side in sides for alert in _alerts(side, looked_at, few_groups=groups <= _FEW_GROUPS)]
    alarming = {(alert.side.question.code, alert.side.role) for alert in found}
    harm = (side for side in sides if side.question.theme is Theme.HARM and side.shown)
    return ToActOn(
        alerts=tuple(sorted(found, key=_gravity)),
        harm=tuple(side for side in harm if (side.question.code, side.role) not in alarming),
        unknown=tuple(_unknown(sides)),
        not_asked=tuple(one for one in not_asked if one.theme in THEMES and not one.is_open),
        looked_at=looked_at,
    )


def needed(n: int, looked_at: int, *, harm: bool) -> int:
    """Return how many of n must have answered unfavourably, where so many groups and questions are looked at."""
    share = _ENOUGH_HARM if harm else _ENOUGH
    return max(-(-n // share), _unlikely(n, looked_at))


@lru_cache(maxsize=4096)
def _unlikely(n: int, looked_at: int) -> int:
    """Return the fewest that come by chance in one of the groups looked at as seldom as a false alarm may."""
    below = 0.0
    for fewest in range(n + 1):
        if 1 - below <= _BY_CHANCE / looked_at:
            return fewest
        below += _binomial(fewest, n)
    return n + 1


def _binomial(count: int, n: int) -> float:
    ways = math.lgamma(n + 1) - math.lgamma(count + 1) - math.lgamma(n - count + 1)
    return math.exp(ways + count * math.log(_BY_CHANCE) + (n - count) * math.log1p(-_BY_CHANCE))


def _alerts(side: SideResult, looked_at: int, *, few_groups: bool) -> Iterator[Alert]:
    """Yield at most one alert: on the unfavourable answers, or else on the worst one alone."""
    question, bad = side.question, unfavourable(side.question)
    harm = question.theme is Theme.HARM
    listed = [one for one in side.shown if _low(question, one, bad) >= needed(_n(question, one), looked_at, harm=harm)]
    if listed:
        yield _alert(side, bad, listed)
    elif few_groups and question.sensitive:
        listed = [one for one in side.shown if _has_enough_of_the_worst(question, one)]
        if listed:
            yield _alert(side, worsening(question)[-1:], listed)


# A band of three costs most where groups are small: there the worst answer alone, with the middle behind it, is enough.
def _has_enough_of_the_worst(question: ReportQuestion, result: GroupResult) -> bool:
    n, ordered = _n(question, result), worsening(question)
    if _low(question, result, ordered[-1:]) < max(_LEAST_WORST, -(-n // _WORST_OF)):
        return False
    has_middle = len(ordered) % 2 == 1
    return not has_middle or _low(question, result, ordered[len(ordered) // 2 :]) >= -(-n // _ENOUGH)


def _alert(side: SideResult, options: Options, groups: list[GroupResult]) -> Alert:
    counts = {one.group.name: count_in(side.question, one, options) for one in groups}
    worst_first = sorted(groups, key=lambda one: _worst_first(counts[one.group.name]))
    return Alert(side, options, tuple(worst_first))


def _gravity(alert: Alert) -> tuple[int, float, int]:
    return THEMES.index(alert.theme), *_worst_first(alert.count_in(alert.groups[0]))


def _worst_first(count: Count) -> tuple[float, int]:
    return -count.low / count.n, -count.n


def _unknown(sides: list[SideResult]) -> Iterator[Unknown]:
    for theme in THEMES:
        about = [side for side in sides if side.question.theme is theme]
        for role in dict.fromkeys(side.role for side in about):
            if not any(side.shown for side in about if side.role is role):
                yield Unknown(theme, role)


def _low(question: ReportQuestion, result: GroupResult, options: Options) -> int:
    return count_in(question, result, options).low


def _n(question: ReportQuestion, result: GroupResult) -> int:
    return count_in(question, result, question.option_codes).n
