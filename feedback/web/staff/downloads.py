"""Files that staff download. None is named after a programme or organisation: folders are seen over shoulders."""

from collections.abc import Mapping
from typing import Any

from flask import Response, url_for
from flask_babel import LazyString

from feedback.locales.speech import spoken
from feedback.reporting.formats import Format, Source
from feedback.runtime import runtime
from feedback.services.reports.note_download import note_download
from feedback.web.staff.guards import member


def download(form: Format[Source], source: Source, stem: str, about: str) -> Response:
    """Return a report or a comparison in that form, in the reader's language, as a file named after `stem`.

    What it is `about`, such as "wave 2", the log says.
    """
    data = form.write(source, spoken().code, runtime().pdf_settings)
    return attached(data, f"{stem}.{form.name}", form.media_type, about)


def links(forms: Mapping[str, Format[Source]], endpoint: str, **place: Any) -> list[tuple[str, LazyString]]:
    """Return address and words of a link for each form; the page at `endpoint` takes its `ending`."""
    return [(url_for(endpoint, ending=name, **place), form.link) for name, form in forms.items()]


def attached(data: bytes, name: str, mimetype: str, about: str) -> Response:
    """Return a file to download, and note in the audit log who took it."""
    note_download(runtime().session(), about, name, now=runtime().clock(), actor=member().actor)
    response = Response(data, mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
