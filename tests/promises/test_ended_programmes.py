"""Promise: after a programme’s end its names are gone on their day, from every table and file; what must stay, stays.

The attacker has the databases' files from the day after, and looks for anybody who was in the programme. What is left
of people are the history's digests, which later surveys of the organisation are still compared with (R11).
"""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from feedback.domain.errors import KeysMissing
from feedback.domain.links import opt_out_digest, opt_out_token, to_address
from feedback.domain.staff import StaffRole
from feedback.services.mail.note_bounces import note_bounce
from feedback.services.programmes.end_programme import take_back_end
from feedback.services.roster.correct_address import correct_address
from feedback.services.roster.leave_programme import leave_programme
from feedback.storage.address_corrections import AddressNotice
from feedback.storage.deliveries import Batch, Delivery
from feedback.storage.history import history_of
from feedback.storage.opt_outs import OptOut
from feedback.storage.people import Participant
from feedback.storage.roster_approvals import RosterApproval
from feedback.storage.support import SupportDesk, SupportRequest
from feedback.worker.due import Chore, what_is_due
from tests.bouncing import bounce_of
from tests.databases import BOTH, ON_POSTGRESQL
from tests.ending import end, known
from tests.kept import kept
from tests.promises.evidence import Needles, in_every_spelling, stored_bytes, what_is_where
from tests.promises.test_history import closed, enrol, is_refused, programme_of, roster
from tests.promises.test_postgresql_copies import heap_of, sample
from tests.web.test_after_answering import ASKED, results_address, support_address
from tests.web.test_staff_pages import SITE, see, signed_in
from tests.world import World, noted

pytestmark = pytest.mark.own_databases

OF_PEOPLE = (Participant, Delivery, Batch, AddressNotice, OptOut, RosterApproval)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
COHORTS = dict.fromkeys(range(8), "Quixotic North") | dict.fromkeys(range(8, 16), "Quixotic South")


def rows(world: World, *tables: type) -> list[int]:
    with world.session() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def lived(world: World) -> int:
    return kept(world, "lived", lambda: newly_lived(world))


def newly_lived(world: World) -> int:
    """A programme with a report, told of: a mail was lost, an address moved, somebody left, somebody opted out."""
    programme = programme_of(world, roster(range(16), range(20, 36), cohorts=COHORTS))
    wave = world.open(world.planned_wave(programme))
    world.send_mails()
    _go_through(world, programme)
    for link in world.links(wave):
        world.answer(link)
    world.close(wave)
    for _tick in range(3):
        world.do_what_is_due()
    world.clock.pass_time(days=70)
    world.do_what_is_due()
    return programme


def _go_through(world: World, programme: int) -> None:
    with world.session() as session:
        session.execute(update(Delivery).where(Delivery.participant_id == 1).values(state="bounced"))
        session.commit()
        now = world.clock()
        correct_address(session, programme, "person.0@example.com", "person.zero@example.com", now=now, actor="staff 1")
        session.execute(update(AddressNotice).values(tell_at=now + timedelta(days=900)))
        session.commit()
        leave_programme(session, programme, "person.1@example.com", now=now, actor="staff 1")
    token = to_address(opt_out_token(world.keys.opt_out_key(programme), 5))
    assert world.client().post(f"/o/{token}", data=ONE_CLICK).status_code == 200


def marks_of(world: World, programme: int) -> Needles:
    """Everything that names somebody of the programme, or is derived for one of them and stored."""
    key, needles = world.keys.opt_out_key(programme), Needles()
    with world.session() as session:
        people = session.scalars(select(Participant).where(Participant.programme_id == programme)).all()
        for one in people:
            needles |= {f"name {one.id}": one.name.encode(), f"address {one.id}": one.email.encode()}
            needles |= in_every_spelling(f"opt-out of {one.id}", opt_out_digest(opt_out_token(key, one.id)))
        former = session.scalars(select(AddressNotice.email)).all()
        needles |= {f"former address {place}": address.encode() for place, address in enumerate(former)}
        needles |= {f"fence {fence.hex()}": fence for fence in session.scalars(select(Delivery.fence)) if fence}
    return needles | in_every_spelling("opt-out key", key)


def pass_the_day(world: World, days: int = 30) -> None:
    """Let the worker see the day coming, and then come."""
    world.clock.pass_time(days=days - 1)
    world.do_what_is_due()
    world.clock.pass_time(days=1, hours=1)
    world.do_what_is_due()


@BOTH
def test_after_the_day_nobody_is_in_any_table_or_file(world: World) -> None:
    programme = newly_lived(world)
    marks = marks_of(world, programme)
    end(world, programme)
    assert all(rows(world, *OF_PEOPLE))
    lay_there = what_is_where(marks, dict(stored_bytes(world)))
    assert lay_there
    if world.kind == "postgresql":
        sample(world)
    pass_the_day(world)
    assert rows(world, *OF_PEOPLE) == [0] * len(OF_PEOPLE)
    if world.kind == "postgresql":
        sample(world)
    left = what_is_where(marks, dict(stored_bytes(world)))
    assert left == {}
    assert noted(world, "deleted the names") == [("service", f"programme {programme}")]


def test_reports_and_pages_of_results_stay(world: World) -> None:
    programme = lived(world)
    address, pages = results_address(world), ("waves/1/report", "waves/1/report.json", "waves/1")
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    before = [client.get(f"/staff/{page}", base_url=SITE).text for page in pages[:2]]
    results = world.client().get(address).text
    end(world, programme)
    pass_the_day(world)
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    assert client.get(f"/staff/{pages[1]}", base_url=SITE).text == before[1]
    assert world.client().get(address).text == results
    for page in (*pages, "programmes/1", "programmes/1/roster", "programmes/1/end", ""):
        assert "person." not in see(client, f"/staff/{page}")
    assert "Names were deleted on" in see(client, "/staff/programmes/1/roster")
    assert "Nobody is in the programme yet" not in see(client, "/staff/programmes/1/roster")


def test_a_later_survey_is_still_kept_from_being_subtracted(world: World) -> None:
    programme = programme_of(world, roster(range(14)))
    wave = closed(world, programme)
    with world.session() as session:
        before = history_of(session, wave)
    end(world, programme)
    pass_the_day(world)
    with world.session() as session:
        assert history_of(session, wave) == before
    assert rows(world, Participant) == [0]
    # All but one of those who are forgotten: what this one answered would be the difference.
    assert is_refused(world, programme_of(world, roster(range(13))))
    assert not is_refused(world, programme_of(world, roster(range(50, 64))))


def test_others_keep_their_names(world: World) -> None:
    programme = lived(world)
    other = programme_of(world, roster(range(100, 114)))
    wave = world.open(world.planned_wave(other, days=60))
    world.send_mails()
    before = world.links(wave)
    end(world, programme)
    world.clock.now += timedelta(hours=1)
    pass_the_day(world, days=30)
    with world.session() as session:
        assert set(session.scalars(select(Participant.programme_id))) == {other}
        assert set(session.scalars(select(Delivery.wave_id))) == {wave}
    assert world.links(wave) == before


def test_what_still_comes_for_somebody_who_is_forgotten_finds_nobody(world: World) -> None:
    programme = lived(world)
    mail = world.mailbox.read(world.mailbox.serials()[0])
    token = to_address(opt_out_token(world.keys.opt_out_key(programme), 5))
    end(world, programme)
    pass_the_day(world)
    with pytest.raises(KeysMissing):
        world.keys.opt_out_key(programme)
    with world.session() as session:
        assert not note_bounce(session, world.keys, bounce_of(mail), now=world.clock())
    answers = [world.client().post(f"/o/{one}", data=ONE_CLICK).status_code for one in (token, to_address(bytes(32)))]
    assert answers[0] == answers[1]
    # Numbers that became free are given again, to others.
    enrol(world, world.programme(0, 0), roster(range(200, 214)))
    with world.session() as session:
        assert not note_bounce(session, world.keys, bounce_of(mail), now=world.clock())


def test_requests_for_support_live_to_their_day_and_their_key_as_long(world: World) -> None:
    programme = lived(world)
    address = support_address(world)
    assert world.client().post(address, data=ASKED).status_code < 400
    end(world, programme)
    pass_the_day(world)
    assert world.client().get(address).status_code == 404
    assert rows(world, Participant, SupportRequest, SupportDesk) == [0, 1, 1]
    assert "My partner never comes." in see(
        signed_in(world, StaffRole.ADMINISTRATOR), f"/staff/programmes/{programme}/support"
    )
    world.clock.pass_time(days=60)
    world.do_what_is_due()
    world.do_what_is_due()
    assert rows(world, SupportRequest, SupportDesk) == [0, 0]
    with pytest.raises(KeysMissing):
        world.keys.support_key(programme)
    assert what_is_due(world.session(), world.clock()) == [one for one in _due(world) if one.task is not Chore.PURGE]
    see(signed_in(world, StaffRole.ADMINISTRATOR), f"/staff/programmes/{programme}/support")


def _due(world: World) -> list:
    with world.session() as session:
        return what_is_due(session, world.clock())


# Clocks.


def test_a_clock_that_jumps_deletes_nothing_at_once(world: World) -> None:
    programme = world.programme()
    end(world, programme)
    right = world.clock()
    world.clock.pass_time(days=400)
    for _tick in range(5):
        world.do_what_is_due()
    assert rows(world, Participant) == [27]
    assert known(world, programme).due_at == world.clock()
    world.clock.now = right
    world.do_what_is_due()
    assert known(world, programme).due_at is None
    pass_the_day(world)
    assert rows(world, Participant) == [0]


def test_a_clock_that_stays_wrong_deletes_a_day_later(world: World) -> None:
    end(world, world.programme())
    world.clock.pass_time(days=400)
    world.do_what_is_due()
    world.clock.pass_time(hours=23, minutes=59)
    world.do_what_is_due()
    assert rows(world, Participant) == [27]
    world.clock.pass_time(minutes=1)
    world.do_what_is_due()
    assert rows(world, Participant) == [0]


def test_nothing_is_deleted_before_the_day_where_the_programme_is(world: World) -> None:
    end(world, world.programme(), days=1)
    world.do_what_is_due()
    world.clock.now = world.clock().replace(hour=22, minute=59)
    world.do_what_is_due()
    assert rows(world, Participant) == [27]


def test_an_end_that_is_taken_back_in_time_deletes_nothing(world: World) -> None:
    programme = world.programme()
    end(world, programme)
    world.clock.pass_time(days=29)
    world.do_what_is_due()
    with world.session() as session:
        take_back_end(session, programme, now=world.clock(), actor="staff 1")
    world.clock.pass_time(days=400)
    world.do_what_is_due()
    assert rows(world, Participant) == [27]


@ON_POSTGRESQL
def test_a_look_at_a_link_leaves_no_mark_after_names_were_deleted_either(world: World) -> None:
    programme = lived(world)
    other = programme_of(world, roster(range(100, 114)))
    wave = world.open(world.planned_wave(other, days=60))
    world.send_mails()
    end(world, programme)
    pass_the_day(world)
    before = {table: heap_of(world, table) for table in ("entitlements", "opt_outs")}
    for person, link in world.people_and_links(wave)[:9]:
        opt_out = to_address(opt_out_token(world.keys.opt_out_key(other), person))
        assert world.client().get(f"/s/{link}").status_code == 200
        assert world.client().get(f"/o/{opt_out}").status_code == 200
    assert {table: heap_of(world, table) for table in before} == before
