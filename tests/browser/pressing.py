"""Fill in and press, and wait for the page that comes of it: a click alone returns while the old page is going away."""

from playwright.sync_api import Error, Page

_CHOOSE = """said => {
    const seen = new Set()
    for (const box of document.querySelectorAll("main [type=radio][name], main [type=checkbox][name]")) {
        const question = box.name.split(".")[0]
        if (!seen.has(question) && !box.checked) box.click()
        seen.add(question)
    }
    for (const area of document.querySelectorAll("main textarea")) area.value = said
}"""
_ON = "main form [type=submit][name=go][value=next]"
_MOST_LOOKS = 600
_GOING_AWAY = "Execution context was destroyed"


def press(page: Page, words: str) -> None:
    """Press the first button that says `words`, and wait until the next page has loaded."""
    with page.expect_navigation():
        page.get_by_role("button", name=words).first.click()


def wait_until(page: Page, condition: str) -> None:
    """Look again and again until `condition`, a JavaScript expression, holds.

    Playwright's own wait evaluates text within the page on every look but its first, which a page's policy forbids.
    """
    for _ in range(_MOST_LOOKS):
        if _holds(page, condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{condition} never came true at {page.url}")


def _holds(page: Page, condition: str) -> bool:
    try:
        return bool(page.evaluate(condition))
    except Error as error:
        if _GOING_AWAY in error.message:
            return False
        raise


def shown(page: Page) -> str:
    return str(page.locator("main").get_attribute("data-page"))


def choose_everything(page: Page, said: str = "") -> None:
    """Choose the first answer to each question of a part, and say the same wherever words are asked for.

    Where one says yes or no to several things, to the first of them alone.
    """
    page.evaluate(_CHOOSE, said)


def go_on(page: Page) -> None:
    """Press the button that leads to the next part, whatever it says and in whatever language."""
    with page.expect_navigation():
        page.locator(_ON).first.click()


def go_to_the_text(page: Page) -> None:
    """Answer part after part, as far as the one in which a text can be written."""
    while not page.locator("main textarea").count():
        answer_part(page)


def answer_part(page: Page) -> None:
    choose_everything(page, "It helps when my line manager keeps meetings.")
    go_on(page)


def answer_all(page: Page) -> None:
    """Fill in part after part, as far as the last look."""
    while shown(page) == "questions":
        answer_part(page)


def unfold(page: Page) -> None:
    """Open everything that is folded."""
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")


def send(page: Page, selector: str = "main form [type=submit]") -> None:
    """Press the first button of a form, and wait for the page that comes of it."""
    with page.expect_navigation():
        page.locator(selector).first.click()
