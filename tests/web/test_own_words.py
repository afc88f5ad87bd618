"""Where a programme says that help is, written on a page."""

import pytest

from feedback.domain.staff import StaffRole
from feedback.domain.survey.answers import LONGEST_NOTICE
from feedback.services.reports.set_notice import show_help
from tests.databases import ON_SQLITE
from tests.web.test_staff_pages import SITE, press, see, signed_in
from tests.world import World, noted

pytestmark = ON_SQLITE

HELP = "The confidant, room 12\n\nAnother <b>place</b>"


@pytest.fixture
def page(world: World) -> str:
    return f"/staff/programmes/{world.programme()}/own-words"


def notice(world: World) -> str:
    with world.session() as session:
        return show_help(session, 1)


def test_the_text_is_written_and_can_be_changed(world: World, page: str) -> None:
    client = signed_in(world)
    said = HELP.replace("\n", "\r\n")
    assert press(client, page, page, help_contacts=said).location == "/staff/programmes/1"
    assert notice(world) == HELP
    assert "The confidant, room 12" in see(client, page)
    press(client, page, page, help_contacts="")
    assert notice(world) == ""


def test_what_is_as_before_is_not_noted_again(world: World, page: str) -> None:
    client = signed_in(world)
    for _time in range(2):
        press(client, page, page, help_contacts=HELP.replace("\n", "\r\n"))
    assert len(noted(world, "named where help is")) == 1


def test_a_text_that_is_too_long_changes_nothing_and_stays_on_the_page(world: World, page: str) -> None:
    long = "x" * (LONGEST_NOTICE + 1)
    answer = press(signed_in(world), page, page, help_contacts=long)
    assert answer.status_code == 422
    assert "Write at most 6,000 characters." in answer.text
    assert long in answer.text
    assert notice(world) == ""


def test_reviewers_write_none(world: World, page: str) -> None:
    client = signed_in(world, StaffRole.REVIEWER)
    assert client.get(page, base_url=SITE).status_code == 403
    assert client.post(page, base_url=SITE).status_code in {400, 403}
