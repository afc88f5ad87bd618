"""A paper as a tagged PDF after PDF/UA-1, set by typst with the fonts that come with the templates and no others."""

from pathlib import Path

import typst

from feedback.rendering.blocks import Paper
from feedback.rendering.typst_source import typst_source


def write_pdf(paper: Paper, templates: Path) -> bytes:
    """Return the paper as PDF; equal papers give equal bytes. `templates` is the folder of all templates.

    Raises typst.TypstError for what PDF/UA-1 forbids, such as a picture without words.
    """
    return compile_pdf(typst_source(paper), templates)


def compile_pdf(text: str, templates: Path) -> bytes:
    """Set a document, the JSON text of `typst_source`. Raises typst.TypstError as `write_pdf` does."""
    return typst.compile(
        str(templates / "report" / "paper.typ"),
        root=str(templates),
        font_paths=[str(templates / "fonts")],
        ignore_system_fonts=True,
        sys_inputs={"paper": text},
        pdf_standards="ua-1",
        format="pdf",
    )
