"""The gate of every close: what the publisher says passes it, and a fault in the publisher does not."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from feedback.domain.disclosure.statements import canonical_json
from feedback.domain.report.report import Report
from feedback.services.reports.audit_report import broken_rules
from tests.reporting.reports import simple_report

SIZES = {("mentor", ""): 40, ("mentee", ""): 30}
OPTIONS = ("0", "1", "2", "3", "4")


def altered(document: Report, change: Callable[[dict[str, Any]], None]) -> Report:
    record = json.loads(document.json)
    for statement in record["statements"]:
        if statement["kind"] in {"distribution", "dominance-band"} and statement["group"] == "mentor":
            change(statement)
    return Report.parse(canonical_json(record))


def told_in_full(statement: dict[str, Any]) -> None:
    """What a publisher without its band would say of twelve who agree."""
    counts = [{"option": option, "count": 12 if option == "3" else 0} for option in OPTIONS]
    statement.update(kind="distribution", counts=counts)
    del statement["options"], statement["at_least"]


def one_more(statement: dict[str, Any]) -> None:
    statement["counts"][0]["count"] += 1


@pytest.mark.parametrize("ratings", ["0011223344", "333333333344", "000001111122"])
def test_what_the_publisher_says_passes(ratings: str) -> None:
    assert broken_rules(simple_report(ratings), SIZES) == ()


def test_unanimity_told_in_full_is_held() -> None:
    assert "D2" in broken_rules(altered(simple_report("333333333333"), told_in_full), SIZES)


def test_numbers_that_do_not_add_up_are_held() -> None:
    assert "inconsistent" in broken_rules(altered(simple_report("0011223344"), one_more), SIZES)


def test_groups_that_the_roster_does_not_make_are_held() -> None:
    assert "partition" in broken_rules(simple_report("0011223344"), {("mentor", ""): 9, ("mentee", ""): 30})
