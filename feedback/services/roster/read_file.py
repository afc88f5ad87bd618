"""Read a roster file, text or spreadsheet, by what is in it and not by its name."""

from feedback.domain.errors import RosterNote, sentence
from feedback.domain.roster.encodings import refuse_rubbish
from feedback.domain.roster.files import RosterRecord
from feedback.domain.roster.rows import RosterFile, RosterTable, read_table, table_of_text
from feedback.spreadsheets.reading import MOST_SECONDS, SpreadsheetRows, is_spreadsheet, read_sheet


def read_file(data: bytes, encoding: str | None = None) -> RosterFile:
    """Return what a roster file says; raise RosterRefused naming every wrong line."""
    return read_table(table_of(data, encoding))


def table_of(data: bytes, encoding: str | None = None, *, seconds: float = MOST_SECONDS) -> RosterTable:
    """Return the rows of a roster file before any is judged; raise RosterRefused if there are none to be had.

    `encoding` names the code page of a text file. A spreadsheet has none: there it says that cells that look as if they
    had been read in a wrong one are right. It may take `seconds` to open.
    """
    if not is_spreadsheet(data):
        return table_of_text(data, encoding)
    sheet = read_sheet(data, seconds=seconds)
    if encoding is None:
        refuse_rubbish(cell for _line, cells in sheet.rows for cell in cells)
    records = tuple(RosterRecord(line, cells) for line, cells in sheet.rows)
    source = RosterNote(sentence("Read the sheet “%(sheet)s”"), sheet=sheet.name)
    return RosterTable(source, records, _others(sheet))


def _others(sheet: SpreadsheetRows) -> tuple[RosterNote, ...]:
    if not sheet.others:
        return ()
    return (RosterNote(sentence("Read the sheet “%(sheet)s”; the others are left out."), sheet=sheet.name),)
