"""docs/security.md names each requirement once, and no test that is not there."""

import re

from tests.house.test_documents import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NUMBER = re.compile(r"(?<![\d.])\d{1,2}\.\d\.\d{1,2}(?![\d.]\d)")
# How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; those of level 3 come last in each.
SECTIONS = {
    "1.1": 2,
    "1.2": 9,
    "1.3": 11,
    "1.4": 3,
    "1.5": 2,
    "2.1": 3,
    "2.2": 3,
    "2.3": 4,
    "2.4": 1,
    "3.2": 2,
    "3.3": 4,
    "3.4": 6,
    "3.5": 5,
    "3.7": 2,
    "4.1": 3,
    "4.2": 1,
    "4.3": 2,
    "4.4": 4,
    "5.1": 1,
    "5.2": 3,
    "5.3": 2,
    "5.4": 3,
    "6.1": 3,
    "6.2": 12,
    "6.3": 4,
    "6.4": 4,
    "6.5": 5,
    "6.6": 3,
    "6.8": 4,
    "7.1": 3,
    "7.2": 4,
    "7.3": 2,
    "7.4": 5,
    "7.5": 2,
    "7.6": 2,
    "8.1": 2,
    "8.2": 3,
    "8.3": 1,
    "8.4": 1,
    "9.1": 3,
    "9.2": 4,
    "10.1": 2,
    "10.2": 2,
    "10.3": 4,
    "10.4": 11,
    "10.5": 5,
    "10.6": 2,
    "10.7": 3,
    "11.1": 2,
    "11.2": 3,
    "11.3": 3,
    "11.4": 4,
    "11.5": 1,
    "11.6": 1,
    "12.1": 3,
    "12.2": 2,
    "12.3": 4,
    "13.1": 1,
    "13.2": 5,
    "13.3": 2,
    "13.4": 5,
    "14.1": 2,
    "14.2": 4,
    "14.3": 3,
    "15.1": 3,
    "15.2": 3,
    "15.3": 7,
    "16.1": 1,
    "16.2": 5,
    "16.3": 4,
    "16.4": 3,
    "16.5": 3,
}
REQUIREMENTS = {f"{section}.{number}" for section, count in SECTIONS.items() for number in range(1, count + 1)}


def part(title: str) -> str:
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def listed(title: str) -> list[str]:
    """The requirements that a part is about: of a table, those in its first column."""
    rows = re.findall(r"^\| ([\d.]+) \|", part(title), re.MULTILINE)
    return rows or NUMBER.findall(part(title))


def test_each_requirement_of_level_2_is_in_one_part() -> None:
    parts = [listed(title) for title in ("Shown by tests", "Not met", "Shown by no test", "About what is not here")]
    assert all(parts)
    found = [number for part in parts for number in part]
    assert sorted(found) == sorted(REQUIREMENTS)
    assert f"level 2: {len(REQUIREMENTS)} requirements" in PAGE


def test_every_test_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`([\w/]+\.py)`", PAGE))
    assert len(named) > 40
    assert sorted(name for name in named if not (ROOT / "tests" / name).is_file()) == []


def test_what_is_shown_is_shown_by_some_test() -> None:
    rows = [row for row in part("Shown by tests").splitlines() if re.match(r"\| \d", row)]
    assert [row for row in rows if not row.endswith(".py` |")] == []
