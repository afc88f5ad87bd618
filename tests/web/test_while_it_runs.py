"""While a survey runs its page says where it stands, what to do, what was done, and why something was not."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from feedback.domain.staff import StaffRole
from feedback.domain.waves.quiet_times import DEFAULT_QUIET_TIMES
from feedback.domain.waves.states import WaveState
from feedback.services.waves.close_wave import begin_closing
from feedback.storage.deliveries import Delivery
from feedback.storage.waves import Wave
from tests.databases import ON_SQLITE
from tests.web.test_staff_pages import SITE, SURE, press, see, signed_in
from tests.world import World, hidden_value

pytestmark = ON_SQLITE
EVENING = datetime(2027, 3, 1, 20, 30, tzinfo=UTC)


def html(client: FlaskClient, page: str) -> str:
    return client.get(page, base_url=SITE).text


def said(client: FlaskClient, answer: TestResponse) -> str:
    """The notice on the page that an action leads to."""
    assert answer.status_code == 303, answer.text
    notice = re.search(
        r'<div class="notice" role="status">(.*?)</div>\s*</div>', html(client, answer.location), re.DOTALL
    )
    assert notice
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", notice[1])).strip()


def top_of(answer: TestResponse) -> str:
    """What stands above everything that can be filled in, if the page is one of a refusal."""
    assert answer.status_code == 422
    main = answer.text[answer.text.index("<main") :]
    first = main.find("<form")
    assert 0 < main.index('role="alert"') < (first if first > 0 else len(main))
    return answer.text


def put_off(client: FlaskClient, page: str, day: str) -> TestResponse:
    token = hidden_value(html(client, page), "postpone-csrf_token")
    fields = {"postpone-csrf_token": token, "postpone-day": day, "postpone-at": "09:00"}
    return client.post(f"{page}/postpone", data=fields, base_url=SITE)


def test_what_was_done_is_said_once(world: World) -> None:
    wave = world.open_wave(may_close_early=True)
    client, page = signed_in(world), f"/staff/waves/{wave}"
    assert "No more answers are accepted." in said(client, press(client, page, f"{page}/close", **SURE))
    assert 'class="notice"' not in html(client, page)


def test_an_opening_in_the_quiet_hours_says_when_it_comes(world: World) -> None:
    programme = world.programme(quiet=DEFAULT_QUIET_TIMES)
    wave = world.planned_wave(programme)
    world.clock.pass_time(days=(EVENING - world.clock()).days, seconds=(EVENING - world.clock()).seconds)
    client, page = signed_in(world), f"/staff/waves/{wave}"
    notice = said(client, press(client, page, f"{page}/open", **SURE))
    assert "opens after the quiet times" in notice
    assert "08:00" in notice
    assert "Opens after the quiet times" in see(client, page)


def test_each_action_on_a_planned_survey_says_what_follows(world: World) -> None:
    client, page = signed_in(world), f"/staff/waves/{world.planned_wave(world.programme())}"
    assert "opens within a minute" in said(client, press(client, page, f"{page}/open", **SURE))
    assert "Monday 3 May 2027" in said(client, put_off(client, page, "2027-05-03"))
    assert "Nobody had been invited" in said(client, press(client, page, f"{page}/cancel", **SURE))


def test_who_cancels_an_open_survey_reads_that_everybody_is_told(world: World) -> None:
    wave = world.open_wave()
    client, page = signed_in(world), f"/staff/waves/{wave}"
    assert "everybody who was invited is told" in said(client, press(client, page, f"{page}/cancel", **SURE))


@pytest.mark.parametrize("act", ["open", "cancel"])
def test_a_box_that_was_not_ticked_is_said_at_the_top_and_led_to(world: World, act: str) -> None:
    client, page = signed_in(world), f"/staff/waves/{world.planned_wave(world.programme())}"
    shown = top_of(press(client, page, f"{page}/{act}"))
    assert f'href="#{act}-sure"' in shown
    assert f'id="{act}-sure"' in shown


def test_a_date_that_is_refused_is_said_at_the_top_and_led_to(world: World) -> None:
    client, page = signed_in(world), f"/staff/waves/{world.planned_wave(world.programme())}"
    asked = press(client, page, f"{page}/open", **SURE)
    assert asked.status_code == 303
    shown = top_of(put_off(client, page, "2027-01-01"))
    assert 'href="#postpone-day"' in shown
    assert "only put off" in shown


def test_what_cannot_be_done_any_more_is_said_on_the_page_itself(world: World) -> None:
    wave = world.open_wave(may_close_early=True)
    client, page = signed_in(world), f"/staff/waves/{wave}"
    press(client, page, f"{page}/close", **SURE)
    said = top_of(press(client, "/staff/", f"{page}/close", **SURE))
    assert ("does not stand so that this can be done" in said, "Wave" in said) == (True, False)


def test_what_cannot_be_undone_is_folded(world: World) -> None:
    wave = world.open_wave(may_close_early=True)
    shown = html(signed_in(world), f"/staff/waves/{wave}")
    fold = shown[shown.index('<details class="danger-fold') :]
    assert fold.count("button danger") == shown.count("button danger") == 2
    assert 'danger-fold no-print" open' not in shown


def test_those_who_were_reached_are_counted_from_the_emails_alone(world: World) -> None:
    wave = world.open_wave(14, 13)
    client, page = signed_in(world), f"/staff/waves/{wave}"
    assert "0 of 27 people 27 invitations are on their way." in see(client, page)
    world.send_mails()
    assert "27 of 27 people" in see(client, page)
    with world.session() as session:
        lost = update(Delivery).where(Delivery.wave_id == wave, Delivery.participant_id == 1)
        session.execute(lost.values(state="bounced"))
        session.commit()
    shown = see(client, page)
    assert "26 of 27 people" in shown
    assert "Mend 1 address" in shown
    for link in world.links(wave)[:9]:
        world.answer(link)
    assert see(client, page) == shown


def test_a_reviewer_does_not_see_who_was_reached(world: World) -> None:
    wave = world.open_wave()
    world.send_mails()
    assert "Who was reached" not in see(signed_in(world, StaffRole.REVIEWER), f"/staff/waves/{wave}")


def test_the_calendar_has_today_in_its_place_until_it_is_over(world: World) -> None:
    wave = world.open_wave(may_close_early=True)
    client, page = signed_in(world), f"/staff/waves/{wave}"
    shown = see(client, page)
    assert shown.index("Opening") < shown.index("Today") < shown.index("Look 1") < shown.index("Closing")
    press(client, page, f"{page}/close", **SURE)
    shown = see(client, page)
    assert "Today" not in shown
    assert "Earlier than planned" in shown
    assert "Did not happen" in shown


@pytest.mark.parametrize(
    ("below", "ways"),
    [
        ("waves/1/report", {"/staff/", "/staff/programmes/1", "/staff/waves/1"}),
        ("waves/1/undeliverable", {"/staff/", "/staff/programmes/1", "/staff/waves/1"}),
        ("programmes/1/plan", {"/staff/", "/staff/programmes/1"}),
    ],
)
def test_a_page_below_leads_up(world: World, below: str, ways: set[str]) -> None:
    world.close(world.open_wave())
    crumbs = html(signed_in(world), f"/staff/{below}").split('class="crumbs')[1].split("</nav>")[0]
    assert set(re.findall(r'href="([^"]*)"', crumbs)) == ways


@pytest.mark.parametrize(("page", "status"), [("waves/1/report", 404), ("waves/999", 404), ("nowhere", 404)])
def test_an_error_page_keeps_the_header_and_a_way_back(world: World, page: str, status: int) -> None:
    world.open_wave()
    answer = signed_in(world).get(f"/staff/{page}", base_url=SITE)
    assert answer.status_code == status
    assert "Sign out" in answer.text
    assert ('href="/staff/waves/1"' in answer.text) == (page == "waves/1/report")
    assert 'class="crumbs' in answer.text


def test_who_may_not_see_a_page_keeps_the_header(world: World) -> None:
    world.planned_wave(world.programme())
    answer = signed_in(world, StaffRole.REVIEWER).get("/staff/programmes/1/plan", base_url=SITE)
    assert (answer.status_code, "Sign out" in answer.text) == (403, True)


def test_an_error_page_tells_strangers_and_others_nothing(world: World) -> None:
    world.planned_wave(world.programme(name="Secret"))
    assert "Sign out" not in world.client().get("/staff/nowhere", base_url=SITE).text
    other = signed_in(world, organisation="Another Organisation").get("/staff/waves/1", base_url=SITE)
    assert (other.status_code, "Secret" in other.text) == (404, False)


def test_a_programme_says_where_it_stands_and_what_comes_next(world: World) -> None:
    wave = world.open_wave(14, 13)
    shown = html(signed_in(world), "/staff/programmes/1")
    assert "Kick-off: Open" in shown
    assert f'<a class="button" href="/staff/waves/{wave}">' in re.sub(r"\s+", " ", shown)


def steps(client: FlaskClient, page: str) -> list[str]:
    """The steps that the page of a survey names, each with where it stands."""
    listed = html(client, page).partition('<ol class="stages tall">')[2].partition("</ol>")[0]
    found = re.findall(r"<li\b[^>]*>(.*?)</li>", listed, re.DOTALL)
    words = [re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", one)).strip() for one in found]
    return [one.rpartition(" ")[2] for one in words]


def test_the_making_of_a_report_shows_its_steps(world: World) -> None:
    wave = world.open_wave(may_close_early=True)
    client, page = signed_in(world), f"/staff/waves/{wave}"
    with world.session() as session:
        begin_closing(session, wave, now=world.clock(), actor="test")
    assert steps(client, page) == ["Done", "come", "come"]
    assert f'href="{page}">Look again' in html(client, page)
    with world.session() as session:
        session.execute(update(Wave).where(Wave.id == wave).values(close_failed_at=world.clock()))
        session.commit()
    assert steps(client, page) == ["Done", "way", "come"]


def test_a_survey_that_is_due_says_that_it_is_being_opened(world: World) -> None:
    wave = world.planned_wave(world.programme())
    with world.session() as session:
        opens_at = world.clock() + timedelta(hours=1)
        session.execute(update(Wave).where(Wave.id == wave).values(state=WaveState.SCHEDULED, opens_at=opens_at))
        session.commit()
    client, page = signed_in(world), f"/staff/waves/{wave}"
    assert "being opened" not in html(client, page)
    world.clock.pass_time(hours=2)
    assert "being opened" in html(client, page)
    world.do_what_is_due()
    assert "being opened" not in html(client, page)
    assert "on their way" in html(client, page)
    world.send_mails()
    assert "on their way" not in html(client, page)


def test_the_page_says_what_emails_wait_for_and_until_when(world: World) -> None:
    wave = world.open(world.planned_wave(world.programme(quiet=DEFAULT_QUIET_TIMES)))
    client = signed_in(world)
    assert "Emails wait" not in see(client, f"/staff/waves/{wave}")
    world.clock.now = EVENING
    client = signed_in(world)
    until = "Tuesday 2 March 2027, 08:00. They go out earlier if the quiet times are changed."
    assert f"Emails wait for the end of the quiet time: {until}" in see(client, f"/staff/waves/{wave}")
