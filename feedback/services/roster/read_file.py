"""Read a roster file, text or spreadsheet, by what is in it and not by its name."""

from feedback.domain.roster.encodings import refuse_rubbish
from feedback.domain.roster.files import RosterRecord
from feedback.domain.roster.rows import RosterFile, read_records, read_roster
from feedback.spreadsheets.reading import Sheet, is_spreadsheet, read_sheet


def read_file(data: bytes, encoding: str | None = None) -> RosterFile:
    """Return what a roster file says; raise RosterRefused naming every wrong line.

    `encoding` names the code page of a text file. A spreadsheet has none: there it says that cells that look as if they
    had been read in a wrong one are right.
    """
    if not is_spreadsheet(data):
        return read_roster(data, encoding)
    sheet = read_sheet(data)
    if encoding is None:
        refuse_rubbish(cell for _line, cells in sheet.rows for cell in cells)
    records = (RosterRecord(line, cells) for line, cells in sheet.rows)
    return read_records(records, f"Read the sheet “{sheet.name}”", _others(sheet))


def _others(sheet: Sheet) -> tuple[str, ...]:
    if not sheet.others:
        return ()
    others = "1 other is" if sheet.others == 1 else f"{sheet.others} others are"
    return (f"Read the sheet “{sheet.name}”; {others} left out.",)
