"""Pictures of many things at once: on a page without a style or a script, and in words wherever there is no picture."""

import re

import pytest

from feedback.rendering.dumbbell_svg import dumbbell_svg, rate_svg
from feedback.rendering.paper import Block
from feedback.rendering.plain import write_plain
from tests.rendering.papers import paper_with
from tests.rendering.pictures import FALL, RISE, cards, changes, heat, rates, theme
from tests.rendering.reading import PageReader, squeezed
from tests.rendering.showing import page_html

BLOCKS = pytest.mark.parametrize(
    "block", [heat(), changes(), rates(), theme(), cards()], ids=lambda block: type(block).__name__
)


@BLOCKS
def test_a_page_closes_what_it_opens_and_styles_nothing_in_place(block: Block) -> None:
    page = PageReader(page_html(paper_with(block)))
    assert page.open == []
    assert page.named("script") == page.named("style") == []
    assert [attributes for _, attributes in page.tags if "style" in attributes or "viewbox" in attributes] == []


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (heat(), "How? “Yes” 83% 10 of 12 ! ▾ ≤25% at most 3 of 12 – not shown here · nobody asked Nothing of “So?”"),
        (changes(), "Mentors: “How?” +25 6 → 9 of 12 Mentees: “So?” Which? −60 10 → 2 sure"),
        (rates(), "Mentors 30 of 40 Lima fewer than 5"),
        (theme(), "How? 10 of 15 agree. 43% to 90% Mentees: not shown. So? All: not shown."),
        (cards(), "Act Mentors: 6 of 12 say “How?” nowhere aside Ask and help."),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_page_says_all_in_words(block: Block, said: str) -> None:
    text = squeezed(" ".join(PageReader(page_html(paper_with(block))).texts))
    places = [text.find(squeezed(word)) for word in said.split()]
    assert -1 not in places


def test_a_sentence_leads_to_its_evidence_and_never_nowhere() -> None:
    page = PageReader(page_html(paper_with(theme(), cards(), heat(), changes())))
    ids = {attributes["id"] for _, attributes in page.tags if attributes.get("id")}
    targets = {one["href"][1:] for one in page.named("a") if one["href"].startswith("#")} - {"main"}
    assert targets == {"q-C1", "q-C2"}
    assert targets <= ids


def test_a_heat_table_says_what_each_cell_belongs_to() -> None:
    headers = [one["scope"] for one in PageReader(page_html(paper_with(heat()))).named("th")]
    assert headers == ["colgroup"] * 2 + ["col"] * 5 + ["rowgroup"] + ["row"] * 3


@pytest.mark.parametrize("row", [RISE, FALL], ids=["rise", "fall"])
def test_from_right_to_left_a_change_is_the_mirror_image(row) -> None:
    plain, turned = (_ends(str(dumbbell_svg(row, direction))) for direction in ("ltr", "rtl"))
    assert sorted(turned) == pytest.approx(sorted(100 - end for end in plain))


def _ends(svg: str) -> list[float]:
    boxes = re.findall(r'x="([\d.]+)%" y="[\d.]+" width="([\d.]+)%"', svg)
    points = re.findall(r'(?:x1|x2|cx)="([\d.]+)%"', svg)
    return [float(end) for end in points] + [at for x, width in boxes for at in (float(x), float(x) + float(width))]


def test_a_rise_and_a_fall_are_told_apart_and_what_is_cut_off_has_no_cap() -> None:
    rise, fall = str(dumbbell_svg(RISE, "ltr")), str(dumbbell_svg(FALL, "ltr"))
    assert ('class="rise"' in rise, 'class="fall"' in rise) == (True, False)
    assert ('class="rise"' in fall, 'class="fall"' in fall) == (False, True)
    assert [len(re.findall('class="whisker"', svg)) for svg in (rise, fall)] == [2, 2]
    assert '<rect class="before" x="80%" y="8.0" width="20%"' in fall


def test_a_rate_fills_its_bar() -> None:
    assert '<rect class="filled" x="0%" y="0.5" width="75%"' in rate_svg(rates().bars[0], "ltr")
    assert '<rect class="filled" x="25%" y="0.5" width="75%"' in rate_svg(rates().bars[0], "rtl")


@BLOCKS
def test_without_a_picture_all_is_told_in_words(block: Block) -> None:
    text = write_plain(paper_with(block))
    expected = {"HeatTable": "said of one", "Dumbbells": "said of one", "RateBars": "said of one"}
    assert expected.get(type(block).__name__, "10 of 15 agree" if block == theme() else "6 of 12 say “How?”") in text
