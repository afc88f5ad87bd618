"""A wave is planned in a real browser: a phone, no script, the keyboard alone; light and dark."""

from playwright.sync_api import Page

from feedback.domain.waves.quiet_times import DEFAULT_QUIET_TIMES
from feedback.services.programmes.show_programmes import show_programme
from tests.browser.pressing import press
from tests.browser.test_accessibility import violations
from tests.browser.test_participant import FIT, tab_to
from tests.web.test_staff_pages import token_for
from tests.world import World


def sign_in(live: World, address: str, page: Page) -> None:
    page.goto(f"{address}/staff/sign-in/{token_for(live)}")
    press(page, "Sign in")


def fill_in(page: Page) -> None:
    page.get_by_label("Kick-off").check()
    page.locator("#opens_on").fill("2027-03-06")
    page.locator("#closes_on").fill("2027-03-22")
    page.locator("#first-days").fill("5")


def test_a_survey_is_planned_by_keyboard_without_script(live: World, address: str, plain_page: Page) -> None:
    programme = live.programme(9, 24, ("London", "York"), quiet=DEFAULT_QUIET_TIMES)
    sign_in(live, address, plain_page)
    plain_page.goto(f"{address}/staff/programmes/{programme}/plan")
    fill_in(plain_page)
    tab_to(plain_page, "Show what would happen")
    plain_page.keyboard.press("Enter")
    plain_page.wait_for_selector("#forecast")
    assert plain_page.evaluate(FIT)
    tab_to(plain_page, "Plan this survey")
    plain_page.keyboard.press("Enter")
    plain_page.wait_for_selector("main[data-page=wave]")
    with live.session() as session:
        assert len(show_programme(session, programme).waves) == 1


def test_planning_pages_have_no_violation_and_fit_a_phone(live: World, address: str, page: Page) -> None:
    programme = live.programme(9, 24, ("London", "York"), quiet=DEFAULT_QUIET_TIMES)
    wave = live.planned_wave(programme)
    sign_in(live, address, page)
    for path in (f"programmes/{programme}/plan", f"programmes/{programme}/quiet-times", f"waves/{wave}/dry-run"):
        page.goto(f"{address}/staff/{path}")
        assert (violations(page, "dark"), page.evaluate(FIT)) == ("", True), path
    page.goto(f"{address}/staff/programmes/{programme}/plan")
    fill_in(page)
    press(page, "Show what would happen")
    assert (violations(page, "dark"), page.evaluate(FIT)) == ("", True)
    press(page, "Plan this survey")
    assert (violations(page, "dark"), page.evaluate(FIT)) == ("", True)
