"""A published report, read once from its canonical JSON into one frozen object that all pages and files are made of.

Holds no words of its own besides question and option texts: reasons, bounds and groups are codes that others put into
words. Checks that the text is canonical and works its hashes out anew; a signature is the caller's to check.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple, Self

from feedback.domain.disclosure.bands import BAND, BAND_PER, SENSITIVE_BAND, SENSITIVE_K, WIDE_BAND, WIDE_FROM
from feedback.domain.disclosure.groups import Group, Grouping, reported_in
from feedback.domain.disclosure.statements import (
    Published,
    ResponseRate,
    canonical_json,
    canonical_object,
    read_statements,
)
from feedback.domain.languages import LANGUAGES
from feedback.domain.survey.asked import AskedQuestion, NotAsked
from feedback.domain.survey.kinds import STORED_KINDS
from feedback.domain.survey.questionnaires import (
    Condition,
    Option,
    Order,
    Question,
    Role,
    Texts,
    Theme,
    texts_of,
)

FORMAT = 1
_ONE_BAND = {"wide_band": None, "wide_from": None, "band_per": None}
CHAIN_LABEL = b"feedback/chain/1"
NO_REPORT_BEFORE = bytes(32)
ANOTHER_PROGRAMME = "another"
"""Stands for the stage of an earlier survey of another programme, of which no more may be said."""


class Outcome(StrEnum):
    """Whether a report says anything."""

    PUBLISHED = "published"
    TOO_FEW = "too-few"


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
    """The numbers by which statements are made: see docs/disclosure.md. `wide_band` and `wide_from` are those of
    `bands`, `band_per` too; None in reports from before there were any."""

    k: int
    band: int = BAND
    wide_band: int | None = WIDE_BAND
    wide_from: int | None = WIDE_FROM
    band_per: int | None = BAND_PER
    sensitive_k: int = SENSITIVE_K
    sensitive_band: int = SENSITIVE_BAND


@dataclass(frozen=True)
class Twin:
    """An earlier report, on `stage`, with which the one on `group` may speak of a few people (R11)."""

    group: str
    stage: str


@dataclass(frozen=True)
class CommentDecision:
    """Whether the comments on one open question went to review; otherwise they were destroyed unread."""

    code: str
    text: Texts
    kept: bool


@dataclass(frozen=True)
class RateResult:
    """How many answers of a group were counted; None means too few, or a report that says nothing at all."""

    group: Group
    answered: int | None


@dataclass(frozen=True)
class Report:
    """One report. `json` is its text as signed; hashes are SHA-256 in hexadecimal (see `hash_document`).

    `many_contested`: k or more answers of the wave were changed without their receipt, and are counted nowhere.
    `previous` is the chain hash of the programme's report before, `receipts` are sorted digests. Questions and
    statements stand in the report's order. `grouping` is None, and `not_asked` empty, in reports of older versions.
    """

    json: str
    statement_hash: str
    chain_hash: str
    outcome: Outcome
    previous: str | None
    about: About
    rules: Rules
    promise: Promise
    groups: tuple[Group, ...]
    twins: tuple[Twin, ...]
    asked: tuple[AskedQuestion, ...]
    statements: tuple[Published, ...]
    comments: tuple[CommentDecision, ...]
    receipts: tuple[str, ...]
    many_contested: bool
    grouping: Grouping | None
    not_asked: tuple[NotAsked, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the report whose canonical JSON is `text`; any other raises ValueError, KeyError or TypeError."""
        record = json.loads(text)
        hashed = hash_document(record)
        if hashed.json != text:
            raise ValueError("This is not the canonical JSON of a report.")
        return cls(
            **hashed._asdict(),
            outcome=Outcome(record["outcome"]),
            previous=record["previous"],
            about=_about(record["about"]),
            rules=Rules(**_ONE_BAND | record["rules"]),
            promise=Promise(**record["promise"]),
            groups=tuple(_group(one) for one in record["groups"]),
            twins=tuple(Twin(**one) for one in record["twins"]),
            asked=tuple(_asked(one) for one in record["questions"]),
            statements=read_statements(record["statements"]),
            comments=tuple(CommentDecision(one["question"], one["text"], one["kept"]) for one in record["comments"]),
            receipts=tuple(record["receipts"]),
            # Reports from before there were locks say nothing about it.
            many_contested=record.get("many_contested", False),
            grouping=Grouping(record["grouping"]) if "grouping" in record else None,
            not_asked=tuple(_not_asked(one) for one in record.get("not_asked", ())),
        )

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles that were asked anything."""
        return tuple(role for role in Role if any(role in one.roles for one in self.asked))

    @property
    def named_groups(self) -> tuple[Group, ...]:
        """The groups that statements name: those of the partition, and in "all" each role that was asked alone."""
        alone = [
            reported_in(group, one.roles, self.roles) for group in self.groups for one in self.asked if not group.role
        ]
        return tuple(dict.fromkeys((*self.groups, *alone)))

    @property
    def rates(self) -> tuple[RateResult, ...]:
        """Every group with its response rate, in the report's order."""
        answered = {one.group: one.answered for one in self.statements if isinstance(one, ResponseRate)}
        return tuple(RateResult(group, answered.get(group.name)) for group in self.groups)


@dataclass(frozen=True)
class SignedReport:
    """A report with the organisation's Ed25519 signature over the UTF-8 bytes of its JSON, and the public key."""

    report: Report
    signature: bytes
    public_key: bytes


def quoted_languages(*reports: Report) -> frozenset[str]:
    """Return the codes of the service's languages in which all that these reports quote was asked."""
    quoted = [text for report in reports for one in report.asked for text in texts_of(one.question)]
    return frozenset(one.code for one in LANGUAGES).intersection(*quoted)


def key_name(public_key: bytes) -> str:
    """Return what stands for a public key in an address: SHA-256 of its 32 bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(public_key).hexdigest()


class HashedDocument(NamedTuple):
    """A report's canonical JSON with its two hashes."""

    json: str
    statement_hash: str
    chain_hash: str


def hash_document(record: Mapping[str, Any]) -> HashedDocument:
    """Return the canonical JSON of a report and its hashes, whatever else the report holds.

    `statement_hash` is SHA-256 of the statements' canonical JSON alone; `chain_hash` is SHA-256 of
    "feedback/chain/1", the previous chain hash (32 bytes; zeros if none) and the statement hash (32 bytes).
    ValueError, KeyError or TypeError for what is no report of this format.
    """
    if record["format"] != FORMAT:
        raise ValueError("This is not a report of a known format.")
    members = {name: canonical_json(value) for name, value in record.items()}
    statements = hashlib.sha256(members["statements"].encode()).digest()
    previous = NO_REPORT_BEFORE if record["previous"] is None else bytes.fromhex(record["previous"])
    if len(previous) != len(NO_REPORT_BEFORE):
        raise ValueError("The previous chain hash is not 32 bytes in hexadecimal.")
    chain = hashlib.sha256(CHAIN_LABEL + previous + statements)
    return HashedDocument(canonical_object(members), statements.hex(), chain.hexdigest())


def _about(record: dict[str, Any]) -> About:
    days = {name: date.fromisoformat(record[name]) for name in ("opened_on", "closed_on")}
    return About(**{**record, **days})


def _group(record: dict[str, Any]) -> Group:
    role = None if record["role"] is None else Role(record["role"])
    return Group(record["name"], role, tuple(record["cohorts"]), record["invited"], record.get("doubled", 0))


def _not_asked(record: dict[str, Any]) -> NotAsked:
    return NotAsked(Role(record["role"]), Theme(record["theme"]), record["is_open"])


def _asked(record: dict[str, Any]) -> AskedQuestion:
    condition = record.get("shown_when")
    question = Question(
        code=record["code"],
        kind=STORED_KINDS[record["kind"]],
        section=record["section"],
        text=record["text"],
        options=tuple(Option(one["code"], one["text"]) for one in record["options"]),
        order=Order(record["order"]),
        sensitive=record["sensitive"],
        then_now=record["then_now"],
        theme=Theme(record["theme"]),
        shown_when=condition and Condition(condition["question"], tuple(condition["answers"])),
    )
    return AskedQuestion(question, tuple(Role(role) for role in record["roles"]))
