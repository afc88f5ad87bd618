import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.rendering.blocks import Chart, ChartBar
from feedback.rendering.charts import Look, chart_svg, legend_of, swatch_svg
from feedback.rendering.painting import PDF_INKS, PageBrush, PdfBrush
from feedback.rendering.placing import Reach
from feedback.rendering.wording import one_line
from tests.rendering.papers import HOSTILE, banded, likert, plain
from tests.rendering.reading import SVG, squeezed, svg_root, svg_words
from tests.rendering.test_placing import BARS

WHOLE = Reach(100, 100)
PAGE = Look(PageBrush("ltr"), "en", WHOLE)
PDF = Look(PdfBrush("ltr", 56), "en", WHOLE, legend=True)
LOOKS = pytest.mark.parametrize("look", [PAGE, PDF], ids=["page", "pdf"])


def with_bars(*bars: ChartBar, diverging: bool = True) -> Chart:
    return replace(likert(), bars=bars, diverging=diverging)


def areas(svg: str) -> list[dict[str, str]]:
    return [dict(one.attrib) for one in svg_root(svg).iter(f"{SVG}rect") if not one.get("fill", "").startswith("url")]


def grey(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2)."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((grey(one), grey(other)))
    return (lighter + 0.05) / (darker + 0.05)


@LOOKS
@given(st.lists(BARS, max_size=3), st.booleans(), st.text(min_size=1, max_size=40).filter(str.strip))
def test_any_chart_is_one_picture_that_can_be_read(look: Look, bars: list[ChartBar], diverging: bool, alt: str) -> None:
    chart = replace(with_bars(*bars, diverging=diverging), alt=alt)
    svg = chart_svg(chart, look)
    assert all(squeezed(one_line(bar.label)) in squeezed(svg_words(svg)) for bar in bars)


@LOOKS
def test_texts_cannot_add_shapes(look: Look) -> None:
    chart = with_bars(*(replace(bar, label=text) for bar in likert().bars for text in HOSTILE))
    harmless = with_bars(*(replace(bar, label="x") for bar in likert().bars for _ in HOSTILE))
    kinds = {one.tag for one in svg_root(chart_svg(chart, look)).iter()}
    assert kinds == {one.tag for one in svg_root(chart_svg(harmless, look)).iter()}


@LOOKS
def test_nothing_is_styled_in_place_nor_run_nor_fetched(look: Look) -> None:
    svg = chart_svg(likert(), look)
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=|href", svg)
    assert set(re.findall(r"url\((.)", svg)) == {"#"}


def test_a_page_sees_the_words_for_a_chart() -> None:
    root = svg_root(chart_svg(likert(), PAGE))
    assert (root.get("role"), root.get("aria-label")) == ("img", likert().alt)


def test_a_chart_without_words_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="words"):
        replace(likert(), alt=" ")


def test_on_a_page_only_letters_keep_their_size() -> None:
    root = svg_root(chart_svg(likert(), PAGE))
    assert root.get("width") == "100%"
    assert all(one["width"].endswith("%") and one["height"].endswith("em") for one in areas(chart_svg(likert(), PAGE)))


def test_shares_are_written_where_they_fit() -> None:
    assert "75%" in svg_words(chart_svg(likert(), PDF))
    assert "7%" not in svg_words(chart_svg(with_bars(likert().bars[0]), PDF)).split()


def test_what_is_only_certain_in_part_says_so() -> None:
    words = svg_words(chart_svg(banded(), PDF))
    assert "≥\u00a083%" in words
    assert "17%" not in words


def test_a_short_bar_has_its_share_behind_it() -> None:
    assert {"67%", "8%", "42%", "0%"} <= set(svg_words(chart_svg(plain(), PAGE)).split())


def test_long_labels_take_more_lines_and_bars_move_down() -> None:
    short, long = with_bars(likert().bars[0]), with_bars(replace(likert().bars[0], label="a long name " * 9))
    tops = [
        min(float(one["y"]) for one in areas(chart_svg(chart, replace(PDF, legend=False)))) for chart in (short, long)
    ]
    assert tops[1] > tops[0] + 10


def test_right_to_left_is_the_mirror_image() -> None:
    mirrored = Look(PdfBrush("rtl", 56), "ar", WHOLE, legend=True)
    bars = with_bars(likert().bars[0])
    plain_look, turned = (areas(chart_svg(bars, replace(look, legend=False))) for look in (PDF, mirrored))
    for one, other in zip(plain_look, turned, strict=True):
        assert float(one["x"]) + float(one["width"]) + float(other["x"]) == pytest.approx(560, abs=0.01)


def test_a_legend_names_each_look_once() -> None:
    assert [part.label for part in legend_of(likert())][0::4] == ["Strongly disagree", "Strongly agree"]
    assert legend_of(plain()) == ()
    assert "url(#chart-unfavourable-1)" in swatch_svg(legend_of(likert())[1], PAGE)


@pytest.mark.parametrize("kind", sorted(PDF_INKS))
def test_letters_on_paper_can_be_read(kind: str) -> None:
    assert contrast(PDF_INKS[kind].fill, PDF_INKS[kind].letters) >= 4.5


def test_without_colour_every_kind_of_part_is_told_from_its_neighbours() -> None:
    order = ("unfavourable-2", "unfavourable-1", "neutral", "favourable-1", "favourable-2")
    for one, following in pairwise(PDF_INKS[kind] for kind in order):
        assert contrast(one.fill, following.fill) > 1.25 or bool(one.stripes) != bool(following.stripes)
    assert [kind for kind in order if PDF_INKS[kind].stripes] == ["unfavourable-2", "unfavourable-1"]
