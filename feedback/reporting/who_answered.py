"""Who answered: a bar for each side, and for its groups where they are few; never one for a group that is not told."""

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _

from feedback.domain.disclosure.counts import Count
from feedback.domain.report.report import RateResult, Report, Rules
from feedback.locales.counts import groups
from feedback.rendering.blocks import Column, RateBar, RateBars, Table, TableCell
from feedback.reporting.words import count_words, group_name, share_words, side_name

MOST_GROUPS = 6
"""So many groups have a bar each; of more the sides alone, with the least and the largest share in words."""


def who_answered(report: Report) -> RateBars:
    """Return how many of each side, and group, could be counted."""
    roles = dict.fromkeys(rate.group.role for rate in report.rates)
    sides = [[rate for rate in report.rates if rate.group.role is role] for role in roles]
    are_few = len(report.rates) <= MOST_GROUPS
    bars = tuple(bar for side in sides for bar in _side(report.rules, side, are_few=are_few))
    return RateBars(_("Answers counted"), bars, rates_table(report))


def rates_table(report: Report) -> Table:
    """Return every group with how many answers could come of it, and how many were counted."""
    columns = (
        Column(_("Group")),
        Column(_("Possible answers"), numeric=True),
        Column(_("Counted")),
        Column(_("Share")),
    )
    rows = tuple(_row(report.rules, rate) for rate in report.rates)
    return Table(_("How many answers were counted"), columns, rows)


def counted(rates: Sequence[RateResult]) -> Count | None:
    """Return how many answers were counted of those that could be, in the groups of which that is told."""
    known = [(rate.answered, rate.group.rights) for rate in rates if rate.answered is not None]
    if not known:
        return None
    answered = sum(one for one, _possible in known)
    return Count(answered, answered, sum(possible for _one, possible in known))


def _side(rules: Rules, rates: list[RateResult], *, are_few: bool) -> Iterator[RateBar]:
    if len(rates) == 1:
        yield _bar(rules, rates[0], group_name(rates[0].group))
        return
    name, whole = side_name(rates[0].group.role), counted(rates)
    if whole is None:
        yield RateBar(name, None, _("not shown"))
    else:
        said = count_words(whole)
        yield RateBar(name, _share(whole), said if are_few else _over_groups(said, rates))
    if are_few:
        yield from (_bar(rules, rate, " + ".join(rate.group.cohorts), is_part=True) for rate in rates)


def _over_groups(said: str, rates: list[RateResult]) -> str:
    shares = [one for rate in rates if (one := counted([rate])) is not None]
    least, most = min(shares, key=_share), max(shares, key=_share)
    return _(
        "%(count)s; %(groups)s, from %(least)s to %(most)s",
        count=said,
        groups=groups(len(shares)),
        least=share_words(least),
        most=share_words(most),
    )


def _bar(rules: Rules, rate: RateResult, label: str, *, is_part: bool = False) -> RateBar:
    known = counted([rate])
    if known is None:
        return RateBar(label, None, _not_told(rules, rate), is_part)
    return RateBar(label, _share(known), count_words(known), is_part)


def _row(rules: Rules, rate: RateResult) -> tuple[TableCell, ...]:
    name, known = group_name(rate.group), counted([rate])
    if known is None:
        return name, rate.group.rights, _not_told(rules, rate), ""
    return name, rate.group.rights, count_words(known), share_words(known)


def _not_told(rules: Rules, rate: RateResult) -> str:
    return _("fewer than %(k)s", k=rules.k + rate.group.doubled)


def _share(count: Count) -> float:
    return 100 * count.low / count.n
