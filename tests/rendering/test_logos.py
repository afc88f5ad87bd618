"""A logo is drawn anew or refused in a sentence, whatever the file does to whoever reads it."""

import base64
import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pypdf import PdfReader

from feedback.domain.errors import LogoRefused
from feedback.rendering.blocks import Paragraph
from feedback.rendering.logos import MOST_FILE_BYTES, draw_logo, size_of
from feedback.rendering.paper import Logo
from feedback.rendering.pdf import PdfSettings, write_pdf
from feedback.resources import templates_folder
from tests.rendering.papers import paper_with
from tests.rendering.test_pdf import root_of, tags_in

LARGEST = (709, 166)
"""60 × 14 mm at 300 dots an inch."""
SCRIPT = "<script>alert(1)</script><style>@import url(http://evil.example/x.css);</style>"


def svg(body: str, head: str = "", size: str = 'viewBox="0 0 200 50"') -> bytes:
    return f'{head}<svg xmlns="http://www.w3.org/2000/svg" {size}>{body}</svg>'.encode()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *, more: bytes = b"", body: bytes | None = None, is_line_art: bool = False) -> bytes:
    if body is None:
        body = zlib.compress((b"\0" + b"\x80\x10\x10" * width) * height)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, *((1, 0) if is_line_art else (8, 2)), 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + more + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def bomb(side: int) -> bytes:
    """A black picture of so many dots a side, one bit each, that is small as a file."""
    packer = zlib.compressobj(9)
    rows = [packer.compress(bytes(1 + (side + 7) // 8)) for _row in range(side)]
    return png(side, side, body=b"".join(rows) + packer.flush(), is_line_art=True)


GOOD = svg(f'{SCRIPT}<rect width="200" height="50" fill="navy" onload="alert(1)"/>')
PHOTO = png(300, 100, more=chunk(b"tEXt", b"Comment\0taken at home")) + b"<?php evil ?>"
LINK = '<image href="{}" width="20" height="20"/>'
LOOP = "".join(
    f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)
USES = "".join(f'<g id="g{level}">{f"""<use href="#g{level - 1}"/>""" * 10}</g>' for level in range(1, 10))

HOSTILE = {
    "an address": (svg(LINK.format("https://evil.example/x.png")), "links to other files"),
    "a file of this machine": (svg(LINK.format("file:///etc/passwd")), "links to other files"),
    "an absolute path": (svg(LINK.format("/etc/passwd")), "links to other files"),
    "a file beside it": (svg(LINK.format("../fonts/LICENSE")), "links to other files"),
    "an entity from a file": (svg("&a;", '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), "is broken"),
    "entities of entities": (svg("<path>&i;</path>", f'<!DOCTYPE svg [<!ENTITY a "aaa">{LOOP}]>'), "is broken"),
    "letters": (svg('<text y="30" font-family="Arial">Example</text>'), "letters are text"),
    "uses of uses": (svg(f'<g id="g0"><path d="M0 0h1"/></g>{USES}<use href="#g9"/>'), "too much memory or time"),
    "nested without end": (svg("<g>" * 20_000 + "</g>" * 20_000), "too much memory or time"),
    "nothing to see": (svg("", size='width="0" height="0"'), "is broken"),
    "a line": (png(4000, 1), "too long and narrow"),
    "a bomb": (bomb(2_001), "too large a picture"),
    "a bomb in a head": (png(2**31 - 1, 2**31 - 1, body=b"x"), "too large a picture"),
    "cut off": (png(300, 100)[:-60], "is broken"),
    "a head only": (b"\x89PNG\r\n\x1a\n", "too large a picture"),
    "too many bytes": (GOOD + b" " * MOST_FILE_BYTES, "larger than 1 MB"),
    "GIF": (b"GIF89a\x01\0\x01\0\x80\0\0", "neither an SVG nor a PNG"),
    "JPEG": (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "neither an SVG nor a PNG"),
    "TIFF": (b"II*\0", "neither an SVG nor a PNG"),
    "PostScript": (b"%!PS-Adobe-3.0 EPSF-3.0", "neither an SVG nor a PNG"),
    "a packed SVG": (b"\x1f\x8b\x08\0", "neither an SVG nor a PNG"),
    "a page": (b"<!doctype html><p>Example", "neither an SVG nor a PNG"),
    "nothing": (b"", "neither an SVG nor a PNG"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_in_a_sentence(kind: str) -> None:
    file, why = HOSTILE[kind]
    with pytest.raises(LogoRefused, match=rf"^The logo.* {why}.*\.$"):
        draw_logo(file, templates_folder())


def test_a_bomb_inside_a_drawing_is_bounded() -> None:
    """Its file is small, and its dots would take more memory than the child may have."""
    packed = base64.b64encode(bomb(23_000)).decode()
    file = svg(LINK.format(f"data:image/png;base64,{packed}"))
    assert len(file) < MOST_FILE_BYTES
    with pytest.raises(LogoRefused, match="too much memory or time"):
        draw_logo(file, templates_folder())


@pytest.mark.parametrize(
    "file", [GOOD, PHOTO, svg("<path/>", "\ufeff<?xml version='1.0'?>\n")], ids=["SVG", "PNG", "mark"]
)
def test_what_is_kept_is_a_picture_of_our_own(file: bytes) -> None:
    drawn = draw_logo(file, templates_folder())
    width, height = size_of(drawn)
    assert (width <= LARGEST[0], height <= LARGEST[1], width > height) == (True, True, True)
    assert set(kinds(drawn)) <= {b"IHDR", b"IDAT", b"IEND", b"pHYs", b"sRGB"}
    assert not any(word in drawn for word in (b"evil", b"script", b"taken at home"))


def kinds(file: bytes) -> Iterator[bytes]:
    """The kind of each piece of a PNG file, to its last byte."""
    place = 8
    while place < len(file):
        (length,) = struct.unpack_from(">I", file, place)
        yield file[place + 4 : place + 8]
        place += length + 12


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_a_logo_stands_on_the_first_page_and_is_told_in_words(direction: str) -> None:
    paper = paper_with(Paragraph("x"), language="en", direction=direction)
    settings, logo = PdfSettings(templates_folder()), Logo(draw_logo(GOOD, templates_folder()), "Logo of Example")
    without, with_it = (write_pdf(replace(paper, logo=one), settings) for one in (None, logo))
    assert [len(PdfReader(io.BytesIO(pdf)).pages[0].images) for pdf in (without, with_it)] == [0, 1]
    tags = tags_in(root_of(with_it)["/StructTreeRoot"])
    assert [str(tag["/Alt"]) for tag in tags if "/Alt" in tag] == ["Logo of Example"]
