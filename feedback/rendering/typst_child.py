"""The process that sets a PDF or a picture: `python -m feedback.rendering.typst_child`, a job as JSON in, the file out.

A text can make the typesetter take all memory, or time without end. This process has little to lose: it binds its own
memory and time first, and knows no setting, no database and no secret.
"""

import json
import sys
from pathlib import Path
from typing import Any

import typst

from feedback.child_processes import bind_oneself
from feedback.rendering.faces import signs_without_face
from feedback.rendering.packing import packed

_MEMORY_BYTES = 1024 * 2**20
_CPU_SECONDS = 50
_DOTS_PER_INCH = 150
BOXES = "Feedback Boxes"
FACES = ("Noto Sans", "Noto Sans Arabic", "Noto Sans Math", "Noto Sans Symbols2", "Noto Emoji")
"""In which order a letter is looked for; then in all others, and at last there is a box for everything."""


def main() -> None:
    """Read a job from the standard input and write a PDF or a picture."""
    bind_oneself(memory_bytes=_MEMORY_BYTES, cpu_seconds=_CPU_SECONDS)
    sys.stdout.buffer.write(set_in_type(json.load(sys.stdin)))


def set_in_type(job: dict[str, Any]) -> bytes:
    """Return the file of a job of `feedback.rendering.pdf`. Raises typst.TypstError where PDF/UA-1 forbids it."""
    templates = Path(job["templates"])
    folders = [templates / "fonts", *([Path(job["further"])] if job["further"] else [])]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(map(str, folders)))
    families = [*FACES, *sorted(set(fonts.families()) - {*FACES, BOXES})]
    document = {**job["document"], "fonts": [*families, BOXES]}
    signs = frozenset(json.dumps(job["document"], ensure_ascii=False))
    files = sorted({font.path for font in fonts.fonts() if font.path and font.family != BOXES})
    is_picture = job["form"] == "png"
    document["picture"] = is_picture
    document["boxes"] = job["boxes"] if signs_without_face(signs, map(Path, files)) else ""
    setting: dict[str, Any] = {
        "root": str(templates),
        "font_paths": fonts,
        "ignore_system_fonts": True,
        "sys_inputs": {"paper": json.dumps(document)},
    }
    source = str(templates / "report" / "paper.typ")
    if is_picture:
        # One page, as high as what stands on it: more of them would be a list.
        return bytes(typst.compile(source, format="png", ppi=_DOTS_PER_INCH, **setting))
    return packed(typst.compile(source, format="pdf", pdf_standards="ua-1", **setting))


if __name__ == "__main__":
    main()
