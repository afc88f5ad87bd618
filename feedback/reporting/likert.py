"""One question as a chart: diverging bars where the options have an order, plain ones elsewhere."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask_babel import gettext as _

from feedback.domain.disclosure.counts import Count
from feedback.domain.report.findings.sides import add_up, sides_of
from feedback.domain.report.reading import Bar, GroupResult, ReportQuestion
from feedback.domain.survey.questionnaires import Order
from feedback.rendering.blocks import BarPart, Chart, ChartBar, ChartSide, Column, Table, TableCell
from feedback.reporting.rounding import figures
from feedback.reporting.words import answers, count_words, group_name, share_words, side_name

MOST_BARS = 6
"""Of more groups the sides have a bar each; every group is in the heat table."""
_PALE, _FULL, _SEVERAL = 1, 2, 3


@dataclass(frozen=True)
class _Told:
    """What a bar or a row is about: a group, or a side."""

    name: str
    bars: tuple[Bar, ...]


def question_chart(question: ReportQuestion) -> Chart | None:
    """Return what was published of a question as a chart with its data, or None where everything is withheld."""
    groups = [_Told(group_name(result.group), result.bars) for result in question.results if result.bars]
    if not groups:
        return None
    shown, diverging = groups if len(groups) <= MOST_BARS else _sides(question), is_diverging(question)
    bars = tuple(bar for one in shown for bar in (_stacked(question, one) if diverging else _plain(one)))
    return Chart(
        title=question.text,
        alt=_alternative(shown),
        bars=bars,
        data=question_table(question),
        diverging=diverging,
        legend=scale_of(question) if diverging else (),
    )


def question_table(question: ReportQuestion) -> Table:
    """Return what is published of a question in the groups that have numbers; its caption is the question."""
    shown = [_Told(group_name(result.group), result.bars) for result in question.results if result.bars]
    return _by_option(question, shown) if is_diverging(question) else _by_answer(question, shown)


def numbers_table(question: ReportQuestion) -> Table:
    """Return all that is published of a question, and where nothing is: every group, and all together."""
    told = [_Told(group_name(result.group), result.bars) for result in question.results]
    if question.total is not None:
        told.append(_Told(_("Together"), question.total.bars))
    return _by_option(question, told) if is_diverging(question) else _by_answer(question, told)


def _by_answer(question: ReportQuestion, told: list[_Told]) -> Table:
    columns = (Column(_("Group")), Column(_("Answer")), Column(_("People")), Column(_("Share")))
    return Table(question.text, columns, tuple(row for one in told for row in _rows(one)))


def is_diverging(question: ReportQuestion) -> bool:
    """Whether each bar holds all answers of a group, from the least to the most favourable."""
    return question.order is not Order.NONE and question.kind.adds_up and not question.sensitive


def scale_of(question: ReportQuestion) -> tuple[BarPart, ...]:
    """Return every option of a scale, from the least favourable on, as it is painted; none has a share."""
    places = _places(question)
    rising = sorted(question.option_codes, key=lambda code: places[code][0])
    return tuple(BarPart(question.words[code], 0, places[code][1], places[code][2]) for code in rising)


def _sides(question: ReportQuestion) -> list[_Told]:
    return [_Told(side_name(side.role), _added_up(side.shown)) for side in sides_of(question) if side.shown]


def _added_up(results: Iterable[GroupResult]) -> tuple[Bar, ...]:
    """Return one bar for all that groups say of the same options; every group stands in its n."""
    there = [result for result in results if result.bars]
    people = sum(result.bars[0].count.n for result in there)
    found: dict[tuple[str, ...], list[Bar]] = {}
    for bar in (bar for result in there for bar in result.bars):
        found.setdefault(bar.options, []).append(bar)
    return tuple(_sum(alike, people) for alike in found.values())


def _sum(bars: list[Bar], people: int) -> Bar:
    known = add_up(bar.count for bar in bars)
    return Bar(bars[0].options, bars[0].texts, Count(known.low, known.high + people - known.n, people))


def _stacked(question: ReportQuestion, told: _Told) -> Iterator[ChartBar]:
    places = _places(question)
    facts = sorted(told.bars, key=lambda fact: (places[fact.options[0]][0], len(fact.options)))
    n = facts[0].count.n
    lows = [fact.count.low for fact in facts]
    unknown = n - sum(lows)
    words = figures([*lows, unknown])
    parts = [_part(fact, places, said) for fact, said in zip(facts, words, strict=False)]
    if unknown:
        rest = BarPart(_("not told apart"), _share(unknown, n), ChartSide.UNKNOWN, _PALE)
        parts = [*parts, rest] if parts[0].side is ChartSide.UNFAVOURABLE else [rest, *parts]
    yield ChartBar(told.name, tuple(part for part in parts if part.share), _note(n))


def _part(fact: Bar, places: dict[str, tuple[int, ChartSide, int]], figure: str) -> BarPart:
    _place, side, shade = places[fact.options[0]]
    several = len(fact.options) > 1
    return BarPart(
        " / ".join(fact.texts), _share(fact.count.low, fact.count.n), side, _SEVERAL if several else shade, figure
    )


def _places(question: ReportQuestion) -> dict[str, tuple[int, ChartSide, int]]:
    """Return place, side and shade of each option, from the least favourable."""
    codes = question.option_codes
    rising = codes if question.order is Order.RISING else codes[::-1]
    last = len(rising) - 1
    return {
        code: (place, _side(place, last), _FULL if place in (0, last) else _PALE) for place, code in enumerate(rising)
    }


def _side(place: int, last: int) -> ChartSide:
    if 2 * place == last:
        return ChartSide.NEUTRAL
    return ChartSide.UNFAVOURABLE if 2 * place < last else ChartSide.FAVOURABLE


def _plain(told: _Told) -> Iterator[ChartBar]:
    for fact in told.bars:
        certain, n = fact.count.low, fact.count.n
        parts = [
            BarPart(
                " / ".join(fact.texts), _share(certain, n), ChartSide.NEUTRAL, _FULL, figures([certain, n - certain])[0]
            ),
            BarPart(_("perhaps"), _share(fact.count.high - certain, n), ChartSide.UNKNOWN, _PALE),
        ]
        label = f"{' / '.join(fact.texts)} – {told.name}"
        yield ChartBar(label, tuple(part for part in parts if part.share), _note(n))


def _share(count: int, n: int) -> float:
    return 100 * count / n


def _note(n: int) -> str:
    return _("n = %(n)s", n=n)


def _alternative(shown: list[_Told]) -> str:
    return " ".join(_("%(group)s: %(said)s.", group=one.name, said="; ".join(map(_said, one.bars))) for one in shown)


def _said(fact: Bar) -> str:
    return f"{answers(fact.texts)} {count_words(fact.count)}"


def _rows(told: _Told) -> Iterator[tuple[TableCell, ...]]:
    if not told.bars:
        yield told.name, _("not shown"), "", ""
    for fact in told.bars:
        yield told.name, " / ".join(fact.texts), count_words(fact.count), share_words(fact.count)


def _by_option(question: ReportQuestion, shown: list[_Told]) -> Table:
    options = (Column(text, numeric=True) for _code, text in question.options)
    columns = (Column(_("Group")), *options, Column(_("Answered"), numeric=True))
    return Table(question.text, columns, tuple(_row(question, one) for one in shown))


def _row(question: ReportQuestion, told: _Told) -> tuple[TableCell, ...]:
    cells: dict[str, TableCell] = {}
    for fact in told.bars:
        cells |= dict.fromkeys(fact.options, _cell(fact))
    hidden = _("not shown")
    counted = (cells.get(code, hidden) for code in question.option_codes)
    return (told.name, *counted, told.bars[0].count.n if told.bars else "")


def _cell(fact: Bar) -> TableCell:
    if fact.count.is_exact:
        return fact.count.low
    at_least = _("at least %(low)s", low=fact.count.low)
    return at_least if len(fact.options) == 1 else _("%(at_least)s together", at_least=at_least)
