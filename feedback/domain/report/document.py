"""The document of a wave's report, built from a publication: what `Report.parse` reads back.

Accepts counts only as published statements. Signing is done outside, over the JSON's bytes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from feedback.domain.disclosure.groups import Group, Grouping
from feedback.domain.disclosure.statements import Publication, canonical_json
from feedback.domain.report.report import FORMAT, About, Outcome, Promise, Report, Rules, Twin
from feedback.domain.survey.asked import AskedQuestion, NotAsked, asked_questions
from feedback.domain.survey.questionnaires import Questionnaire, Role


@dataclass(frozen=True)
class ReceiptDigest:
    """Digest (hexadecimal) of the receipt in one counted response, and the name of the group it counted in."""

    group: str
    digest: str


@dataclass(frozen=True)
class ReportFacts:
    """What a report says besides the statements. `questionnaires` are as asked, with the programme's own words.

    `grouping` is None for waves that were opened before there was a choice. `contested` counts the answers of the wave
    that were changed without a receipt; only whether they are k or more is said. `comments_kept` holds the codes of the
    open questions whose comments went to review. `receipts` may name any group; small ones are left out.
    """

    about: About
    promise: Promise
    k: int
    groups: tuple[Group, ...]
    questionnaires: Mapping[Role, Questionnaire]
    twins: tuple[Twin, ...] = ()
    comments_kept: frozenset[str] = frozenset()
    receipts: tuple[ReceiptDigest, ...] = ()
    contested: int = 0
    grouping: Grouping | None = None
    not_asked: tuple[NotAsked, ...] = ()


def build_report(facts: ReportFacts, publication: Publication, previous_chain_hash: str | None) -> Report:
    """Return the report of a wave; `previous_chain_hash` is that of the programme's report before, if any.

    Receipts are listed for groups of at least k answers only, sorted. ValueError if facts and publication
    differ in k.
    """
    if facts.k != publication.k:
        raise ValueError("The publication was made with another k than the wave promised.")
    asked = asked_questions(facts.questionnaires)
    counted = publication.counted_groups
    said = {
        "sections": _section_records(facts.questionnaires.values()),
        "questions": [_question_record(one) for one in asked],
        "statements": publication.records,
        "comments": _comment_records(asked, facts.comments_kept),
        "receipts": sorted({receipt.digest for receipt in facts.receipts if receipt.group in counted}),
    }
    return _document(facts, Outcome.PUBLISHED, said, previous_chain_hash)


def build_too_few(facts: ReportFacts, previous_chain_hash: str | None) -> Report:
    """Return the report of a wave of which fewer than k answers could be counted: who was invited, nothing else."""
    said: dict[str, object] = {name: [] for name in ("sections", "questions", "statements", "comments", "receipts")}
    return _document(facts, Outcome.TOO_FEW, said, previous_chain_hash)


def _document(facts: ReportFacts, outcome: Outcome, said: dict[str, object], previous: str | None) -> Report:
    about = facts.about
    record = {
        "format": FORMAT,
        "outcome": outcome,
        "previous": previous,
        "about": {**asdict(about), "opened_on": about.opened_on.isoformat(), "closed_on": about.closed_on.isoformat()},
        "rules": asdict(Rules(facts.k)),
        "promise": asdict(facts.promise),
        "groups": [asdict(group) for group in facts.groups],
        "twins": [asdict(twin) for twin in facts.twins],
        "many_contested": facts.contested >= facts.k,
        **_grouped(facts),
        **said,
    }
    return Report.parse(canonical_json(record))


def _grouped(facts: ReportFacts) -> dict[str, object]:
    if facts.grouping is None:
        return {}
    return {"grouping": facts.grouping, "not_asked": [asdict(one) for one in facts.not_asked]}


def _question_record(asked: AskedQuestion) -> dict[str, object]:
    question = asked.question
    return {
        "code": question.code,
        "kind": question.kind.code,
        "section": question.section,
        "theme": question.theme,
        "roles": asked.roles,
        "text": dict(question.text),
        "options": [{"code": option.code, "text": dict(option.text)} for option in question.options],
        "order": question.order,
        "sensitive": question.sensitive,
        "then_now": question.then_now,
        **({} if question.shown_when is None else {"shown_when": asdict(question.shown_when)}),
    }


def _section_records(questionnaires: Iterable[Questionnaire]) -> list[dict[str, object]]:
    titles = {section.code: dict(section.title) for one in questionnaires for section in one.sections}
    return [{"code": code, "title": title} for code, title in titles.items()]


def _comment_records(asked: tuple[AskedQuestion, ...], kept: frozenset[str]) -> list[dict[str, object]]:
    texts = {one.question.code: dict(one.question.text) for one in asked if not one.question.closed}
    return [{"question": code, "text": text, "kept": code in kept} for code, text in texts.items()]
