"""The part of the tour of staff pages that changes what a programme asks."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.browser.pressing import send, unfold
from tests.reviewing import TEXTS

QUESTION = TEXTS[1]
ANSWERS = "ليلى حسن\nالقاهرة"


def changing_questions(address: str, page: Page, code: str, programme: int) -> Iterator[str]:
    """Yield the name of each state of the pages on which a programme's questions are changed, while it is shown."""
    change = f"{address}/staff/programmes/{programme}/questions/change?language={code}&stage=exit"
    page.goto(change)
    page.locator("#ask-V2").uncheck()
    send(page)
    unfold(page)
    yield "questions saved"
    send(page, "main details [type=submit]")
    yield "questions not given up"
    page.goto(change)
    page.locator("main form [name=version]").first.evaluate("field => field.value = 7")
    send(page)
    yield "questions overtaken"
    own = f"{address}/staff/programmes/{programme}/questions/own"
    page.goto(f"{own}?language={code}&stage=exit")
    yield "own question"
    send(page)
    yield "own question with errors"
    page.locator("#text").fill(QUESTION)
    page.locator("[name=kind][value=one]").check()
    page.locator("#options").fill(ANSWERS)
    send(page)
    unfold(page)
    yield "own question without translations"
    send(page)
    yield "own question saved"
    page.goto(f"{own}/1?language={code}&stage=exit")
    unfold(page)
    yield "own question known"
