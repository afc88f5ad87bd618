"""A real browser and a real server."""

import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from feedback.app import create_app
from feedback.cli.serving import WebThread
from feedback.config import read_settings
from feedback.demo.mailbox import Mailbox
from tests.needs import needs
from tests.world import FixedClock, World

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    chromium = needs("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def kind() -> str:
    """Pages look the same on both databases; the browser sees them on one."""
    return "sqlite"


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def host() -> str:
    """What browsers call this machine. They make passkeys for names alone."""
    return "127.0.0.1"


@pytest.fixture
def live(
    environment: dict[str, str], host: str, port: int, clock: FixedClock, mailbox: Mailbox, kind: str
) -> Iterator[World]:
    """A world whose pages a browser can open at `address`."""
    settings = read_settings({**environment, "FEEDBACK_BASE_URL": f"http://{host}:{port}"})
    app = create_app(settings, clock)
    server = WebThread(app, "127.0.0.1", port, "FEEDBACK_LISTEN_PORT")
    server.start()
    world = World(app, clock, mailbox, kind)
    yield world.begin_to_serve()
    server.stop()
    world.dispose()


@pytest.fixture
def address(live: World) -> str:
    return live.tools.settings.base_url


def _context(browser: Browser, **options: bool) -> Iterator[BrowserContext]:
    """Pages of this kind share a process, which ends with the last of them: one stays open."""
    context = browser.new_context(viewport=PHONE, **options)  # type: ignore[arg-type]
    context.new_page()
    yield context
    context.close()


@pytest.fixture(scope="package")
def without_script(browser: Browser) -> Iterator[BrowserContext]:
    yield from _context(browser, java_script_enabled=False)


@pytest.fixture(scope="package")
def with_script(browser: Browser) -> Iterator[BrowserContext]:
    yield from _context(browser, bypass_csp=True)


def _page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    yield page
    page.close()
    context.clear_cookies()


@pytest.fixture
def plain_page(without_script: BrowserContext) -> Iterator[Page]:
    """A phone without script."""
    yield from _page(without_script)


@pytest.fixture
def page(with_script: BrowserContext) -> Iterator[Page]:
    """A phone with script, which the checks themselves need."""
    yield from _page(with_script)


@pytest.fixture
def scripted_page(browser: Browser) -> Iterator[Page]:
    """A phone with script, and the policy of the pages in force; what it keeps is kept for itself."""
    context = browser.new_context(viewport=PHONE)
    # Otherwise the browser would stay where it is when it asks whether to leave.
    context.on("dialog", lambda dialog: dialog.accept())
    yield context.new_page()
    context.close()
