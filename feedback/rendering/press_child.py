"""The process that sets a PDF: `python -m feedback.rendering.press_child`, a job as JSON in, the PDF out.

A text can make the typesetter take all memory, or time without end. This process has little to lose: it binds its own
memory and time first, and knows no setting, no database and no secret.
"""

import json
import sys
from pathlib import Path
from typing import Any

import typst

from feedback.children import bind_oneself
from feedback.rendering.faces import signs_without_face
from feedback.rendering.packing import packed

_MEMORY_BYTES = 1024 * 2**20
_CPU_SECONDS = 50
BOXES = "Feedback Boxes"
FACES = ("Noto Sans", "Noto Sans Arabic", "Noto Sans Math", "Noto Sans Symbols2", "Noto Emoji")
"""In which order a letter is looked for; then in all others, and at last there is a box for everything."""


def main() -> None:
    """Read a job from the standard input and write a PDF."""
    bind_oneself(memory_bytes=_MEMORY_BYTES, cpu_seconds=_CPU_SECONDS)
    sys.stdout.buffer.write(set_in_type(json.load(sys.stdin)))


def set_in_type(job: dict[str, Any]) -> bytes:
    """Return the PDF of a job of `feedback.rendering.pdf`. Raises typst.TypstError where PDF/UA-1 forbids it."""
    templates = Path(job["templates"])
    folders = [templates / "fonts", *([Path(job["further"])] if job["further"] else [])]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(map(str, folders)))
    families = [*FACES, *sorted(set(fonts.families()) - {*FACES, BOXES})]
    manuscript = {**job["manuscript"], "fonts": [*families, BOXES]}
    signs = frozenset(json.dumps(job["manuscript"], ensure_ascii=False))
    files = sorted({font.path for font in fonts.fonts() if font.path and font.family != BOXES})
    manuscript["boxes"] = job["boxes"] if signs_without_face(signs, map(Path, files)) else ""
    pdf = typst.compile(
        str(templates / "report" / "paper.typ"),
        root=str(templates),
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(manuscript)},
        pdf_standards="ua-1",
        format="pdf",
    )
    return packed(pdf)


if __name__ == "__main__":
    main()
