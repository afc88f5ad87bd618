"""The page on which one person's request is answered: what is held, and taking them off."""

from feedback.domain.staff import StaffRole
from tests.databases import ON_SQLITE
from tests.promises.visits import mailed_wave
from tests.web.test_staff_pages import SITE, SURE, press, see, signed_in
from tests.world import World, noted

pytestmark = ON_SQLITE

PAGE = "/staff/one-person"
SOMEBODY = {"email": "mentor.0@example.com"}


def test_what_is_held_is_shown_and_somebody_taken_off(world: World) -> None:
    mailed_wave(world, 3, 3)
    client = signed_in(world)
    shown = press(client, PAGE, PAGE, **SOMEBODY).text
    for words in ("Mentor Number 0", "Kick-off", "nothing says whose these are", "Take this person off"):
        assert words in shown
    assert press(client, PAGE, f"{PAGE}/erase", **SOMEBODY).status_code == 422
    assert press(client, PAGE, f"{PAGE}/erase", **SOMEBODY, **SURE).status_code == 303
    assert "deleted when it is over" in see(client, PAGE)
    assert "Being taken off" in press(client, PAGE, PAGE, **SOMEBODY).text


def test_where_no_survey_is_open_they_are_gone_within_minutes(world: World) -> None:
    world.programme(3, 3)
    client = signed_in(world)
    press(client, PAGE, f"{PAGE}/erase", **SOMEBODY, **SURE)
    assert "within minutes" in see(client, PAGE)
    world.do_what_is_due()
    assert "Nobody stands at that address" in press(client, PAGE, PAGE, **SOMEBODY).text


def test_the_log_says_that_somebody_looked_and_not_for_whom(world: World) -> None:
    world.programme(3, 3)
    press(signed_in(world), PAGE, PAGE, **SOMEBODY)
    looks = noted(world, "looked up what is held about somebody")
    assert len(looks) == 1
    assert "mentor" not in str(looks)


def test_nobody_is_taken_off_at_an_unknown_address(world: World) -> None:
    world.programme(3, 3)
    client = signed_in(world)
    for words in ("nobody@example.com", "<script>alert(1)</script>", "x"):
        answer = press(client, PAGE, f"{PAGE}/erase", email=words, **SURE)
        assert (answer.status_code, "<script>alert" in answer.text) == (422, False)
    assert press(client, PAGE, PAGE, email="").status_code == 422


def test_only_planners_ask(world: World) -> None:
    for role in (StaffRole.REVIEWER, StaffRole.CONTACT, StaffRole.VIEWER):
        assert signed_in(world, role).get(PAGE, base_url=SITE).status_code == 403
