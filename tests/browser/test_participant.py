"""The participant's journey in a real browser: a phone, no script, no cookie, the keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from forms.bank import pair
from tests.browser.pressing import answer_all, answer_part, go_on, press, shown
from tests.world import World

FIT = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
TAGS = "(e => [e.tagName, e.type, e.name, e.innerText])(document.activeElement)"
MOST_STOPS = 200


def tab_to(page: Page, words: str) -> None:
    """Press Tab until something that says `words` has the focus."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if words in (page.evaluate(TAGS)[3] or ""):
            return
    raise AssertionError(f"nothing that says {words!r} can be reached with the Tab key")


def answer_part_by_keyboard(page: Page) -> None:
    """Choose an answer everywhere, then press the button that leads on: Tab, Space and Enter only."""
    seen: set[str] = set()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        tag, kind, name, words = page.evaluate(TAGS)
        if kind == "radio" and not name.endswith("-wish") and (question := name.partition(".")[0]) not in seen:
            seen.add(question)
            # "No", or that it is left open, is chosen beforehand where there is no script.
            page.keyboard.press("ArrowLeft" if "." in name else "ArrowDown")
        if tag == "TEXTAREA":
            page.keyboard.type("It helps when my line manager keeps meetings.")
        if tag == "BUTTON" and words in {"Continue", "Check your answers", "Back to all your answers"}:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError("the button was never reached")


def answer_all_by_keyboard(page: Page) -> None:
    """Fill in part after part, as far as the check."""
    while shown(page) == "questions":
        answer_part_by_keyboard(page)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_wave_is_answered_by_keyboard_without_script_at_360_px(live: World, address: str, plain_page: Page) -> None:
    wave = live.open_wave()
    plain_page.goto(f"{address}/s/{live.links(wave)[0]}")
    assert shown(plain_page) == "promise"
    tab_to(plain_page, "Start")
    plain_page.keyboard.press("Enter")
    plain_page.wait_for_selector("main[data-page=questions]")
    answer_all_by_keyboard(plain_page)
    plain_page.wait_for_selector("main[data-page=check]")
    assert plain_page.locator("q").all_inner_texts() == ["my line manager"]
    tab_to(plain_page, "Send my answers")
    plain_page.keyboard.press("Enter")
    plain_page.wait_for_selector("main[data-page=thanks]")
    assert plain_page.context.cookies() == []


def test_no_page_is_wider_than_a_phone(live: World, address: str, plain_page: Page) -> None:
    link = live.links(live.open_wave())[0]
    for path in ("", "/questions", "/withdraw"):
        plain_page.goto(f"{address}/s/{link}{path}")
        assert plain_page.evaluate(FIT), path


def test_what_is_left_open_is_led_to_and_may_be_left_by_keyboard(live: World, address: str, plain_page: Page) -> None:
    plain_page.goto(f"{address}/s/{live.links(live.open_wave())[0]}/questions")
    plain_page.locator("input[name=C2]").first.check()
    while shown(plain_page) == "questions":
        go_on(plain_page)
    press(plain_page, "Send my answers")
    assert "questions are left open" in plain_page.evaluate(TAGS)[3]
    plain_page.keyboard.press("Tab")
    with plain_page.expect_navigation():
        plain_page.keyboard.press("Enter")
    expect(plain_page.locator("fieldset#C1")).to_be_focused()
    plain_page.keyboard.press("Tab")
    assert plain_page.evaluate(TAGS)[1:] == ["radio", "C1", ""]
    assert plain_page.evaluate("document.activeElement.parentElement.innerText.trim()") == "Leave open"
    assert plain_page.locator("input[name=C2]").first.is_checked()
    press(plain_page, "Back to all your answers")
    press(plain_page, "Send my answers")
    assert shown(plain_page) == "thanks"


def test_going_back_and_forth_loses_nothing(live: World, address: str, plain_page: Page) -> None:
    plain_page.goto(f"{address}/s/{live.links(live.open_wave())[0]}/questions")
    answer_part(plain_page)
    chosen = plain_page.locator("input[type=radio]").first
    chosen.check()
    press(plain_page, "Back")
    assert plain_page.locator("input:checked").count() == 5
    press(plain_page, "Back")
    assert shown(plain_page) == "promise"
    press(plain_page, "Go on with your answers")
    assert "Part 2 of" in plain_page.locator(".progress").inner_text()
    assert plain_page.locator("input[type=radio]").first.is_checked()


def test_an_answer_is_changed_before_and_after_sending(live: World, address: str, plain_page: Page) -> None:
    link = live.links(live.open_wave())[0]
    plain_page.goto(f"{address}/s/{link}/questions")
    answer_all(plain_page)
    press(plain_page, "Change")
    assert plain_page.locator("input[type=radio]:checked").count() == 5
    press(plain_page, "Back to all your answers")
    press(plain_page, "Send my answers")
    first = plain_page.locator("main").inner_text()
    plain_page.goto(f"{address}/s/{link}/questions")
    assert plain_page.locator(".choice:not(.left) input:checked").count() == 0
    answer_all(plain_page)
    press(plain_page, "Send my answers")
    assert shown(plain_page) == "thanks"
    assert plain_page.locator("main").inner_text() != first


PLACES = """boxes => boxes.map(box => [...box.querySelectorAll(".choice")]
    .filter(one => !one.classList.contains("left"))
    .map(one => Math.round(one.getBoundingClientRect().top)))"""
FAR_IN = "x => x.some(one => one.scrollWidth > one.clientWidth)"


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_before_and_now_stand_side_by_side_on_a_phone(
    live: World, address: str, plain_page: Page, language: str
) -> None:
    wave = live.open_wave(9, 9, questionnaires=pair("exit"), stage="exit")
    plain_page.goto(f"{address}/s/{live.links(wave)[0]}/questions?language={language}")
    before, now = plain_page.locator(".then-now").first.locator("fieldset").evaluate_all(PLACES)
    assert len(before) == 6
    assert before == now
    assert plain_page.evaluate(FIT)
    assert not plain_page.locator(".then-now .choice").evaluate_all(FAR_IN)


def test_before_and_now_are_stacked_where_letters_are_large(live: World, address: str, plain_page: Page) -> None:
    wave = live.open_wave(9, 9, questionnaires=pair("exit"), stage="exit")
    plain_page.set_viewport_size({"width": 300, "height": 740})
    plain_page.goto(f"{address}/s/{live.links(wave)[0]}/questions")
    before, now = plain_page.locator(".then-now").first.locator("fieldset").evaluate_all(PLACES)
    assert max(before) < min(now)
    assert plain_page.evaluate(FIT)
