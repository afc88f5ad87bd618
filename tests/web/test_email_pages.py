"""The emails of a survey, as each role reads them, before anything is sent."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback.domain.staff import StaffRole
from feedback.services.mail.try_mails import MOST_TRIALS
from tests.databases import ON_SQLITE
from tests.web.test_staff_pages import SITE, press, see, signed_in
from tests.world import World, noted

pytestmark = ON_SQLITE


@pytest.fixture
def planned(world: World) -> int:
    return world.planned_wave(world.programme(name="Leaders learn"))


def test_each_email_is_shown_with_whom_it_comes_from(world: World, planned: int) -> None:
    page = see(signed_in(world), f"/staff/waves/{planned}/emails")
    headings = ["Invitation", "Reminder", "Reminder on the last day", "Notice that it is open for longer"]
    headings += ["Notice of the results", "Notice that there are no results", "Notice that it was cancelled"]
    places = [page.index(heading + " Example Organisation") for heading in headings]
    assert places == sorted(places)
    assert "Ana" in page
    assert "Leaders learn" in page


def test_an_email_is_what_people_get_but_for_their_name_and_links(world: World, planned: int) -> None:
    client = signed_in(world)
    shown = see(client, f"/staff/waves/{planned}/emails")
    world.open(planned)
    world.send_mails()
    mails = (world.mailbox.read(serial) for serial in world.mailbox.serials())
    sent = next(mail for mail in mails if mail["To"] == "mentor.1@example.com")
    words = " ".join(sent.get_body(("plain",)).get_content().split())
    words = re.sub(r"(/(?:[sor]|support)/)[\w-]+", r"\1…", words).replace("Mentor Number 1", "Ana")
    assert words in shown
    assert sent["Subject"] in shown


def test_no_link_of_anybody_is_in_it(world: World, planned: int) -> None:
    page = signed_in(world).get(f"/staff/waves/{planned}/emails", base_url=SITE).text
    assert set(re.findall(r"/(?:[sor]|support)/([^\s?&<]+)", page)) == {"…"}


def test_it_is_shown_in_each_language_whatever_that_of_the_page(world: World, planned: int) -> None:
    page = signed_in(world).get(f"/staff/waves/{planned}/emails?in=ar&role=mentee", base_url=SITE).text
    assert '<html lang="en"' in page
    assert re.search(r'<section[^>]*lang="ar"\s+dir="rtl"', page)
    assert "/s/…?language=ar" in page


def test_reviewers_do_not_plan(world: World, planned: int) -> None:
    answer = signed_in(world, StaffRole.REVIEWER).get(f"/staff/waves/{planned}/emails", base_url=SITE)
    assert answer.status_code == 403


def try_out(client: FlaskClient, page: str, **fields: str) -> TestResponse:
    return press(client, page, page, **{"role": "mentee", "written_in": "cy", **fields})


def test_a_test_goes_to_ones_own_address_whatever_is_sent_along(world: World, planned: int) -> None:
    client, page = signed_in(world), f"/staff/waves/{planned}/emails"
    answer = try_out(client, page, email="mallory@example.com", recipient="mallory@example.com", staff_id="1")
    assert answer.location == f"{page}?role=mentee&in=cy"
    assert "A test of each email is on its way to coordinator@example.com." in see(client, page)
    world.send_mails()
    mails = [world.mailbox.read(serial) for serial in world.mailbox.serials()]
    assert {mail["To"] for mail in mails} == {"coordinator@example.com"}
    assert noted(world, "asked for test emails")[0][1] == f"wave {planned}"


@pytest.mark.parametrize("fields", [{"role": "boss"}, {"written_in": "xx"}, {"role": ""}])
def test_no_other_role_or_language_can_be_asked_for(world: World, planned: int, fields: dict[str, str]) -> None:
    client, page = signed_in(world), f"/staff/waves/{planned}/emails"
    assert try_out(client, page, **fields).status_code == 400


def test_too_many_tests_are_refused_at_the_top(world: World, planned: int) -> None:
    client, page = signed_in(world), f"/staff/waves/{planned}/emails"
    for _time in range(MOST_TRIALS):
        try_out(client, page)
        world.send_mails()
    answer = try_out(client, page)
    assert answer.status_code == 422
    assert "You have sent yourself many tests in the last hour." in answer.text


def test_nobody_else_has_tests_sent(world: World, planned: int) -> None:
    for role in (StaffRole.REVIEWER, StaffRole.VIEWER, StaffRole.CONTACT):
        answer = signed_in(world, role).post(f"/staff/waves/{planned}/emails", base_url=SITE)
        assert answer.status_code in {400, 403}
    stranger = signed_in(world, organisation="Other")
    assert stranger.post(f"/staff/waves/{planned}/emails", base_url=SITE).status_code in {400, 404}


def test_a_line_that_was_only_full_flows_on(world: World, planned: int) -> None:
    page = signed_in(world).get(f"/staff/waves/{planned}/emails", base_url=SITE).text
    assert "no record says who answered, and results appear only for groups of at least 5 people.\n\n" in page
    assert "Open my survey:\nhttps://" in page
