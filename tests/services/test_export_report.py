import base64
import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.answers import Answer
from feedback.domain.disclosure import publish
from feedback.domain.groups import Group
from feedback.domain.questionnaires import Kind, Option, Order, Question, Questionnaire, Role, Section
from feedback.domain.report import About, Promise, ReportDocument, ReportFacts, build_report, build_too_few
from feedback.domain.statements import canonical_json
from feedback.domain.tally import Tally
from feedback.services.export_report import report_csv, report_json
from feedback.services.show_report import SignedReport

ABOUT = About("Org", "Pilot", "reverse", "race", "exit", date(2025, 3, 3), date(2025, 3, 24))
PROMISE = Promise("Rea", 60, 7, was_extended=False)
GROUPS = (Group("mentor", Role.MENTOR, (), 14), Group("mentee", Role.MENTEE, (), 12))
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def facts(text: str = "How?") -> ReportFacts:
    options = tuple(Option(code, {"en": f"Choice {code}", "de": f"Wahl {code}"}) for code in "012")
    question = Question("C1", Kind.ONE, "s", {"en": text}, options, Order.RISING)
    asked = {
        role: Questionnaire("q", 1, "exit", role, {"en": "Q"}, (Section("s", {"en": "S"}),), (question,))
        for role in Role
    }
    return ReportFacts(ABOUT, PROMISE, 5, GROUPS, asked)


def report(text: str = "How?") -> ReportDocument:
    made = facts(text)
    tally = Tally(made.questionnaires, GROUPS)
    for rating in "00011222":
        tally.add("mentor", Role.MENTOR, Answer({"C1": rating}))
    return build_report(made, publish(tally, 5), None)


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def signed(document: ReportDocument) -> tuple[Ed25519PrivateKey, dict[str, Any], bytes]:
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    data = report_json(SignedReport(1, 2, "exit", document, key.sign(document.json.encode()), public))
    return key, json.loads(data), data


def test_a_table_begins_with_a_byte_order_mark() -> None:
    assert report_csv(report(), "en").startswith(b"\xef\xbb\xbf")


def test_every_published_and_withheld_fact_is_one_line() -> None:
    rows = table(report_csv(report(), "en"))
    assert [(row["group"], row["options"], row["at_least"], row["of"]) for row in rows] == [
        ("mentor", "Choice 0", "3", "8"),
        ("mentor", "Choice 1", "2", "8"),
        ("mentor", "Choice 2", "3", "8"),
        ("mentee", "", "", ""),
    ]
    assert rows[-1]["withheld"] == "group-too-small"


def test_words_are_in_the_language_asked_for() -> None:
    assert table(report_csv(report(), "de"))[0]["options"] == "Wahl 0"


def test_a_report_about_too_few_is_a_table_without_lines() -> None:
    assert table(report_csv(build_too_few(facts(), None), "en")) == []


@pytest.mark.parametrize("start", [*DANGEROUS, " =", "\n@", "\u00a0+", "  -"])
def test_a_formula_is_made_harmless(start: str) -> None:
    text = f"{start}cmd|' /C calc'!A0"
    assert table(report_csv(report(text), "en"))[0]["text"] == f"'{text}"


@given(st.text(min_size=1).filter(lambda text: "\0" not in text))
def test_no_cell_of_any_table_begins_like_a_formula(text: str) -> None:
    for row in table(report_csv(report(text), "en")):
        assert not [cell for cell in row.values() if cell.lstrip().startswith(DANGEROUS) or cell.startswith(DANGEROUS)]


def test_the_document_stands_in_the_file_as_it_was_signed() -> None:
    document = report("Ça va – oui?")
    key, fields, data = signed(document)
    assert document.json.encode() in data
    key.public_key().verify(base64.b64decode(fields["signature"]), canonical_json(fields["document"]).encode())


def test_the_file_names_hashes_and_public_key() -> None:
    document = report()
    key, fields, _data = signed(document)
    assert (fields["statement_hash"], fields["chain_hash"]) == (document.statement_hash, document.chain_hash)
    assert base64.b64decode(fields["public_key"]) == key.public_key().public_bytes_raw()
