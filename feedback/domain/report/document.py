"""The report of one wave as a document: built from a publication, hashed, chained, and read back for pages.

Accepts counts only as published statements. Holds no words of its own besides question and option texts:
reasons, bounds and groups are codes that templates translate. Signing is done outside, over the JSON's bytes.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from feedback.domain.disclosure.groups import Group
from feedback.domain.disclosure.publishing import BAND, SENSITIVE_BAND, SENSITIVE_K
from feedback.domain.disclosure.statements import Publication, canonical_json
from feedback.domain.survey.asked import AskedQuestion, asked_questions
from feedback.domain.survey.questionnaires import Questionnaire, Role

FORMAT = 1
CHAIN_LABEL = b"feedback/chain/1"
NO_REPORT_BEFORE = bytes(32)


class Outcome(StrEnum):
    """Whether a report says anything."""

    PUBLISHED = "published"
    TOO_FEW = "too-few"


@dataclass(frozen=True)
class Receipt:
    """Digest (hexadecimal) of the receipt in one counted response, and the name of the group it counted in."""

    group: str
    digest: str


@dataclass(frozen=True)
class About:
    """What a report is about. `word` is what the organisation calls the scheme, such as "reverse"; dates are local."""

    organisation: str
    programme: str
    word: str
    focus: str
    stage: str
    opened_on: date
    closed_on: date


@dataclass(frozen=True)
class Promise:
    """What participants were told besides the rules. `reviewer` alone reads comments word for word."""

    reviewer: str
    comment_days: int
    key_backup_days: int
    was_extended: bool


@dataclass(frozen=True)
class Rules:
    """The numbers by which statements are made: see docs/disclosure.md."""

    k: int
    band: int = BAND
    sensitive_k: int = SENSITIVE_K
    sensitive_band: int = SENSITIVE_BAND


@dataclass(frozen=True)
class Twin:
    """An earlier report of the same sequence, on `stage`, about nearly the same people in `group` (R11)."""

    group: str
    stage: str


@dataclass(frozen=True)
class ReportFacts:
    """What a report says besides the statements. `questionnaires` are as asked, with the programme's own words.

    `comments_kept` holds the codes of the open questions whose comments went to review. `receipts` may name any
    group; small ones are left out.
    """

    about: About
    promise: Promise
    k: int
    groups: tuple[Group, ...]
    questionnaires: Mapping[Role, Questionnaire]
    twins: tuple[Twin, ...] = ()
    comments_kept: frozenset[str] = frozenset()
    receipts: tuple[Receipt, ...] = ()


@dataclass(frozen=True)
class ReportDocument:
    """A report: its canonical JSON and two SHA-256 digests of it in hexadecimal (see `read_report`)."""

    json: str
    statement_hash: str
    chain_hash: str


@dataclass(frozen=True)
class SignedReport:
    """A report with the organisation's Ed25519 signature over the UTF-8 bytes of its JSON, and the public key."""

    document: ReportDocument
    signature: bytes
    public_key: bytes


def build_report(facts: ReportFacts, publication: Publication, previous_chain_hash: str | None) -> ReportDocument:
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
        "statements": json.loads(publication.json),
        "comments": _comment_records(asked, facts.comments_kept),
        "receipts": sorted({receipt.digest for receipt in facts.receipts if receipt.group in counted}),
    }
    return _document(facts, Outcome.PUBLISHED, said, previous_chain_hash)


def build_too_few(facts: ReportFacts, previous_chain_hash: str | None) -> ReportDocument:
    """Return the report of a wave that fewer than k answered: who was invited, and nothing else."""
    said: dict[str, object] = {name: [] for name in ("sections", "questions", "statements", "comments", "receipts")}
    return _document(facts, Outcome.TOO_FEW, said, previous_chain_hash)


def read_report(text: str) -> ReportDocument:
    """Return the report whose JSON is `text`, with its hashes worked out anew.

    `statement_hash` is SHA-256 of the statements' canonical JSON alone; `chain_hash` is SHA-256 of
    "feedback/chain/1", the previous chain hash (32 bytes; zeros if none) and the statement hash (32 bytes).
    Other text raises ValueError, KeyError or TypeError. A signature is the caller's to check.
    """
    record = json.loads(text)
    if record["format"] != FORMAT or canonical_json(record) != text:
        raise ValueError("This is not the canonical JSON of a report.")
    statements = hashlib.sha256(canonical_json(record["statements"]).encode()).digest()
    previous = NO_REPORT_BEFORE if record["previous"] is None else bytes.fromhex(record["previous"])
    if len(previous) != len(NO_REPORT_BEFORE):
        raise ValueError("The previous chain hash is not 32 bytes in hexadecimal.")
    chain = hashlib.sha256(CHAIN_LABEL + previous + statements)
    return ReportDocument(text, statements.hex(), chain.hexdigest())


def read_outcome(text: str) -> Outcome:
    """Return whether the report whose JSON is `text` says anything."""
    return Outcome(json.loads(text)["outcome"])


def _document(facts: ReportFacts, outcome: Outcome, said: dict[str, object], previous: str | None) -> ReportDocument:
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
        **said,
    }
    return read_report(canonical_json(record))


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
