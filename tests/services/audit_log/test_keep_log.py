"""The worker chains what was noted, and forgets what is older than is stated; no clock makes it forget in haste."""

from datetime import timedelta

from sqlalchemy import select

from feedback.services.audit_log.check_log import check_log
from feedback.services.audit_log.keep_log import chain_log, forget_log
from feedback.storage.audit_log import LogEntry, note
from feedback.storage.audit_log_chain import head_of
from feedback.worker.log_round import LogRound
from tests.world import World, entries_about

DAYS = 1095
SEEN = "saw that entries are old"


def act(world: World, what: str = "opened", subject: str = "wave 1") -> None:
    with world.session() as session:
        note(session, world.clock(), "staff 1", what, subject)
        session.commit()


def acts(world: World) -> list[str]:
    with world.session() as session:
        return list(session.scalars(select(LogEntry.act).order_by(LogEntry.id)))


def chain(world: World) -> None:
    with world.session() as session:
        chain_log(session)


def forget(world: World) -> None:
    with world.session() as session:
        forget_log(session, days=DAYS, now=world.clock())


def is_whole(world: World) -> bool:
    with world.session() as session:
        check = check_log(session, now=world.clock(), kept=None)
    return check.verdict.is_whole


def owner(world: World, actor: str, subject: str) -> int | None:
    with world.session() as session:
        note(session, world.clock(), actor, "did", subject)
        session.commit()
        return entries_about(session, subject)[-1].organisation_id


def test_an_entry_belongs_to_the_organisation_of_what_it_is_about_or_of_who_acted(world: World) -> None:
    world.planned_wave(world.programme(0, 0))
    about = ("wave 1", "wave 1, participant 5", "programme 1", "programme 1, exit", "staff 1", "organisation 1")
    assert {owner(world, "service", one) for one in about} == {1}
    nobodys = ("main database", "key store", "an unknown link", "wave 9", "wave x", "wave ²", "audit log")
    assert {owner(world, "service", one) for one in nobodys} == {None}
    assert owner(world, "staff 1 by command line", "main database, by somebody") == 1


def test_what_was_noted_is_chained_once(world: World) -> None:
    act(world)
    act(world, "closed")
    chain(world)
    with world.session() as session:
        head = head_of(session)
    assert head is not None
    chain(world)
    with world.session() as session:
        assert head_of(session) == head
    assert is_whole(world)


def test_an_entry_that_was_committed_late_is_chained_where_it_came(world: World) -> None:
    with world.session() as session:
        for number in (7, 5):
            session.add(LogEntry(id=number, at=world.clock(), actor="service", act="did", subject="wave 1"))
            session.commit()
            chain_log(session)
        session.add(LogEntry(id=6, at=world.clock(), actor="service", act="did", subject="wave 1"))
        session.commit()
        chain_log(session)
        check = check_log(session, now=world.clock(), kept=None)
    assert check.verdict.is_whole
    assert (check.verdict.present, check.unchained) == (3, 0)


def test_what_is_old_enough_is_forgotten_and_the_rest_can_still_be_checked(world: World) -> None:
    act(world, "first")
    world.clock.pass_time(days=6)
    act(world, "second")
    world.clock.pass_time(days=DAYS)
    act(world, "late")
    world.clock.pass_time(days=1)
    forget(world)
    assert acts(world) == ["first", "second", "late"]  # the first is not a week older than it has to be
    world.clock.pass_time(days=1)
    act(world, "later")
    world.clock.pass_time(days=1)
    forget(world)
    assert acts(world) == ["late", "later", "forgot entries up to position 2"]
    chain(world)
    assert is_whole(world)
    forget(world)
    assert len(acts(world)) == 3


def test_a_clock_that_jumps_ahead_forgets_nothing_within_a_day(world: World) -> None:
    act(world)
    world.clock.pass_time(days=2)
    act(world)
    world.clock.pass_time(days=5000)
    for _hour in range(24):
        forget(world)
        world.clock.pass_time(hours=1)
    assert acts(world) == ["opened", "opened", SEEN]
    world.clock.pass_time(days=-5000)
    forget(world)
    assert acts(world) == ["opened", "opened", SEEN]
    assert is_whole(world)


def test_a_service_in_which_nothing_happens_forgets_all_the_same(world: World) -> None:
    act(world)
    world.clock.pass_time(days=DAYS + 20)
    forget(world)
    assert acts(world) == ["opened", SEEN]
    world.clock.pass_time(days=1, seconds=1)
    forget(world)
    assert acts(world) == [SEEN, "forgot entries up to position 1"]


def test_an_entry_with_a_moment_in_the_future_keeps_no_other(world: World) -> None:
    act(world, "first")
    with world.session() as session:
        ahead = world.clock() + timedelta(days=20_000)
        note(session, ahead, "service", "from a clock that was wrong", "wave 1")
        session.commit()
    act(world, "third")
    world.clock.pass_time(days=DAYS + 10)
    act(world, "late")
    world.clock.pass_time(days=1)
    forget(world)
    assert acts(world) == ["late", "forgot entries up to position 3"]
    chain(world)
    assert is_whole(world)


def test_an_entry_with_an_early_moment_takes_no_other_with_it(world: World) -> None:
    act(world, "first")
    with world.session() as session:
        note(session, world.clock() - timedelta(days=20_000), "staff 1", "put in", "wave 1")
        session.commit()
    world.clock.pass_time(days=30)
    act(world, "late")
    world.clock.pass_time(days=1)
    forget(world)
    assert acts(world) == ["first", "put in", "late"]


def test_the_worker_looks_once_an_hour_and_at_once_when_its_clock_has_gone_back(world: World) -> None:
    one, now = LogRound(DAYS), world.clock()
    assert one.is_due(now)
    with world.session() as session:
        one.forget(session, now=now)
    assert not one.is_due(now + timedelta(minutes=59))
    assert one.is_due(now + timedelta(hours=1))
    assert one.is_due(now - timedelta(seconds=1))
