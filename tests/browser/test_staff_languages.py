"""Every page of staff in every language, in a real browser: translated, no wider than a phone, without a barrier."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from sqlalchemy import update

from feedback.domain.languages import LANGUAGES
from feedback.domain.staff import StaffRole
from feedback.domain.waves.schedule import read_offset
from feedback.services.programmes.set_organisation import set_approval
from feedback.storage.deliveries import Delivery
from forms.bank import pair
from tests.answering import respond
from tests.browser.test_languages import press
from tests.browser.test_participant import FIT
from tests.databases import first_of
from tests.promises.closing import spread
from tests.reviewing import wave_in_review
from tests.web.test_after_answering import ASKED, support_address
from tests.web.test_staff_pages import token_for
from tests.world import World

ON_THE_TOUR = {"ar", "cy"}
OTHERS = [language.code for language in LANGUAGES if language.code not in {"en", *ON_THE_TOUR}]
ADMINISTRATORS = (
    *(
        "",
        "programmes/1",
        "programmes/1/plan",
        "programmes/1/questions",
        "programmes/1/quiet-times",
        "programmes/1/roster",
        "programmes/1/roster/new",
        "programmes/1/support",
    ),
    *("waves/1", "waves/1/report", "waves/2", "waves/2/report", "waves/2/compared-with/1", "programmes/1/changes"),
    *("waves/3", "waves/3/undeliverable", "waves/3/dry-run", "waves/4", "waves/4/dry-run", "waves/99", "sign-in"),
)
SQUEEZED = """() => [...document.querySelectorAll("body *")]
    .filter(one => getComputedStyle(one).display.includes("flex") && one.querySelector(":scope > bdi"))
    .filter(one => [...one.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim()))
    .map(one => one.textContent.trim())"""
REVIEWERS = ("", "programmes/1", "waves/1/comments", "waves/1")


def furnish(live: World) -> None:
    """A programme with something on every page of staff: two reports, comments, lost mails, a plan, a request."""
    wave_in_review(live)
    exit_wave = live.open(live.planned_wave(1, questionnaires=pair("exit"), stage="exit"))
    respond(live, spread(live, exit_wave, 20))
    live.close(exit_wave)
    live.open(live.planned_wave(1, questionnaires=pair("midpoint"), stage="midpoint", days=40))
    with live.session() as session:
        session.execute(update(Delivery).values(state="accepted"))
        session.execute(update(Delivery).where(Delivery.participant_id <= 2).values(state="bounced"))
        session.commit()
        set_approval(session, "Example Organisation", approves_rosters=True, now=live.clock(), actor="test")
    live.clock.pass_time(hours=1)
    live.planned_wave(1, days=60, reminders=(read_offset("+5"), read_offset("-2")))
    live.client().post(support_address(live), data=ASKED)


def sign_in(live: World, address: str, page: Page, role: StaffRole, code: str) -> None:
    page.goto(f"{address}/staff/sign-in/{token_for(live, role)}?language={code}")
    press(page, "main [type=submit]")


def walk(live: World, address: str, page: Page, code: str) -> Iterator[str]:
    """Stop at every page of staff, first as an administrator, then as the reviewer."""
    for role, paths in ((StaffRole.ADMINISTRATOR, ADMINISTRATORS), (StaffRole.REVIEWER, REVIEWERS)):
        sign_in(live, address, page, role, code)
        for path in paths:
            page.goto(f"{address}/staff/{path}?language={code}")
            page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
            yield f"{role}: {path}"
        page.context.clear_cookies()


@pytest.mark.parametrize("code", first_of(1, OTHERS))
def test_every_page_of_staff_fits_a_phone_and_keeps_the_spaces_around_names(
    live: World, address: str, page: Page, code: str
) -> None:
    furnish(live)
    found = {where: (page.evaluate(FIT), page.evaluate(SQUEEZED)) for where in walk(live, address, page, code)}
    page.goto(f"{address}{support_address(live).partition('?')[0]}?language=ar")
    assert page.locator(".button bdi").count() == 1
    found["support"] = (page.evaluate(FIT), page.evaluate(SQUEEZED))
    assert {where: looks for where, looks in found.items() if looks != (True, [])} == {}
