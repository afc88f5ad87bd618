"""Press a button and wait for the page that comes of it: a click alone returns while the old page is going away."""

from playwright.sync_api import Page


def press(page: Page, words: str) -> None:
    """Press the first button that says `words`, and wait until the next page has loaded."""
    with page.expect_navigation():
        page.get_by_role("button", name=words).first.click()
