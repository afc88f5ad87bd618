"""A report's page in a real browser, with its real styles and headers: readable by all, whole on a phone."""

from collections.abc import Iterator
from itertools import combinations

import pytest
from playwright.sync_api import Browser, Page

from feedback.cli.serving import WebThread
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_accessibility import violations
from tests.rendering.papers import arabic_paper, english_paper
from tests.rendering.showing import page_app

NAMES = ("en", "ar")
_BOXES = """svg => [...svg.querySelectorAll("text")]
    .filter(text => text.getClientRects().length)
    .map(text => text.getBoundingClientRect())
    .map(box => [box.left, box.top, box.right, box.bottom])"""


@pytest.fixture
def papers(port: int) -> Iterator[str]:
    """The address below which the sample papers are shown."""
    server = WebThread(page_app(en=english_paper(), ar=arabic_paper()), "127.0.0.1", port, "FEEDBACK_LISTEN_PORT")
    server.start()
    yield f"http://127.0.0.1:{port}/papers"
    server.stop()


def overlaps(boxes: list[list[float]]) -> list[tuple[list[float], list[float]]]:
    """Pairs of boxes that share more than the little room that letters leave above and below."""
    return [
        (one, other)
        for one, other in combinations(boxes, 2)
        if min(one[2], other[2]) - max(one[0], other[0]) > 0.5 and min(one[3], other[3]) - max(one[1], other[1]) > 4
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_report_has_no_violation(papers: str, page: Page, name: str) -> None:
    page.goto(f"{papers}/{name}")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert violations(page, "dark") == ""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_is_wider_than_the_screen(papers: str, page: Page, name: str, size: dict[str, int]) -> None:
    page.set_viewport_size(size)
    page.goto(f"{papers}/{name}")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_no_words_of_a_chart_lie_upon_others_or_leave_it(
    papers: str, page: Page, name: str, size: dict[str, int]
) -> None:
    page.set_viewport_size(size)
    page.goto(f"{papers}/{name}")
    for chart in page.locator("svg.chart").all():
        frame, boxes = chart.bounding_box(), chart.evaluate(_BOXES)
        assert len(boxes) > 2
        assert overlaps(boxes) == []
        assert frame
        assert all(frame["x"] - 1 <= box[0] and box[2] <= frame["x"] + frame["width"] + 1 for box in boxes)


@pytest.mark.parametrize("forced", ["none", "active"])
def test_sides_and_shades_have_looks_of_their_own(papers: str, page: Page, forced: str) -> None:
    page.emulate_media(forced_colors=forced)
    page.goto(f"{papers}/en")
    script = "one => [getComputedStyle(one).fill, one.nextElementSibling?.getAttribute('fill')]"
    swatches = page.locator("figure").first.locator(".swatch rect.part").all()
    assert len({tuple(swatch.evaluate(script)) for swatch in swatches}) == len(swatches) == 5


def test_the_browser_blocks_nothing_of_a_report(papers: str, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE)
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{papers}/en")
    context.close()
    assert complaints == []
