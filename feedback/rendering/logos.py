"""An organisation's logo, drawn anew by a child process with bounds on memory and time.

What is kept is a picture that this service made: nothing of the file but what can be seen, no script, no link, no note
of the camera or the program, nothing appended. What could harm who reads it is refused with a sentence.
"""

import base64
import json
import re
import struct
from pathlib import Path

from feedback.child_processes import run_child
from feedback.domain.errors import LogoRefused, sentence

MOST_FILE_BYTES = 1_000_000
DOTS_PER_INCH = 300
MOST_PIXELS = 4_000_000
LEAST_SIDE = 8
MOST_DRAWN_BYTES = 400_000
"""More than the largest photograph takes at this size."""
_SECONDS = 30
_MORE = {"RAYON_NUM_THREADS": "1"}
_PNG = b"\x89PNG\r\n\x1a\n"
_TEXT = re.compile(rb"<(?:\w+:)?text[\s>]")
_SIZE = struct.Struct(">II")
_SIZE_AT = 16
_TOO_LARGE = sentence("The logo’s file is larger than 1 MB. Save it smaller.")
_NO_LOGO = sentence("The logo is neither an SVG nor a PNG file.")
_LETTERS = sentence("The logo’s letters are text, which looks different elsewhere. Turn them into outlines first.")
_TOO_MANY_PIXELS = sentence(
    "The logo is too large a picture. Save it anew, as a plain SVG file or as a PNG file of at most 4 million pixels."
)
_BROKEN = sentence(
    "The logo cannot be drawn: it is broken, or links to other files, or takes too much memory or time. Save it anew, "
    "as a plain SVG file or as a PNG file of at most 4 million pixels."
)
_TOO_NARROW = sentence("The logo is too long and narrow to be seen. Take one in the shape of a sign.")


def draw_logo(file: bytes, templates: Path) -> bytes:
    """Return an SVG or PNG file as a new PNG file, at most 60 × 14 mm at 300 dots an inch.

    Raises LogoRefused with a sentence if it is something else, too large, or cannot be drawn within the bounds.
    """
    if len(file) > MOST_FILE_BYTES:
        raise LogoRefused(_TOO_LARGE)
    if not _is_png(file) and not _is_svg(file):
        raise LogoRefused(_NO_LOGO)
    if _TEXT.search(file) and not _is_png(file):
        raise LogoRefused(_LETTERS)
    if _is_png(file) and _pixels(file) > MOST_PIXELS:
        raise LogoRefused(_TOO_MANY_PIXELS)
    job = {"templates": str(templates.resolve()), "logo": base64.b64encode(file).decode(), "ppi": DOTS_PER_INCH}
    drawn = run_child("feedback.rendering.logo_child", json.dumps(job).encode(), seconds=_SECONDS, more=_MORE)
    if not drawn or len(drawn) > MOST_DRAWN_BYTES:
        raise LogoRefused(_BROKEN)
    if min(size_of(drawn)) < LEAST_SIDE:
        raise LogoRefused(_TOO_NARROW)
    return drawn


def size_of(png: bytes) -> tuple[int, int]:
    """Return the width and height of a PNG file in pixels."""
    width, height = _SIZE.unpack_from(png, _SIZE_AT)
    return width, height


def _pixels(png: bytes) -> int:
    width, height = size_of(png.ljust(_SIZE_AT + _SIZE.size, b"\xff"))
    return width * height


def _is_png(file: bytes) -> bool:
    return file.startswith(_PNG)


def _is_svg(file: bytes) -> bool:
    return file.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") and b"<svg" in file
