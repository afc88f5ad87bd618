"""What changed since earlier surveys of the programme, or from a pilot to its roll-out: a line a question and group."""

import math
from collections.abc import Iterator, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from feedback.domain.report.comparable import Obstacle
from feedback.domain.report.comparison import ComparedQuestion, ComparedReports, Side, WaveDifference
from feedback.domain.report.findings.contrasts import Contrast
from feedback.domain.report.statistics import Interval, Method
from feedback.domain.survey.questionnaires import text_in
from feedback.rendering.blocks import Column, Items, Paragraph, Table, TableCell, Tone
from feedback.rendering.paper import Block, PaperSection
from feedback.reporting.dumbbells import changes_chart, pair_name
from feedback.reporting.words import (
    answers,
    count_words,
    decimal,
    group_name,
    points_words,
    share_words,
    signed_decimal,
    signed_points,
)

MOST_ROWS_ON_A_PAGE = 200
"""Of more differences of groups a page leaves the tables to files."""


def change_section(
    compared: Sequence[ComparedReports], changes: Sequence[Sequence[Contrast]], language: str
) -> PaperSection:
    """Return the `changes` of each pair of reports by side, newest pair first; one picture for each pair."""
    blocks = [block for pair, those in zip(compared, changes, strict=True) for block in _pair(pair, those, language)]
    return PaperSection("change", _("What changed"), (Paragraph(caution_words(), Tone.QUIET), *blocks))


def change_sentences(pair: ComparedReports, language: str) -> tuple[str, ...]:
    """Return one sentence for each difference of a question with an order, fit to be quoted by itself."""
    return tuple(_sentence(pair, one, change, language) for one in pair.questions for change in one.differences)


def appendix_section(compared: Sequence[ComparedReports], language: str, most_rows: float = math.inf) -> PaperSection:
    """Return the differences of each group, with effect sizes and p values, for those who reckon with them.

    Of more than `most_rows` it says where they stand instead: so many exact tests take seconds.
    """
    title, rows = _("Changes of each group, and effect sizes"), sum(map(_number_of_differences, compared))
    if rows > most_rows:
        said = Paragraph(_("Too long for a page; the document and the spreadsheet have it."))
        return PaperSection("appendix", title, (said,), is_folded=True)
    tables = tuple(table for pair in compared for table in _tables(pair, language))
    return PaperSection("appendix", title, tables, is_folded=True)


def _number_of_differences(pair: ComparedReports) -> int:
    return sum(len(one.differences) for one in pair.questions)


def _tables(pair: ComparedReports, language: str) -> Iterator[Table]:
    yield from _by_group(pair, language)
    memories = tuple(row for one in pair.questions for row in _memories(one, language))
    if memories:
        yield _looked_back(memories)
    yield _effects(pair, language)


def _effects(pair: ComparedReports, language: str) -> Table:
    titles = (_("Question"), _("Group"), _("Cliff’s δ"), _("p value"), _("Change relative to the share before"))
    rows = tuple(row for one in pair.questions for row in _effect_rows(one, language))
    return Table(_("%(pair)s: effect sizes", pair=pair_name(pair)), tuple(map(Column, titles)), rows)


def caution_words() -> str:
    """Return what whoever reads of changes must know."""
    return _(
        "Nobody is followed from one survey to the next: two groups are compared, not the same answers. What "
        "changed may have many causes. The interval says how far chance alone could move the number (95%)."
    )


def _pair(pair: ComparedReports, changes: Sequence[Contrast], language: str) -> Iterator[Block]:
    if changes:
        yield changes_chart(pair, changes)
    remarks = (*_small_differences(pair), *_obstacles(pair, language))
    if remarks:
        yield Items(remarks)


def _by_group(pair: ComparedReports, language: str) -> Iterator[Table]:
    titles = (_("Question"), _("Group"), _("Before"), _("After"), _("Change"), _("95% interval"))
    rows = tuple(row for one in pair.questions for row in _rows(one, language))
    if rows:
        caption = _("%(pair)s: who chose the most favourable answers, or the one named", pair=pair_name(pair))
        yield Table(caption, tuple(map(Column, titles)), rows)


def _rows(one: ComparedQuestion, language: str) -> Iterator[tuple[TableCell, ...]]:
    for change in one.differences:
        yield (
            _asked(one, change, language),
            group_name(one.group),
            f"{count_words(change.before)} ({share_words(change.before)})",
            f"{count_words(change.after)} ({share_words(change.after)})",
            points_words(change.points),
            points_words(change.interval),
        )


def _looked_back(rows: tuple[tuple[TableCell, ...], ...]) -> Table:
    titles = (_("Question"), _("Group"), _("Survey"), _("Favourable now"), _("Say it was worse before"))
    caption = _("Asked to look back. Memory tends to show more change than two surveys do: read both")
    return Table(caption, tuple(map(Column, titles)), rows)


def _memories(one: ComparedQuestion, language: str) -> Iterator[tuple[TableCell, ...]]:
    sides = {Side.BEFORE: _("the earlier"), Side.AFTER: _("the later")}
    for told in one.then_now:
        yield (
            _named(one, language),
            group_name(one.group),
            sides[told.side],
            f"{count_words(told.now)} ({share_words(told.now)})",
            f"{count_words(told.rose)} ({share_words(told.rose)})",
        )


def _named(one: ComparedQuestion, language: str) -> str:
    return text_in(one.question.text, language)


def _asked(one: ComparedQuestion, change: WaveDifference, language: str) -> str:
    named = _named(one, language)
    return named if one.question.kind.adds_up else f"{named} {_answer(one, change, language)}"


def _answer(one: ComparedQuestion, change: WaveDifference, language: str) -> str:
    words = {option.code: text_in(option.text, language) for option in one.question.options}
    return answers(tuple(words[option] for option in change.options))


def _sentence(pair: ComparedReports, one: ComparedQuestion, change: WaveDifference, language: str) -> str:
    said = _(
        "%(group)s, “%(question)s”: the share who chose %(answers)s %(verb)s, from %(before)s (%(pair)s) to %(after)s; "
        "95%% interval %(interval)s.",
        group=group_name(one.group),
        question=text_in(one.question.text, language),
        answers=_answer(one, change, language),
        verb=_verb(change.points),
        before=count_words(change.before),
        pair=pair_name(pair),
        after=count_words(change.after),
        interval=points_words(change.interval),
    )
    return " ".join([said, *_doubts(one, change)])


def _verb(points: Interval) -> str:
    low, high = round(points.low), round(points.high)
    if low != high:
        return _range_verb(low, high, points)
    if low > 0:
        return str(ngettext("rose by %(num)s point", "rose by %(num)s points", low))
    if low < 0:
        return str(ngettext("fell by %(num)s point", "fell by %(num)s points", -low))
    return _("did not change")


def _range_verb(low: int, high: int, points: Interval) -> str:
    if low > 0:
        return _("rose by %(low)s to %(high)s points", low=low, high=high)
    if high < 0:
        return _("fell by %(low)s to %(high)s points", low=-high, high=-low)
    return _("changed by %(range)s", range=points_words(points))


def _doubts(one: ComparedQuestion, change: WaveDifference) -> Iterator[str]:
    if not change.stands_out:
        yield _("That may be chance.")
    if one.is_twin:
        yield twin_words()


def twin_words() -> str:
    """Return what is said of a change where a few people joined or left in between."""
    return _("Nearly the same people were asked: this may be the answer of one.")


def _small_differences(pair: ComparedReports) -> Iterator[str]:
    twins = {one.group.name: one.group for one in pair.questions if one.is_twin}
    for _name, group in sorted(twins.items()):
        yield _(
            "%(group)s: a few people joined or left in between. A change may be the answer of one of them.",
            group=group_name(group),
        )


def _obstacles(pair: ComparedReports, language: str) -> Iterator[str]:
    """Yield each question that cannot be compared, and why, with all groups of which that is so."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in pair.questions:
        if reason := obstacle_words(one):
            about = (text_in(one.question.text, language), reason)
            groups.setdefault(about, []).append(group_name(one.group))
    for (question, reason), names in groups.items():
        yield _("“%(question)s”, %(group)s: %(reason)s", question=question, group="; ".join(names), reason=reason)


def obstacle_words(one: ComparedQuestion) -> str:
    """Return why a question that both reports asked cannot be compared; empty where it can, or one did not ask it."""
    return {
        None: "",
        Obstacle.NOT_ASKED: "",
        Obstacle.GROUP_MISSING: _("the two reports have different groups, so there is nothing to compare."),
        Obstacle.QUESTION_CHANGED: _("the words or the answers were changed in between, so it cannot be compared."),
        Obstacle.NO_ORDER: _("its answers have no order, so there is no rise or fall."),
        Obstacle.TOO_FEW: _("too few answers could be counted in one of the two surveys."),
        Obstacle.WITHHELD: _("not shown in one of the two reports."),
    }[one.obstacle]


def _effect_rows(one: ComparedQuestion, language: str) -> Iterator[tuple[TableCell, ...]]:
    for change in one.differences:
        yield (
            _asked(one, change, language),
            group_name(one.group),
            "" if change.cliffs_delta is None else signed_decimal(change.cliffs_delta),
            _p_value(change),
            _relative(change),
        )


def _p_value(change: WaveDifference) -> str:
    found = change.p_value
    if found is None:
        return ""
    test = _("Boschloo") if found.method is Method.BOSCHLOO else _("Fisher")
    value = decimal(found.value, 3) if found.value >= 0.001 else f"< {decimal(0.001, 3)}"
    return f"{value} ({test})"


def _relative(change: WaveDifference) -> str:
    found = change.relative
    if found is None:
        return ""
    return _(
        "%(percent)s %% (%(before)s → %(after)s)",
        percent=signed_points(found.percent),
        before=count_words(found.before),
        after=count_words(found.after),
    )
