"""Staff pages in other languages in a real browser: whole, no wider than a phone, nothing left in English."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.staff_tour import AS_ENTERED, visit
from tests.browser.test_accessibility import violations
from tests.browser.test_participant import FIT
from tests.browser.test_structure import SMALL
from tests.databases import LARGE
from tests.speaking import ENGLISH, Words
from tests.world import World

LIST_AFTER_ERROR = """() => document.querySelector(".errors") && [...document.querySelectorAll(".errors a")]
    .filter(link => !document.querySelector(link.getAttribute("href"))).map(link => link.textContent)"""


BELOW = re.compile(r"/staff/(programmes|waves)/")


def english_texts(page: Page, code: str) -> Iterator[str]:
    """Yield the texts that are English, but for what people have written."""
    written = {" ".join(text.split()) for text in page.locator("[dir=auto], mark").all_inner_texts()}
    for language, text in Words(page.content()).texts:
        # A signature may hold any word by chance.
        words = {word.lower() for word in re.findall("[A-Za-z]{2,}", re.sub(r"\S{40,}", "", text))}
        if language == code and text not in AS_ENTERED and words & ENGLISH and not any(text in one for one in written):
            yield text


def faults(page: Page, code: str) -> list[object]:
    """Everything about a state of a staff page that is not as it should be."""
    found: list[object] = [] if page.evaluate(FIT) else ["wider than the screen"]
    found += [f"English: {text}" for text in english_texts(page, code)]
    found += [f"leads nowhere: {text}" for text in page.evaluate(LIST_AFTER_ERROR) or ()]
    found += [f"too small to hit: {text}" for text in page.evaluate(SMALL)]
    found += ["not one h1"] if page.locator("h1").count() != 1 else []
    if BELOW.search(page.url):
        found += ["several filled buttons"] if page.locator("main .button:not(.second, .danger)").count() > 1 else []
        found += ["no way back"] if page.locator("main .crumbs a").count() < 1 else []
        found += ["a danger in the open"] if page.locator("main .danger:not(.danger-fold .danger)").count() else []
    found += ["another language"] if page.locator("html").get_attribute("lang") != code else []
    return found + [said for said in [violations(page)] if said]


@LARGE
@pytest.mark.parametrize(("code", "scheme"), [("ar", "dark"), ("cy", "light")])
def test_staff_pages_are_sound_in_another_language(
    live: World, address: str, page: Page, code: str, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    found = {name: wrong for name in visit(live, address, page, code) if (wrong := faults(page, code))}
    assert found == {}
