"""The first page of a report in words: who answered, what to act on, what stands well or badly, what differs, how sure.

Each sentence can be read out by itself. What is chosen, `domain.report.findings` decides.
"""

from collections.abc import Iterable, Iterator, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from feedback.domain.disclosure.counts import Count
from feedback.domain.languages import ENGLISH
from feedback.domain.report.comparison import ComparedReports
from feedback.domain.report.findings.findings import KeyFindings
from feedback.domain.report.findings.sides import count_in
from feedback.domain.report.findings.standing import MOST, Standing, Standings
from feedback.domain.report.reading import ReportQuestion
from feedback.domain.report.report import RateResult, Report
from feedback.domain.report.statistics import FEW_BELOW, wilson
from feedback.locales.counts import answers
from feedback.locales.speech import spoken
from feedback.rendering.blocks import Card, Cards, Finding, Paragraph, RateBars, Sentences, Tone
from feedback.rendering.paper import Block, PaperSection
from feedback.reporting.contrasts import changes_card, sides_card
from feedback.reporting.findings_in_words import answered_well, counted_run
from feedback.reporting.quoting import without_repeating
from feedback.reporting.to_act_on import act_on_card
from feedback.reporting.who_answered import counted, who_answered
from feedback.reporting.words import contested_words, group_name, percent, share_words

_MOST_WORDS, _MOST_WORDS_ELSEWHERE = 300, 390
"""So many words a first page may have, in English and in others, in which the same takes up to a third more words.

Read out, they take two minutes; and a report tells as much in each language.
"""
_ROOM = ((3, 3, 3), (2, 3, 3), (2, 2, 3), (2, 2, 2), (1, 2, 2), (1, 1, 2), (1, 1, 1), (1, 0, 1))
"""How many strengths, concerns and changes are told, the fewer the more there is to act on."""
_LOW_RATE = 1 / 2


def summary_section(
    report: Report, questions: Sequence[ReportQuestion], findings: KeyFindings, compared: ComparedReports | None
) -> PaperSection:
    """Return what a board reads first: what to act on in full; of all else as many sentences as have room."""
    written = (_blocks(report, questions, findings, compared, most) for most in _ROOM)
    blocks: tuple[Block, ...] = ()
    for blocks in written:
        if words_in(blocks) <= most_words():
            break
    return PaperSection("short", _("In short"), blocks)


def most_words() -> int:
    """Return how many words a first page may have in the language of the reader."""
    return _MOST_WORDS if spoken() == ENGLISH else _MOST_WORDS_ELSEWHERE


def words_in(blocks: Iterable[Block]) -> int:
    """Return how many words a first page has, with the titles of its cards and the labels of its bars."""
    return sum(any(map(str.isalnum, word)) for text in _texts(blocks) for word in text.split())


def _texts(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Paragraph():
                yield block.text
            case Sentences():
                yield from (one.text for one in block.entries)
            case RateBars():
                yield from (f"{bar.label} {bar.said}" for bar in block.bars)
            case Cards():
                for card in block.cards:
                    yield card.title
                    yield from _texts(card.blocks)


def _blocks(
    report: Report,
    questions: Sequence[ReportQuestion],
    findings: KeyFindings,
    compared: ComparedReports | None,
    most: tuple[int, int, int],
) -> tuple[Block, ...]:
    most_strengths, most_concerns, most_changes = most
    standings, contrasts = findings.standings, findings.contrasts
    concerns = _("Other concerns") if findings.to_act_on.alerts else _("Concerns")
    cards = (
        who_card(report),
        act_on_card(findings.to_act_on, questions, concerns=bool(standings.concerns)),
        Card("strengths", _("Strengths"), strengths(standings, most_strengths)),
        Card("concerns", concerns, (*_below(standings, most_concerns), *concerns_of(standings, most_concerns))),
        sides_card(report, contrasts),
        *((changes_card(compared, contrasts, most_changes),) if compared else ()),
        Card("sure", _("How sure?"), tuple(map(Paragraph, _sureness(report, questions, compared)))),
    )
    said = answered_words(report)
    told = without_repeating(tuple(card for card in cards if card.blocks), questions)
    return (*((Paragraph(said, Tone.HEADLINE),) if said else ()), Cards(told))


def answered_words(report: Report) -> str:
    """Return how many of the possible answers were counted; empty if that is told of no group."""
    whole = counted(report.rates)
    if whole is None:
        return ""
    words = {"counted": whole.low, "answers": answers(whole.n), "share": share_words(whole)}
    return _("%(counted)s of %(answers)s came in (%(share)s).", **words)


def who_card(report: Report) -> Card:
    """Return who answered, as bars."""
    bars = who_answered(report)
    return Card("who", bars.title, (bars, *map(Paragraph, contested_words(report))))


def strengths(found: Standings, most: int = MOST) -> tuple[Paragraph | Sentences, ...]:
    """Return so many of the strengths as sentences, or what comes nearest to one."""
    if found.strengths or not found.highest:
        return _findings(map(_standing, found.strengths[:most]))
    lead = Paragraph(_("On no question is it certain that two thirds answered favourably. The nearest:"))
    return (lead, *_findings([_standing(found.highest)]))


def concerns_of(found: Standings, most: int = MOST) -> tuple[Paragraph | Sentences, ...]:
    """Return so many of the concerns as sentences, or what comes nearest to one."""
    if found.concerns or not found.lowest:
        return _findings(map(_standing, found.concerns[:most]))
    if not most:
        return (Paragraph(_("Elsewhere two thirds or more answered favourably, as far as known.")),)
    lead = Paragraph(_("Elsewhere two thirds or more answered favourably, as far as known. The lowest:"))
    return (lead, *_findings([_standing(found.lowest)]))


def _below(found: Standings, most: int) -> tuple[Paragraph, ...]:
    return (Paragraph(_("Under two thirds answered favourably:")),) if found.concerns[:most] else ()


def _findings(said: Iterator[Finding] | list[Finding]) -> tuple[Sentences, ...]:
    entries = tuple(said)
    return (Sentences(entries),) if entries else ()


def _standing(one: Standing) -> Finding:
    runs = answered_well(one.side.question, counted_run(one.count, one.side.role))
    if not one.side.missing:
        return Finding(runs)
    missing = len(one.side.missing)
    return Finding(runs, ngettext("(%(num)s group is not shown.)", "(%(num)s groups are not shown.)", missing))


def _sureness(report: Report, questions: Sequence[ReportQuestion], compared: ComparedReports | None) -> Iterator[str]:
    whole = counted(report.rates)
    fewest = min((rate.answered for rate in report.rates if rate.answered), default=0)
    if fewest and fewest < FEW_BELOW:
        yield _(
            "Few people: hints, not proof. One person can count for %(share)s.",
            share=percent(1, min((fewest, *(n for _group, n in _totals(questions))))),
        )
    elif fewest:
        half = Count(fewest // 2, fewest // 2, fewest)
        firm = round((wilson(half).high - wilson(half).low) / 2)
        yield _(
            "In the smallest group, chance alone can move a result by about %(points)s in 100.",
            points=firm,
        )
    if whole is not None and whole.n > whole.low:
        yield ngettext(
            "%(num)s missing answer might differ.",
            "%(num)s missing answers might differ.",
            whole.n - whole.low,
        )
    yield from _low_rates(report.rates)
    if _totals_differ(report, questions):
        yield _("Not everybody answered everything, so totals differ.")
    if compared:
        yield _("“Likely” means %(share)s sure.", share=percent(95, 100))
    yield _("Nothing here says why.")


def _totals_differ(report: Report, questions: Sequence[ReportQuestion]) -> bool:
    answered = {rate.group.name: rate.answered for rate in report.rates}
    return any(n != answered.get(group) for group, n in _totals(questions))


def _totals(questions: Sequence[ReportQuestion]) -> Iterator[tuple[str, int]]:
    """Yield (group's name, how many answered) of each number that is published."""
    for question in (one for one in questions if one.kind.adds_up):
        for result in (one for one in question.results if one.said):
            yield result.group.name, count_in(question, result, question.option_codes).n


def _low_rates(rates: tuple[RateResult, ...]) -> Iterator[str]:
    low = [rate for rate in rates if rate.answered is None or rate.answered < _LOW_RATE * rate.group.rights]
    if low:
        yield _(
            "Few of the possible answers could be counted: %(groups)s. Ask what keeps people from it.",
            groups="; ".join(group_name(rate.group) for rate in low),
        )
