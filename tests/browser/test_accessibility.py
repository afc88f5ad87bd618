"""Every participant's page, and the reviewer's, passes axe in a real browser, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.pressing import press
from tests.browser.test_participant import answer_part_by_keyboard, shown
from tests.browser.test_reviewer import review_page
from tests.reviewing import reviewed_wave, wave_in_review
from tests.world import World

SCHEMES = ("light", "dark")


# What a scheme of colours changes; all other rules find in it what they find in the light one.
COLOURS = {"runOnly": ["color-contrast"]}


def violations(page: Page, scheme: str = "light") -> str:
    found = Axe().run(page, options=None if scheme == "light" else COLOURS)
    return str(found.generate_report()) if found.violations_count else ""


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("path", ["", "/questions", "/withdraw"])
def test_pages_behind_a_link_have_no_violation(live: World, address: str, page: Page, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{address}/s/{live.links(live.open_wave())[0]}{path}")
    assert violations(page, scheme) == ""


@pytest.mark.parametrize("scheme", SCHEMES)
def test_pages_on_the_way_to_thanks_have_no_violation(live: World, address: str, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{address}/s/{live.links(live.open_wave())[0]}/questions")
    press(page, "Continue")
    found = [violations(page, scheme)]
    while shown(page) == "questions":
        answer_part_by_keyboard(page)
        found.append(violations(page, scheme))
    press(page, "Send my answers")
    found.append(violations(page, scheme))
    assert found == [""] * 6


def test_the_front_door_and_a_dead_link_have_no_violation(live: World, address: str, page: Page) -> None:
    for path in ("/", "/s/nothing", "/o/nothing"):
        page.goto(f"{address}{path}")
        assert violations(page) == "", path


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_reviewers_page_has_no_violation(live: World, address: str, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    review_page(live, address, page, wave_in_review(live))
    found = [violations(page, scheme)]
    press(page, "Save this decision")
    found.append(violations(page, scheme))
    assert found == ["", ""]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_finished_review_and_its_report_have_no_violation(live: World, address: str, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    review_page(live, address, page, reviewed_wave(live))
    found = [violations(page, scheme)]
    page.get_by_label("I am sure").check()
    press(page, "Release the comments")
    found.append(violations(page, scheme))
    assert found == ["", ""]
