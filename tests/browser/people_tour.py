"""The part of the tour of staff pages that puts people in, one by one or from a list, and lets them go."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.browser.pressing import send, unfold

LAYLA = "ليلى حسن"
CAIRO = "القاهرة"
HEADERS = "name,email,role,cohort,language\n"
CYRILLIC = "name;email;role\nИван Петров;ivan@example.com;mentor\n".encode("cp1251")
UNKNOWN = f"Q1\tQ2\n{LAYLA}\tlayla.abdelrahman.elmasry@subsidiary.example.com\n"
WRONG = f"{HEADERS}{LAYLA},layla@subsidiary,boss,,xx\nZoë,,,York,\n"
CHANGES = f"{HEADERS}{LAYLA},layla@example.com,mentor,{CAIRO},ar\nZoë Åström,zoe@example.com,mentee,,\n"


def putting_in(address: str, page: Page, code: str, new_programme: int, known: int) -> Iterator[str]:
    """Yield the name of each state of the pages on which people are put in, while it is shown."""
    new = f"{address}/staff/programmes/{new_programme}/roster/new?language={code}"
    page.goto(new)
    yield "people"
    send(page)
    yield "nobody sent"
    page.locator("#file").set_input_files({"name": "list.csv", "mimeType": "text/csv", "buffer": CYRILLIC})
    send(page)
    yield "code page"
    page.goto(f"{address}/staff/programmes/{new_programme}/roster/people?language={code}")
    yield "one person"
    send(page)
    yield "one person with errors"
    page.locator("#name").fill(LAYLA)
    page.locator("#email").fill("another@example.com")
    page.locator("[name=role]").first.check()
    send(page)
    yield "one person in doubt"
    page.goto(f"{address}/staff/programmes/{known}/roster/people/1?language={code}")
    page.locator("summary").click()
    yield "a known person"
    send(page, "main details [type=submit]")
    yield "a known person, not let go"
    page.goto(f"{address}/staff/one-person?language={code}")
    yield "one person’s request"
    page.locator("#email").fill("mentor.0@example.com")
    send(page)
    unfold(page)
    yield "what is held"
    send(page, "main details [type=submit]")
    yield "not taken off"
    for pasted, name in ((UNKNOWN, "columns"), (WRONG, "mend"), (CHANGES, "check")):
        page.goto(new)
        page.locator("#pasted").fill(pasted)
        send(page)
        yield name
        if name != "mend":
            send(page)
            yield f"{name} with an error"
