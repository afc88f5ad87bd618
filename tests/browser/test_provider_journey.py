"""Signing in at a real provider of OpenID Connect, in a real browser, from the settings to the way out."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from feedback.domain.staff import StaffRole
from tests.browsing import free_port
from tests.needs import needs
from tests.processes import ROOT, wait_until_served
from tests.providers import CLIENT
from tests.web.test_staff_pages import token_for
from tests.world import World

INSTALLED = ROOT / "build" / "provider"


@pytest.fixture
def provider_port() -> str:
    return free_port()


@pytest.fixture
def environment(environment: dict[str, str], provider_port: str) -> dict[str, str]:
    return environment | {"FEEDBACK_INSIDE_HOSTS": f"127.0.0.1:{provider_port}"}


@pytest.fixture
def provider(provider_port: str, address: str, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    node = needs("node")
    if not (INSTALLED / ".installed").exists():
        pytest.skip("NO OIDC-PROVIDER: `make build/provider/.installed` brings it; nothing was tested with it")
    with (tmp_path / "provider.log").open("wb") as log:
        command = [node, "provider.mjs", provider_port, address]
        process = subprocess.Popen(command, cwd=INSTALLED, stdout=log, stderr=log)
        wait_until_served(f"http://127.0.0.1:{provider_port}/.well-known/openid-configuration")
        yield process
        process.terminate()
        process.wait(30)


def by_link(live: World, address: str, page: Page, role: StaffRole) -> None:
    page.goto(f"{address}/staff/sign-in/{token_for(live, role)}")
    page.get_by_role("button", name="Sign in").click()


def sign_in_there(page: Page, name: str) -> None:
    """What the provider's own pages ask."""
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill("anything")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def link_in_mail(live: World) -> str:
    live.do_what_is_due()
    body = live.mailbox.read(live.mailbox.serials()[-1]).get_body(("plain",))
    assert body is not None
    return re.findall(r"http\S+/staff/connect/\S+", body.get_content())[0]


def test_from_the_settings_to_the_way_out(
    live: World, address: str, plain_page: Page, provider: subprocess.Popen[bytes], provider_port: str
) -> None:
    page, issuer = plain_page, f"http://127.0.0.1:{provider_port}"
    by_link(live, address, page, StaffRole.ADMINISTRATOR)
    page.goto(f"{address}/staff/organisation/provider")
    page.get_by_label("Issuer").fill(issuer)
    page.get_by_label("Client ID").fill(CLIENT["client_id"])
    page.get_by_label("Client secret").fill(CLIENT["secret"])
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Your people can sign in there now.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    token_for(live)

    page.get_by_role("button", name="Sign in at").click()
    sign_in_there(page, "coordinator")
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.goto(link_in_mail(live))
    page.get_by_role("button", name="Connect my account").click()
    expect(page.get_by_role("heading", name="Programmes")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign out there too").click()
    page.get_by_role("button", name="Yes, sign me out").click()
    expect(page).to_have_url(re.compile(re.escape(f"{address}/staff/sign-in")))

    # The second time nothing is asked here.
    page.get_by_role("button", name="Sign in at").click()
    sign_in_there(page, "coordinator")
    expect(page.get_by_role("heading", name="Programmes")).to_be_visible()
