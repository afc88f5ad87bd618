"""Fewer bytes for the same document: nothing of it is lost, and what is written otherwise is left alone."""

import re
from io import BytesIO
from itertools import accumulate

from pypdf import PdfReader

from feedback.rendering.packing import packed

MANY = 1_000
PARTS = (
    b"<</Type/Catalog/Pages 2 0 R/Lang(en)>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Resources<<>>/Contents 4 0 R>>",
    b"<</Length 5>>\nstream\n0 0 m\nendstream",
    b"<</Title(endobj and stream)/Author(2 0 obj)>>",
)


def as_typeset(*more: bytes) -> bytes:
    """A document as the typesetter writes one, with these objects besides."""
    written = [b"%d 0 obj\n%b\nendobj\n" % (number, part) for number, part in enumerate((*PARTS, *more), start=1)]
    head = b"%PDF-1.7\n%\xff\xff\xff\xff\n\n"
    *places, table = accumulate(map(len, written), initial=len(head))
    entries = b"".join(b"%010d 00000 n\r\n" % place for place in places)
    size = len(written) + 1
    end = b"trailer\n<</Size %d/Root 1 0 R/Info 5 0 R/ID[(x)(x)]>>\nstartxref\n%d\n%%%%EOF" % (size, table)
    return b"".join([head, *written, b"xref\n0 %d\n0000000000 65535 f\r\n" % size, entries, end])


def objects_of(pdf: PdfReader) -> list[str]:
    """The objects of a document in words, without the readers that they belong to."""
    return [re.sub(r", \d+\)", ")", repr(pdf.get_object(number))) for number in range(1, len(PARTS) + MANY + 1)]


def test_every_object_is_found_again() -> None:
    many = [b"<</Type/StructElem/S/TD/P 2 0 R/K[%d]/Pg 3 0 R>>" % number for number in range(MANY)]
    pdf = as_typeset(*many)
    before, after = PdfReader(BytesIO(pdf), strict=True), PdfReader(BytesIO(small := packed(pdf)), strict=True)
    assert len(small) < len(pdf) / 5
    assert objects_of(after) == objects_of(before)
    assert after.pages[0].get_contents().get_data() == b"0 0 m"
    assert after.metadata == before.metadata
    assert after.trailer["/ID"] == before.trailer["/ID"]


def test_what_was_not_written_so_is_left_as_it_is() -> None:
    pdf = as_typeset()
    small = packed(pdf)
    others = (b"", b"%PDF-1.7", small, pdf.replace(b"\n5 0 obj", b"\n7 0 obj"), pdf.replace(b"xref\n0 6", b"xref\n1 6"))
    assert [packed(other) for other in others] == list(others)
