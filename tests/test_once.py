"""What tests do once for all of a process is what each would have done itself."""

import json
from pathlib import Path

import pytest
from sqlalchemy import create_engine, literal, select

from feedback.auditor import Tried, Verdict, audit
from tests.attacked import equal_blocks_attacked_once

REPORT = Path(__file__).parents[1] / "examples/reports/8-pairs/kickoff.json"


def unanimous() -> Verdict:
    """What the auditor finds where a report says that all who answered a question chose the same."""
    document = json.loads(REPORT.read_text())["document"]
    for statement in (one for one in document["statements"] if one["kind"] == "distribution"):
        for count in statement["counts"]:
            count["count"] = statement["n"] if count is statement["counts"][0] else 0
    return audit(document, None)


def test_what_was_found_before_is_found_again() -> None:
    anew = unanimous()
    assert anew.findings
    with equal_blocks_attacked_once():
        assert [unanimous(), unanimous()] == [anew, anew]


def test_only_in_between_is_anything_known_of_earlier_attacks() -> None:
    with equal_blocks_attacked_once():
        assert Tried()._found is Tried()._found
    assert Tried()._found == {}


@pytest.mark.parametrize("address", ["sqlite://", "postgresql+psycopg://localhost/nowhere"])
def test_engines_alike_share_a_dialect_and_no_others(address: str) -> None:
    one, other = create_engine(address), create_engine(address)
    reader = create_engine(address, isolation_level="AUTOCOMMIT")
    assert one.dialect is other.dialect is not reader.dialect


def test_a_statement_is_compiled_once_for_engines_alike() -> None:
    compiled = []
    for engine in (create_engine("sqlite://"), create_engine("sqlite://")):
        with engine.connect() as connection:
            result = connection.execute(select(literal(1).label("only_here")))
            compiled.append(result.context.compiled)
            assert result.scalar_one() == 1
        engine.dispose()
    assert compiled[0] is compiled[1]
