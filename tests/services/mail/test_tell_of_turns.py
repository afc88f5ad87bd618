"""Staff are told that a survey could not open, was put off or is held: by day, once, as it is when they read it."""

from datetime import timedelta

import pytest

from feedback.domain.errors import MailRefused, ReportHeld
from feedback.domain.staff import StaffRole
from feedback.services.staff.keep_language import keep_language
from feedback.services.waves.close_wave import finish_closing, retry_closing
from feedback.services.waves.open_wave import note_refused_opening
from feedback.services.waves.plan_wave import WavePlan, plan_wave
from feedback.services.waves.postpone_wave import postpone_wave
from forms.bank import pair
from tests.promises.closing import begin
from tests.services.mail.relays import ScriptedRelay
from tests.services.mail.test_tell_staff import ADA, COB, VIC, account, smtp_port, tell, text_of, waiting
from tests.web.test_staff_pages import SITE, signed_in
from tests.world import START, World

__all__ = ["smtp_port"]
DAY = timedelta(days=1)
MIDNIGHT = START.replace(hour=23)


@pytest.fixture
def staff(world: World) -> dict[str, int]:
    roles = {ADA: StaffRole.ADMINISTRATOR, COB: StaffRole.COORDINATOR, VIC: StaffRole.VIEWER}
    accounts = {email: account(world, email, role) for email, role in roles.items()}
    with world.session() as session:
        keep_language(session, accounts[ADA], "fr")
    return accounts


def planned(world: World) -> int:
    plan = WavePlan(world.programme(), "kickoff", pair("kickoff"), START + 3 * DAY, START + 17 * DAY)
    with world.session() as session:
        return plan_wave(session, world.keys, plan, key_backup_days=7, comment_days=60, now=START, actor="test")


def postpone(world: World, wave: int, days: int) -> None:
    with world.session() as session:
        postpone_wave(session, wave, START + days * DAY, now=world.clock(), actor="test")


def refuse(world: World, wave: int) -> None:
    with world.session() as session:
        note_refused_opening(session, wave, now=world.clock())


def hold(world: World, wave: int) -> None:
    with world.session() as session, pytest.raises(ReportHeld):
        finish_closing(session, world.keys, wave, now=world.clock(), attack=lambda _document, _sizes: ("D1",))


def postponed(world: World) -> int:
    wave = planned(world)
    postpone(world, wave, 5)
    return wave


def refused(world: World) -> int:
    wave = planned(world)
    refuse(world, wave)
    return wave


def held(world: World) -> int:
    wave = world.open_new_wave()
    world.do_what_is_due()
    tell(world)
    world.clock.now = MIDNIGHT
    begin(world, wave)
    hold(world, wave)
    return wave


@pytest.mark.parametrize(
    ("turn", "subjects"),
    [
        (postponed, {ADA: "Une enquête a été reportée", COB: "A survey was postponed"}),
        (refused, {ADA: "Une enquête n’a pas pu s’ouvrir", COB: "A survey could not open"}),
        (held, {ADA: "Un rapport d’enquête est retenu"}),
    ],
    ids=["postponed", "refused", "held"],
)
def test_whom_it_concerns_is_told_by_day_in_their_language_and_may_open_the_page(
    world: World, relay: ScriptedRelay, staff: dict[str, int], turn, subjects: dict[str, str]
) -> None:
    world.clock.now = MIDNIGHT
    wave = turn(world)
    relay.received.clear()
    for _minute in range(3):
        tell(world)
    assert relay.received == []
    for _hour in range(9):
        world.clock.pass_time(hours=1)
        tell(world)
    assert {to: mail["Subject"] for to, mail in relay.received} == subjects
    assert len(relay.received) == len(subjects)
    page = f"/staff/waves/{wave}?language="
    assert all(f"https://feedback.example.com{page}" in text_of(mail) for _to, mail in relay.received)
    assert signed_in(world, StaffRole.ADMINISTRATOR).get(f"{page}fr", base_url=SITE).status_code == 200


def test_who_is_told_once_of_two_changes_hears_of_the_later_one(
    world: World, relay: ScriptedRelay, staff: dict[str, int]
) -> None:
    wave = planned(world)
    postpone(world, wave, 5)
    relay.says(COB, "451 later")
    with pytest.raises(MailRefused):
        tell(world)
    postpone(world, wave, 6)
    world.clock.pass_time(minutes=5)
    tell(world)
    (mail,) = (mail for to, mail in relay.received if to == COB)
    assert "Sunday 7 March 2027" in " ".join(text_of(mail).split())
    assert waiting(world) == []


def test_each_change_has_a_mail_of_its_own_name(world: World, relay: ScriptedRelay, staff: dict[str, int]) -> None:
    wave = planned(world)
    for days in (5, 6):
        postpone(world, wave, days)
        tell(world)
        world.clock.pass_time(hours=1)
    names = [mail["Message-ID"] for to, mail in relay.received if to == COB]
    assert len(set(names)) == 2


def test_what_is_mended_before_the_morning_is_not_told(
    world: World, relay: ScriptedRelay, staff: dict[str, int]
) -> None:
    world.clock.now = MIDNIGHT
    wave = refused(world)
    postpone(world, wave, 5)
    world.clock.pass_time(hours=9)
    tell(world)
    assert {mail["Subject"] for to, mail in relay.received if to == COB} == {"A survey was postponed"}


def test_a_report_that_is_no_longer_held_is_not_told_of_and_one_that_is_held_again_is_told_once(
    world: World, relay: ScriptedRelay, staff: dict[str, int]
) -> None:
    world.clock.now = MIDNIGHT
    wave = held(world)
    with world.session() as session:
        retry_closing(session, wave, now=world.clock(), actor="test")
    hold(world, wave)
    relay.received.clear()
    world.clock.pass_time(hours=9)
    tell(world)
    assert relay.recipients == [ADA]
    with world.session() as session:
        retry_closing(session, wave, now=world.clock(), actor="test")
        assert waiting(world) == []
