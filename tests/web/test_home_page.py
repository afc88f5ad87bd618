"""What staff see first: where each programme stands, what comes next and what waits for somebody."""

import re

import pytest
from sqlalchemy import update

from feedback.domain.staff import StaffRole
from feedback.domain.waves.states import Band, MomentKind, WaveState
from feedback.storage.deliveries import Batch, Delivery
from feedback.storage.organisations import Organisation
from feedback.storage.waves import Moment, Wave
from tests.answering import respond
from tests.databases import ON_SQLITE
from tests.ending import end
from tests.promises.closing import Stopped, answered_wave, begin, finish, stop_after
from tests.web.test_after_answering import ASKED, support_address
from tests.web.test_staff_pages import SITE, press, see, signed_in
from tests.world import World, noted

pytestmark = ON_SQLITE

LINES = re.compile(r'<li>.*?href="([^"]+)">(.*?)</a>.*?<p>(.*?)</p>', re.DOTALL)


def change(world: World, *statements: object) -> None:
    with world.session() as session:
        for statement in statements:
            session.execute(statement)
        session.commit()


def needs(world: World, role: StaffRole = StaffRole.COORDINATOR) -> list[tuple[str, str]]:
    """(address, thing) of all that waits, from the top."""
    page = signed_in(world, role).get("/staff/", base_url="https://feedback.example.com").text
    found = LINES.findall(page.partition("<footer")[0])
    return [(address, " ".join(re.sub(r"<[^>]*>", "", thing).split())) for address, thing, _why in found]


def test_a_planned_survey_says_when_it_opens_and_nothing_waits(world: World) -> None:
    programme = world.programme()
    wave = world.planned_wave(programme)
    change(
        world, update(Wave).where(Wave.id == wave).values(state="scheduled", opens_at=world.clock().replace(hour=12))
    )
    page = see(signed_in(world), "/staff/")
    assert "Kick-off: Planned" in page
    assert "14 mentors, 13 mentees" in page
    assert "Next: Opening, Monday 1 March 2027, 13:00 (Paris time)" in page
    assert "Nothing needs you here." in page


def test_who_cannot_be_reached_is_said_with_the_way_to_mend_it(world: World) -> None:
    wave = world.open_wave()
    world.send_mails()
    change(world, update(Delivery).where(Delivery.participant_id.in_((2, 3))).values(state="bounced"))
    assert needs(world) == [(f"/staff/waves/{wave}/undeliverable", "Kick-off: 2 people cannot be reached")]
    assert needs(world, StaffRole.REVIEWER) == []


def test_a_roster_to_approve_and_an_empty_one_wait_while_a_survey_is_planned(world: World) -> None:
    full, empty = world.programme(), world.programme(0, 0, name="Another")
    change(world, update(Organisation).values(approves_rosters=True))
    assert needs(world) == []
    for programme in (full, empty):
        world.planned_wave(programme)
    assert needs(world) == [
        (f"/staff/programmes/{full}/roster", "27 people wait for a second pair of eyes"),
        (f"/staff/programmes/{empty}/roster", "Nobody is in the programme yet"),
    ]


def test_too_few_at_the_look_can_still_be_extended(world: World) -> None:
    wave = world.open_wave()
    look = update(Moment).where(Moment.kind == MomentKind.LOOK)
    change(world, look.values(is_done=True, band=Band.FEWER_THAN_K))
    assert needs(world) == [(f"/staff/waves/{wave}", "Kick-off: Too few links were used so far")]
    change(world, look.values(band=Band.K_OR_MORE))
    assert needs(world) == []


def test_what_is_held_or_kept_shut_comes_first(world: World) -> None:
    programme = world.programme()
    held = world.open(world.planned_wave(programme))
    shut = world.planned_wave(programme, stage="midpoint")
    values = {"state": WaveState.SCHEDULED, "opening_was_refused": True, "opens_at": world.clock()}
    change(
        world,
        update(Wave).where(Wave.id == shut).values(values),
        update(Wave).where(Wave.id == held).values(state=WaveState.HELD, closed_at=world.clock()),
    )
    assert [thing for _address, thing in needs(world)] == [
        "Kick-off: The report is held",
        "Mid-point: Could not open at its time",
    ]


def test_comments_wait_for_the_reviewer_until_they_are_destroyed(world: World) -> None:
    wave = answered_wave(world)
    world.close(wave)
    thing = "Kick-off: Comments wait for Rea Viewer"
    assert needs(world, StaffRole.REVIEWER) == [(f"/staff/waves/{wave}/comments", thing)]
    assert needs(world) == [(f"/staff/waves/{wave}/report", thing)]
    world.clock.pass_time(days=61)
    assert needs(world) == []


@pytest.mark.parametrize("role", [StaffRole.COORDINATOR, StaffRole.REVIEWER])
def test_the_page_is_the_same_whoever_has_answered(world: World, role: StaffRole) -> None:
    wave, client = world.open_wave(), signed_in(world, role)
    before = see(client, "/staff/")
    respond(world, world.links(wave)[:20])
    assert see(client, "/staff/") == before


def test_programmes_of_others_are_not_there(world: World) -> None:
    world.programme(organisation="Another Organisation", name="Theirs")
    world.programme(name="Ours")
    page = see(signed_in(world), "/staff/")
    assert "Ours" in page
    assert "Theirs" not in page


ASKED_FOR = "Somebody has asked for support"


@pytest.mark.parametrize("role", [StaffRole.ADMINISTRATOR, StaffRole.CONTACT])
def test_a_request_for_support_waits_for_those_who_may_read_it_until_it_is_done(world: World, role: StaffRole) -> None:
    programme = world.programme()
    assert needs(world, role) == []
    for _time in range(2):
        world.client().post(support_address(world), data=ASKED)
    page = f"/staff/programmes/{programme}/support"
    assert needs(world, role) == [(page, ASKED_FOR)]
    assert noted(world, "read 2 requests for support") == []
    for _time in range(2):
        assert needs(world, role) == [(page, ASKED_FOR)]
        client = signed_in(world, role)
        number = re.findall(r'value="([0-9a-f]{32})"', client.get(page, base_url=SITE).text)[0]
        press(client, page, page, number=number)
    assert needs(world, role) == []


@pytest.mark.parametrize("role", [StaffRole.COORDINATOR, StaffRole.REVIEWER, StaffRole.VIEWER])
def test_who_may_not_read_requests_for_support_is_not_told_of_any(world: World, role: StaffRole) -> None:
    programme = world.programme()
    client = signed_in(world, role)
    pages = ["/staff/", f"/staff/programmes/{programme}"]
    before = [see(client, page) for page in pages]
    world.client().post(support_address(world), data=ASKED)
    assert [see(client, page) for page in pages] == before


def test_a_request_for_support_waits_in_an_ended_programme_as_well(world: World) -> None:
    programme = world.programme()
    world.client().post(support_address(world), data=ASKED)
    end(world, programme)
    assert needs(world, StaffRole.ADMINISTRATOR) == [(f"/staff/programmes/{programme}/support", ASKED_FOR)]
    assert ASKED_FOR not in see(signed_in(world), "/staff/")


def test_a_survey_that_does_not_close_says_until_when_it_is_tried(world: World) -> None:
    wave = answered_wave(world)
    world.clock.pass_time(days=14)
    begin(world, wave)
    with pytest.raises(Stopped):
        finish(world, wave, stop_after("opened"))
    world.clock.pass_time(hours=1)
    (found,) = (one for one in needs(world) if one[0] == f"/staff/waves/{wave}")
    assert found[1] == "Kick-off: The report could not be made yet"


def test_emails_that_the_relay_refuses_because_of_us_wait_for_the_operator(world: World) -> None:
    world.open_wave()
    change(world, update(Batch).values(sender_refusals=1))
    assert [thing for _address, thing in needs(world)] == ["Kick-off: Emails are refused at the moment"]
