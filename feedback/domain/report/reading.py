"""A report read back for pages and exports: by question, by group, by row. Holds no words but those that were asked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from feedback.domain.disclosure.counts import Count, bounded
from feedback.domain.disclosure.groups import Group
from feedback.domain.disclosure.statements import (
    Distribution,
    DominanceBand,
    GroupStatement,
    OptionCount,
    Published,
    Reason,
    ResponseRate,
    Rose,
    Sensitive,
    Ticks,
    Total,
    Withheld,
    canonical_json,
    read_publication,
)
from feedback.domain.languages import LANGUAGES
from feedback.domain.report.document import About, Outcome, Promise, ReportDocument, Rules, Twin
from feedback.domain.survey.kinds import STORED_KINDS
from feedback.domain.survey.questionnaires import Kind, Order, Role, Theme, text_in


@dataclass(frozen=True)
class ReportHeader:
    """What stands above and below the results. `receipts` are sorted digests, `previous` a chain hash or None."""

    about: About
    outcome: Outcome
    rules: Rules
    promise: Promise
    twins: tuple[Twin, ...]
    previous: str | None
    receipts: tuple[str, ...]


@dataclass(frozen=True)
class Bar:
    """How many people chose one of `options`; `texts` are those options' words.

    Both are empty for the number of those who rose, which is about no option.
    """

    options: tuple[str, ...]
    texts: tuple[str, ...]
    count: Count


@dataclass(frozen=True)
class GroupResult:
    """One question in one group: what is said of it, as statements and as bars, or the reason why there is nothing.

    `rose` tells, for a then / now question, how many say it was worse before.
    """

    group: Group
    said: tuple[GroupStatement, ...]
    bars: tuple[Bar, ...]
    rose: Count | None
    reason: Reason | None


@dataclass(frozen=True)
class TotalResult:
    """One question over `groups`; `missing` were asked too, but have no exact counts."""

    bars: tuple[Bar, ...]
    groups: tuple[Group, ...]
    missing: tuple[Group, ...]


@dataclass(frozen=True)
class ReportQuestion:
    """One closed question with its results, in every group that was asked it, and the total if there is one.

    `options` are codes with their words, in the questionnaire's order. `shown_when`: the words of the question, and of
    its answers, after which alone this one was asked.
    """

    code: str
    kind: Kind
    section: str
    theme: Theme
    text: str
    options: tuple[tuple[str, str], ...]
    order: Order
    sensitive: bool
    then_now: bool
    roles: tuple[Role, ...]
    results: tuple[GroupResult, ...]
    total: TotalResult | None
    shown_when: tuple[str, tuple[str, ...]] | None = None

    @property
    def option_codes(self) -> tuple[str, ...]:
        """Codes of the options, in the questionnaire's order."""
        return tuple(code for code, _text in self.options)

    @property
    def words(self) -> dict[str, str]:
        """The options' words by code."""
        return dict(self.options)


@dataclass(frozen=True)
class ReportRow:
    """One line of a table: a bar, or a refusal with its `reason`. `group` is None for a total."""

    question: str
    question_text: str
    group: Group | None
    bar: Bar | None
    reason: Reason | None
    missing: tuple[Group, ...]


@dataclass(frozen=True)
class RateResult:
    """How many of a group answered; None means fewer than k, or a report that says nothing at all."""

    group: Group
    answered: int | None


@dataclass(frozen=True)
class CommentDecision:
    """Whether the comments on one open question went to review; otherwise they were destroyed unread."""

    code: str
    text: str
    kept: bool


def report_header(document: ReportDocument) -> ReportHeader:
    """Return what the report is about, by which rules it was made, and the receipts it lists."""
    record = json.loads(document.json)
    dates = {name: date.fromisoformat(record["about"][name]) for name in ("opened_on", "closed_on")}
    about = About(**{**record["about"], **dates})
    return ReportHeader(
        about=about,
        outcome=Outcome(record["outcome"]),
        rules=Rules(**record["rules"]),
        promise=Promise(**record["promise"]),
        twins=tuple(Twin(**one) for one in record["twins"]),
        previous=record["previous"],
        receipts=tuple(record["receipts"]),
    )


def report_languages(*documents: ReportDocument) -> frozenset[str]:
    """Return the codes of those of the service's languages in which all that these reports quote was asked."""
    found = frozenset(language.code for language in LANGUAGES)
    for document in documents:
        record = json.loads(document.json)
        for question in (*record["questions"], *record["comments"]):
            found &= question["text"].keys()
            for option in question.get("options", ()):
                found &= option["text"].keys()
    return found


def report_rates(document: ReportDocument) -> tuple[RateResult, ...]:
    """Return every group with its response rate, in the report's order."""
    opened = _open(document)
    answered = {one.group: one.answered for one in opened.statements if isinstance(one, ResponseRate)}
    return tuple(RateResult(group, answered.get(name)) for name, group in opened.groups.items())


def report_questions(document: ReportDocument, language: str) -> tuple[ReportQuestion, ...]:
    """Return the closed questions in the report's order, with texts in `language`, or English where missing."""
    opened = _open(document)
    return tuple(_question(opened, one, language) for one in opened.questions if STORED_KINDS[one["kind"]].closed)


def report_rows(document: ReportDocument, language: str) -> tuple[ReportRow, ...]:
    """Return one row per published or withheld fact, question by question, totals after the groups."""
    return tuple(row for question in report_questions(document, language) for row in _rows(question))


def report_comments(document: ReportDocument, language: str) -> tuple[CommentDecision, ...]:
    """Return what became of the comments on each open question."""
    comments = json.loads(document.json)["comments"]
    return tuple(CommentDecision(one["question"], text_in(one["text"], language), one["kept"]) for one in comments)


class _Opened(NamedTuple):
    groups: dict[str, Group]
    questions: list[dict[str, Any]]
    statements: tuple[Published, ...]


def _open(document: ReportDocument) -> _Opened:
    record = json.loads(document.json)
    groups = {one["name"]: _group(one) for one in record["groups"]}
    publication = read_publication(canonical_json(record["statements"]), record["rules"]["k"])
    return _Opened(groups, record["questions"], publication.statements)


def _group(one: dict[str, Any]) -> Group:
    role = None if one["role"] is None else Role(one["role"])
    return Group(one["name"], role, tuple(one["cohorts"]), one["invited"])


def _question(opened: _Opened, question: dict[str, Any], language: str) -> ReportQuestion:
    code, roles = question["code"], tuple(Role(role) for role in question["roles"])
    texts = {option["code"]: text_in(option["text"], language) for option in question["options"]}
    said = [one for one in opened.statements if isinstance(one, GroupStatement) and one.question == code]
    groups = (group for group in opened.groups.values() if group.role is None or group.role in roles)
    return ReportQuestion(
        code=code,
        kind=STORED_KINDS[question["kind"]],
        section=question["section"],
        theme=Theme(question["theme"]),
        text=text_in(question["text"], language),
        options=tuple(texts.items()),
        order=Order(question["order"]),
        sensitive=question["sensitive"],
        then_now=question["then_now"],
        roles=roles,
        results=tuple(_group_result(group, said, texts) for group in groups),
        total=_total_result(opened, code, texts),
        shown_when=_condition(opened, question, language),
    )


def _condition(opened: _Opened, question: dict[str, Any], language: str) -> tuple[str, tuple[str, ...]] | None:
    condition = question.get("shown_when")
    if condition is None:
        return None
    roles = set(question["roles"])
    asked = next(one for one in opened.questions if one["code"] == condition["question"] and roles & set(one["roles"]))
    texts = {option["code"]: text_in(option["text"], language) for option in asked["options"]}
    return text_in(asked["text"], language), tuple(texts[code] for code in condition["answers"])


def _group_result(group: Group, said: list[GroupStatement], texts: Mapping[str, str]) -> GroupResult:
    here = [one for one in said if one.group == group.name]
    bars = tuple(bar for one in here for bar in _bars(one, texts))
    rose = next((bounded(one) for one in here if isinstance(one, Rose)), None)
    refusals = (one.reason for one in here if isinstance(one, Withheld))
    reason = None if bars else next(refusals, Reason.GROUP_TOO_SMALL)
    return GroupResult(group, tuple(here) if bars else (), bars, rose, reason)


def _bars(one: GroupStatement, texts: Mapping[str, str]) -> tuple[Bar, ...]:
    if isinstance(one, Distribution):
        return _exact_bars(one.counts, one.n, texts)
    if isinstance(one, DominanceBand):
        return (Bar(one.options, _words(one.options, texts), Count(one.at_least, one.n, one.n)),)
    if isinstance(one, Ticks):
        return (Bar((one.option,), (texts[one.option],), bounded(one)),)
    if isinstance(one, Sensitive):
        return tuple(
            Bar(part.options, _words(part.options, texts), Count(part.low, part.high, one.n)) for part in one.classes
        )
    return ()


def _words(options: tuple[str, ...], texts: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(texts[option] for option in options)


def _exact_bars(counts: tuple[OptionCount, ...], n: int, texts: Mapping[str, str]) -> tuple[Bar, ...]:
    return tuple(Bar((one.option,), (texts[one.option],), Count(one.count, one.count, n)) for one in counts)


def _total_result(opened: _Opened, code: str, texts: Mapping[str, str]) -> TotalResult | None:
    totals = (one for one in opened.statements if isinstance(one, Total) and one.question == code)
    total = next(totals, None)
    if total is None:
        return None
    groups, missing = ([opened.groups[name] for name in names] for names in (total.groups, total.missing))
    return TotalResult(_exact_bars(total.counts, total.n, texts), tuple(groups), tuple(missing))


def _rows(question: ReportQuestion) -> list[ReportRow]:
    rows = [
        ReportRow(question.code, question.text, result.group, bar, result.reason, ())
        for result in question.results
        for bar in (*result.bars, *((Bar((), (), result.rose),) if result.rose else ())) or (None,)
    ]
    total = question.total
    if total is None:
        return rows
    return rows + [ReportRow(question.code, question.text, None, bar, None, total.missing) for bar in total.bars]
