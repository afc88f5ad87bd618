"""A tour of every staff page in one language: the world that it needs, and the states of the pages one by one."""

from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Page
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from feedback.domain.links import to_address
from feedback.domain.staff import StaffRole
from feedback.domain.support import Request
from feedback.domain.waves.quiet_times import DEFAULT_QUIET_TIMES
from feedback.domain.waves.states import WaveState
from feedback.services.programmes.set_organisation import set_approval
from feedback.services.roster.import_roster import import_roster
from feedback.services.support.ask_for_support import ask_for_support
from feedback.storage.deliveries import Delivery
from feedback.storage.staff import StaffMember, StaffSession
from feedback.storage.support import desk_of
from feedback.storage.waves import Wave
from forms.bank import pair
from tests.answering import respond
from tests.browser.people_tour import CAIRO, LAYLA, putting_in
from tests.browser.pressing import send, unfold
from tests.browser.questions_tour import changing_questions
from tests.browser.systems_tour import joining_systems
from tests.promises.closing import spread
from tests.reviewing import TEXTS, WISHES
from tests.web.test_staff_pages import token_for
from tests.world import World, roster_csv

TELLING = ("Ask Mentor Number 3 in Berlin: +49 170 1234567 or me@example.com, on 3 May.", *TEXTS[1:])
MIXED = (
    f"\n{LAYLA},layla.abdelrahman.elmasry@subsidiary.example.com,mentor,{CAIRO}\nZoë Åström,zoe@example.com,mentee,York"
)
REQUEST = Request("Mia Müller", "+49 170 1234567, after five", "My mentor has not answered for weeks.")
STRANGER = "nobody@example.com"
REASON = "A complaint is being looked into."
AS_ENTERED = (*TELLING, REQUEST.reach, REQUEST.words, STRANGER, REASON)
"""What people have written in English, whatever the language of the page."""


@dataclass(frozen=True)
class Tour:
    """The numbers of what there is to see."""

    running: int
    reported: int
    compared: int
    asking: int
    held: int
    waiting: int
    over: int


def prepare(live: World) -> Tour:
    """A programme in its third wave, one whose wave is held, and one that waits for its first wave and an approval."""
    running = live.programme()
    tour = Tour(
        running=running,
        reported=_closed(live, running, "kickoff"),
        compared=_closed(live, running, "midpoint"),
        asking=live.open(live.planned_wave(running, questionnaires=pair("exit"), stage="exit")),
        held=live.open(live.planned_wave(live.programme(name="Reciprocal"))),
        waiting=live.programme(0, 0, name="Roll-out 2027", quiet=DEFAULT_QUIET_TIMES),
        over=live.programme(3, 3, name="2025"),
    )
    live.clock.pass_time(hours=1)
    with live.session() as session:
        _go_wrong(session, tour)
        _ask_for_help(live, session, running)
        _wait_for_approval(live, session, tour.waiting)
    return tour


def _closed(live: World, programme: int, stage: str) -> int:
    wave = live.open(live.planned_wave(programme, questionnaires=pair(stage), stage=stage))
    respond(live, spread(live, wave, 20), TELLING, wishes=WISHES)
    live.close(wave)
    return wave


def _go_wrong(session: Session, tour: Tour) -> None:
    lost = update(Delivery).where(Delivery.wave_id == tour.asking)
    session.execute(lost.values(state="accepted"))
    session.execute(lost.where(Delivery.participant_id == 1).values(state="bounced", reply_code=550))
    session.execute(lost.where(Delivery.participant_id == 2).values(state="refused"))
    session.execute(update(Wave).where(Wave.id == tour.held).values(state=WaveState.HELD))
    session.commit()


def _ask_for_help(live: World, session: Session, programme: int) -> None:
    desk = desk_of(session, programme)
    assert desk is not None
    ask_for_support(session, to_address(desk.handle), REQUEST, now=live.clock())


def _wait_for_approval(live: World, session: Session, programme: int) -> None:
    set_approval(session, "Example Organisation", approves_rosters=True, now=live.clock(), actor="test")
    # Others than in the pilot: a few more or fewer of the same could be subtracted, and would be refused.
    people = roster_csv(6, 7, ("London", "York")).replace(b"@", b"@roll-out.") + MIXED.encode()
    import_roster(session, live.keys, programme, people, now=live.clock(), actor="test")


def visit(live: World, address: str, page: Page, code: str) -> Iterator[str]:
    """Yield the name of each state of each staff page while it is shown in a language."""
    tour = prepare(live)
    yield from _at_the_door(live, address, page, code)
    for path in _paths(tour):
        page.goto(f"{address}/staff/{path}?language={code}")
        unfold(page)
        yield path or "programmes"
    yield from _too_late(live, address, page, code, tour)
    yield from _giving_access(live, address, page, code)
    yield from _settling(address, page, code, tour)
    yield from changing_questions(address, page, code, tour.waiting)
    yield from _planning(address, page, code, tour)
    yield from _refusing(address, page, code, tour)
    yield from putting_in(address, page, code, tour.waiting, tour.running)
    yield from joining_systems(live, address, page, code)
    yield from _ending(address, page, code, tour)
    yield from _reviewing(live, address, page, code, tour)


def _at_the_door(live: World, address: str, page: Page, code: str) -> Iterator[str]:
    page.goto(f"{address}/staff/sign-in?language={code}")
    yield "how to sign in"
    page.get_by_role("textbox").fill("ana@")
    send(page)
    yield "no address"
    page.get_by_role("textbox").fill(STRANGER)
    send(page)
    yield "link on its way"
    page.goto(f"{address}/staff/sign-in/nothing?language={code}")
    send(page)
    yield "sign-in refused"
    page.goto(f"{address}/staff/sign-in/{token_for(live, StaffRole.ADMINISTRATOR)}?language={code}")
    yield "sign in"
    send(page)


def _too_late(live: World, address: str, page: Page, code: str, tour: Tour) -> Iterator[str]:
    page.goto(f"{address}/staff/programmes/{tour.waiting}/quiet-times?language={code}")
    page.locator("textarea").fill("2027-12-24")
    with live.session() as session:
        session.execute(delete(StaffSession))
        session.commit()
    send(page)
    yield "signed out before sending"
    page.goto(f"{address}/staff/sign-in/{token_for(live, StaffRole.ADMINISTRATOR)}?language={code}")
    send(page)
    yield "kept"
    page.locator("main form").first.get_by_role("button").click()
    yield "shown again"


def _paths(tour: Tour) -> tuple[str, ...]:
    return (
        "",
        f"programmes/{tour.running}",
        f"programmes/{tour.waiting}",
        f"programmes/{tour.waiting}/roster",
        f"programmes/{tour.waiting}/questions",
        f"programmes/{tour.waiting}/questions/change",
        f"waves/{tour.asking}/questions",
        f"programmes/{tour.waiting}/quiet-times",
        f"programmes/{tour.running}/own-words",
        f"programmes/{tour.running}/you-said",
        f"programmes/{tour.running}/you-said/check",
        f"programmes/{tour.running}/settings",
        "programmes/new",
        "organisation",
        f"programmes/{tour.running}/support",
        f"programmes/{tour.running}/changes",
        f"waves/{tour.reported}",
        f"waves/{tour.reported}/report",
        f"waves/{tour.compared}/compared-with/{tour.reported}",
        f"waves/{tour.asking}",
        f"waves/{tour.asking}/undeliverable",
        f"waves/{tour.asking}/dry-run",
        f"waves/{tour.asking}/pages",
        f"waves/{tour.asking}/emails",
        f"waves/{tour.asking}/emails/reminder",
        f"waves/{tour.asking}/report",
        f"waves/{tour.held}",
        "waves/999",
    )


def _giving_access(live: World, address: str, page: Page, code: str) -> Iterator[str]:
    token_for(live)
    with live.session() as session:
        number = session.scalars(select(StaffMember.id).where(StaffMember.role == StaffRole.COORDINATOR)).one()
    page.goto(f"{address}/staff/people?language={code}")
    yield "people"
    send(page)
    yield "people with an error"
    page.goto(f"{address}/staff/people/{number}?language={code}")
    yield "person"
    page.locator("main [value=reviewer]").check()
    send(page)
    yield "what another role changes"
    page.goto(f"{address}/staff/people/{number}?language={code}")
    unfold(page)
    send(page, "main form[action*='/remove'] [type=submit]")
    yield "access not taken away"
    with live.session() as session:
        reader = session.scalars(select(StaffMember.id).where(StaffMember.role == StaffRole.REVIEWER)).one()
    page.goto(f"{address}/staff/people/{reader}?language={code}")
    unfold(page)
    yield "whose comments would be lost"
    page.goto(f"{address}/staff/organisation?language={code}")
    page.locator("#file").set_input_files({"name": "logo.gif", "mimeType": "image/gif", "buffer": b"GIF89a"})
    send(page)
    yield "no logo"


def _settling(address: str, page: Page, code: str, tour: Tour) -> Iterator[str]:
    for path, name in (("programmes/new", "new programme"), (f"programmes/{tour.running}/settings", "settings")):
        page.goto(f"{address}/staff/{path}?language={code}")
        page.locator("#name").fill("")
        send(page)
        yield f"{name} with an error"


def _planning_three(address: str, page: Page, code: str, tour: Tour) -> Iterator[str]:
    page.goto(f"{address}/staff/programmes/{tour.waiting}/plan-three?language={code}")
    yield "plan three"
    unfold(page)
    page.locator("#midpoint-opens_on").fill("2027-01-06")
    send(page, "main form[method=post] [value=preview]")
    yield "plan three with errors"


def _planning(address: str, page: Page, code: str, tour: Tour) -> Iterator[str]:
    yield from _planning_three(address, page, code, tour)
    page.goto(f"{address}/staff/programmes/{tour.waiting}/plan?language={code}")
    yield "plan"
    send(page)
    yield "plan with errors"
    page.locator("[name=stage][value=kickoff]").check()
    page.locator("#opens_on").fill("2027-01-06")
    page.locator("#closes_on").fill("2027-06-22")
    send(page)
    yield "plan refused"
    page.locator("#opens_on").fill("2027-06-05")
    page.locator("#first-days").fill("5")
    send(page)
    yield "plan previewed"
    send(page)
    yield "planned"
    send(page, "main .second[href$='/plan'], main .second[href*='/plan?']")
    yield "change the plan"
    page.locator("#opens_on").fill("2020-01-01")
    send(page)
    yield "change refused"
    page.locator("main .crumbs a").last.click()
    page.wait_for_load_state()


def _refusing(address: str, page: Page, code: str, tour: Tour) -> Iterator[str]:
    for action in ("open", "postpone", "cancel"):
        unfold(page)
        send(page, f"main form[action*='/{action}'] [type=submit]")
        yield f"{action} with an error"
    for path, name in (
        (f"waves/{tour.asking}/undeliverable", "address"),
        (f"programmes/{tour.waiting}/roster", "roster"),
    ):
        page.goto(f"{address}/staff/{path}?language={code}")
        send(page)
        yield f"{name} with an error"


def _ending(address: str, page: Page, code: str, tour: Tour) -> Iterator[str]:
    page.goto(f"{address}/staff/programmes/{tour.running}/end?language={code}")
    yield "cannot end yet"
    page.goto(f"{address}/staff/programmes/{tour.over}/end?language={code}")
    unfold(page)
    yield "end the programme"
    page.locator("#days").fill("0")
    send(page)
    yield "end with errors"
    page.locator("#days").fill("30")
    page.locator("#sure").check()
    send(page)
    yield "an ended programme"
    page.goto(f"{address}/staff/programmes/{tour.over}/end?language={code}")
    send(page, "main form[action*='/hold'] [type=submit]")
    yield "hold without a reason"
    page.locator("#reason").fill(REASON)
    send(page, "main form[action*='/hold'] [type=submit]")
    yield "on hold"
    for path in (f"programmes/{tour.over}/roster", f"programmes/{tour.over}/end", ""):
        page.goto(f"{address}/staff/{path}?language={code}")
        unfold(page)
        yield f"after an end: {path or 'programmes'}"


def _reviewing(live: World, address: str, page: Page, code: str, tour: Tour) -> Iterator[str]:
    page.goto(f"{address}/staff/sign-in/{token_for(live, StaffRole.REVIEWER)}?language={code}")
    send(page)
    page.goto(f"{address}/staff/waves/{tour.reported}/comments?language={code}")
    yield "comments"
    send(page)
    yield "comment with an error"
