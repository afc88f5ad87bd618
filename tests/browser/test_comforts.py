"""The small script in a real browser, under the pages' own policy: comforts, and nothing that is needed."""

from playwright.sync_api import Page, expect

from tests.browser.pressing import answer_all, answer_part, choose_everything, press, shown
from tests.browser.test_participant import answer_all_by_keyboard
from tests.world import World

KEEP = "Keep my answers on this device until I send them"
KEPT = "Object.entries(localStorage)"


def questions(live: World, address: str, page: Page) -> str:
    link = live.links(live.open_wave())[0]
    page.goto(f"{address}/s/{link}/questions")
    return link


def keep(page: Page) -> None:
    """Ask for answers to be kept, then begin at the top of the page again."""
    page.get_by_label(KEEP).check()
    page.reload()
    assert page.get_by_label(KEEP).is_checked()


def test_a_wave_is_answered_with_script(live: World, address: str, scripted_page: Page) -> None:
    complaints: list[str] = []
    scripted_page.on("console", lambda message: complaints.append(message.text))
    questions(live, address, scripted_page)
    answer_all_by_keyboard(scripted_page)
    press(scripted_page, "Send my answers")
    assert shown(scripted_page) == "thanks"
    assert complaints == []
    assert scripted_page.evaluate(KEPT) == []
    assert scripted_page.context.cookies() == []


def test_nothing_is_kept_unless_somebody_asks_for_it(live: World, address: str, scripted_page: Page) -> None:
    questions(live, address, scripted_page)
    answer_part(scripted_page)
    assert scripted_page.evaluate(KEPT) == []
    assert not scripted_page.get_by_label(KEEP).is_checked()


def test_what_is_kept_can_be_gone_on_with_and_is_deleted_on_sending(
    live: World, address: str, scripted_page: Page
) -> None:
    link = questions(live, address, scripted_page)
    keep(scripted_page)
    answer_part(scripted_page)
    scripted_page.goto(f"{address}/s/{link}/questions")
    press(scripted_page, "Go on with them")
    assert "Part 2 of 4" in scripted_page.locator(".progress").inner_text()
    answer_all(scripted_page)
    assert len(scripted_page.evaluate(KEPT)) == 1
    press(scripted_page, "Send my answers")
    assert scripted_page.evaluate(KEPT) == []


def test_what_is_kept_holds_neither_an_answer_nor_the_link(live: World, address: str, scripted_page: Page) -> None:
    link = questions(live, address, scripted_page)
    keep(scripted_page)
    answer_part(scripted_page)
    ((name, kept),) = scripted_page.evaluate(KEPT)
    assert name.startswith("feedback-draft:")
    assert not [word for word in (link, link[:12], "not-at-all", "moderately", '"C1"') if word in name + kept]


def test_what_is_kept_is_found_behind_its_own_link_only(live: World, address: str, scripted_page: Page) -> None:
    questions(live, address, scripted_page)
    keep(scripted_page)
    answer_part(scripted_page)
    scripted_page.goto(f"{address}/s/{live.links(1)[1]}/questions")
    assert "Part 1 of 4" in scripted_page.locator(".progress").inner_text()
    assert not scripted_page.get_by_text("Answers that you have not sent are kept").is_visible()


def test_what_is_kept_can_be_deleted(live: World, address: str, scripted_page: Page) -> None:
    link = questions(live, address, scripted_page)
    keep(scripted_page)
    answer_part(scripted_page)
    scripted_page.goto(f"{address}/s/{link}/questions")
    scripted_page.get_by_role("button", name="Delete them").click()
    assert scripted_page.evaluate(KEPT) == []


def test_a_draft_of_a_closed_survey_is_forgotten(live: World, address: str, scripted_page: Page) -> None:
    questions(live, address, scripted_page)
    script = "localStorage['feedback-draft:old'] = JSON.stringify({state: 'x', until: '2001-01-01T00:00:00+00:00'})"
    scripted_page.evaluate(script)
    scripted_page.reload()
    assert scripted_page.evaluate(KEPT) == []


def test_characters_are_counted_down(live: World, address: str, scripted_page: Page) -> None:
    questions(live, address, scripted_page)
    while not scripted_page.locator("textarea").count():
        answer_part(scripted_page)
    area, count = scripted_page.locator("textarea").first, scripted_page.locator(".count").first
    area.fill("🙂" * 10)
    expect(count).to_have_text("Characters left: 990")
    area.fill("x" * 1007)
    expect(count).to_have_text("Too long by: 7")
    assert count.get_attribute("role") == "status"


def test_leaving_with_unsent_answers_is_asked_about(live: World, address: str, scripted_page: Page) -> None:
    questions(live, address, scripted_page)
    asked: list[str] = []
    scripted_page.on("dialog", lambda dialog: asked.append(dialog.type))
    scripted_page.locator("input[type=radio]").first.click()
    scripted_page.goto(f"{address}/")
    assert asked == ["beforeunload"]


def test_going_on_is_not_asked_about(live: World, address: str, scripted_page: Page) -> None:
    questions(live, address, scripted_page)
    asked: list[str] = []
    scripted_page.on("dialog", lambda dialog: asked.append(dialog.type))
    answer_part(scripted_page)
    assert (asked, shown(scripted_page)) == ([], "questions")


SENDS = "[...new FormData(document.querySelector('#answers'))].map(([name, value]) => name + value.length).sort()"


def test_as_much_is_sent_of_what_is_left_open_as_of_what_is_chosen(
    live: World, address: str, scripted_page: Page
) -> None:
    questions(live, address, scripted_page)
    assert scripted_page.locator("main [type=radio]:checked").count() == 0
    left = scripted_page.evaluate(SENDS)
    choose_everything(scripted_page)
    assert scripted_page.evaluate(SENDS) == left
