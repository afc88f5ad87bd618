"""What a programme tells its participants in its own words, written on a page."""

import pytest

from feedback.domain.staff import StaffRole
from feedback.domain.survey.answers import LONGEST_NOTICE
from feedback.services.reports.set_notice import show_notice
from tests.databases import ON_SQLITE
from tests.web.test_staff_pages import SITE, press, see, signed_in
from tests.world import World, noted

pytestmark = ON_SQLITE

SAID = "You asked for <b>more</b> time.\n\nWe have blocked an hour a month."
HELP = "The confidant, room 12"


@pytest.fixture
def page(world: World) -> str:
    return f"/staff/programmes/{world.programme()}/own-words"


def notice(world: World) -> tuple[str, str]:
    with world.session() as session:
        return show_notice(session, 1)


def test_both_texts_are_written_and_can_be_changed(world: World, page: str) -> None:
    client = signed_in(world)
    said = SAID.replace("\n", "\r\n")
    assert press(client, page, page, you_said=said, help_contacts=HELP).location == "/staff/programmes/1"
    assert notice(world) == (SAID, HELP)
    assert "We have blocked an hour a month." in see(client, page)
    press(client, page, page, you_said="", help_contacts=HELP)
    assert notice(world) == ("", HELP)


def test_what_is_as_before_is_not_noted_again(world: World, page: str) -> None:
    client = signed_in(world)
    for _time in range(2):
        press(client, page, page, you_said=SAID.replace("\n", "\r\n"), help_contacts="")
    assert len(noted(world, "said what was done")) == 1
    assert noted(world, "named where help is") == []


def test_a_text_that_is_too_long_changes_nothing_and_stays_on_the_page(world: World, page: str) -> None:
    long = "x" * (LONGEST_NOTICE + 1)
    answer = press(signed_in(world), page, page, you_said=long, help_contacts=HELP)
    assert answer.status_code == 422
    assert "Write at most 6,000 characters." in answer.text
    assert long in answer.text
    assert notice(world) == ("", "")


def test_reviewers_write_none(world: World, page: str) -> None:
    client = signed_in(world, StaffRole.REVIEWER)
    assert client.get(page, base_url=SITE).status_code == 403
    assert client.post(page, base_url=SITE).status_code in {400, 403}
