"""The reviewer's page in a real browser: a phone, no script, the keyboard alone."""

from playwright.sync_api import Page

from feedback.domain.staff import StaffRole
from feedback.domain.survey.answers import Wish
from tests.browser.pressing import press, shown
from tests.browser.test_participant import FIT, TAGS, tab_to
from tests.reviewing import comment_that_says, review_of, reviewed_wave, wave_in_review
from tests.web.test_staff_pages import token_for
from tests.world import World

LONG = "w" * 300


def review_page(live: World, address: str, page: Page, wave: int) -> None:
    """Sign in as a reviewer and open the comments of a wave."""
    page.goto(f"{address}/staff/sign-in/{token_for(live, StaffRole.REVIEWER)}")
    press(page, "Sign in")
    page.goto(f"{address}/staff/waves/{wave}")
    page.get_by_role("link", name="Review the comments").click()
    page.wait_for_selector("main[data-page=comments]")


def test_no_comment_is_wider_than_a_phone(live: World, address: str, plain_page: Page) -> None:
    review_page(live, address, plain_page, wave_in_review(live, [LONG] * 6, [Wish.QUOTE] * 6))
    assert plain_page.evaluate(FIT)


def test_comments_are_decided_by_keyboard_one_after_the_other(live: World, address: str, plain_page: Page) -> None:
    wave = wave_in_review(live)
    review_page(live, address, plain_page, wave)
    plain_page.get_by_role("link", name="Decide one by one").click()
    plain_page.wait_for_selector("main[data-page=comment]")
    first = plain_page.locator("blockquote").inner_text()
    tab_to(plain_page, "Do not use it")
    with plain_page.expect_navigation():
        plain_page.keyboard.press("Enter")
    assert review_of(live, wave).decided == 1
    assert "Saved." in plain_page.locator("[role=status]").inner_text()
    assert plain_page.locator("blockquote").first.inner_text() != first
    assert plain_page.evaluate(FIT)


def test_the_enter_key_publishes_nothing(live: World, address: str, plain_page: Page) -> None:
    wave = wave_in_review(live, ["More time, please!", "more time please", *"abcd"], [Wish.QUOTE] * 6)
    review_page(live, address, plain_page, wave)
    alike = comment_that_says(live, wave, "more time please").id.hex()
    plain_page.goto(f"{address}/staff/waves/{wave}/comments/one/{alike}")
    plain_page.locator("#same").focus()
    with plain_page.expect_navigation():
        plain_page.keyboard.press("Enter")
    assert review_of(live, wave).decided == 0


def test_an_error_leads_to_what_is_missing(live: World, address: str, plain_page: Page) -> None:
    review_page(live, address, plain_page, wave_in_review(live))
    press(plain_page, "Save this for the ticked comments")
    plain_page.wait_for_selector(".errors")
    plain_page.locator(".errors a").last.click()
    assert plain_page.evaluate(TAGS)[0] == "FIELDSET"
    assert plain_page.locator(":target .error").count() == 1
    assert plain_page.evaluate(FIT)


def test_comments_are_released_by_keyboard(live: World, address: str, plain_page: Page) -> None:
    review_page(live, address, plain_page, reviewed_wave(live))
    plain_page.locator("#sure").focus()
    plain_page.keyboard.press("Space")
    tab_to(plain_page, "Release the comments")
    with plain_page.expect_navigation():
        plain_page.keyboard.press("Enter")
    assert shown(plain_page) == "report"
    assert plain_page.evaluate(FIT)
