"""Tables as CSV: what is written is read back, by a program and by a spreadsheet of the reader's language."""

import csv
import io
from decimal import Decimal

import pytest
from babel.numbers import parse_decimal
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.languages import LANGUAGES
from feedback.rendering.book import DataColumn, DataSheet, Measure, SheetValue
from feedback.rendering.csv_files import plain_csv, spreadsheet_csv
from feedback.rendering.wording import printable

COLUMNS = (
    DataColumn("What was asked; and how?", "text"),
    DataColumn("Answered, in all", "answered", Measure.COUNT),
    DataColumn("Share", "percent", Measure.SHARE),
    DataColumn("Change", "change", Measure.POINTS),
    DataColumn("", "reason"),
)
ROWS = (('A "quoted"; one, and\nmore', 12_345, 33.333, -7.5, "a"), ("Ünïcode — مرحبا", 0, 100, None, ""))
SEPARATORS = {"en": ",", "fr": ";", "es": ";", "ar": ",", "cy": ","}


def sheet(*rows: tuple[SheetValue, ...]) -> DataSheet:
    return DataSheet("Data", "Numbers", "Numbers", (), COLUMNS, rows)


def read(data: bytes, separator: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator))


def test_a_program_reads_back_what_was_written() -> None:
    data = plain_csv(sheet(*ROWS))
    assert not data.startswith(b"\xef\xbb\xbf")
    assert read(data, ",") == [
        ["text", "answered", "percent", "change", "reason"],
        ['A "quoted"; one, and\nmore', "12345", "33.333", "-7.5", "a"],
        ["Ünïcode — مرحبا", "0", "100", "", ""],
    ]


@pytest.mark.parametrize("language", [language.code for language in LANGUAGES])
def test_a_spreadsheet_of_the_language_reads_back_what_was_written(language: str) -> None:
    data = spreadsheet_csv(sheet(*ROWS), language)
    assert data.startswith(b"\xef\xbb\xbf")
    header, *rows = read(data, SEPARATORS[language])
    assert header == ["What was asked; and how?", "Answered, in all", "Share", "Change"]
    assert [row[0] for row in rows] == [row[0] for row in ROWS]
    numbers = [[parse_decimal(cell, language, numbering_system="latn") for cell in row[1:] if cell] for row in rows]
    assert numbers == [[Decimal("12345"), Decimal("33.333"), Decimal("-7.5")], [0, 100]]


def test_every_language_that_is_shipped_is_looked_at() -> None:
    assert set(SEPARATORS) == {language.code for language in LANGUAGES}


@given(st.text(max_size=30))
def test_no_cell_begins_like_a_formula_and_nothing_else_is_changed(text: str) -> None:
    for data, separator in (
        (plain_csv(sheet((text, 1, 1, 1, ""))), ","),
        (spreadsheet_csv(sheet((text, 1, 1, 1, "")), "fr"), ";"),
    ):
        (_header, row) = read(data, separator)
        assert not row[0].lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))
        assert row[0] in {printable(text), f"'{printable(text)}"}
