"""Files that staff download. None is named after a programme or organisation: folders are seen over shoulders."""

from flask import Response

from feedback.rendering.blocks import Paper
from feedback.rendering.pdf import write_pdf
from feedback.rendering.workbook import write_workbook
from feedback.resources import templates_folder
from feedback.runtime import runtime
from feedback.services.reports.note_download import note_download
from feedback.web.staff.guards import member

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_pdf(paper: Paper, stem: str) -> Response:
    """Return a paper as a PDF to download, named after `stem`."""
    return attached(write_pdf(paper, templates_folder()), f"{stem}.pdf", "application/pdf")


def as_xlsx(paper: Paper, stem: str) -> Response:
    """Return a paper as a spreadsheet to download, named after `stem`."""
    return attached(write_workbook(paper), f"{stem}.xlsx", _XLSX)


def attached(data: bytes, name: str, mimetype: str) -> Response:
    """Return a file to download, and note in the audit log who took it."""
    note_download(runtime().session(), name, now=runtime().clock(), actor=member().actor)
    response = Response(data, mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
