"""Which kind of spreadsheet a file is, whether its size is bearable, and what its first visible sheet shows.

Loaded by the child process only (`feedback.spreadsheets.child`).
"""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from feedback.domain.errors import sentence
from feedback.spreadsheets.shown import shown

MOST_BYTES = 128 * 2**20
MOST_ENTRIES = 2_000
MOST_ROWS = 100_200
MOST_COLUMNS = 64
_XLSX, _ODS = "xl/workbook.xml", "content.xml"
_NO_KIND = sentence(
    "The file is no spreadsheet of a kind that can be read; open it in your spreadsheet program and save it as XLSX or "
    "as “CSV UTF-8”."
)
_IS_DAMAGED = sentence(
    "The spreadsheet is damaged or protected (%(kind)s); open it in your spreadsheet program and save it as XLSX or as "
    "“CSV UTF-8”."
)
_IS_CUT_OFF = sentence(
    "The file is a damaged spreadsheet; open it in your spreadsheet program and save it as XLSX or as “CSV UTF-8”."
)
_NOTHING_VISIBLE = sentence(
    "The spreadsheet has no visible sheet; open it in your spreadsheet program and save it as XLSX or as “CSV UTF-8”."
)
_NO_RESULT = sentence(
    "Line %(number)s: a formula was saved without its result (%(place)s); open it in your spreadsheet program and save "
    "it as XLSX or as “CSV UTF-8”."
)
_UNPACKED = sentence("The spreadsheet is too large when unpacked; save the roster alone, as “CSV UTF-8”.")
_FAR_AWAY = sentence("Line %(number)s: there is something in column %(column)s; remove what is far to the right.")
_TOO_MANY = sentence("The sheet has more than 100,000 participants; split it into several programmes.")


class Refused(Exception):
    """The file is not read; `said`, with `values` in its places, says why."""

    def __init__(self, said: str, /, **values: str | int) -> None:
        super().__init__(said)
        self.said, self.values = said, values


def rows_of(data: bytes) -> dict[str, Any]:
    """Return the first visible sheet, as `feedback.spreadsheets.reading` reads it from JSON."""
    names = _directory(data)
    read = _readers().get(next((name for name in (_XLSX, _ODS) if name in names), ""))
    if read is None:
        raise Refused(_NO_KIND)
    try:
        sheet, others, rows = read(data)
        return {"sheet": sheet, "others": others, "rows": list(_bounded(rows))}
    except (Refused, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  # two libraries, each with errors of its own
        kind = type(error).__name__
        raise Refused(_IS_DAMAGED, kind=kind) from None


def _directory(data: bytes) -> frozenset[str]:
    """Return the names in a zip file, by its directory alone: both readers stop at the sizes that it gives."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        raise Refused(_IS_CUT_OFF) from None
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise Refused(_UNPACKED)
    return frozenset(entry.filename for entry in entries)


def _readers() -> dict[str, Callable[[bytes], tuple[str, int, Iterator[tuple[str, ...]]]]]:
    return {_XLSX: _xlsx, _ODS: _ods}


def _bounded(rows: Iterable[tuple[str, ...]]) -> Iterator[tuple[int, list[str]]]:
    found = 0
    for line, cells in enumerate(rows, start=1):
        width = max((at for at, cell in enumerate(cells, start=1) if cell.strip()), default=0)
        if width > MOST_COLUMNS:
            raise Refused(_FAR_AWAY, number=line, column=width)
        if width:
            found += 1
            if found > MOST_ROWS:
                raise Refused(_TOO_MANY)
            yield line, list(cells[:width])


def _xlsx(data: bytes) -> tuple[str, int, Iterator[tuple[str, ...]]]:
    import openpyxl

    values = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    sheets = [sheet for sheet in values.worksheets if sheet.sheet_state == "visible"]
    if not sheets:
        raise Refused(_NOTHING_VISIBLE)
    name = sheets[0].title
    formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True)[name] if _has_formulas(data) else None
    return name, len(sheets) - 1, _xlsx_rows(sheets[0], formulas)


def _has_formulas(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = (name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml"))
        return any(_mentions(archive, name, (b"<f>", b"<f ", b"<f/", b":f>", b":f ")) for name in sheets)


def _mentions(archive: zipfile.ZipFile, name: str, words: tuple[bytes, ...]) -> bool:
    with archive.open(name) as file:
        before = b""
        while part := file.read(1 << 20):
            if any(word in before + part for word in words):
                return True
            before = part[-4:]
    return False


def _xlsx_rows(sheet: Any, formulas: Any) -> Iterator[tuple[str, ...]]:
    # A sheet may say that it ends before it does, or never.
    sheet.reset_dimensions()
    if formulas is not None:
        formulas.reset_dimensions()
        for cells, sources in zip(sheet.iter_rows(), formulas.iter_rows(), strict=True):
            for cell, source in zip(cells, sources, strict=True):
                # A result that is an empty text has its type; one that was not saved has not.
                if cell.value is None and cell.data_type != "str" and source.value is not None:
                    raise Refused(_NO_RESULT, number=source.row, place=source.coordinate)
            yield tuple(shown(cell.value, cell.number_format) for cell in cells)
        return
    for cells in sheet.iter_rows():
        yield tuple(shown(cell.value, cell.number_format) if cell.value is not None else "" for cell in cells)


def _ods(data: bytes) -> tuple[str, int, Iterator[tuple[str, ...]]]:
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets = [one for one in book.sheets_metadata if one.visible is python_calamine.SheetVisibleEnum.Visible]
    if not sheets:
        raise Refused(_NOTHING_VISIBLE)
    rows = book.get_sheet_by_name(sheets[0].name).to_python(skip_empty_area=False)
    return sheets[0].name, len(sheets) - 1, (tuple(shown(value) for value in row) for row in rows)
