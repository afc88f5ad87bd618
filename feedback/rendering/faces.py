"""Which signs font files have, by their `cmap` tables (OpenType, formats 4 and 12; also in collections)."""

import mmap
import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from pathlib import Path

_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_SELECTORS = range(0xFE00, 0xFE10)
_UNICODE = {(0, 3), (0, 4), (0, 6), (3, 1), (3, 10)}


def signs_without_face(signs: Iterable[str], files: Iterable[Path]) -> frozenset[str]:
    """Return those of `signs` that are seen and that none of the font files has."""
    missing = {ord(sign) for sign in signs if unicodedata.category(sign) not in _UNSEEN} - set(_SELECTORS)
    for file in files:
        if not missing:
            break
        with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as font:
            missing -= _found(font, missing)
    return frozenset(map(chr, missing))


def _found(font: mmap.mmap, wanted: Iterable[int]) -> set[int]:
    is_collection = font[:4] == b"ttcf"
    starts = struct.unpack_from(f">{_number(font, 8, 'I')}I", font, 12) if is_collection else (0,)
    found: set[int] = set()
    for table in {_table_of_signs(font, start) for start in starts}:
        for place in range(_number(font, table + 2, "H")):
            platform, encoding, offset = struct.unpack_from(">HHI", font, table + 4 + 8 * place)
            if (platform, encoding) in _UNICODE:
                found |= _in_subtable(font, table + offset, set(wanted) - found)
    return found


def _table_of_signs(font: mmap.mmap, start: int) -> int:
    for place in range(_number(font, start + 4, "H")):
        tag, _checksum, offset = struct.unpack_from(">4sII", font, start + 12 + 16 * place)
        if tag == b"cmap":
            return int(offset)
    raise ValueError("a font without a table of its signs")


def _in_subtable(font: mmap.mmap, at: int, wanted: set[int]) -> set[int]:
    form = _number(font, at, "H")
    if form == 12:
        return _in_groups(font, at, wanted)
    return _in_segments(font, at, wanted) if form == 4 else set()


def _in_groups(font: mmap.mmap, at: int, wanted: set[int]) -> set[int]:
    numbers = struct.unpack_from(f">{3 * _number(font, at + 12, 'I')}I", font, at + 16)
    firsts, lasts = numbers[0::3], numbers[1::3]
    return {sign for sign in wanted if (place := bisect_right(firsts, sign)) and sign <= lasts[place - 1]}


def _in_segments(font: mmap.mmap, at: int, wanted: set[int]) -> set[int]:
    count = _number(font, at + 6, "H") // 2
    firsts = struct.unpack_from(f">{count}H", font, at + 16 + 2 * count)
    lasts = struct.unpack_from(f">{count}H", font, at + 14)
    deltas_at = at + 16 + 4 * count

    def has(sign: int) -> bool:
        place = bisect_right(firsts, sign) - 1
        if place < 0 or sign > lasts[place]:
            return False
        offset_at = deltas_at + 2 * (count + place)
        if offset := _number(font, offset_at, "H"):
            return _number(font, offset_at + offset + 2 * (sign - firsts[place]), "H") > 0
        return (sign + _number(font, deltas_at + 2 * place, "H")) & 0xFFFF > 0

    return set(filter(has, wanted))


def _number(font: mmap.mmap, at: int, form: str) -> int:
    return int(struct.unpack_from(f">{form}", font, at)[0])
