"""Promise: a report that somebody could break is not published. The wave is held; what it holds dies unread at last."""

import pytest

from feedback.domain.errors import ReportHeld, WaveClosed, WaveNotReady
from feedback.domain.staff import StaffRole
from feedback.domain.waves.mails import MailKind, WaveMail
from feedback.domain.waves.states import WaveState
from feedback.services.mail.tell_news import tell_news
from feedback.services.waves.cancel_wave import begin_cancelling
from feedback.services.waves.close_wave import finish_closing, retry_closing
from feedback.services.waves.find_due import Act
from feedback.storage.deliveries import Delivery
from feedback.storage.keys import Purpose
from feedback.storage.reports import StoredReport
from feedback.worker.due import Due, what_is_due
from tests.answering import respond
from tests.cli.test_commands import output
from tests.promises.closing import (
    HOW_MANY,
    Stopped,
    answered_wave,
    begin,
    finish,
    how_many,
    rows_left,
    state_of,
    stop_after,
    stored_report,
)
from tests.web.test_staff_pages import SITE, SURE, press, see, signed_in
from tests.world import World, entries_about


def breaks_it(_document: object, _sizes: object) -> tuple[str, ...]:
    """An attack that finds something."""
    return ("D1", "D2i")


def held_wave(world: World) -> int:
    wave = answered_wave(world)
    begin(world, wave)
    hold(world, wave)
    return wave


def hold(world: World, wave: int) -> None:
    with world.session() as session, pytest.raises(ReportHeld, match=r"D1, D2i"):
        finish_closing(session, world.keys, wave, now=world.clock(), attack=breaks_it)


def try_again(world: World, wave: int) -> None:
    with world.session() as session:
        retry_closing(session, wave, now=world.clock(), actor="test")


def mails(world: World, to: str) -> list[str]:
    return [mail.subject for mail in world.mailbox.newest(100) if mail.to == to]


def test_a_report_that_can_be_broken_is_not_published(world: World) -> None:
    wave = held_wave(world)
    assert state_of(world, wave) == WaveState.HELD
    assert how_many(world, StoredReport.wave_id == wave) == 0


def test_a_held_wave_loses_nothing(world: World) -> None:
    wave = held_wave(world)
    assert rows_left(world, wave) == (HOW_MANY, 27)
    assert world.keys.purposes_held() == {wave: {Purpose.LINK, Purpose.RESPONSE, Purpose.COMMENT}}


def test_the_log_of_a_held_wave_names_rules_and_no_question(world: World) -> None:
    wave = held_wave(world)
    with world.session() as session:
        assert entries_about(session, f"wave {wave}")[-1].act == "held: D1, D2i"


def test_a_held_wave_takes_no_answer(world: World) -> None:
    wave = held_wave(world)
    links = world.links(wave)[:1]
    with pytest.raises(WaveClosed):
        respond(world, links)
    assert world.client().get(f"/s/{links[0]}").status_code == 404


def test_a_held_wave_that_tries_again_publishes_what_it_would_have_published(world: World) -> None:
    one, other = world.programme(), world.programme()
    at_once, later = answered_wave(world, one), answered_wave(world, other)
    world.close(at_once)
    begin(world, later)
    hold(world, later)
    try_again(world, later)
    finish(world, later)
    assert stored_report(world, later).statement_hash == stored_report(world, at_once).statement_hash


def test_only_a_held_wave_can_try_again(world: World) -> None:
    with pytest.raises(WaveNotReady, match="only a held wave"):
        try_again(world, answered_wave(world))


def test_a_tick_leaves_a_held_wave_alone(world: World) -> None:
    wave = held_wave(world)
    world.do_what_is_due()
    assert state_of(world, wave) == WaveState.HELD


def test_administrators_are_told_once(world: World) -> None:
    signed_in(world, StaffRole.ADMINISTRATOR)
    signed_in(world, StaffRole.COORDINATOR)
    held_wave(world)
    for _tick in range(3):
        world.do_what_is_due()
        world.clock.pass_time(minutes=10)
    assert mails(world, "administrator@example.com") == ["A survey report is held"]
    assert mails(world, "coordinator@example.com") == []


def test_after_a_week_a_held_wave_is_discarded_unread(world: World) -> None:
    wave = held_wave(world)
    world.clock.pass_time(days=6, hours=23)
    world.do_what_is_due()
    assert state_of(world, wave) == WaveState.HELD
    world.clock.pass_time(hours=1)
    world.do_what_is_due()
    assert state_of(world, wave) == WaveState.CANCELLED
    assert rows_left(world, wave) == (0, 0)
    assert world.keys.purposes_held() == {}


def dies(world: World, wave: int) -> None:
    """A try to close that ends in the middle, and can say nothing of it."""
    with pytest.raises(Stopped):
        finish(world, wave, stop_after("opened"))


def test_a_close_that_dies_each_time_is_said_to_fail_and_given_up_a_week_after_the_first(world: World) -> None:
    wave, client = answered_wave(world), signed_in(world)
    begin(world, wave)
    dies(world, wave)
    page, status = f"/staff/waves/{wave}", "has been trying to close since"
    assert "within a few minutes" in see(client, page)
    world.clock.pass_time(minutes=16)
    dies(world, wave)
    assert "The report could not be made yet" in see(client, page)
    assert status in output(world, "status")
    world.clock.pass_time(days=6, hours=23)
    dies(world, wave)
    assert [one.task for one in due_now(world) if one.task in {Act.CLOSE, Act.DISCARD}] == [Act.CLOSE]
    world.clock.pass_time(hours=1)
    world.do_what_is_due()
    assert state_of(world, wave) == WaveState.CANCELLED


def due_now(world: World) -> list[Due]:
    with world.session() as session:
        return what_is_due(session, world.clock())


def test_a_try_that_dies_is_followed_by_one_that_publishes(world: World) -> None:
    wave = answered_wave(world)
    begin(world, wave)
    dies(world, wave)
    world.clock.pass_time(days=1)
    world.do_what_is_due()
    assert state_of(world, wave) == WaveState.CLOSED
    assert "trying to close" not in output(world, "status")


def test_a_retry_that_dies_was_a_try(world: World) -> None:
    wave = held_wave(world)
    world.clock.pass_time(days=8)
    try_again(world, wave)
    dies(world, wave)
    assert [one.task for one in due_now(world) if one.task in {Act.CLOSE, Act.DISCARD}] == [Act.DISCARD]


@pytest.mark.parametrize("days", [8, 400])
def test_no_answer_is_discarded_because_no_worker_came(world: World, days: int) -> None:
    wave = answered_wave(world)
    begin(world, wave)
    world.clock.pass_time(days=days)
    world.do_what_is_due()
    assert state_of(world, wave) == WaveState.CLOSED


def test_a_retry_gets_its_try_however_late_the_worker(world: World) -> None:
    wave = held_wave(world)
    world.clock.pass_time(days=6)
    try_again(world, wave)
    world.clock.pass_time(days=30)
    world.do_what_is_due()
    assert state_of(world, wave) == WaveState.CLOSED


def test_a_retry_that_fails_does_not_put_off_the_end(world: World) -> None:
    wave = held_wave(world)
    world.clock.pass_time(days=6)
    try_again(world, wave)
    hold(world, wave)
    world.clock.pass_time(days=1)
    world.do_what_is_due()
    assert state_of(world, wave) == WaveState.CANCELLED


def test_everybody_who_was_invited_is_told_that_a_wave_was_discarded(world: World) -> None:
    held_wave(world)
    world.clock.pass_time(days=7)
    for _tick in range(4):
        world.do_what_is_due()
    told = [mail.to for mail in world.mailbox.newest(200) if mail.subject == "Pilot: the survey was cancelled"]
    assert len(told) == len(set(told)) == 27


def test_the_mail_of_a_discarded_wave_holds_no_link_to_a_survey(world: World) -> None:
    held_wave(world)
    world.clock.pass_time(days=7)
    for _tick in range(4):
        world.do_what_is_due()
    newest = world.mailbox.read(world.mailbox.newest(1)[0].serial)
    texts = [part.get_content() for part in newest.walk() if part.get_content_maintype() == "text"]
    assert len(texts) == 2
    assert not any("/s/" in text for text in texts)


def test_an_administrator_lets_a_held_wave_try_again_on_its_page(world: World) -> None:
    wave, page = held_wave(world), "/staff/waves/1"
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    assert "The report is held" in see(client, page)
    assert press(client, page, f"{page}/retry").status_code == 303
    world.do_what_is_due()
    assert state_of(world, wave) == WaveState.CLOSED


def test_an_administrator_discards_a_held_wave_on_its_page(world: World) -> None:
    wave, page = held_wave(world), "/staff/waves/1"
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    assert press(client, page, f"{page}/discard").status_code == 422
    assert press(client, page, f"{page}/discard", **SURE).status_code == 303
    assert state_of(world, wave) == WaveState.CANCELLED
    world.do_what_is_due()
    assert rows_left(world, wave) == (0, 0)


def test_nobody_is_told_of_a_destruction_before_it_has_happened(world: World) -> None:
    wave = held_wave(world)
    with world.session() as session:
        begin_cancelling(session, wave, now=world.clock(), actor="test")
        tell_news(session, world.keys, wave, now=world.clock())
    assert how_many(world, Delivery.wave_id == wave, Delivery.mail == WaveMail(MailKind.CANCELLATION)) == 0
    world.do_what_is_due()
    world.do_what_is_due()
    assert how_many(world, Delivery.wave_id == wave, Delivery.mail == WaveMail(MailKind.CANCELLATION)) == 27


@pytest.mark.parametrize("act", ["retry", "discard"])
def test_a_coordinator_decides_nothing_about_a_held_wave(world: World, act: str) -> None:
    held_wave(world)
    client = signed_in(world)
    assert "Discard" not in see(client, "/staff/waves/1")
    assert client.post(f"/staff/waves/1/{act}", base_url=SITE, data=SURE).status_code == 403


def test_an_open_wave_is_not_discarded_through_a_page(world: World) -> None:
    wave = answered_wave(world)
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    assert press(client, f"/staff/waves/{wave}", f"/staff/waves/{wave}/discard", **SURE).status_code == 422
    assert state_of(world, wave) == WaveState.OPEN
