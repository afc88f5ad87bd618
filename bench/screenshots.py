"""Pictures of every page and mail, 360 and 1,280 pixels wide, light and dark, to be looked at."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from bench.stage import ROOT, environment
from feedback.app import create_app
from feedback.cli.serving import WebThread
from feedback.config import read_settings
from feedback.demo.mailbox import Mailbox
from feedback.demo.relay import start_smtp
from feedback.domain.languages import ENGLISH
from feedback.domain.links import results_secret, to_address
from feedback.domain.staff import StaffRole
from feedback.domain.survey.questionnaires import NONE_OF_THESE, PREFER_NOT_TO_SAY
from feedback.services.reports.say_what_was_done import say_what_was_done
from feedback.services.reports.set_notice import name_help
from feedback.storage.support import desk_of
from forms.bank import pair
from tests.browser.conftest import FLAGS
from tests.browser.pressing import go_on, press, shown
from tests.browser.staff_tour import visit
from tests.browsing import free_port
from tests.databases import SqliteServer
from tests.mails.letters import MAILS, a_letter, read
from tests.needs import needs
from tests.web.test_staff_pages import token_for
from tests.world import FixedClock, World

FOLDER = ROOT / "screenshots"
README_FOLDER = ROOT / "docs" / "pictures"
WIDTHS = {360: 740, 1280: 900}
SCHEMES = ("light", "dark")
Shoot = Callable[[str], None]
SAID = "You asked for more time.\n\nWe have blocked an hour a month in every leader’s calendar until June."


@contextmanager
def service() -> Iterator[tuple[World, str]]:
    """A service with a programme, and its address."""
    with TemporaryDirectory(prefix="feedback-pictures-") as folder, SqliteServer(Path(folder)).pair() as pair_of:
        port, clock, mailbox = free_port(), FixedClock(), Mailbox(Path(folder) / "mailbox")
        relay = start_smtp(mailbox, "127.0.0.1", 0)
        surroundings = {**environment(pair_of, port), "FEEDBACK_SMTP_PORT": str(relay.port)}
        app = create_app(read_settings(surroundings), clock)
        server = WebThread(app, "127.0.0.1", int(port), "FEEDBACK_LISTEN_PORT")
        server.start()
        world = World(app, clock, mailbox, "sqlite")
        yield world.begin_to_serve(), f"http://127.0.0.1:{port}"
        server.stop()
        relay.stop()
        world.dispose()


def fill_in(page: Page) -> None:
    """Choose the last answer everywhere, tick all that can be, and write something."""
    for name in dict.fromkeys(
        page.locator("main input[name]:not([type=hidden])").evaluate_all("x => x.map(e => e.name)")
    ):
        options = page.locator(f"[name='{name}']")
        is_tick = "." in name and not name.endswith((NONE_OF_THESE, PREFER_NOT_TO_SAY))
        (options.first if is_tick else options.last).check()
    for area in page.locator("main textarea").all():
        area.fill("We meet every week, and it helps.\nMy line manager could give me more time for it.")


def journey(page: Page, link: str, shoot: Shoot) -> None:
    """From the link to the receipt, with errors, one part after another."""
    page.goto(link)
    shoot("promise")
    page.locator("details").evaluate_all("x => x.forEach(e => e.open = true)")
    shoot("promise-unfolded")
    page.goto(f"{link}/questions")
    while shown(page) == "questions":
        go_on(page)
    press(page, "Send my answers")
    shoot("nothing-answered")
    page.goto(f"{link}/questions")
    number = 1
    while shown(page) == "questions":
        fill_in(page)
        shoot(f"part-{number}")
        number += 1
        if page.locator("main textarea").count():
            page.locator("main textarea").first.fill("x" * 1500)
            go_on(page)
            shoot("part-errors")
            fill_in(page)
        go_on(page)
    shoot("check")
    press(page, "Change")
    page.locator("main [type=radio]:checked").evaluate_all("radios => radios.forEach(one => one.checked = false)")
    press(page, "Back to all your answers")
    press(page, "Send my answers")
    shoot("left-open")
    press(page, "Back to all your answers")
    press(page, "Change")
    shoot("change")
    press(page, "Back to all your answers")
    press(page, "Send my answers")
    shoot("thanks")
    page.goto(f"{link}/withdraw")
    press(page, "Take back my answer")
    shoot("withdraw-errors")
    page.get_by_label("To confirm").fill("withdraw")
    press(page, "Take back my answer")
    shoot("withdrawn")


def around(page: Page, base: str, world: World, shoot: Shoot) -> None:
    """The pages that are not behind a link."""
    with world.session() as session:
        desk = desk_of(session, 1)
        handle = to_address(desk.handle) if desk else ""
    for name, path in (
        ("home", "/"),
        ("closed", "/s/x"),
        ("opt-out", "/o/x"),
        ("receipt", "/receipt"),
        ("accessibility", "/accessibility"),
        ("results", f"/r/{to_address(results_secret(world.keys.opt_out_key(1), 1))}"),
        ("support", f"/support/{handle}"),
    ):
        page.goto(f"{base}{path}")
        shoot(name)
    press(page, "Send this to")
    shoot("support-errors")
    page.goto(f"{base}/receipt")
    page.locator("#receipt").fill("0" * 32)
    press(page, "Check")
    shoot("receipt-not-found")


def reported_programme(world: World) -> str:
    """A programme with a closed kick-off and an open mid-point, in which harm is asked about; a link into it."""
    programme = world.programme()
    with world.session() as session:
        say_what_was_done(session, programme, SAID, now=world.clock(), actor="pictures")
        name_help(
            session, programme, "Employee assistance: 0800 1234\nWorks council, room 12", now=world.clock(), actor=""
        )
    kickoff = world.open(world.planned_wave(programme))
    for link in world.links(kickoff):
        world.answer(link)
    world.close(kickoff)
    world.do_what_is_due()
    midpoint = world.planned_wave(programme, questionnaires=pair("midpoint"), stage="midpoint")
    return world.links(world.open(midpoint))[0]


def take(browser: Browser, world: World, base: str, link: str) -> None:
    """Take every picture in every width and scheme."""
    for width, height in WIDTHS.items():
        for scheme in SCHEMES:
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
            context.on("dialog", lambda dialog: dialog.accept())
            page = context.new_page()

            def shoot(name: str, page: Page = page, stem: str = f"{width}-{scheme}") -> None:
                page.screenshot(path=str(FOLDER / f"{stem}-{name}.png"), full_page=True)

            journey(page, f"{base}/s/{link}", shoot)
            around(page, base, world, shoot)
            # Apart from the service, whose pages may have no style of their own.
            page.goto("about:blank")
            for name in MAILS:
                page.set_content(read(world.app, a_letter(name)).html)
                shoot(f"mail-{name}")
            context.close()


def take_for_readme(browser: Browser, world: World, base: str, link: str) -> None:
    """Take the two pictures that the README shows, small enough to be kept with it."""
    README_FOLDER.mkdir(exist_ok=True)
    page = browser.new_page(viewport={"width": 360, "height": 900})
    page.goto(link)
    page.screenshot(path=str(README_FOLDER / "promise.png"))
    page = browser.new_page(viewport={"width": 900, "height": 1100})
    page.goto(f"{base}/staff/sign-in/{token_for(world, StaffRole.COORDINATOR)}")
    press(page, "Sign in")
    page.goto(f"{base}/staff/waves/1/report")
    page.locator("h2", has_text="In short").evaluate("x => x.scrollIntoView()")
    page.screenshot(path=str(README_FOLDER / "report.png"))


def take_staff(browser: Browser, world: World, base: str, code: str) -> None:
    """Take every state of every staff page in a language, in every width and scheme."""
    page = browser.new_page()
    for number, name in enumerate(visit(world, base, page, code)):
        for width, height in WIDTHS.items():
            for scheme in SCHEMES:
                page.set_viewport_size({"width": width, "height": height})
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                file = f"staff-{code}-{number:03}-{name.replace('/', '-')}-{width}-{scheme}.png"
                page.screenshot(path=str(FOLDER / file), full_page=True)


def main() -> None:
    """Take the pictures, those of staff pages in each language that is named or in English, and say where they are."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needs("chromium"), args=list(FLAGS))
        with service() as (world, base):
            link = reported_programme(world)
            take_for_readme(browser, world, base, f"{base}/s/{link}")
            take(browser, world, base, link)
        for code in sys.argv[1:] or (ENGLISH,):
            with service() as (world, base):
                take_staff(browser, world, base, code)
        browser.close()
    sys.stdout.write(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}\n")


if __name__ == "__main__":
    main()
