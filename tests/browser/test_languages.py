"""Every language in a real browser: nothing wider than a phone, Arabic from the right, the keyboard alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from feedback.domain.languages import LANGUAGES
from feedback.domain.survey.questionnaires import Role
from tests.answering import respond
from tests.browser.pressing import choose_everything, go_on, shown
from tests.browser.test_accessibility import violations
from tests.browser.test_participant import FIT
from tests.databases import first_of
from tests.web.test_after_answering import support_address
from tests.web.test_languages import WORD
from tests.world import World

TRANSLATED = [language.code for language in LANGUAGES if language.code != "en"]
_SEND = "main form .button[name=go][value=send]"


def press(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).first.click()


def walk(page: Page, address: str, link: str, code: str) -> Iterator[str]:
    """Go from the promise to the receipt and on to the withdrawal, and stop at every page and every error."""
    page.goto(f"{address}/s/{link}?language={code}")
    page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
    yield "promise"
    page.goto(f"{address}/s/{link}/questions?language={code}")
    while shown(page) == "questions":
        yield "part"
        go_on(page)
        yield "part with errors"
        choose_everything(page)
        go_on(page)
    yield "check"
    press(page, _SEND)
    yield "thanks"
    page.goto(f"{address}/s/{link}/withdraw?language={code}")
    press(page, "main [type=submit]")
    yield "withdrawal with an error"
    page.locator("#word").fill(WORD[code])
    press(page, "main [type=submit]")
    yield "withdrawn"
    for path in ("/", "/receipt", "/accessibility", "/s/nothing", "/o/nothing"):
        page.goto(f"{address}{path}?language={code}")
        yield path


def link_of(live: World) -> str:
    return live.links(live.open_wave(), Role.MENTOR)[0]


@pytest.mark.parametrize("code", first_of(2, TRANSLATED))
def test_no_page_is_wider_than_a_phone_in_any_language(live: World, address: str, plain_page: Page, code: str) -> None:
    wide = [where for where in walk(plain_page, address, link_of(live), code) if not plain_page.evaluate(FIT)]
    assert wide == []


@pytest.mark.parametrize("code", first_of(1, ["ar", "cy"]))
def test_no_page_has_a_violation_in_another_language(live: World, address: str, page: Page, code: str) -> None:
    found = {where: violations(page, "dark") for where in walk(page, address, link_of(live), code)}
    assert {where: said for where, said in found.items() if said} == {}


def test_arabic_runs_from_the_right(live: World, address: str, plain_page: Page) -> None:
    plain_page.goto(f"{address}/s/{link_of(live)}/questions?language=ar")
    label = plain_page.locator("main .choice:not(.left)").first
    box, around = label.locator("[type=radio]").bounding_box(), label.bounding_box()
    assert box
    assert around
    assert box["x"] > around["x"] + around["width"] / 2
    assert box["x"] > plain_page.viewport_size["width"] / 2


def test_the_enter_key_goes_on_and_changes_no_language(live: World, address: str, plain_page: Page) -> None:
    plain_page.goto(f"{address}/s/{link_of(live)}/questions?language=cy")
    choose_everything(plain_page)
    first = plain_page.locator("h1").inner_text()
    plain_page.locator("main [type=radio]").first.focus()
    with plain_page.expect_navigation():
        plain_page.keyboard.press("Enter")
    assert plain_page.locator("h1").inner_text() != first
    assert plain_page.locator("html").get_attribute("lang") == "cy"


def test_a_language_is_switched_with_the_keyboard_and_keeps_the_answers(
    live: World, address: str, plain_page: Page
) -> None:
    plain_page.goto(f"{address}/s/{link_of(live)}/questions?language=fr")
    choose_everything(plain_page)
    before = plain_page.locator("main :checked").count()
    plain_page.locator(".languages button[lang=ar]").focus()
    with plain_page.expect_navigation():
        plain_page.keyboard.press("Enter")
    assert plain_page.locator("html").get_attribute("dir") == "rtl"
    assert plain_page.locator("main :checked").count() == before


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_form_for_support_fits_a_phone_with_its_errors_too(
    live: World, address: str, plain_page: Page, code: str
) -> None:
    live.open_wave()
    plain_page.goto(f"{address}{support_address(live)}?language={code}")
    assert plain_page.evaluate(FIT)
    press(plain_page, _SEND)
    assert plain_page.locator(".errors").count() == 1
    assert plain_page.evaluate(FIT)


@pytest.mark.parametrize("code", first_of(1, TRANSLATED))
def test_the_results_page_fits_a_phone(live: World, address: str, plain_page: Page, code: str) -> None:
    wave = live.open_wave()
    respond(live, live.links(wave)[:24])
    live.close(wave)
    live.do_what_is_due()
    live.do_what_is_due()
    page = results_address(live, wave)
    plain_page.goto(f"{page}?language={code}")
    assert shown(plain_page) == "results"
    assert plain_page.evaluate(FIT)
    assert plain_page.locator("html").get_attribute("lang") == code


def results_address(live: World, wave: int) -> str:
    """Where a mail says that the results are."""
    texts = [live.mailbox.read(serial).get_body(("plain",)).get_content() for serial in live.mailbox.serials()]
    return next(word.partition("?")[0] for text in texts for word in text.split() if "/r/" in word)
