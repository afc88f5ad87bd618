"""A paper as a tagged PDF after PDF/UA-1, or as a picture, set by a child process with the fonts of the templates.

A fresh child takes the same time as the process itself would, and gives back the memory that it took.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from feedback.child_processes import run_child
from feedback.domain.errors import PdfBusy, PdfNotMade, sentence
from feedback.rendering.paper import Paper
from feedback.rendering.typst_source import typst_source

_SECONDS = 60
_WAIT_SECONDS = 20
_MORE = {"RAYON_NUM_THREADS": "1"}
_NOT_MADE = sentence(
    "The PDF cannot be made of this within the bounds on memory and time. The page and the other files say the same."
)
_BUSY = sentence("Other documents are being made just now. Try again in a minute.")
PLACES = threading.BoundedSemaphore(2)
"""One PDF is set at a time; a second waits for it, and more are refused, so that threads are left for pages."""
_at_work = threading.Lock()


@dataclass(frozen=True)
class PdfSettings:
    """What PDFs are set with: the folder of all templates and, if somebody provides it, one of `further` fonts.

    `boxes` is the sentence for a document with signs that no face has.
    """

    templates: Path
    further: Path | None = None
    boxes: str = ""
    seconds: float = _SECONDS


def write_pdf(paper: Paper, settings: PdfSettings) -> bytes:
    """Return the paper as PDF; equal papers give equal bytes. Raises PdfNotMade and PdfBusy with a sentence."""
    return compile_pdf(typst_source(paper), settings)


def write_picture(paper: Paper, settings: PdfSettings) -> bytes:
    """Return the paper as one PNG picture, as high as it must be. Raises PdfNotMade and PdfBusy with a sentence."""
    return _compile(typst_source(paper), settings, "png")


def compile_pdf(document: str, settings: PdfSettings) -> bytes:
    """Set a document, the JSON text of `typst_source`. Raises PdfNotMade and PdfBusy with a sentence."""
    return _compile(document, settings, "pdf")


def _compile(document: str, settings: PdfSettings, form: str) -> bytes:
    job = {
        "form": form,
        "templates": str(settings.templates.resolve()),
        "further": str(settings.further.resolve()) if settings.further else None,
        "boxes": settings.boxes,
        "document": json.loads(document),
    }
    with _place():
        made = run_child(
            "feedback.rendering.typst_child", json.dumps(job).encode(), seconds=settings.seconds, more=_MORE
        )
    if not made:
        raise PdfNotMade(_NOT_MADE)
    return made


@contextmanager
def _place() -> Iterator[None]:
    if not PLACES.acquire(blocking=False):
        raise PdfBusy(_BUSY)
    try:
        if not _at_work.acquire(timeout=_WAIT_SECONDS):
            raise PdfBusy(_BUSY)
        try:
            yield
        finally:
            _at_work.release()
    finally:
        PLACES.release()
