"""Axe in a real browser; by itself it sees the reviewer's page here, and every other page where that is walked to."""

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

from tests.browser.pressing import press
from tests.browser.test_reviewer import review_page
from tests.reviewing import reviewed_wave, wave_in_review
from tests.world import World

LIGHT = {"color_scheme": "light", "forced_colors": "none"}
OTHER_SCHEMES = {"dark": {"color_scheme": "dark"}, "forced": {"forced_colors": "active"}}
# No rule that is in force reads the style sheets that axe would load once more.
_EVERYTHING = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}
# What a scheme of colours changes; all other rules find in it what they find in the light one.
_COLOURS = {**_EVERYTHING, "runOnly": ["color-contrast"]}
_RUN = "options => axe.run(options).then(found => ({violations: found.violations}))"


def violations(page: Page, *others: str) -> str:
    """What there is as the page is shown, then what the colours of other schemes bring."""
    found = [_found_by_axe(page, _EVERYTHING)]
    for scheme in others:
        page.emulate_media(**OTHER_SCHEMES[scheme])  # type: ignore[arg-type]
        found.append(_found_by_axe(page, _COLOURS))
        page.emulate_media(**LIGHT)  # type: ignore[arg-type]
    return "".join(found)


def _found_by_axe(page: Page, options: dict[str, object]) -> str:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = AxeResults(page.evaluate(_RUN, options))
    return str(found.generate_report()) if found.violations_count else ""


def test_the_reviewers_page_has_no_violation(live: World, address: str, page: Page) -> None:
    review_page(live, address, page, wave_in_review(live))
    found = [violations(page, "dark")]
    press(page, "Save this for the ticked comments")
    found.append(violations(page, "dark"))
    page.get_by_role("link", name="Decide one by one").click()
    page.wait_for_selector("main[data-page=comment]")
    found.append(violations(page, "dark"))
    assert found == ["", "", ""]


def test_a_finished_review_and_its_report_have_no_violation(live: World, address: str, page: Page) -> None:
    review_page(live, address, page, reviewed_wave(live))
    found = [violations(page, "dark")]
    page.get_by_label("I am sure").check()
    press(page, "Release the comments")
    found.append(violations(page, "dark"))
    assert found == ["", ""]
