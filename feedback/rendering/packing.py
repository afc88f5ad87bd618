"""A PDF made smaller: everything that is not compressed yet goes into object streams (ISO 32000-1, 7.5.7 and 7.5.8).

The typesetter writes each tag as an object by itself, a hundred bytes for each cell of a table and most of them alike.
What a reader finds in the document stays the same.
"""

import re
import zlib
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise

_END = re.compile(rb"trailer\n<</Size \d+(.*)>>\nstartxref\n(\d+)\n%%EOF\s*\Z", re.DOTALL)
_TABLE = re.compile(rb"xref\n0 (\d+)\n")
_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*)\nendobj\s*\Z", re.DOTALL)
_ENTRY_BYTES, _PLACE_DIGITS = 20, 10
_IN_ONE_STREAM = 200
_FREE, _APART, _TOGETHER = range(3)


def packed(pdf: bytes) -> bytes:
    """Return the same document in fewer bytes; as it is, if it was not written as our typesetter does."""
    end = _END.search(pdf)
    bodies = _bodies(pdf, int(end[2])) if end else None
    # The second line says that the file is not text.
    return _written(pdf[: pdf.index(b"\n")] + b"\n%\x80\x80\x80\x80\n", bodies, end[1]) if end and bodies else pdf


def _bodies(pdf: bytes, table: int) -> dict[int, bytes] | None:
    """Return the objects of a document by their numbers, from its table of places; None if that is not all."""
    head = _TABLE.match(pdf, table)
    if head is None:
        return None
    size = int(head[1])
    entries = range(head.end() + _ENTRY_BYTES, head.end() + size * _ENTRY_BYTES, _ENTRY_BYTES)
    places = [int(pdf[entry : entry + _PLACE_DIGITS]) for entry in entries]
    found = [_OBJECT.match(pdf[start:stop]) for start, stop in pairwise([*sorted(places), table])]
    bodies = {int(one[1]): one[2] for one in found if one}
    return bodies if sorted(bodies) == list(range(1, size)) else None


def _written(head: bytes, bodies: Mapping[int, bytes], trailer: bytes) -> bytes:
    apart = {number: body for number, body in bodies.items() if body.endswith(b"endstream")}
    small = sorted(bodies.keys() - apart.keys())
    last, entries = len(bodies) + 1, {0: (_FREE, 0, 0)}
    for start in range(0, len(small), _IN_ONE_STREAM):
        together = small[start : start + _IN_ONE_STREAM]
        apart[last] = _together([(one, bodies[one]) for one in together])
        entries |= {one: (_TOGETHER, last, place) for place, one in enumerate(together)}
        last += 1
    written = [b"%d 0 obj\n%b\nendobj\n" % (number, body) for number, body in apart.items()]
    places = accumulate(map(len, written), initial=len(head))
    entries |= {number: (_APART, place, 0) for number, place in zip([*apart, last], places, strict=True)}
    return b"".join([head, *written, _table(entries, last, trailer)])


def _together(objects: Sequence[tuple[int, bytes]]) -> bytes:
    places = accumulate((len(body) + 1 for _number, body in objects), initial=0)
    index = b" ".join(b"%d %d" % (number, place) for (number, _body), place in zip(objects, places, strict=False))
    facts = b"/Type/ObjStm/N %d/First %d" % (len(objects), len(index) + 1)
    return _stream(facts, b"\n".join([index, *(body for _number, body in objects)]))


def _table(entries: Mapping[int, tuple[int, int, int]], number: int, trailer: bytes) -> bytes:
    rows = b"".join(b"%c%b%c" % (kind, place.to_bytes(4), within) for kind, place, within in _in_order(entries))
    facts = b"/Type/XRef/W[1 4 1]/Size %d%b" % (number + 1, trailer)
    place = entries[number][1]
    return b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF" % (number, _stream(facts, rows), place)


def _in_order(entries: Mapping[int, tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    return [entries[number] for number in range(len(entries))]


def _stream(facts: bytes, content: bytes) -> bytes:
    small = zlib.compress(content, 9)
    return b"<<%b/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream" % (facts, len(small), small)
