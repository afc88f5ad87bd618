"""Coordinators' pages for lost mails and for the roster in a real browser: a phone, no script, no barrier."""

from playwright.sync_api import Page
from sqlalchemy import update

from feedback.services.programmes.set_organisation import set_approval
from feedback.storage.deliveries import Delivery
from tests.bouncing import FIRST_COPY, mail_states
from tests.browser.pressing import press
from tests.browser.test_accessibility import violations
from tests.browser.test_participant import FIT
from tests.web.test_staff_pages import token_for
from tests.world import World

LONG = "w" * 60


def sign_in(live: World, address: str, page: Page) -> None:
    page.goto(f"{address}/staff/sign-in/{token_for(live)}")
    press(page, "Sign in")


def lost_wave(live: World, address: str, page: Page) -> str:
    """Sign in and open the page of two people whom no mail of a wave has reached; returns its address."""
    wave = live.open_wave(6, 6)
    live.send_mails()
    with live.session() as session:
        session.execute(update(Delivery).where(Delivery.participant_id <= 2).values(state="bounced"))
        session.commit()
    live.clock.pass_time(hours=1)
    sign_in(live, address, page)
    page.goto(f"{address}/staff/waves/{wave}/undeliverable")
    return page.url


def test_the_page_of_lost_mails_has_no_violation(live: World, address: str, page: Page) -> None:
    lost_wave(live, address, page)
    found = [violations(page, "dark")]
    page.get_by_label("Send it to").first.fill("nowhere")
    press(page, "Send the invitation again")
    found.append(violations(page, "dark"))
    assert page.locator(".error").count() == 1
    assert found == ["", ""]


def test_the_page_of_the_roster_has_no_violation(live: World, address: str, page: Page) -> None:
    programme = live.programme(6, 6)
    with live.session() as session:
        set_approval(session, "Example Organisation", approves_rosters=True, now=live.clock(), actor="test")
    sign_in(live, address, page)
    page.goto(f"{address}/staff/programmes/{programme}/roster")
    found = [violations(page, "dark")]
    press(page, "Approve the roster")
    found.append(violations(page, "dark"))
    page.locator("#sure").check()
    press(page, "Approve the roster")
    found.append(violations(page, "dark"))
    assert "Approved by" in page.locator("main").inner_text()
    assert found == ["", "", ""]


def test_an_address_is_corrected_on_a_phone_without_script(live: World, address: str, plain_page: Page) -> None:
    lost_wave(live, address, plain_page)
    plain_page.get_by_label("Send it to").first.fill(f"{LONG}@example.com")
    press(plain_page, "Send the invitation again")
    assert plain_page.evaluate(FIT)
    assert mail_states(live, FIRST_COPY) == {f"{LONG}@example.com": "queued"}
