"""The empty list of people as XLSX: headers, and roles to choose from."""

import io
from collections.abc import Sequence
from datetime import datetime

from xlsxwriter import Workbook

_MADE_ON = datetime(2000, 1, 1)  # noqa: DTZ001 - always the same, so that equal lists give equal bytes
_WIDTHS = (28, 36, 16, 20, 12)
_ROWS = 2_000
_ROLE = 2


def write_roster_template(headers: Sequence[str], roles: Sequence[str], *, right_to_left: bool) -> bytes:
    """Return a workbook with these headers in its first row; the third column offers the roles."""
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": _MADE_ON})
        sheet, text = workbook.add_worksheet(), workbook.add_format({"num_format": "@"})
        for place, (header, width) in enumerate(zip(headers, _WIDTHS, strict=True)):
            sheet.set_column(place, place, width, text)
            sheet.write_string(0, place, header, workbook.add_format({"bold": True, "num_format": "@"}))
        sheet.data_validation(1, _ROLE, _ROWS, _ROLE, {"validate": "list", "source": list(roles)})
        sheet.freeze_panes(1, 0)
        if right_to_left:
            sheet.right_to_left()
    return file.getvalue()
