"""Published reports and what changed between them, in each form that the pages offer, byte for byte.

What a program takes away is noted as of people, once a day for each file, so that a dashboard does not fill the log.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from flask import Response, current_app
from sqlalchemy import Connection

from feedback.domain.api_keys import ApiScope
from feedback.domain.report.report import Report, quoted_languages
from feedback.locales.speech import spoken
from feedback.reporting.formats import COMPARISON_FORMATS, REPORT_FORMATS, Format
from feedback.runtime import runtime
from feedback.services.reports.note_download import note_download
from feedback.services.reports.show_report import mark_report, reports_of_waves, show_report, speaking_reports
from feedback.web.api.models import Asked, Number
from feedback.web.api.operations import caller, check_sees, operation, version_of
from feedback.web.languages import offer_only

_Written = TypeVar("_Written")
_NOTED = "feedback-api-noted"
_REPORT_TYPES = sorted({form.media_type for form in REPORT_FORMATS.values()})
_COMPARISON_TYPES = sorted({form.media_type for form in COMPARISON_FORMATS.values()})


@dataclass(frozen=True)
class _File:
    """What is sent, with what stands for it."""

    data: bytes
    version: str

    @classmethod
    def of(cls, data: bytes) -> "_File":
        return cls(data, version_of(data))

    def size(self) -> int:
        return len(self.data)


class AskedForReport(Asked):
    """In which form a report is wanted."""

    format: Literal[tuple(REPORT_FORMATS)] = "json"  # type: ignore[valid-type]


class AskedForChanges(Asked):
    """In which form a comparison is wanted."""

    format: Literal[tuple(COMPARISON_FORMATS)] = "csv"  # type: ignore[valid-type]


class AskedForComparison(AskedForChanges):
    """With which earlier wave's report."""

    before: Number


def _mark(connection: Connection, wave_id: int) -> Hashable:
    return mark_report(connection, wave_id, now=runtime().clock())


@operation(
    "GET",
    "/waves/<int:wave_id>/report",
    ApiScope.READ_REPORTS,
    query=AskedForReport,
    media_types=_REPORT_TYPES,
    mark=_mark,
)
def get_report(wave_id: int, query: AskedForReport, mark: Hashable) -> Response:
    """Return the published report of a wave."""
    tools, language = runtime(), spoken().code

    def write() -> _File:
        source = show_report(tools.session(), wave_id, base_url=tools.settings.base_url, now=tools.clock()).source
        offer_only(quoted_languages(source.signed.report))
        return _File.of(REPORT_FORMATS[query.format].write(source, spoken().code, tools.pdf_settings))

    file = tools.kept.get(("file", wave_id, query.format, language), mark, write, size=_File.size)
    return _response(file, REPORT_FORMATS, query.format, f"wave {wave_id}")


@operation(
    "GET",
    "/waves/<int:wave_id>/comparison",
    ApiScope.READ_REPORTS,
    query=AskedForComparison,
    media_types=_COMPARISON_TYPES,
)
def get_comparison(wave_id: int, query: AskedForComparison) -> Response:
    """Return what changed since the report of an earlier wave."""
    check_sees("wave_id", query.before)
    reports = reports_of_waves(runtime().session(), (query.before, wave_id))
    return _compared(reports, query.format, f"wave {wave_id}")


@operation(
    "GET",
    "/programmes/<int:programme_id>/changes",
    ApiScope.READ_REPORTS,
    query=AskedForChanges,
    media_types=_COMPARISON_TYPES,
)
def get_changes(programme_id: int, query: AskedForChanges) -> Response:
    """Return what changed over all reports of a programme."""
    reports = speaking_reports(runtime().session(), programme_id)
    return _compared(reports, query.format, f"programme {programme_id}")


def _compared(reports: Sequence[Report], name: str, about: str) -> Response:
    offer_only(quoted_languages(*reports))
    data = COMPARISON_FORMATS[name].write(reports, spoken().code, runtime().pdf_settings)
    return _response(_File.of(data), COMPARISON_FORMATS, name, about)


def _response(file: _File, forms: Mapping[str, Format[_Written]], name: str, about: str) -> Response:
    filename = f"{about.replace(' ', '-')}.{name}"
    _note(about, filename)
    response = Response(file.data, mimetype=forms[name].media_type)
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    response.set_etag(file.version)
    return response


def _note(about: str, file: str) -> None:
    now = runtime().clock()
    today, noted = current_app.extensions.setdefault(_NOTED, (now.date(), set()))
    if today != now.date():
        today, noted = current_app.extensions[_NOTED] = (now.date(), set[tuple[str, str]]())
    if (caller().actor, file) not in noted:
        noted.add((caller().actor, file))
        note_download(runtime().session(), about, file, now=now, actor=caller().actor)
