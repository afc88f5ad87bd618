"""Nobody on the staff leads a link elsewhere: an address changes in mid-wave only once a mail to it was lost."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, create_engine, select, text

from feedback.demo.mailbox import plain_text
from feedback.domain.errors import AddressRefused
from feedback.storage.audit_log import LogEntry
from feedback.storage.grants import GroupRole
from feedback.storage.people import Participant
from tests.bouncing import FIRST_COPY, mail_states, mail_to
from tests.databases import ON_POSTGRESQL, Pair
from tests.promises.visits import mailed_wave
from tests.services.mail.test_resend_invitation import MIA, NEW, lose, mend, resend
from tests.services.roster.test_correct_address import correct
from tests.storage.test_grants import assert_denied
from tests.world import World, noted

LURE = "lure@example.com"
CORRECT = text(f"SELECT feedback_correct_address(1, '{MIA}', '{LURE}', :now, 'staff 7')")
INVITE = text("SELECT feedback_invite_again(1, 1, :now, 'staff 7')")


@pytest.fixture
def wave(world: World) -> int:
    """Everybody's mail was accepted, an hour ago."""
    wave = mailed_wave(world, 6, 6)
    world.clock.pass_time(hours=1)
    return wave


@pytest.fixture
def taken_over(world: World, wave: int, roles: dict[GroupRole, Pair]) -> Iterator[Connection]:
    """The database as a staff process that was taken over reaches it."""
    engine = create_engine(roles[GroupRole.STAFF].main, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def address(world: World, person: int = 1) -> str | None:
    with world.session() as session:
        return session.scalar(select(Participant.email).where(Participant.id == person))


@ON_POSTGRESQL
@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE participants SET email = '{LURE}' WHERE id = 1",
        "UPDATE participants SET id = 99 WHERE id = 1",
        "INSERT INTO mail_batches (wave_id, kind, number) VALUES (1, 'invitation', 2)",
        "INSERT INTO deliveries (batch_id, wave_id, participant_id, kind, number) VALUES (1, 1, 1, 'invitation', 2)",
        "DELETE FROM address_notices",
    ],
)
def test_the_staff_role_reaches_neither_addresses_nor_mails(
    wave: int, roles: dict[GroupRole, Pair], statement: str
) -> None:
    assert_denied(roles[GroupRole.STAFF].main, statement)


@ON_POSTGRESQL
def test_the_function_moves_nobody_whom_mails_reach(taken_over: Connection, world: World) -> None:
    now = {"now": world.clock()}
    assert taken_over.scalar(CORRECT, now) is False
    taken_over.execute(text("UPDATE waves SET state = 'draft'"))
    assert taken_over.scalar(CORRECT, now) is False
    taken_over.execute(text(f"INSERT INTO participants VALUES (99, 1, 'Mia', '{MIA}', 'mentee', '', 'en', false)"))
    assert taken_over.scalar(CORRECT, now) is False
    assert address(world) == MIA


@ON_POSTGRESQL
def test_the_function_writes_down_whom_it_moves_and_who_asked(taken_over: Connection, world: World) -> None:
    lose(world)
    assert taken_over.scalar(CORRECT, {"now": world.clock()}) is True
    assert noted(world, "corrected an address") == [("staff 7", "programme 1, participant 1")]
    assert address(world) == LURE
    assert taken_over.scalar(INVITE, {"now": world.clock()}) is True
    assert noted(world, "sent an invitation again") == [("staff 7", "wave 1, participant 1")]
    with world.session() as session:
        written = select(LogEntry.organisation_id).where(LogEntry.subject.endswith(", participant 1"))
        assert session.scalars(written).all() == [1, 1]


@ON_POSTGRESQL
def test_whoever_dates_a_correction_years_ahead_keeps_nobody_from_being_told(
    taken_over: Connection, world: World
) -> None:
    lose(world)
    assert taken_over.scalar(CORRECT, {"now": world.clock() + timedelta(days=4000)}) is True
    world.do_what_is_due()
    assert mail_to(world, MIA)["Subject"] == "Your email address was changed"


@ON_POSTGRESQL
def test_the_function_invites_three_times_an_hour_apart(taken_over: Connection, world: World) -> None:
    said = []
    for _copy in range(4):
        said += [taken_over.scalar(INVITE, {"now": world.clock()}) for _twice in range(2)]
        world.send_mails()
        said.append(taken_over.scalar(INVITE, {"now": world.clock()}))
        world.clock.pass_time(hours=1)
    assert said == [True, False, False] * 3 + [False] * 3


def test_an_address_that_mails_reach_is_not_corrected_while_a_survey_is_open(world: World, wave: int) -> None:
    with pytest.raises(AddressRefused, match="no email to that person is known to be lost"):
        correct(world, 1, MIA, LURE)
    assert address(world) == MIA
    world.close(wave)
    correct(world, 1, MIA, LURE)
    assert address(world) == LURE


def test_whoever_joined_since_is_corrected_at_any_time(world: World, wave: int) -> None:
    with world.session() as session:
        session.add(
            Participant(
                id=99,
                programme_id=1,
                name="Jo",
                email="jo@example.com",
                role="mentor",
                cohort="",
                language="en",
                has_left=False,
            )
        )
        session.commit()
    correct(world, 1, "jo@example.com", LURE)
    assert address(world, 99) == LURE


def test_the_old_address_is_told_once_and_gets_no_link(world: World, wave: int) -> None:
    lose(world)
    mend(world, wave, 1, NEW)
    world.do_what_is_due()
    world.clock.pass_time(minutes=10)
    before = world.mailbox.count()
    world.do_what_is_due()
    assert world.mailbox.count() == before
    told = mail_to(world, MIA)
    assert told["Subject"] == "Your email address was changed"
    assert not re.search(r"/s/|/o/|/r/", told.as_string())
    assert NEW not in told.as_string()
    assert "please write to Ana Contact" in plain_text(told).replace("\n", " ")
    assert mail_states(world, FIRST_COPY) == {NEW: "accepted"}


def test_a_copy_to_the_same_address_needs_no_loss(world: World, wave: int) -> None:
    assert resend(world, wave) == 1
    world.send_mails()
    assert mail_states(world, FIRST_COPY) == {MIA: "accepted"}
