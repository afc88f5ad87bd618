"""What a program that looks for faults cannot see: structure, focus, sizes, spacing, zoom and forced colours."""

import itertools
from collections.abc import Iterator
from contextlib import suppress

from playwright.sync_api import Browser, Error, Page, expect

from feedback.domain.links import results_secret, to_address
from feedback.storage.support import desk_of
from forms.bank import pair
from tests.browser.conftest import PHONE
from tests.browser.pressing import answer_all, answer_part, choose_everything, go_on, go_to_the_text, press, shown
from tests.browser.test_accessibility import OTHER_SCHEMES, violations
from tests.browser.test_participant import FIT, TAGS
from tests.world import World

LONE_RADIOS = """() => [...document.querySelectorAll("input[type=radio], input[type=checkbox][name]")]
    .filter(box => !box.closest("fieldset")?.querySelector("legend")?.textContent.trim()).map(box => box.name)"""
UNNAMED = """() => [...document.querySelectorAll("input:not([type=hidden]), textarea, select")]
    .filter(field => !field.labels?.length || ![...field.labels].some(label => label.textContent.trim()))
    .map(field => field.name || field.id)"""
SMALL = """() => [...document.querySelectorAll("a, button, summary, label.choice, input[type=text], textarea")]
    .filter(one => one.checkVisibility() && !one.matches(".skip, p a, dd a, li > p a, [aria-hidden=true]"))
    .map(one => [one.textContent.trim() || one.name, one.getBoundingClientRect().height])
    .filter(([, height]) => height < 24)"""
LOW = SMALL.replace("a, button, summary, label.choice", "button, label.choice, a.button").replace("< 24", "< 44")
FOCUSABLE = "a[href], button:not([tabindex='-1']), input:not([type=hidden]), textarea, summary"
ORDER = f"""() => [...document.querySelectorAll(`{FOCUSABLE}`)].filter(one => one.checkVisibility())
    .filter(one => !one.matches(".skip")).map(one => one.getBoundingClientRect())
    .map(box => [Math.round(box.top), Math.round(box.left)])"""
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
    p { margin-bottom: 2em !important; }"""
CLIPPED = """() => [...document.querySelectorAll("body *")]
    .filter(one => one.checkVisibility() && one.children.length === 0 && one.textContent.trim())
    .filter(one => !one.matches(".unseen, .skip, option, title"))
    .filter(one => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflow !== "visible"
        && getComputedStyle(one).display !== "inline")
    .map(one => one.textContent.trim())"""
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4")].filter(one => one.checkVisibility())
    .map(one => Number(one.tagName[1]))"""
ZOOMED = {"width": 320, "height": 256}


def walk(live: World, address: str, page: Page) -> Iterator[str]:
    """Yield the name of each state of the participants' pages while it is shown."""
    programme = live.programme(14, 13)
    kickoff = live.open(live.planned_wave(programme))
    for link in live.links(kickoff)[:20]:
        live.answer(link)
    live.close(kickoff)
    live.do_what_is_due()
    wave = live.open(live.planned_wave(programme, questionnaires=pair("midpoint"), stage="midpoint"))
    yield from _behind_a_link(f"{address}/s/{live.links(wave)[0]}", page)
    yield from _elsewhere(live, address, page)


def _behind_a_link(link: str, page: Page) -> Iterator[str]:
    page.goto(link)
    page.locator("details").evaluate_all("x => x.forEach(e => e.open = true)")
    yield "promise"
    page.goto(f"{link}/questions")
    yield "part"
    go_to_the_text(page)
    page.locator("textarea").first.fill("x" * 1500)
    go_on(page)
    yield "part with errors"
    page.goto(f"{link}/questions")
    while shown(page) == "questions":
        go_on(page)
    press(page, "Send my answers")
    yield "nothing answered"
    press(page, "Back to all your answers")
    press(page, "Change")
    choose_everything(page)
    press(page, "Back to all your answers")
    yield "check of what is left open"
    press(page, "Send my answers")
    yield "left open"
    page.goto(f"{link}/questions")
    while shown(page) == "questions":
        answer_part(page)
        yield page.locator("h1").inner_text()
    press(page, "Change")
    yield "part to change"
    press(page, "Back to all your answers")
    press(page, "Send my answers")
    yield "thanks"
    page.goto(f"{link}/withdraw")
    yield "withdrawal"
    press(page, "Take back my answer")
    yield "withdrawal with an error"
    page.get_by_label("To confirm").fill("withdraw")
    press(page, "Take back my answer")
    yield "withdrawn"


def _elsewhere(live: World, address: str, page: Page) -> Iterator[str]:
    with live.session() as session:
        desk = desk_of(session, 1)
        assert desk is not None
        support = f"/support/{to_address(desk.handle)}"
    results = f"/r/{to_address(results_secret(live.keys.opt_out_key(1), 1))}"
    for path in ("/", "/s/nothing", "/o/nothing", "/receipt", "/accessibility", results, support):
        page.goto(f"{address}{path}")
        yield path
    press(page, "Send this to")
    yield "support with errors"
    page.get_by_label("Your name").fill("Mia")
    page.get_by_label("How can you be reached?").fill("mia@example.com")
    page.get_by_label("What is wrong").fill("Nobody answers me.")
    press(page, "Send this to")
    yield "support sent"
    page.goto(f"{address}/receipt")
    press(page, "Check")
    yield "receipt not found"


def structure(page: Page) -> list[object]:
    """Everything about a state that is not as it should be."""
    found: list[object] = []
    found += [("no legend", name) for name in page.evaluate(LONE_RADIOS)]
    found += [("no label", name) for name in page.evaluate(UNNAMED)]
    found += [("small", one) for one in page.evaluate(SMALL)]
    found += [("low", one) for one in page.evaluate(LOW)]
    found += [("table of radios", page.locator("table input").count())] if page.locator("table input").count() else []
    found += [] if page.locator("h1").count() == 1 else ["not one h1"]
    found += [] if page.locator("html").get_attribute("lang") == "en" else ["no language"]
    levels = page.evaluate(HEADINGS)
    found += [("heading skips", levels) for one, after in itertools.pairwise(levels) if after > one + 1]
    order = page.evaluate(ORDER)
    found += [("focus goes up", one, after) for one, after in itertools.pairwise(order) if after[0] < one[0] - 8]
    return found


def in_every_scheme(page: Page) -> object:
    return violations(page, *OTHER_SCHEMES)


def zoomed(page: Page) -> object:
    """What violates, or is wider than the screen, at fourfold zoom."""
    page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
    found = violations(page) or not page.evaluate(FIT)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    return found


def spaced(page: Page) -> object:
    """What wider spacing of letters and lines cuts off; the page stays like this."""
    page.add_style_tag(content=SPACED)
    return page.evaluate(CLIPPED) or not page.evaluate(FIT)


def test_every_state_is_sound_in_every_scheme_and_zoomed_and_spaced(live: World, address: str, page: Page) -> None:
    looks = (structure, in_every_scheme, zoomed, spaced)
    found = {
        (state, look.__name__): wrong for state in walk(live, address, page) for look in looks if (wrong := look(page))
    }
    assert found == {}


def test_errors_are_announced_focused_and_linked(live: World, address: str, plain_page: Page) -> None:
    plain_page.goto(f"{address}/s/{live.links(live.open_wave())[0]}/questions")
    go_to_the_text(plain_page)
    for area in plain_page.locator("textarea").all():
        area.fill("x" * 1500)
    go_on(plain_page)
    summary = plain_page.locator(".errors")
    assert summary.get_attribute("role") == "alert"
    expect(summary).to_be_focused()
    assert plain_page.title().startswith("Error:")
    for link in summary.locator("a").all():
        target = plain_page.locator(str(link.get_attribute("href")))
        described = str(target.get_attribute("aria-describedby"))
        assert any(plain_page.locator(f"#{one}.error").count() for one in described.split())


def test_the_whole_way_is_walked_with_the_keyboard(live: World, address: str, plain_page: Page) -> None:
    link = live.links(live.open_wave())[0]
    plain_page.goto(f"{address}/s/{link}")
    plain_page.keyboard.press("Tab")
    assert plain_page.evaluate(TAGS)[3] == "Skip to the content"
    plain_page.keyboard.press("Enter")
    plain_page.keyboard.press("Tab")
    assert plain_page.evaluate(TAGS)[3] == "Start"


def test_the_first_page_is_one_screen_of_a_phone(live: World, address: str, plain_page: Page) -> None:
    plain_page.goto(f"{address}/s/{live.links(live.open_wave())[0]}")
    box = plain_page.get_by_role("link", name="Start").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 740
    assert plain_page.locator("details[open]").count() == 0


SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}


def test_a_slow_connection_loads_little_and_works(live: World, address: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    slow = context.new_cdp_session(page)
    slow.send("Network.enable")
    slow.send("Network.emulateNetworkConditions", SLOW_3G)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/s/{live.links(live.open_wave())[0]}/questions")
    answer_part(page)
    assert "Part 2 of 4" in page.locator(".progress").inner_text()
    assert {one.split("/")[2] for one in asked if not one.startswith("data:")} == {address.split("/")[2]}
    context.close()


def test_going_back_after_sending_shows_no_answer_by_itself(live: World, address: str, plain_page: Page) -> None:
    plain_page.goto(f"{address}/s/{live.links(live.open_wave())[0]}/questions")
    answer_all(plain_page)
    press(plain_page, "Send my answers")
    # The page that is left may be gone before it has answered.
    with suppress(Error):
        plain_page.evaluate("history.back()")
    plain_page.wait_for_timeout(1500)
    assert "It helps when meetings are kept" not in plain_page.content()
