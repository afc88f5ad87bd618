from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.rendering.blocks import Chart, Facts, Heading, Items, Paragraph, Quotes
from feedback.rendering.page import page_of
from feedback.rendering.paper import Paper, PaperSection
from tests.rendering.papers import HOSTILE, arabic_paper, english_paper, likert, long_table, paper_with
from tests.rendering.reading import PageReader, charts_in, squeezed, words_of
from tests.rendering.showing import page_html
from tests.tried import tried

BLOCKS = (
    Paragraph("Words."),
    Heading("A heading"),
    Items(("one",)),
    Facts((("name", "value"),), fold="More"),
    Quotes(("said",)),
    long_table(2),
    likert(),
)


@pytest.mark.parametrize("paper", [english_paper(), arabic_paper()], ids=["en", "ar"])
def test_the_page_holds_every_text_of_the_paper(paper: Paper) -> None:
    text = squeezed(" ".join(PageReader(page_html(paper)).texts))
    assert [words for words in words_of(paper) if squeezed(words) not in text] == []


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: type(block).__name__)
def test_the_page_of_a_block_closes_what_it_opens(block) -> None:
    page = PageReader(page_html(paper_with(block)))
    assert page.open == []
    assert len(page.named("table")) == (1 if hasattr(block, "rows") or isinstance(block, Chart) else 0)


def test_every_chart_is_followed_by_its_numbers() -> None:
    page = PageReader(page_html(english_paper()))
    tags = [name for name, attributes in page.tags if name == "table" or "chart" in attributes.get("class", "").split()]
    charts = len(charts_in(english_paper()))
    assert "".join(tags).count("svgtable") == charts == 3


def test_cells_say_what_they_belong_to() -> None:
    page = PageReader(page_html(paper_with(long_table(3))))
    assert [attributes["scope"] for attributes in page.named("th")] == ["col"] * 4 + ["row"] * 3
    assert len(page.named("caption")) == 1


def test_ids_are_there_and_given_once() -> None:
    page = PageReader(page_html(english_paper()))
    ids = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    assert {"C1", "A1", "B1", "F1", "summary", "method"} <= set(ids)
    assert len(ids) == len(set(ids))


def test_the_same_anchor_twice_still_leads_somewhere() -> None:
    sections = tuple(
        PaperSection("chart", "Same", (Heading("a", anchor="chart"), likert(), likert())) for _ in range(2)
    )
    blocks = [
        block for section in page_of(replace(english_paper(), sections=sections)).sections for block in section.blocks
    ]
    assert len({block.anchor for block in blocks}) == len(blocks)


def test_links_to_sections_lead_to_them() -> None:
    page = PageReader(page_html(english_paper()))
    targets = {
        attributes["href"].removeprefix("#") for attributes in page.named("a") if attributes["href"].startswith("#")
    }
    assert targets <= {attributes.get("id") for _, attributes in page.tags}
    assert len(targets) == 1 + len(english_paper().sections)


def test_a_page_has_neither_styles_nor_scripts_of_its_own() -> None:
    page = PageReader(page_html(english_paper()))
    assert page.named("script") == page.named("style") == []
    assert [attributes for _, attributes in page.tags if "style" in attributes] == []


def test_a_paper_from_right_to_left_says_so() -> None:
    (body,) = [one for one in PageReader(page_html(arabic_paper())).named("div") if one.get("class") == "paper"]
    assert (body["lang"], body["dir"]) == ("ar", "rtl")


@tried(40)
@given(st.text(st.characters(codec=None), max_size=200))
def test_no_text_becomes_a_tag(text: str) -> None:
    paper = paper_with(Paragraph(text), Quotes((text,)), Facts(((text, text),), fold=f"More {text}"), title=text)
    tags = [name for name, _ in PageReader(page_html(paper)).tags]
    harmless = paper_with(Paragraph("x"), Quotes(("x",)), Facts((("x", "x"),), fold="More"), title="x")
    assert tags == [name for name, _ in PageReader(page_html(harmless)).tags]


def test_hostile_texts_are_shown_as_they_were_written() -> None:
    text = squeezed(" ".join(PageReader(page_html(paper_with(Quotes(HOSTILE)))).texts))
    assert [words for words in words_of(paper_with(Quotes(HOSTILE))) if squeezed(words) not in text] == []
