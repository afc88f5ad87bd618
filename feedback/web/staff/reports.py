"""The published report of a wave: as a page, and in each form that it can be taken away in."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from feedback.domain.report.files import write_signed_file
from feedback.domain.report.report import quoted_languages
from feedback.domain.staff import StaffRole
from feedback.locales.speech import spoken
from feedback.rendering.page import page_of
from feedback.reporting.formats import REPORT_FORMATS
from feedback.reporting.report_paper import compose_report
from feedback.runtime import runtime
from feedback.services.comments.show_released_comments import show_release
from feedback.services.reports.show_report import ShownReport, show_report
from feedback.web.languages import offer_only
from feedback.web.staff.downloads import attached, download, links
from feedback.web.staff.guards import allowed


@allowed(*StaffRole)
def page(wave_id: int) -> ResponseReturnValue:
    """Show the report."""
    shown = _shown(wave_id)
    return render_template(
        "report/page.html",
        paper=page_of(compose_report(shown.source, spoken().code)),
        wave_id=wave_id,
        downloads=links(REPORT_FORMATS, ".report_file", wave_id=wave_id),
        comparable=shown.comparable,
        has_released_comments=shown.source.comments.released is not None,
    )


@allowed(*StaffRole)
def as_file(wave_id: int, ending: str) -> Response:
    """Download the report in the form that the ending names."""
    shown = _shown(wave_id)
    stem = _stem(shown.programme_id, wave_id, shown.stage)
    return download(REPORT_FORMATS[ending], shown.source, stem)


@allowed(*StaffRole)
def comments_as_json(wave_id: int) -> Response:
    """Download the signed document of the released comments."""
    release = show_release(runtime().session(), wave_id)
    data = write_signed_file(release.json, release.signature, release.public_key)
    stem = _stem(release.programme_id, wave_id, release.stage)
    return attached(data, f"{stem}.comments.json", "application/json")


def _shown(wave_id: int) -> ShownReport:
    shown = show_report(runtime().session(), wave_id, now=runtime().clock())
    offer_only(quoted_languages(shown.source.signed.report))
    return shown


def _stem(programme_id: int, wave_id: int, stage: str) -> str:
    return f"programme-{programme_id}-wave-{wave_id}-{stage}"
