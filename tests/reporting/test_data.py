import base64
import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jsonschema import Draft202012Validator, ValidationError

from feedback.domain.disclosure.statements import canonical_json
from feedback.domain.report.document import build_too_few
from feedback.domain.report.files import write_report_file
from feedback.domain.survey.kinds import MANY
from feedback.domain.survey.questionnaires import Order, Role
from tests.reporting.reports import Said, facts, question, report, signed, simple_report

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text(encoding="utf-8"))


def every_kind() -> bytes:
    """A report with every kind of statement."""

    asked = [
        question("C1", then_now=True),
        question("S1"),
        question("H1", sensitive=True),
        question("B1", kind=MANY, order=Order.NONE),
        question("Q1"),
    ]
    ratings = {
        "C1-then": "001122334400",
        "C1-now": "112233444412",
        "S1": "333333333344",
        "H1": "000112222344",
        "B1": [("0",)] * 6 + [("1", "2")] * 6,
        "Q1": ["0", "1", "2"] + ["prefer-not-to-say"] * 9,
    }
    both = [Said(role.value, role, ratings) for role in Role]
    return write_report_file(signed(report(facts(*asked), *both)))


def check(data: bytes) -> None:
    Draft202012Validator(SCHEMA).validate(json.loads(data))


def test_the_document_stands_in_the_file_as_it_was_signed() -> None:
    document, key = simple_report(text="Ça va – oui?"), Ed25519PrivateKey.generate()
    data = write_report_file(signed(document, key))
    fields = json.loads(data)
    assert document.json.encode() in data
    key.public_key().verify(base64.b64decode(fields["signature"]), canonical_json(fields["document"]).encode())


@pytest.mark.parametrize("place", [0, 100, 1000, -1])
def test_one_altered_byte_breaks_the_signature(place: int) -> None:
    document, key = simple_report(), Ed25519PrivateKey.generate()
    altered = bytearray(document.json.encode())
    altered[place] ^= 1
    with pytest.raises(InvalidSignature):
        key.public_key().verify(signed(document, key).signature, bytes(altered))


def test_the_file_names_hashes_and_public_key() -> None:
    document, key = simple_report(), Ed25519PrivateKey.generate()
    fields = json.loads(write_report_file(signed(document, key)))
    assert (fields["statement_hash"], fields["chain_hash"]) == (document.statement_hash, document.chain_hash)
    assert base64.b64decode(fields["public_key"]) == key.public_key().public_bytes_raw()


def test_the_schema_knows_every_kind_of_statement() -> None:
    data = every_kind()
    check(data)
    kinds = {one["kind"] for one in json.loads(data)["document"]["statements"]}
    offered = SCHEMA["properties"]["document"]["properties"]["statements"]["items"]["oneOf"]
    assert kinds == {one["properties"]["kind"]["const"] for one in offered}


def test_a_report_about_too_few_fits_the_schema() -> None:
    check(write_report_file(signed(build_too_few(facts(question()), None))))


@pytest.mark.parametrize("key", ["rules", "twins", "promise"])
def test_the_schema_misses_what_is_left_out(key: str) -> None:
    fields = json.loads(every_kind())
    del fields["document"][key]
    with pytest.raises(ValidationError):
        check(json.dumps(fields).encode())
