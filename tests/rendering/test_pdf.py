import json
import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from feedback.domain.errors import PdfNotMade
from feedback.rendering.blocks import Column, Facts, Heading, Items, Paragraph, Quotes, Table
from feedback.rendering.paper import Paper
from feedback.rendering.pdf import PdfSettings, compile_pdf, write_pdf
from feedback.rendering.typst_source import typst_source
from feedback.resources import templates_folder
from tests.rendering.papers import HOSTILE, arabic_paper, english_paper, likert, likert_bar, long_table, paper_with
from tests.rendering.reading import pdf_text, squeezed, words_of

PDF_SETTINGS = PdfSettings(templates_folder())
PAPER_WIDTH = 596  # Points.
IN_NO_FACE = 7  # The hostile text with scripts that are printed as boxes.


def written(paper: Paper) -> bytes:
    return write_pdf(paper, PDF_SETTINGS)


def root_of(pdf: bytes) -> Any:
    return PdfReader(BytesIO(pdf)).trailer["/Root"]


def tags_in(node: Any) -> Iterator[Any]:
    node = node.get_object() if isinstance(node, IndirectObject) else node
    if isinstance(node, list):
        for child in node:
            yield from tags_in(child)
    elif isinstance(node, dict):
        yield node
        yield from tags_in(node.get("/K", []))


def tag_names(pdf: bytes) -> list[str]:
    return [str(tag["/S"]) for tag in tags_in(root_of(pdf)["/StructTreeRoot"]) if "/S" in tag]


@pytest.fixture(scope="module")
def english() -> bytes:
    return written(english_paper())


def test_the_pdf_holds_every_text_of_the_paper(english: bytes) -> None:
    text = squeezed(pdf_text(english))
    missing = [words for words in words_of(english_paper()) if squeezed(words) not in text]
    assert missing == [HOSTILE[IN_NO_FACE]]


def test_the_pdf_holds_every_letter_of_a_paper_from_right_to_left() -> None:
    text = pdf_text(written(arabic_paper()))
    words = {word.strip(":.,()") for words in words_of(arabic_paper()) for word in words.split()}
    assert [word for word in words if word not in text and word[::-1] not in text] == []


def test_no_tag_takes_the_room_of_an_object_of_its_own(english: bytes) -> None:
    assert "/TD" in tag_names(english)
    assert b"/StructElem" not in english


def test_equal_papers_give_equal_bytes(english: bytes) -> None:
    assert written(english_paper()) == english


def test_the_pdf_says_its_title_its_language_and_its_standard(english: bytes) -> None:
    reader = PdfReader(BytesIO(english))
    assert reader.metadata["/Title"] == english_paper().title
    assert (reader.trailer["/Root"]["/Lang"], reader.trailer["/Root"]["/MarkInfo"]["/Marked"]) == ("en", True)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in english


def test_a_region_is_part_of_the_language() -> None:
    assert root_of(written(paper_with(Paragraph("x"), language="en-GB")))["/Lang"] == "en-GB"


def test_the_pdf_of_a_paper_from_right_to_left_says_so() -> None:
    root = root_of(written(arabic_paper()))
    assert (root["/Lang"], root["/ViewerPreferences"]["/Direction"]) == ("ar", "/R2L")


def test_the_pdf_is_tagged_for_readers_who_do_not_see(english: bytes) -> None:
    names = tag_names(english)
    tables = [block for section in english_paper().sections for block in section.blocks if hasattr(block, "rows")]
    assert names.count("/Table") == len(tables) + 3
    assert names.count("/H1") >= len(english_paper().sections)
    assert {"/Title", "/H2", "/H3", "/TH", "/TD", "/L", "/LI", "/BlockQuote", "/Figure", "/Caption"} <= set(names)


def test_every_picture_is_also_told_in_words(english: bytes) -> None:
    tags = [tag for tag in tags_in(root_of(english)["/StructTreeRoot"]) if tag.get("/S") == "/Figure"]
    assert likert().alt in {tag.get("/Alt") for tag in tags}
    assert all(tag.get("/Alt") for tag in tags)


def test_a_picture_without_words_is_refused() -> None:
    fields = json.loads(typst_source(paper_with(likert())))
    fields["sections"][0]["blocks"][0]["alt"] = ""
    with pytest.raises(PdfNotMade, match="cannot be made"):
        compile_pdf(json.dumps(fields), PDF_SETTINGS)


def test_headings_that_leave_out_a_level_are_mended() -> None:
    pdf = written(paper_with(Heading("Deep", 4), Paragraph("x")))
    assert [name for name in tag_names(pdf) if name.startswith("/H")] == ["/H1", "/H2"]


@pytest.mark.parametrize("text", [text for place, text in enumerate(HOSTILE) if place != IN_NO_FACE])
def test_a_hostile_text_arrives_literally(text: str) -> None:
    found = squeezed(pdf_text(written(paper_with(Quotes((text,)), Items((text,)), Facts(((text, text),))))))
    assert found.count(squeezed(words_of(paper_with(Paragraph(text)))[-1])) == 4


def test_a_title_may_be_hostile_too() -> None:
    for text in HOSTILE:
        assert written(paper_with(Heading(text), Paragraph(text), title=f"{text} report")).startswith(b"%PDF-1.7")


def test_a_long_table_goes_on_over_pages_under_its_header() -> None:
    pages = PdfReader(BytesIO(written(paper_with(long_table(200))))).pages
    texts = [page.extract_text() for page in pages]
    assert len(pages) > 3
    assert all("What was asked" in text for text in texts)
    assert [
        row for row in range(200) if sum(f"of item {row} of" in text or f"item {row} of" in text for text in texts) != 1
    ] == []


def ends_of(pdf: bytes) -> list[float]:
    """Where pieces of text end on the first page, at the least, in points from the left."""
    ends: list[float] = []
    page = PdfReader(BytesIO(pdf)).pages[0]
    page.extract_text(visitor_text=lambda text, cm, tm, font, size: ends.append(tm[4] + len(text.strip()) * size * 0.2))
    return ends


def test_a_word_without_end_stays_on_the_page() -> None:
    pdf = written(paper_with(Quotes(("w" * 400,)), long_table(1), title="w" * 90))
    assert 0 < max(ends_of(pdf)) < PAPER_WIDTH


def test_a_table_with_many_columns_stays_on_the_page() -> None:
    columns = tuple(Column("Unforgettable question") for _ in range(14))
    pdf = written(paper_with(Table("Broad", columns, (("Incomprehensible",) * 14,) * 2)))
    text = squeezed(pdf_text(pdf))
    assert all(end < PAPER_WIDTH for end in ends_of(pdf))
    assert text.count("Unf") == 14


def test_a_chart_with_many_bars_is_cut_into_pictures_that_fit() -> None:
    bars = tuple(likert_bar(f"Group {number}", (1, 2, 3, 4, 5)) for number in range(40))
    text = pdf_text(written(paper_with(type(likert())("Many", "Many groups.", bars, likert().data, diverging=True))))
    assert [number for number in range(40) if f"Group {number}\u2002" not in text] == []


def test_only_the_fonts_of_the_templates_are_used(english: bytes) -> None:
    names = {
        str(font.get_object()["/BaseFont"]).split("+")[-1]
        for page in PdfReader(BytesIO(english)).pages
        for font in page["/Resources"]["/Font"].values()
    }
    shipped = {path.stem.split("-")[0] for path in (PDF_SETTINGS.templates / "fonts").glob("Noto*.ttf")}
    assert {name.split("-")[0] for name in names} <= {*shipped, "FeedbackBoxes"}


def test_the_pdf_is_written_from_any_folder(tmp_path: Path, english: bytes) -> None:
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        assert written(english_paper()) == english
    finally:
        os.chdir(here)
