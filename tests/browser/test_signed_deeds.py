"""What outlives a session is done with a passkey, in a real browser: a key for a program, an address that is told."""

import pytest
from playwright.sync_api import Page, expect

from feedback.domain.staff import StaffRole
from tests.browser.test_passkeys import by_link, device, host, is_made, make, press
from tests.world import World

pytestmark = pytest.mark.browser
__all__ = ["device", "host"]


def test_a_key_and_an_address_that_is_told_are_made_with_a_passkey(
    live: World, address: str, scripted_page: Page, device: object
) -> None:
    page = scripted_page
    by_link(page, live, address, StaffRole.ADMINISTRATOR)
    page.goto(f"{address}/staff/passkeys")
    make(page, "Work computer")
    is_made(page)
    page.goto(f"{address}/staff/organisation/keys")
    page.get_by_label("What is it for?").fill("Staff list")
    page.get_by_label("Read published reports").check()
    press(page, "Make a key")
    expect(page.locator("code", has_text="fbk_")).to_be_visible()
    page.goto(f"{address}/staff/organisation/web-hooks")
    page.get_by_label("The address that is told").fill("https://hr.example.com/feedback")
    page.get_by_label("A report is there").check()
    press(page, "Add it")
    secret = page.locator("code", has_text="whsec_")
    expect(secret).to_be_visible()
    first = secret.inner_text()
    press(page, "Make another secret")
    expect(secret).not_to_have_text(first)
