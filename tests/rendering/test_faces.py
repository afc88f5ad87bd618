"""Which signs a font file has, read from its own table; the files are made here, as the formats allow."""

import struct
from pathlib import Path

import pytest

from feedback.rendering.faces import signs_without_face

LATIN, EMOJI = "A", "\N{GRINNING FACE}"


def font(tag: bytes, *subtables: tuple[int, int, bytes]) -> bytes:
    """A font with one table; of a table of signs each part is for a platform and its encoding."""
    offset, records, parts = 4 + 8 * len(subtables), b"", b""
    for platform, encoding, part in subtables:
        records += struct.pack(">HHI", platform, encoding, offset + len(parts))
        parts += part
    table = struct.pack(">HH", 0, len(subtables)) + records + parts
    return struct.pack(">IHHHH", 0x00010000, 1, 0, 0, 0) + struct.pack(">4sIII", tag, 0, 28, len(table)) + table


def groups(first: int, last: int) -> bytes:
    """Format 12: one run of signs."""
    return struct.pack(">HHIII", 12, 0, 28, 0, 1) + struct.pack(">III", first, last, 1)


def segments(first: int, last: int, glyphs: tuple[int, ...]) -> bytes:
    """Format 4: one run of signs, whose glyphs are listed; 0 for one that is not there."""
    head = struct.pack(">HHHHHHH", 4, 0, 0, 2, 0, 0, 0)
    listed = struct.pack(f">{len(glyphs)}H", *glyphs)
    return head + struct.pack(">HHHHH", last, 0, first, 0, 2) + listed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "font.ttf"


def missing(file: Path, made: bytes, signs: str) -> set[str]:
    file.write_bytes(made)
    return set(signs_without_face(signs, [file]))


def test_a_run_of_signs_has_those_from_its_first_to_its_last(file: Path) -> None:
    made = font(b"cmap", (3, 10, groups(ord(EMOJI), ord(EMOJI) + 1)))
    assert missing(file, made, LATIN + EMOJI) == {LATIN}


def test_a_sign_without_a_glyph_is_missing_though_its_run_has_it(file: Path) -> None:
    made = font(b"cmap", (3, 1, segments(ord("A"), ord("C"), (7, 0, 9))))
    assert missing(file, made, "ABCD") == {"B", "D"}


def test_what_is_not_a_table_of_unicode_says_nothing(file: Path) -> None:
    made = font(b"cmap", (1, 0, groups(0, 0x10FFFF)), (3, 1, groups(ord("A"), ord("A"))))
    assert missing(file, made, "AB") == {"B"}


def test_a_file_without_a_table_of_signs_is_no_font(file: Path) -> None:
    with pytest.raises(ValueError, match="without a table"):
        missing(file, font(b"glyf"), LATIN)


def test_what_nobody_sees_needs_no_file(tmp_path: Path) -> None:
    assert signs_without_face("\u200b \n", [tmp_path / "there is none"]) == frozenset()
