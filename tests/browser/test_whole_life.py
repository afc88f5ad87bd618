"""The whole life of a programme on pages alone, from the first sign-in to the purge, in two languages and sizes.

Three processes apart on PostgreSQL, emails from a real SMTP server, a browser without script. The one command is the
operator's, who makes the organisation.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import NullPool, create_engine, text

from feedback.demo.mailbox import Mailbox, plain_text
from feedback.demo.participants import COOL, WARM, answer_unopened
from feedback.storage.grants import GroupRole
from tests.apart import Apart, three_processes
from tests.browser.conftest import DESK, PHONE
from tests.browser.staff_tour import send, unfold
from tests.databases import ON_POSTGRESQL, Pair
from tests.processes import PAUSE, TRIES, feedback

pytestmark = ON_POSTGRESQL

FIT = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
ADA, REA = "ada@example.com", "rea@example.com"
ROWS = "\n".join(
    ["name\temail\trole\tlanguage"]
    + [
        f"{role.title()} {number}\t{role}.{number}@example.com\t{role}\t{'ar' if number % 2 else 'en'}"
        for role in ("mentor", "mentee")
        for number in range(8)
    ]
)
STAFF_PATH = re.compile(r"/staff/\S*")
LINK = re.compile(r"http\S+/s/[A-Za-z0-9_-]{43}")
CREATE = ("organisation", "create", "Example", "--administrator-name", "Ada", "--administrator-email", ADA)


def until(found: Callable[[], object]) -> None:
    for _ in range(TRIES):
        if found():
            return
        time.sleep(PAUSE)
    raise AssertionError("it never came")


@dataclass
class Desk:
    """A member of staff at a browser, in a language. Every page that is shown is looked at."""

    apart: Apart
    mailbox: Mailbox
    page: Page
    language: str

    def see(self, path: str) -> None:
        self.page.goto(f"{self.apart.staff}{path}{'&' if '?' in path else '?'}language={self.language}")
        self._look()

    def send(self, selector: str = "main form [type=submit]") -> None:
        unfold(self.page)
        send(self.page, selector)
        self._look()

    def fill(self, **texts: str) -> None:
        for name, said in texts.items():
            self.page.locator(f"main [name='{name}']").first.fill(said)

    def sign_in(self, email: str) -> None:
        """Ask for a link by email, and follow it."""
        known = len(self.mailbox.serials())
        self.see("/staff/sign-in")
        self.fill(email=email)
        self.send()
        self.follow(email, known)

    def follow(self, email: str, known: int = 0) -> None:
        """Sign in by the newest link that has come to an address."""

        def newest() -> str:
            mails = [self.mailbox.read(serial) for serial in self.mailbox.serials()[known:]]
            mine = [plain_text(mail) for mail in mails if str(mail["Delivered-To"]) == email]
            links = [one for text in mine for one in re.findall(r"/staff/sign-in/[A-Za-z0-9_-]{43}", text)]
            return links[-1] if links else ""

        until(newest)
        self.see(newest())
        self.send()

    def wait_for(self, path: str, selector: str) -> None:
        until(lambda: self.see(path) or self.page.locator(selector).count())

    def _look(self) -> None:
        title = self.page.title()
        assert self.page.evaluate(FIT), title
        assert not self.page.locator("main [role=alert]").count(), (title, self.page.locator("main").inner_text())
        assert self.page.locator("main").get_attribute("data-page") != "error", title
        assert self.page.locator("html").get_attribute("lang") == self.language


@pytest.fixture
def kind() -> str:
    return "postgresql"


@pytest.fixture
def apart(roles: dict[GroupRole, Pair], environment: dict[str, str], tmp_path: Path) -> Iterator[Apart]:
    with three_processes(roles, environment, tmp_path) as apart:
        yield apart


@pytest.fixture
def people(browser: Browser, apart: Apart, mailbox: Mailbox) -> Iterator[Callable[[str, dict[str, int]], Desk]]:
    """Returns somebody at a browser without script, of a size, in a language."""
    contexts = []

    def sit_down(language: str, size: dict[str, int]) -> Desk:
        contexts.append(browser.new_context(viewport=size, java_script_enabled=False))  # type: ignore[arg-type]
        return Desk(apart, mailbox, contexts[-1].new_page(), language)

    yield sit_down
    for context in contexts:
        context.close()


def test_a_programme_from_the_first_sign_in_to_its_purge(
    people, apart: Apart, mailbox: Mailbox, databases: Pair
) -> None:
    coordinator = people("en", DESK)
    printed = feedback(apart.environments[GroupRole.STAFF], *CREATE)
    coordinator.see(STAFF_PATH.findall(printed)[0])
    coordinator.send()
    give_access(coordinator)
    make_programme(coordinator)
    plan(coordinator)
    reviewer = people("ar", PHONE)
    reviewer.sign_in(REA)
    on_the_way = people("ar", PHONE)
    on_the_way.sign_in(ADA)
    reviewed = 0
    for wave, desk, warmth in ((1, coordinator, COOL), (2, on_the_way, WARM), (3, coordinator, WARM)):
        open_it(desk, wave)
        answer(people("en", PHONE).page, mailbox, warmth, seed=wave)
        close_it(desk, wave)
        reviewed += review(reviewer, wave)
    assert reviewed
    coordinator.see("/staff/programmes/1/changes")
    on_the_way.see("/staff/waves/3/report")
    end_it(on_the_way, databases)
    coordinator.see("/staff/waves/1/report")


def give_access(desk: Desk) -> None:
    desk.see("/staff/people")
    desk.fill(name="Rea", email=REA)
    desk.page.locator("main [name=role][value=reviewer]").check()
    desk.send("main form[action*='/people'] [type=submit]")


def make_programme(desk: Desk) -> None:
    desk.see("/staff/programmes/new")
    desk.fill(name="Leaders learn", focus="race and ethnicity", word="reverse", minimum_group_size="5")
    for name, label in (("contact", "Ada"), ("reviewer", "Rea")):
        values = desk.page.locator(f"main [name={name}] option").all()
        desk.page.locator(f"main [name={name}]").select_option(
            next(str(one.get_attribute("value")) for one in values if label in one.inner_text())
        )
    desk.page.locator("main [name=time_zone]").select_option("Europe/Paris")
    desk.send()
    desk.see("/staff/programmes/1/quiet-times")
    desk.fill(begins="00:00", ends="00:00")
    for box in desk.page.locator("main [name=weekdays]").all():
        box.uncheck()
    desk.send()
    desk.see("/staff/programmes/1/roster/new")
    desk.fill(pasted=ROWS)
    desk.send("#people [type=submit]")
    desk.send("#people [type=submit]")
    assert "mentor.7@example.com" in desk.page.content()


def plan(desk: Desk) -> None:
    desk.see("/staff/programmes/1/plan-three")
    unfold(desk.page)
    for box in desk.page.locator("main [name$=may_close_early]").all():
        box.check()
    desk.send("main [name=go][value=plan]")
    desk.see("/staff/waves/1/emails")


def open_it(desk: Desk, wave: int) -> None:
    desk.see(f"/staff/waves/{wave}")
    desk.page.locator("main form[action*='/open'] [name$=sure]").check()
    known = len(desk.mailbox.serials())
    for serial in desk.mailbox.serials():
        desk.mailbox.mark_opened(serial)
    desk.send("main form[action*='/open'] [type=submit]")
    until(lambda: len(links_since(desk.mailbox, known)) == 16)


def links_since(mailbox: Mailbox, known: int) -> list[str]:
    texts = [plain_text(mailbox.read(serial)) for serial in mailbox.serials()[known:]]
    return [found[0] for text in texts if (found := LINK.findall(text))]


def answer(page: Page, mailbox: Mailbox, warmth: float, seed: int) -> None:
    """One answers on a phone, and most of the others in some other way."""
    opened = mailbox.opened()
    serial = next(one for one in mailbox.serials() if one not in opened and LINK.search(plain_text(mailbox.read(one))))
    mailbox.mark_opened(serial)
    page.goto(f"{LINK.findall(plain_text(mailbox.read(serial)))[0]}/questions")
    while page.locator("main").get_attribute("data-page") == "questions":
        choose_without_script(page)
        send(page, "main form [type=submit][name=go][value=next]")
    send(page, "main form [type=submit][name=go][value=send]:not([aria-hidden])")
    assert page.locator("main").get_attribute("data-page") == "thanks"
    answer_unopened(mailbox, seed, lambda _words: None, warmth)


def choose_without_script(page: Page) -> None:
    seen: set[str] = set()
    for box in page.locator("main [type=radio][name]").all():
        name = str(box.get_attribute("name")).partition(".")[0]
        if name not in seen:
            seen.add(name)
            box.check()


def close_it(desk: Desk, wave: int) -> None:
    desk.see(f"/staff/waves/{wave}")
    unfold(desk.page)
    desk.page.locator("main form[action*='/close'] [name=sure]").check()
    desk.send("main form[action*='/close'] [type=submit]")
    desk.wait_for(f"/staff/waves/{wave}", f"main a[href*='/waves/{wave}/report']")
    desk.see(f"/staff/waves/{wave}/report")


def review(desk: Desk, wave: int) -> bool:
    """Release the comments if enough people wrote some; all are withheld, since what they say is not known here."""
    desk.see(f"/staff/waves/{wave}")
    if not desk.page.locator(f"main a[href*='/waves/{wave}/comments']").count():
        return False
    desk.see(f"/staff/waves/{wave}/comments")
    while desk.page.locator("main a[href*='one-by-one']").count():
        for box in desk.page.locator("main [name=ticked]").all():
            box.check()
        desk.page.locator("main [name=decision][value=withheld]").check()
        desk.send("main form[action*='decide-ticked'] [type=submit]")
    desk.page.locator("main form[action*='/release'] [name=sure]").check()
    desk.send("main form[action*='/release'] [type=submit]")
    return True


def end_it(desk: Desk, databases: Pair) -> None:
    """End the programme, and let the day come on which its names are deleted."""
    desk.see("/staff/programmes/1/end")
    unfold(desk.page)
    desk.fill(days="1")
    desk.page.locator("main [name=sure]").check()
    desk.send("main form[action*='/programmes/1/end'] [type=submit]")
    with create_engine(databases.main, poolclass=NullPool).begin() as connection:
        connection.execute(
            text("UPDATE programme_endings SET purge_on = purge_on - 9, due_at = now() - interval '9 days'")
        )
    until(lambda: not names_left(databases))
    desk.see("/staff/programmes/1/roster")
    desk.see("/staff/programmes/1")
    desk.see("/staff/")


def names_left(databases: Pair) -> bool:
    with create_engine(databases.main, poolclass=NullPool).connect() as connection:
        return bool(connection.scalar(text("SELECT count(*) FROM participants")))
