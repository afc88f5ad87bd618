"""The published report of a wave: as a page, as CSV for spreadsheets, as JSON for those who check it."""

import base64

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from feedback.domain.report import Outcome
from feedback.domain.report_reading import report_comments, report_header, report_questions, report_rates
from feedback.domain.staff import StaffRole
from feedback.runtime import runtime
from feedback.services.export_comments import release_json
from feedback.services.export_report import report_csv, report_json
from feedback.services.show_released_comments import show_comments, show_release
from feedback.services.show_report import SignedReport, show_report
from feedback.web.guards import allowed
from feedback.web.staff.wording import day_in_words, language


@allowed(*StaffRole)
def page(wave_id: int) -> ResponseReturnValue:
    """Show the report, or say that too few people answered."""
    report, sheet = _report(wave_id), show_comments(runtime().session(), wave_id, now=runtime().clock())
    document, header = report.document, report_header(report.document)
    template = "report/too_few.html" if header.outcome is Outcome.TOO_FEW else "report/published.html"
    return render_template(
        template,
        wave_id=wave_id,
        header=header,
        opened_on=day_in_words(header.about.opened_on),
        closed_on=day_in_words(header.about.closed_on),
        rates=report_rates(document),
        questions=report_questions(document, language()),
        comments=report_comments(document, language()),
        release=sheet.release,
        comments_until=sheet.until and day_in_words(sheet.until),
        document=document,
        signature=base64.b64encode(report.signature).decode(),
        public_key=base64.b64encode(report.public_key).decode(),
    )


@allowed(*StaffRole)
def as_csv(wave_id: int) -> ResponseReturnValue:
    """Hand out the report's table."""
    report = _report(wave_id)
    return _download(report, report_csv(report.document, language()), "csv", "text/csv")


@allowed(*StaffRole)
def as_json(wave_id: int) -> ResponseReturnValue:
    """Hand out the signed document."""
    report = _report(wave_id)
    return _download(report, report_json(report), "json", "application/json")


@allowed(*StaffRole)
def comments_as_json(wave_id: int) -> ResponseReturnValue:
    """Hand out the signed document of the released comments."""
    data = release_json(show_release(runtime().session(), wave_id))
    return _download(_report(wave_id), data, "comments.json", "application/json")


def _report(wave_id: int) -> SignedReport:
    return show_report(runtime().session(), wave_id)


def _download(report: SignedReport, data: bytes, suffix: str, mimetype: str) -> Response:
    # No name of a programme or organisation: a folder of downloads is seen over shoulders.
    name = f"programme-{report.programme_id}-wave-{report.wave_id}-{report.stage}.{suffix}"
    response = Response(data, mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
