"""Promise: whoever asks to be taken off is in no row and no file any more, and nothing that others rely on changes."""

import pytest
from sqlalchemy import func, select

from feedback.domain.errors import NotFound, ScrubUnfinished
from feedback.domain.staff import StaffRole
from feedback.services.roster import erase_people
from feedback.services.roster.edit_person import add_person
from feedback.services.roster.one_person import take_off, what_is_held
from feedback.services.staff.sign_in import Member
from feedback.storage.deliveries import Delivery
from feedback.storage.erasures import any_to_erase
from feedback.storage.history import HistoryEntry
from feedback.storage.opt_outs import OptOut
from feedback.storage.organisations import organisation_named
from feedback.storage.people import Participant, roster_names
from feedback.storage.roster_approvals import approval_of
from tests.answering import respond
from tests.databases import IN_TURN
from tests.promises.evidence import found, stored_bytes
from tests.web.test_staff_pages import see, signed_in
from tests.world import CONTACT, World

NAME, ADDRESS = "Zebulon Quist", "zebulon.quist@example.com"
BOSS = Member(99, 1, "Ada", StaffRole.ADMINISTRATOR, CONTACT.email)
TEXTS = {"name": NAME, "email": ADDRESS, "role": "mentor", "cohort": "", "language": "en"}


def put_in(world: World, programme: int, **changed: str) -> None:
    with world.session() as session:
        texts = {**TEXTS, **changed}
        add_person(session, world.keys, programme, texts, now=world.clock(), actor="test", is_sure=True)


def rows(world: World, model: type, *where) -> int:
    with world.session() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def ask(world: World, email: str = ADDRESS, member: Member = BOSS) -> None:
    with world.session() as session:
        take_off(session, member, email, now=world.clock())


def left_in_files(world: World) -> set[str]:
    needles = {one: one.encode() for one in (NAME, ADDRESS)}
    return {name for _file, raw in stored_bytes(world) for name in found(needles, raw)}


@pytest.fixture
def wave(world: World) -> int:
    """A survey that is open, to which somebody is invited whose name is in no test data."""
    programme = world.programme()
    put_in(world, programme)
    wave = world.open(world.planned_wave(programme))
    world.send_mails()
    return wave


@IN_TURN
@pytest.mark.own_databases
def test_nothing_leads_to_them_any_more_and_the_report_stays(world: World, wave: int) -> None:
    respond(world, world.links(wave)[:20])
    world.close(wave)
    world.do_what_is_due()
    members, wishes = rows(world, HistoryEntry), rows(world, OptOut)
    assert left_in_files(world) == {NAME, ADDRESS}
    ask(world)
    world.do_what_is_due()
    assert left_in_files(world) == set()
    assert rows(world, Participant, Participant.email == ADDRESS) == 0
    assert (rows(world, HistoryEntry), rows(world, OptOut)) == (members, wishes - 1)
    assert "28" in see(signed_in(world), f"/staff/waves/{wave}/report")


def test_a_survey_that_invited_them_keeps_their_row_and_sends_nothing(world: World, wave: int) -> None:
    ask(world)
    sent = set(world.mailbox.serials())
    world.do_what_is_due()
    assert rows(world, Participant, Participant.email == ADDRESS) == 1
    with world.session() as session:
        assert not any_to_erase(session)
    with world.session() as session:
        assert what_is_held(session, BOSS, ADDRESS, now=world.clock())[0].waits_until is not None
    world.close(wave)
    world.send_mails()
    world.do_what_is_due()
    assert rows(world, Participant, Participant.email == ADDRESS) == 0
    told = {str(world.mailbox.read(one)["To"]) for one in set(world.mailbox.serials()) - sent}
    assert (len(told), any(ADDRESS in one for one in told)) == (27, False)


def test_what_died_before_the_files_were_rewritten_is_done_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in(world, world.programme())
    ask(world)
    with monkeypatch.context() as patched:
        patched.setattr(erase_people, "scrub", _cannot)
        with pytest.raises(ScrubUnfinished):
            world.do_what_is_due()
    with world.session() as session:
        assert any_to_erase(session)
    with world.session() as session:
        assert "" not in roster_names(session, 1)
    world.do_what_is_due()
    assert rows(world, Participant) == 27


def test_who_is_put_in_again_meanwhile_stays(world: World, wave: int) -> None:
    ask(world)
    put_in(world, 1)
    world.close(wave)
    world.do_what_is_due()
    assert rows(world, Participant, Participant.email == ADDRESS, Participant.has_left.is_(False)) == 1
    assert rows(world, Delivery) > 0


def test_another_spelling_and_every_programme_is_found_and_no_other_persons(world: World) -> None:
    for number in range(2):
        put_in(world, world.programme(), email=("zebulon.quist+x@example.com", ADDRESS)[number])
    put_in(world, 1, email="zebulon.quistal@example.com", name="Somebody Else")
    with world.session() as session:
        assert [one.programme_id for one in what_is_held(session, BOSS, ADDRESS, now=world.clock())] == [1, 2]
    limited = Member(98, 1, "Bo", StaffRole.COORDINATOR, CONTACT.email, frozenset({2}))
    ask(world, member=limited)
    world.do_what_is_due()
    with world.session() as session:
        assert [one.programme_id for one in what_is_held(session, BOSS, ADDRESS, now=world.clock())] == [1]
        with pytest.raises(NotFound):
            take_off(session, limited, ADDRESS, now=world.clock())
        elsewhere = Member(97, organisation_named(session, "Another").id, "Cy", StaffRole.ADMINISTRATOR, CONTACT.email)
        assert what_is_held(session, elsewhere, ADDRESS, now=world.clock()) == ()
    assert rows(world, Participant, Participant.name == "Somebody Else") == 1


def test_the_approval_of_the_roster_is_void_and_holds_nothing_of_them(world: World) -> None:
    put_in(world, world.programme())
    ask(world)
    world.do_what_is_due()
    with world.session() as session:
        approval = approval_of(session, 1)
        assert approval is not None
        assert approval.digest is None


def _cannot(*_arguments: object) -> None:
    raise ScrubUnfinished("held")
