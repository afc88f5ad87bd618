"""An example opens no survey and writes to nobody, whatever is tried; takes no real person in; and goes whole."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Table, func, select, update

from feedback.domain.errors import EndRefused, ExampleRefused, PlanRefused
from feedback.domain.examples import INVENTED_AT
from feedback.domain.languages import ENGLISH
from feedback.domain.staff import StaffRole
from feedback.domain.survey.questionnaires import Role
from feedback.domain.waves.mails import INVITATION
from feedback.domain.waves.states import SEQUENCE, WaveState
from feedback.services.mail.queue_mails import leave_to_the_tick, queue_for
from feedback.services.mail.try_mails import ask_for_trial
from feedback.services.programmes.end_idle import end_idle
from feedback.services.programmes.end_programme import end_programme
from feedback.services.programmes.show_home import show_home
from feedback.services.programmes.show_programmes import show_programme
from feedback.services.programmes.try_example import ExampleDraft, drop_example, make_example
from feedback.services.reports.say_what_was_done import say_what_was_done, write_said
from feedback.services.roster.edit_person import add_person, correct_person
from feedback.services.roster.import_roster import import_roster
from feedback.services.waves.ask_opening import ask_opening
from feedback.services.waves.cancel_wave import cancel_wave
from feedback.services.waves.find_due import Act
from feedback.services.waves.open_wave import open_wave
from feedback.services.waves.plan_wave import WavePlan, plan_waves
from feedback.services.waves.postpone_wave import postpone_wave
from feedback.storage.database import Base
from feedback.storage.deliveries import Delivery
from feedback.storage.organisations import organisation_named
from feedback.storage.people import Participant
from feedback.storage.programmes import Programme
from feedback.storage.staff import StaffProgramme
from feedback.storage.waves import Wave
from feedback.worker.due import Due, do
from feedback.worker.worker import worker_context
from forms.bank import pair
from tests.cli.test_commands import refusal
from tests.databases import first_of
from tests.services.mail.test_tell_staff import account
from tests.world import World

DAY = timedelta(days=1)
ORGANISATION = "Example Organisation"
PERSON = {"name": "Mia Mentor", "email": "mia@example.com", "role": "mentor"}


@pytest.fixture
def coordinator(world: World) -> int:
    return account(world, "cob@example.com", StaffRole.COORDINATOR)


@pytest.fixture
def example(world: World, coordinator: int) -> int:
    return example_of(world)


def example_of(world: World) -> int:
    """An example with its three surveys, the first one in a week."""
    with world.session() as session:
        organisation_id = organisation_named(session, ORGANISATION).id
        session.rollback()
        draft = ExampleDraft(organisation_id, "Try me", "reverse", "race and ethnicity", {}, "Europe/Paris", 5)
        number = make_example(session, draft, now=world.clock(), actor="test")
        if show_programme(session, number).waves:
            return number
        opens = {stage: world.clock() + (7 + 90 * n) * DAY for n, stage in enumerate(SEQUENCE)}
        plans = [WavePlan(number, stage, pair(stage), at, at + 14 * DAY) for stage, at in opens.items()]
        stored = {"key_backup_days": 7, "comment_days": 60, "now": world.clock(), "actor": "test"}
        plan_waves(session, world.keys, plans, **stored)
    return number


def wave_of(world: World, example: int) -> int:
    with world.session() as session:
        return show_programme(session, example).waves[0].id


def states(world: World) -> list[str]:
    with world.session() as session:
        return list(session.scalars(select(Wave.state).order_by(Wave.id)))


def rows_of(world: World, table: Table) -> int:
    with world.session() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def by_the_tick(world: World, _wave: int) -> None:
    """Nothing at all: the hour comes."""


def by_hand(world: World, wave: int) -> None:
    with world.session() as session, pytest.raises(ExampleRefused, match="no survey of it opens"):
        open_wave(session, world.keys, wave, now=world.clock(), actor="test")


def by_a_command(world: World, wave: int) -> None:
    assert isinstance(refusal(world, "wave", "open", str(wave), "--yes"), ExampleRefused)


def by_asking(world: World, wave: int) -> None:
    with world.session() as session, pytest.raises(ExampleRefused, match="no survey of it opens"):
        ask_opening(session, world.keys, wave, now=world.clock(), actor="test")


def by_a_task(world: World, wave: int) -> None:
    """A worker that was told to before the hour was looked at."""
    do(Due(Act.OPEN, wave), worker_context(world.app))


def by_another_date(world: World, wave: int) -> None:
    with world.session() as session:
        postpone_wave(session, wave, world.clock() + 8 * DAY, now=world.clock(), actor="test")


def by_the_database(world: World, wave: int) -> None:
    """What no page and no command can do: its hour is now."""
    with world.session() as session:
        session.execute(update(Wave).where(Wave.id == wave).values(opens_at=world.clock() - DAY))
        session.commit()


def by_a_mail(world: World, wave: int) -> None:
    with world.session() as session:
        people = list(session.scalars(select(Participant.id)))
        with pytest.raises(ExampleRefused):
            queue_for(session, wave, INVITATION, people=people, now=world.clock(), defer=leave_to_the_tick)
        session.rollback()


WAYS = (by_the_tick, by_hand, by_a_command, by_asking, by_a_task, by_another_date, by_the_database, by_a_mail)


@pytest.mark.parametrize("way", first_of(3, WAYS), ids=[way.__name__ for way in WAYS])
def test_no_survey_opens_and_no_email_leaves_whatever_is_tried(
    world: World, example: int, way: Callable[[World, int], None]
) -> None:
    world.send_mails()
    before = world.mailbox.count()
    way(world, wave_of(world, example))
    for _day in range(23):
        world.clock.pass_time(days=1)
        for _tick in range(2):
            world.do_what_is_due()
    assert states(world) == [WaveState.SCHEDULED] * 3
    assert world.mailbox.count() == before
    assert rows_of(world, Delivery.__table__) == 0
    assert world.keys.purposes_held() == {}
    with world.session() as session:
        assert list(session.scalars(select(Wave.id).where(Wave.opening_was_refused))) == []


def test_whoever_asks_for_its_emails_gets_them_and_nobody_else_does(
    world: World, example: int, coordinator: int
) -> None:
    world.send_mails()
    before = world.mailbox.count()
    with world.session() as session:
        ask_for_trial(session, wave_of(world, example), coordinator, Role.MENTOR, ENGLISH, now=world.clock())
    world.do_what_is_due()
    sent = world.mailbox.newest(99)[: world.mailbox.count() - before]
    assert {mail.to for mail in sent} == {"cob@example.com"}


def test_nobody_real_is_put_in(world: World, example: int) -> None:
    with world.session() as session:
        number = session.scalars(select(Participant.id).order_by(Participant.id)).first() or 0
        session.rollback()
        for attempt in (
            lambda: import_roster(session, world.keys, example, ROSTER, now=world.clock(), actor="test"),
            lambda: add_person(session, world.keys, example, PERSON, now=world.clock(), actor="test"),
            lambda: correct_person(session, world.keys, example, number, PERSON, now=world.clock(), actor="test"),
        ):
            with pytest.raises(ExampleRefused, match="real ones cannot be put into it"):
                attempt()
            session.rollback()
        assert {one.rpartition("@")[2] for one in session.scalars(select(Participant.email))} == {INVENTED_AT}


ROSTER = b"name,email,role\nMia Mentor,mia@example.com,mentor\n"


def test_an_organisation_has_one_example_and_another_organisation_its_own(world: World, example: int) -> None:
    assert example_of(world) == example
    account(world, "otto@example.com", StaffRole.COORDINATOR, "Other Organisation")
    with world.session() as session:
        organisation_id = organisation_named(session, "Other Organisation").id
        session.rollback()
        draft = ExampleDraft(organisation_id, "Try me", "reverse", "age", {}, "Europe/Paris", 5)
        assert make_example(session, draft, now=world.clock(), actor="test") != example


def test_nothing_of_an_example_waits_for_anybody_and_nothing_ends_it(world: World, example: int) -> None:
    with world.session() as session:
        organisation_id = organisation_named(session, ORGANISATION).id
        session.rollback()
        for wave in show_programme(session, example).waves:
            cancel_wave(session, world.keys, wave.id, now=world.clock(), actor="test")
        (card,) = show_home(session, organisation_id, now=world.clock())
        assert (card.needs, card.programme.is_example) == ((), True)
        end_idle(session, days=365, now=world.clock() + 900 * DAY)
        session.rollback()
        assert show_programme(session, example).ending is None
        with pytest.raises(EndRefused, match="does not end"):
            end_programme(session, example, 30, staff_id=1, now=world.clock())


def test_an_example_goes_whole_and_a_coordinator_may_have_tried_everything(
    world: World, example: int, coordinator: int
) -> None:
    own, wave = world.programme(7, 7), wave_of(world, example)
    kept = {table.name: rows_of(world, table) for table in Base.metadata.sorted_tables if table.name == "quiet_times"}
    with world.session() as session:
        ask_for_trial(session, wave, coordinator, Role.MENTOR, ENGLISH, now=world.clock())
        postpone_wave(session, wave, world.clock() + 8 * DAY, now=world.clock(), actor="test")
        say_what_was_done(session, example, "An hour a month.", now=world.clock(), actor="test")
        write_said(session, example, {"fr": "Une heure par mois."}, now=world.clock(), actor="test")
        session.add_all(StaffProgramme(staff_id=coordinator, programme_id=one) for one in (example, own))
        session.commit()
        drop_example(session, example, now=world.clock(), actor="test")
    left = {
        table.name
        for table in Base.metadata.sorted_tables
        for column in ("programme_id", "wave_id")
        if column in table.c and _points_at(world, table, column, example)
    }
    assert left == set()
    with world.session() as session:
        assert list(session.scalars(select(Programme.id))) == [own]
        assert set(session.scalars(select(Participant.programme_id))) == {own}
    assert kept == {"quiet_times": 2}
    assert rows_of(world, Base.metadata.tables["quiet_times"]) == 1


def _points_at(world: World, table: Table, column: str, example: int) -> bool:
    gone = {"programme_id": [example], "wave_id": [1, 2, 3]}[column]
    with world.session() as session:
        return any(value in gone for value in session.scalars(select(table.c[column])))


@pytest.mark.parametrize("change", [{"is_example": False}, {}], ids=["none", "asked"])
def test_what_is_no_example_or_has_asked_somebody_is_not_deleted(
    world: World, example: int, change: dict[str, bool]
) -> None:
    with world.session() as session:
        if change:
            session.execute(update(Programme).values(change))
        else:
            session.execute(update(Wave).values(opened_at=world.clock()))
        session.commit()
        with pytest.raises(PlanRefused, match="no example"):
            drop_example(session, example, now=world.clock(), actor="test")
    assert rows_of(world, Programme.__table__) == 1
    assert rows_of(world, Participant.__table__) == 24
