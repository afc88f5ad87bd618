"""One question as a chart: diverging bars where the options have an order, plain ones elsewhere."""

from collections.abc import Iterator

from flask_babel import gettext as _

from feedback.domain.report.reading import Bar, GroupResult, ReportQuestion
from feedback.domain.survey.questionnaires import Order, Role
from feedback.rendering.blocks import BarPart, Cell, Chart, ChartBar, ChartSide, Column, Table
from feedback.reporting.words import answers, count_words, group_name, share_words

_PALE, _FULL = 1, 2


def question_chart(question: ReportQuestion) -> Chart | None:
    """Return what was published of a question as a chart with its data, or None where everything is withheld."""
    shown = [result for result in question.results if result.bars]
    if not shown:
        return None
    diverging = is_diverging(question)
    bars = [bar for result in shown for bar in (_stacked(question, result) if diverging else _plain(result))]
    return Chart(
        title=_("%(question)s: the answers", question=_name(question)),
        alt=_alternative(shown),
        bars=tuple(bars),
        data=_data(question, shown),
        diverging=diverging,
    )


# A code may have two wordings, one for each role.
def _name(question: ReportQuestion) -> str:
    if len(question.roles) > 1:
        return question.code
    asked = _("mentors") if question.roles[0] is Role.MENTOR else _("mentees")
    return _("%(code)s, %(role)s", code=question.code, role=asked)


def is_diverging(question: ReportQuestion) -> bool:
    """Whether each bar holds all answers of a group, from the least to the most favourable."""
    return question.order is not Order.NONE and question.kind.adds_up and not question.sensitive


def _stacked(question: ReportQuestion, result: GroupResult) -> Iterator[ChartBar]:
    places = _places(question)
    parts = [_part(fact, places) for fact in sorted(result.bars, key=lambda fact: places[fact.options[0]][0])]
    known = sum(fact.count.low for fact in result.bars)
    n = result.bars[0].count.n
    if known < n:
        unknown = BarPart(_("not told apart"), _share(n - known, n), ChartSide.UNKNOWN, _PALE)
        parts = [*parts, unknown] if parts[0].side is ChartSide.UNFAVOURABLE else [unknown, *parts]
    yield ChartBar(group_name(result.group), tuple(part for part in parts if part.share), _note(n))


def _part(fact: Bar, places: dict[str, tuple[int, ChartSide, int]]) -> BarPart:
    _place, side, shade = places[fact.options[0]]
    return BarPart(" / ".join(fact.texts), _share(fact.count.low, fact.count.n), side, shade)


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


def _plain(result: GroupResult) -> Iterator[ChartBar]:
    for fact in result.bars:
        parts = [
            BarPart(" / ".join(fact.texts), _share(fact.count.low, fact.count.n), ChartSide.NEUTRAL, _FULL),
            BarPart(_("perhaps"), _share(fact.count.high - fact.count.low, fact.count.n), ChartSide.UNKNOWN, _PALE),
        ]
        label = f"{' / '.join(fact.texts)} – {group_name(result.group)}"
        yield ChartBar(label, tuple(part for part in parts if part.share), _note(fact.count.n))


def _share(count: int, n: int) -> float:
    return 100 * count / n


def _note(n: int) -> str:
    return _("n = %(n)s", n=n)


def _alternative(shown: list[GroupResult]) -> str:
    sentences = (
        _("%(group)s: %(said)s.", group=group_name(result.group), said="; ".join(map(_said, result.bars)))
        for result in shown
    )
    return " ".join(sentences)


def _said(fact: Bar) -> str:
    return f"{answers(fact.texts)} {count_words(fact.count)}"


def _data(question: ReportQuestion, shown: list[GroupResult]) -> Table:
    caption = _("%(question)s: the numbers", question=_name(question))
    if is_diverging(question):
        return _by_option(question, shown, caption)
    columns = (Column(_("Group")), Column(_("Answer")), Column(_("People")), Column(_("Share")))
    return Table(caption, columns, tuple(row for result in shown for row in _rows(result)))


def _rows(result: GroupResult) -> Iterator[tuple[Cell, ...]]:
    for fact in result.bars:
        yield group_name(result.group), " / ".join(fact.texts), count_words(fact.count), share_words(fact.count)


def _by_option(question: ReportQuestion, shown: list[GroupResult], caption: str) -> Table:
    options = (Column(text, numeric=True) for _code, text in question.options)
    columns = (Column(_("Group")), *options, Column(_("Answered"), numeric=True))
    return Table(caption, columns, tuple(_row(question, result) for result in shown))


def _row(question: ReportQuestion, result: GroupResult) -> tuple[Cell, ...]:
    cells: dict[str, Cell] = {}
    for fact in result.bars:
        cells |= dict.fromkeys(fact.options, _cell(fact))
    hidden = _("not shown")
    counted = (cells.get(code, hidden) for code in question.option_codes)
    return (group_name(result.group), *counted, result.bars[0].count.n)


def _cell(fact: Bar) -> Cell:
    if fact.count.is_exact:
        return fact.count.low
    at_least = _("at least %(low)s", low=fact.count.low)
    return at_least if len(fact.options) == 1 else _("%(at_least)s together", at_least=at_least)
