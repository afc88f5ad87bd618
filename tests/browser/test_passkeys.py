"""Passkeys in a real browser, with a device in software: the script, under the pages' own policy."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import CDPSession, Page, expect

from feedback.domain.staff import StaffRole
from tests.web.test_staff_pages import token_for
from tests.world import World

pytestmark = pytest.mark.browser

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
MAKE, USE, SIGN_IN = "Make a passkey", "Use your passkey", "Sign in with a passkey"


@pytest.fixture
def host() -> str:
    return "localhost"


@pytest.fixture
def device(scripted_page: Page) -> Iterator[tuple[CDPSession, str]]:
    """A device that makes and uses passkeys for the page at once, and its number."""
    protocol = scripted_page.context.new_cdp_session(scripted_page)
    protocol.send("WebAuthn.enable")
    number = protocol.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
    yield protocol, number
    protocol.detach()


def by_link(page: Page, live: World, address: str, role: StaffRole = StaffRole.COORDINATOR) -> None:
    page.goto(f"{address}/staff/sign-in/{token_for(live, role)}")
    press(page, "Sign in")


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def make(page: Page, name: str) -> None:
    page.get_by_label("A name for it").fill(name)
    press(page, MAKE)


def is_made(page: Page) -> None:
    expect(page.get_by_role("heading", name="Your passkey is made.")).to_be_visible()


def makes_the_first(page: Page, live: World, address: str) -> None:
    by_link(page, live, address)
    page.goto(f"{address}/staff/passkeys")
    make(page, "Work computer")
    is_made(page)


def on(page: Page, name: str) -> None:
    expect(page.locator(f"main[data-page={name}]")).to_be_visible()


def sign_out(page: Page) -> None:
    press(page, "Sign out")
    on(page, "how-to-sign-in")


def test_a_passkey_is_made_named_used_by_one_press_and_removed(
    live: World, address: str, scripted_page: Page, device: object
) -> None:
    makes_the_first(scripted_page, live, address)
    expect(scripted_page.get_by_role("heading", name="Work computer")).to_be_visible()
    sign_out(scripted_page)
    press(scripted_page, SIGN_IN)
    on(scripted_page, "programmes")
    scripted_page.goto(f"{address}/staff/passkeys")
    press(scripted_page, "Remove it")
    expect(scripted_page.get_by_text("You have none yet.")).to_be_visible()
    sign_out(scripted_page)
    press(scripted_page, SIGN_IN)
    expect(scripted_page.get_by_role("alert")).to_contain_text("No account here knows this passkey any more")


def test_a_demanded_passkey_is_made_after_the_link_used_lost_and_made_anew(
    live: World, address: str, scripted_page: Page, device: tuple[CDPSession, str]
) -> None:
    by_link(scripted_page, live, address, StaffRole.ADMINISTRATOR)
    scripted_page.goto(f"{address}/staff/passkeys")
    make(scripted_page, "The administrator’s")
    is_made(scripted_page)
    scripted_page.goto(f"{address}/staff/organisation")
    press(scripted_page, "Ask everybody for a passkey")
    on(scripted_page, "passkey")
    press(scripted_page, USE)
    on(scripted_page, "organisation")
    sign_out(scripted_page)
    by_link(scripted_page, live, address)
    on(scripted_page, "passkey")
    make(scripted_page, "My telephone")
    on(scripted_page, "programmes")
    scripted_page.goto(f"{address}/staff/passkeys")
    expect(scripted_page.get_by_text("It cannot be removed as long as it is the only one.")).to_be_visible()
    expect(scripted_page.get_by_role("button", name="Remove it")).to_have_count(0)


def test_another_passkey_is_made_on_another_device_once_the_first_one_was_used(
    live: World, address: str, scripted_page: Page, device: tuple[CDPSession, str]
) -> None:
    protocol, number = device
    makes_the_first(scripted_page, live, address)
    # The device that has one answers, and makes no second one. What it has answered is good for the next press.
    make(scripted_page, "Key ring")
    failed = scripted_page.locator("form[data-passkey=make] [data-failed]")
    expect(failed).to_be_visible()
    protocol.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": number})
    protocol.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | {"transport": "usb"}})
    press(scripted_page, MAKE)
    is_made(scripted_page)
    expect(scripted_page.get_by_role("heading", name="Key ring")).to_be_visible()


def test_whoever_has_another_device_alone_neither_makes_nor_removes_one(
    live: World, address: str, scripted_page: Page, device: tuple[CDPSession, str]
) -> None:
    protocol, number = device
    makes_the_first(scripted_page, live, address)
    protocol.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": number})
    protocol.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    make(scripted_page, "Mine now")
    expect(scripted_page.locator("form[data-passkey=make] [data-failed]")).to_be_visible()
    press(scripted_page, "Remove it")
    expect(scripted_page.locator("form[data-passkey=use] [data-failed]")).to_be_visible()
    scripted_page.reload()
    expect(scripted_page.get_by_role("heading", name="Work computer")).to_be_visible()
    expect(scripted_page.get_by_role("heading", name="Mine now")).to_have_count(0)


def test_a_device_that_does_not_know_its_owner_is_refused_and_the_page_says_what_to_do(
    live: World, address: str, scripted_page: Page, device: tuple[CDPSession, str]
) -> None:
    protocol, number = device
    makes_the_first(scripted_page, live, address)
    sign_out(scripted_page)
    protocol.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": False})
    press(scripted_page, SIGN_IN)
    expect(scripted_page.get_by_text("That did not work")).to_be_visible()
    on(scripted_page, "how-to-sign-in")


def test_a_passkey_without_a_name_is_asked_for_one_before_a_device_has_made_it(
    live: World, address: str, scripted_page: Page, device: tuple[CDPSession, str]
) -> None:
    protocol, number = device
    by_link(scripted_page, live, address)
    scripted_page.goto(f"{address}/staff/passkeys")
    make(scripted_page, " ")
    expect(scripted_page.get_by_role("alert")).to_contain_text("Write a name")
    assert protocol.send("WebAuthn.getCredentials", {"authenticatorId": number})["credentials"] == []


@pytest.mark.parametrize("path", ["/staff/sign-in", "/staff/passkeys"])
def test_without_script_the_page_says_that_it_needs_one(live: World, address: str, plain_page: Page, path: str) -> None:
    by_link(plain_page, live, address)
    plain_page.goto(f"{address}{path}")
    expect(plain_page.get_by_text("A passkey needs scripts")).to_be_visible()
    expect(plain_page.get_by_role("button", name="passkey")).to_have_count(0)


def test_with_script_the_page_does_not_say_so(live: World, address: str, scripted_page: Page, device: object) -> None:
    scripted_page.goto(f"{address}/staff/sign-in")
    expect(scripted_page.get_by_role("button", name=SIGN_IN)).to_be_visible()
    expect(scripted_page.get_by_text("A passkey needs scripts")).to_be_hidden()
