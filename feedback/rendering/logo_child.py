"""The process that draws a logo: `python -m feedback.rendering.logo_child`, a job as JSON in, a PNG file out.

A picture can be made to take all memory, or time without end. This process has little to lose: it binds its own memory
and time first, and knows no setting, no database and no secret.
"""

import base64
import json
import sys
from pathlib import Path

import typst

from feedback.child_processes import bind_oneself

_MEMORY_BYTES = 512 * 2**20
_CPU_SECONDS = 20


def main() -> None:
    """Read a job from the standard input and write the picture."""
    bind_oneself(memory_bytes=_MEMORY_BYTES, cpu_seconds=_CPU_SECONDS)
    job = json.load(sys.stdin)
    sys.stdout.buffer.write(drawn_anew(base64.b64decode(job["logo"]), Path(job["templates"]), job["ppi"]))


def drawn_anew(logo: bytes, templates: Path, dots_per_inch: int) -> bytes:
    """Return a picture as a PNG file, without letters that are text. Raises typst.TypstError if it is none.

    A link to another file or an address is an error; script and style sheets from elsewhere have no meaning.
    """
    no_fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[])
    drawn: bytes = typst.compile(
        str(templates / "report" / "logo.typ"),
        root=str(templates),
        font_paths=no_fonts,
        ignore_system_fonts=True,
        sys_inputs={"logo": json.dumps(list(logo))},
        format="png",
        ppi=dots_per_inch,
    )
    return drawn


if __name__ == "__main__":
    main()
