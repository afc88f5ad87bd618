"""The published report of a wave: as a page, and in each form that it can be taken away in."""

import json
from functools import cache

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from feedback.domain.errors import NotFound
from feedback.domain.languages import LANGUAGES
from feedback.domain.report.files import write_signed_file
from feedback.domain.report.report import quoted_languages
from feedback.domain.staff import READERS, StaffRole
from feedback.locales.speech import spoken
from feedback.reporting.formats import REPORT_FORMATS
from feedback.reporting.report_paper import compose_page, logo_words
from feedback.runtime import runtime
from feedback.services.comments.show_released_comments import show_release
from feedback.services.reports.show_cells import show_cells
from feedback.services.reports.show_report import ShownReport, look_at_report, show_logo, show_report
from feedback.web.languages import offer_only
from feedback.web.staff.downloads import attached, download, links
from feedback.web.staff.drawn_papers import drawn
from feedback.web.staff.guards import allowed, member


@allowed(*READERS)
def page(wave_id: int) -> ResponseReturnValue:
    """Show the report, which is composed and drawn once for each language and state of its comments."""
    kept, source = runtime().kept, cache(lambda: _shown(wave_id).source)
    try:
        with runtime().reading() as connection:
            state = look_at_report(connection, wave_id, now=runtime().clock())
    except NotFound:
        kept.drop(("languages", wave_id), *(("report", wave_id, language.code) for language in LANGUAGES))
        raise
    offer_only(kept.get(("languages", wave_id), state.marks, lambda: quoted_languages(source().signed.report)))
    language = spoken().code
    paper = kept.get(
        ("report", wave_id, language),
        state.marks,
        lambda: drawn(compose_page(source(), language)),
        size=lambda made: made.size,
    )
    return render_template(
        "report/page.html",
        paper=paper,
        wave_id=wave_id,
        downloads=links(REPORT_FORMATS, ".report_file", wave_id=wave_id),
        comparable=[one for one in state.comparable if member().may_see(one.programme_id)],
        logo=logo_words(state.organisation) if state.has_logo else "",
        has_released_comments=state.has_released_comments,
        programme_id=state.programme_id,
    )


@allowed(*READERS)
def as_file(wave_id: int, ending: str) -> Response:
    """Download the report in the form that the ending names."""
    shown = _shown(wave_id)
    stem = _stem(shown.programme_id, wave_id, shown.stage)
    return download(REPORT_FORMATS[ending], shown.source, stem, f"wave {wave_id}")


@allowed(*READERS)
def logo(wave_id: int) -> Response:
    """Return the organisation's logo, as this service has drawn it."""
    return Response(show_logo(runtime().session(), wave_id), mimetype="image/png")


@allowed(*READERS)
def comments_as_json(wave_id: int) -> Response:
    """Download the signed document of the released comments."""
    release = show_release(runtime().session(), wave_id)
    data = write_signed_file(release.json, release.signature, release.public_key)
    stem = _stem(release.programme_id, wave_id, release.stage)
    return attached(data, f"{stem}.comments.json", "application/json", f"wave {wave_id}")


@allowed(StaffRole.ADMINISTRATOR)
def cells(programme_id: int) -> Response:
    """Download who was in which group, in numbers, for an audit of all reports of a programme together."""
    data = json.dumps(show_cells(runtime().session(), programme_id), indent=1, ensure_ascii=False).encode()
    return attached(data, f"programme-{programme_id}-cells.json", "application/json", f"programme {programme_id}")


def _shown(wave_id: int) -> ShownReport:
    shown = show_report(runtime().session(), wave_id, base_url=runtime().settings.base_url, now=runtime().clock())
    offer_only(quoted_languages(shown.source.signed.report))
    return shown


def _stem(programme_id: int, wave_id: int, stage: str) -> str:
    return f"programme-{programme_id}-wave-{wave_id}-{stage}"
