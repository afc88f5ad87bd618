"""How numbers and foreign text are spelt in a report. Refuses nothing: what cannot be printed is left out."""

import re
import unicodedata
from dataclasses import replace
from decimal import Decimal

from babel import Locale
from babel.numbers import format_decimal, format_percent

from feedback.rendering.blocks import Column, Table, TableCell

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
_DIRECTIONS = {"L": "ltr", "R": "rtl", "AL": "rtl"}
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def printable(text: str) -> str:
    """Return `text` without what no document may hold: control characters, surrogates, noncharacters."""
    return _UNPRINTABLE.sub("", _LINE_END.sub("\n", text))


def one_line(text: str) -> str:
    """Return `text` as `printable` does, with every run of blanks as one space."""
    return " ".join(printable(text).split())


def percent_words(share: float, language: str, *, decimals: int = 1) -> str:
    """Return `share` (0 to 100) with a percent sign, as `language` writes it, to at most `decimals` digits."""
    exact = Decimal(str(round(share, decimals) if decimals else round(share)))
    return format_percent(exact / 100, locale=locale_of(language), decimal_quantization=False)


def cell_words(cell: TableCell, column: Column, language: str) -> str:
    """Return what stands in a table's cell, as `language` writes numbers."""
    if isinstance(cell, str):
        return cell
    if column.percent:
        return percent_words(cell, language)
    return format_decimal(Decimal(str(round(cell, 3))), locale=locale_of(language))


def in_words(table: Table, language: str) -> Table:
    """Return a table with words in all cells, as `language` writes numbers."""
    rows = (zip(row, table.columns, strict=True) for row in table.rows)
    return replace(table, rows=tuple(tuple(cell_words(cell, column, language) for cell, column in row) for row in rows))


def locale_of(language: str) -> Locale:
    """Return the locale for a language tag such as "en-GB". Raises `babel.UnknownLocaleError`."""
    return Locale.parse(language, sep="-")


def begins_like_a_formula(text: str) -> bool:
    """Tell whether a spreadsheet might run `text` as a formula, even after blanks, were it to guess what it is."""
    return text.startswith(_STARTS_A_FORMULA) or text.lstrip().startswith(_STARTS_A_FORMULA)


def harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula, where nothing else says that it is text."""
    return f"'{text}" if begins_like_a_formula(text) else text


def direction_of(text: str, otherwise: str) -> str:
    """Return "ltr" or "rtl" after the first letter of `text` that has a direction, or `otherwise`."""
    for character in text:
        if (found := _DIRECTIONS.get(unicodedata.bidirectional(character))) is not None:
            return found
    return otherwise
