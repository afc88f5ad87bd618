"""The phone's back button, with script: what was filled in comes back until it is sent, and nothing after that."""

import itertools

import pytest
from playwright.sync_api import Page

from tests.browser.pressing import answer_all, answer_part, choose_everything, go_on, shown, wait_until
from tests.databases import first_of
from tests.world import World

SAID = "It helps when my line manager keeps meetings."
PART = "document.querySelector('#answers[data-at]')?.dataset.at"
CHOSEN = "document.querySelectorAll('.choice:not(.tick .choice) :checked').length"
KEPT = "[...Object.entries(localStorage), ...Object.entries(sessionStorage), JSON.stringify(history.state)].join()"
STOP = "(e => [e.type ?? '', e.name ?? '', e.value ?? ''])(document.activeElement)"
MOST_STOPS = 200
SEND = "main button[name=go][value=send]"


def answer_with_keys(page: Page) -> None:
    """Choose an answer everywhere by the arrow keys and press the button that leads on, in whatever language."""
    seen: set[str] = set()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        kind, name, value = page.evaluate(STOP)
        if kind == "radio" and "." not in name and not name.endswith("-wish") and name not in seen:
            seen.add(name)
            page.keyboard.press("ArrowDown")
        if (kind, name, value) == ("submit", "go", "next"):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError("the button was never reached")


SETTLED = """(form => !form || form.elements.state.value.endsWith(history.state?.visit ?? '-'))(
    document.querySelector('#answers[data-at]'))"""


_TRAVELS = itertools.count()


def travel(page: Page, steps: int, until: str) -> None:
    """Press the browser's own button, and wait until another page is there and has looked for what was filled in."""
    number = next(_TRAVELS)
    page.evaluate(f"window.leftBy = {number}; setTimeout(() => history.go({steps}))")
    wait_until(page, f"window.leftBy !== {number} && ({until}) && document.readyState === 'complete' && {SETTLED}")


def back_to(page: Page, part: str) -> None:
    travel(page, -1, f"{PART} === '{part}'")


@pytest.mark.parametrize("language", first_of(1, ["ar", "en", "cy"]))
def test_back_shows_what_is_filled_in_until_it_is_sent(
    live: World, address: str, scripted_page: Page, language: str
) -> None:
    page, link = scripted_page, live.links(live.open_wave())[0]
    page.goto(f"{address}/s/{link}/questions?language={language}")
    first = page.evaluate(PART)
    answer_with_keys(page)
    second = page.evaluate(PART)
    answer_with_keys(page)
    back_to(page, second)
    filled = page.evaluate(CHOSEN)
    back_to(page, first)
    assert (filled, page.evaluate(CHOSEN)) > (0, 3)
    assert page.locator("html").get_attribute("lang") == language
    page.reload()
    wait_until(page, f"{CHOSEN} > 3")
    answer_all(page)
    assert SAID in page.content()
    before = page.evaluate("history.length")
    with page.expect_navigation():
        page.locator(SEND).last.press("Enter")
    assert shown(page) == "thanks"
    receipt = page.locator(".receipt").inner_text()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    for _step in range(before - 1):
        travel(page, -1, f"!{PART} || {PART} === '{first}'")
        seen = page.evaluate(KEPT) + page.content()
        assert (SAID in seen, receipt in seen, page.evaluate(CHOSEN)) == (False, False, 0)
        assert page.locator("form[data-found]:visible").count() == 0


def test_what_the_history_and_the_tab_hold_is_sealed(live: World, address: str, scripted_page: Page) -> None:
    link = live.links(live.open_wave())[0]
    scripted_page.goto(f"{address}/s/{link}/questions")
    answer_all(scripted_page)
    kept = scripted_page.evaluate(KEPT)
    assert [word for word in (link, link[:12], "not-at-all", "moderately", '"C1"', SAID) if word in kept] == []
    assert set(scripted_page.evaluate("history.state")) == {"visit", "at"}
    assert scripted_page.context.cookies() == []
    assert SAID[:8] not in scripted_page.url


def test_the_thanks_come_back_without_sending_again(live: World, address: str, scripted_page: Page) -> None:
    link = live.links(live.open_wave())[0]
    scripted_page.goto(f"{address}/s/{link}/questions")
    answer_all(scripted_page)
    with scripted_page.expect_navigation():
        scripted_page.locator(SEND).last.click()
    receipt, asked = scripted_page.locator(".receipt").inner_text(), []
    scripted_page.on("request", lambda request: asked.append((request.method, request.url.split("/")[-1])))
    scripted_page.reload()
    wait_until(scripted_page, "document.querySelector('main').dataset.page === 'thanks'")
    assert scripted_page.locator(".receipt").inner_text() == receipt
    assert [path for method, path in asked if method == "POST" and path.startswith("send")] == []


def test_a_page_that_the_browser_kept_whole_shows_nothing_once_it_is_sent(
    live: World, address: str, scripted_page: Page
) -> None:
    link = live.links(live.open_wave())[0]
    scripted_page.goto(f"{address}/s/{link}/questions")
    answer_part(scripted_page)
    choose_everything(scripted_page)
    whole = "({type}) => dispatchEvent(new PageTransitionEvent(type, { persisted: true }))"
    scripted_page.evaluate(whole, {"type": "pagehide"})
    assert not scripted_page.locator("main").is_visible()
    scripted_page.evaluate(whole, {"type": "pageshow"})
    assert scripted_page.locator("main").is_visible()
    scripted_page.evaluate(whole, {"type": "pagehide"})
    scripted_page.evaluate("sessionStorage.clear()")
    with scripted_page.expect_navigation():
        scripted_page.evaluate(whole, {"type": "pageshow"})
    assert scripted_page.evaluate(CHOSEN) == 0


def test_another_link_in_the_same_tab_finds_nothing_and_takes_nothing_away(
    live: World, address: str, scripted_page: Page
) -> None:
    mine, other = live.links(live.open_wave())[:2]
    scripted_page.goto(f"{address}/s/{mine}/questions")
    answer_part(scripted_page)
    part = scripted_page.evaluate(PART)
    scripted_page.goto(f"{address}/s/{other}/questions")
    assert scripted_page.locator("form[data-found]:visible").count() == 0
    answer_all(scripted_page)
    with scripted_page.expect_navigation():
        scripted_page.locator(SEND).last.click()
    scripted_page.goto(f"{address}/s/{mine}/questions")
    with scripted_page.expect_navigation():
        scripted_page.locator("form[data-found] [name=go]").click()
    assert scripted_page.evaluate(PART) == part


def test_a_draft_on_the_device_is_replaced_only_if_one_says_so(live: World, address: str, scripted_page: Page) -> None:
    link, said = live.links(live.open_wave())[0], []
    scripted_page.context.on("dialog", lambda dialog: said.append(dialog.message))
    scripted_page.goto(f"{address}/s/{link}/questions")
    scripted_page.locator("#keep").check()
    answer_part(scripted_page)
    kept = scripted_page.evaluate("localStorage[Object.keys(localStorage)[0]]")
    scripted_page.evaluate("sessionStorage.clear()")
    scripted_page.goto(f"{address}/s/{link}/questions?language=en")
    answer_part(scripted_page)
    assert not scripted_page.locator("#keep").is_checked()
    assert scripted_page.evaluate("localStorage[Object.keys(localStorage)[0]]") == kept
    scripted_page.locator("#keep").check()
    assert [one for one in said if one] == ["Other answers are kept on this device. Replace them with these?"]
    assert scripted_page.evaluate("localStorage[Object.keys(localStorage)[0]]") != kept


def test_the_page_of_a_closed_survey_removes_what_is_kept_for_it(
    live: World, address: str, scripted_page: Page
) -> None:
    wave = live.open_wave()
    link = live.links(wave)[0]
    scripted_page.goto(f"{address}/s/{link}/questions")
    scripted_page.locator("#keep").check()
    answer_part(scripted_page)
    scripted_page.goto(f"{address}/s/nothing")
    assert scripted_page.evaluate("localStorage.length + sessionStorage.length") == 2
    live.close(wave)
    scripted_page.goto(f"{address}/s/{link}")
    assert shown(scripted_page) == "closed"
    assert scripted_page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_a_state_that_cannot_be_read_any_more_says_so(live: World, address: str, scripted_page: Page) -> None:
    link = live.links(live.open_wave())[0]
    scripted_page.goto(f"{address}/s/{link}/questions")
    answer_part(scripted_page)
    scripted_page.evaluate(
        "for (const name of Object.keys(sessionStorage)) sessionStorage[name] = "
        "JSON.stringify({ ...JSON.parse(sessionStorage[name]), state: 'AAAA' })"
    )
    scripted_page.reload()
    wait_until(scripted_page, "document.querySelector('.note[role=status]')")
    choose_everything(scripted_page)
    go_on(scripted_page)
    assert shown(scripted_page) == "questions"
