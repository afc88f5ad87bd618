"""The part of the tour of staff pages that joins the service to other systems: keys for programs, and web hooks."""

from collections.abc import Iterator

from playwright.sync_api import Page

from feedback.storage.web_hooks import HookDelivery
from tests.browser.pressing import send
from tests.world import World

PURPOSE = "ليلى ٢"
_OUTCOMES = (
    {"is_delivered": True, "attempts": 1, "status": 204},
    {"is_delivered": False, "attempts": 8, "status": None},
)


def joining_systems(live: World, address: str, page: Page, code: str) -> Iterator[str]:
    """Yield the name of each state of the pages on keys and web hooks, while it is shown."""
    page.goto(f"{address}/staff/organisation/keys?language={code}")
    yield "keys"
    send(page)
    yield "keys with errors"
    page.locator("#purpose").fill(PURPOSE)
    page.locator("[name=scopes]").first.check()
    send(page)
    yield "a key is made"
    page.goto(f"{address}/staff/organisation/web-hooks?language={code}")
    yield "web hooks"
    send(page)
    yield "web hooks with errors"
    page.locator("#url").fill("https://staff.subsidiary.example.com/from/elsewhere/what-happens-in-surveys")
    page.locator("[name=events]").first.check()
    send(page)
    yield "a web hook is added"
    _note_outcomes(live)
    for path in ("web-hooks", "web-hooks/1"):
        page.goto(f"{address}/staff/organisation/{path}?language={code}")
        yield f"{path} with one"


def _note_outcomes(live: World) -> None:
    with live.session() as session:
        for number, values in enumerate(_OUTCOMES):
            told = {"message_id": f"msg_{number}", "event": "report.published", "happened_at": live.clock()}
            session.add(HookDelivery(hook_id=1, **told, **values))
        session.commit()
