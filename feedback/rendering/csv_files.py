"""Tables as CSV: one plain form for programs, and one that a spreadsheet opens in the reader's language.

In either no cell can be run as a formula: an apostrophe stands before text that begins like one, since CSV cannot say
that a cell is text.
"""

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

from babel.numbers import get_decimal_symbol

from feedback.rendering.book import DataSheet, Measure, SheetValue
from feedback.rendering.wording import harmless, locale_of, printable

_BYTE_ORDER_MARK = "\ufeff"
_DIGITS = {Measure.COUNT: 0, Measure.SHARE: 3, Measure.POINTS: 3, Measure.PROBABILITY: 6, Measure.EFFECT: 4}


def plain_csv(data: DataSheet) -> bytes:
    """Return the table for programs: RFC 4180 in UTF-8, columns under their keys, numbers with a decimal point."""
    measures = [column.measure for column in data.columns]
    rows = ([_plain(value, measure) for value, measure in zip(row, measures, strict=True)] for row in data.rows)
    return _written([column.key for column in data.columns], rows, ",").encode()


def spreadsheet_csv(data: DataSheet, language: str) -> bytes:
    """Return the table as a spreadsheet in `language` expects it: UTF-8 with a byte order mark, columns under titles.

    Decimals are separated as CLDR has it; where that is a comma, fields are separated by semicolons.
    """
    data = data.for_people
    point = get_decimal_symbol(locale_of(language), numbering_system="latn")
    measures = [column.measure for column in data.columns]
    rows = ([_plain(value, measure, point) for value, measure in zip(row, measures, strict=True)] for row in data.rows)
    titles = [harmless(printable(column.title)) for column in data.columns]
    return (_BYTE_ORDER_MARK + _written(titles, rows, ";" if point == "," else ",")).encode()


def _plain(value: SheetValue, measure: Measure, point: str = ".") -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(printable(value))
    exact = Decimal(str(round(value, _DIGITS[measure]))).normalize()
    return f"{exact:f}".replace(".", point)


def _written(titles: Iterable[str], rows: Iterable[list[str]], separator: str) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(titles)
    writer.writerows(rows)
    return text.getvalue()
