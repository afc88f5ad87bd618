from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.domain.links import from_address
from feedback.domain.staff import BY_LINK, StaffRole
from feedback.services.staff.begin_sessions import IDLE, LONGEST
from feedback.services.staff.forget_expired import any_expired, forget_expired
from feedback.services.staff.invite_staff import invite_staff
from feedback.services.staff.keep_forms import KEPT
from feedback.services.staff.keep_sessions import end_all_sessions, end_session, find_session, show_sessions
from feedback.storage.audit_log import LogEntry
from feedback.storage.database import reading
from feedback.storage.organisations import organisation_named
from feedback.storage.staff import StaffMember, StaffSession
from feedback.web.staff.limits import LIMITS
from tests.databases import ON_SQLITE
from tests.staff_sessions import begin_session
from tests.world import START, FixedClock

MINUTE = timedelta(minutes=1)


def account(session: Session, email: str = "ana@example.com") -> int:
    organisation_named(session, "Example")
    role = StaffRole.COORDINATOR
    invite_staff(session, organisation="Example", name="Ana", email=email, role=role, now=START, actor="test")
    with reading(session):
        return session.scalars(select(StaffMember.id).where(StaffMember.email == email)).one()


def logged(session: Session) -> list[str]:
    acts = session.scalars(select(LogEntry.act).order_by(LogEntry.id))
    return [act for act in acts if "signed out" in act]


def test_a_session_is_whose_it_was_begun_for(session: Session) -> None:
    number = account(session)
    found = find_session(session, begin_session(session, number, BY_LINK, now=START), now=START)
    assert found is not None
    assert (found.member.id, found.member.name) == (number, "Ana")


def test_no_copy_of_the_database_signs_anybody_in(session: Session) -> None:
    secret = from_address(begin_session(session, account(session), BY_LINK, now=START))
    assert session.scalars(select(StaffSession.digest)).one() != secret


@ON_SQLITE
@pytest.mark.parametrize("secret", ["", "x", "A" * 43, "é" * 43, "../../etc"])
def test_what_is_no_session_signs_nobody_in(session: Session, secret: str) -> None:
    begin_session(session, account(session), BY_LINK, now=START)
    assert find_session(session, secret, now=START) is None


def test_a_session_that_is_used_lasts_its_hours_and_no_longer(session: Session) -> None:
    secret, now = begin_session(session, account(session), BY_LINK, now=START), START
    while now + IDLE - MINUTE < START + LONGEST:
        now += IDLE - MINUTE
        assert find_session(session, secret, now=now) is not None
    assert find_session(session, secret, now=START + LONGEST) is None


def test_a_session_that_nobody_uses_ends_earlier(session: Session) -> None:
    secret = begin_session(session, account(session), BY_LINK, now=START)
    assert find_session(session, secret, now=START + IDLE + MINUTE) is None


@pytest.mark.parametrize("seconds", [0, 59, 60, 119, 3599])
def test_nobody_is_signed_out_before_the_time_that_pages_name(session: Session, seconds: int) -> None:
    secret, last_use = begin_session(session, account(session), BY_LINK, now=START), START + timedelta(seconds=seconds)
    assert find_session(session, secret, now=last_use) is not None
    assert find_session(session, secret, now=last_use + timedelta(hours=LIMITS.unused)) is not None


def test_nobody_stays_signed_in_a_minute_longer_than_pages_say(session: Session) -> None:
    secret = begin_session(session, account(session), BY_LINK, now=START)
    late = START + timedelta(hours=LIMITS.unused) + MINUTE
    assert find_session(session, secret, now=late) is None
    assert timedelta(hours=LIMITS.longest) == LONGEST
    assert timedelta(hours=LIMITS.kept) == KEPT


def test_one_session_is_ended_and_another_is_not(session: Session, clock: FixedClock) -> None:
    number = account(session)
    first, second = (begin_session(session, number, BY_LINK, now=START) for _browser in range(2))
    here = find_session(session, second, now=START)
    elsewhere = find_session(session, first, now=START)
    assert here is not None
    assert elsewhere is not None
    assert sorted(one.is_this_one for one in show_sessions(session, here, now=START)) == [False, True]
    end_session(session, here.member, elsewhere.digest, now=clock())
    assert find_session(session, first, now=START) is None
    assert find_session(session, second, now=START) is not None
    assert logged(session) == ["signed out"]


def test_nobody_ends_the_session_of_somebody_else(session: Session, clock: FixedClock) -> None:
    mine = find_session(session, begin_session(session, account(session), BY_LINK, now=START), now=START)
    theirs = begin_session(session, account(session, "ben@example.com"), BY_LINK, now=START)
    digest = session.scalars(select(StaffSession.digest).order_by(StaffSession.staff_id.desc())).first()
    assert mine is not None
    assert digest is not None
    end_session(session, mine.member, digest, now=clock())
    end_all_sessions(session, mine.member, now=clock())
    assert find_session(session, theirs, now=START) is not None
    assert logged(session) == ["signed out everywhere"]


def test_a_new_invitation_ends_the_sessions_of_whoever_used_the_last_one(session: Session) -> None:
    secret = begin_session(session, account(session), BY_LINK, now=START)
    account(session)
    assert find_session(session, secret, now=START) is None


def test_sessions_that_have_run_out_are_forgotten_with_the_next_sign_in(session: Session) -> None:
    number = account(session)
    begin_session(session, number, BY_LINK, now=START)
    later = START + IDLE + MINUTE
    kept = begin_session(session, number, BY_LINK, now=later)
    assert find_session(session, kept, now=later) is not None
    assert len(session.scalars(select(StaffSession)).all()) == 1


def test_the_worker_forgets_sessions_that_have_run_out(session: Session) -> None:
    number = account(session)
    for since in (IDLE + MINUTE, IDLE):
        begin_session(session, number, BY_LINK, now=START - since)
    assert any_expired(session, START, real_now=START)
    forget_expired(session, START, real_now=START)
    assert not any_expired(session, START, real_now=START)
    assert session.scalars(select(StaffSession.begun_at)).all() == [START - IDLE]
