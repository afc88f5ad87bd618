"""Staff are told by mail what waits for them: the right people, once, and in no mail more than their page shows."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from feedback.domain.errors import MailRefused
from feedback.domain.log_chain import read_head
from feedback.domain.staff import StaffRole
from feedback.domain.waves.staff_mails import StaffMail
from feedback.domain.waves.states import MomentKind
from feedback.mail.relay import SmtpSession
from feedback.services.audit_log.check_log import check_log
from feedback.services.mail.tell_staff import tell_staff
from feedback.services.staff.invite_staff import invite_staff
from feedback.services.staff.keep_language import keep_language
from feedback.services.waves.extend_wave import extend_wave
from feedback.services.waves.look_at_wave import look_at_wave
from feedback.storage.audit_log import LogEntry
from feedback.storage.deliveries import Delivery
from feedback.storage.organisations import organisation_named
from feedback.storage.staff import StaffMember, StaffProgramme
from feedback.storage.staff_letters import StaffLetter, tell_staff_at
from feedback.storage.waves import Wave, moments_of, wave_by_id
from feedback.worker.due import Chore, Due, do, what_is_due
from feedback.worker.worker import worker_context
from tests.answering import respond
from tests.kept import kept
from tests.promises.closing import spread
from tests.reviewing import TEXTS, WISHES, decide_everything, release, wave_in_review
from tests.services.mail.relays import ScriptedRelay
from tests.web.test_staff_pages import SITE, signed_in
from tests.world import REVIEWER, World, noted

ADA, COB, VIC, OTTO = (f"{name}@example.com" for name in ("ada", "cob", "vic", "otto"))
PLANNERS_OF_IT = {ADA, COB}
DAY = timedelta(days=1)


@pytest.fixture
def smtp_port(relay: ScriptedRelay) -> int:
    return relay.port


def account(world: World, email: str, role: StaffRole, organisation: str = "Example Organisation") -> int:
    with world.session() as session:
        organisation_id = organisation_named(session, organisation).id
        who = {"organisation": organisation, "name": email.partition("@")[0].title(), "email": email, "role": role}
        invite_staff(session, **who, now=world.clock(), actor="test")
        mine = (StaffMember.organisation_id == organisation_id, StaffMember.email == email)
        return session.scalars(select(StaffMember.id).where(*mine)).one()


@pytest.fixture
def staff(world: World) -> dict[str, int]:
    """An administrator, a coordinator and a viewer of the organisation, and an administrator of another one."""
    return {
        ADA: account(world, ADA, StaffRole.ADMINISTRATOR),
        COB: account(world, COB, StaffRole.COORDINATOR),
        VIC: account(world, VIC, StaffRole.VIEWER),
        OTTO: account(world, OTTO, StaffRole.ADMINISTRATOR, "Other Organisation"),
    }


def tell(world: World) -> None:
    """What the worker does of its own accord, and nothing else."""
    tools = worker_context(world.app)
    with tools.scope() as session:
        is_due = Due(Chore.TELL_STAFF, 0) in what_is_due(session, world.clock())
    if is_due:
        do(Due(Chore.TELL_STAFF, 0), tools)


def told(relay: ScriptedRelay, page: str) -> list[str]:
    """Who got a mail that leads to a page, by address."""
    return sorted(to for to, mail in relay.received if f"/staff/waves/{page}?language=" in text_of(mail))


def text_of(mail) -> str:
    return mail.get_body(("plain",)).get_content()


def closed_wave(world: World, answers: int = 20) -> int:
    return kept(world, f"{answers} answered before it closed", lambda: _newly_closed_wave(world, answers))


def _newly_closed_wave(world: World, answers: int) -> int:
    wave = world.open_new_wave()
    respond(world, spread(world, wave, answers), TEXTS, wishes=WISHES)
    world.close(wave)
    return wave


def opened(world: World) -> int:
    """A wave whose opening staff have heard of."""
    wave = world.open_new_wave()
    world.do_what_is_due()
    return wave


def pass_days(world: World, days: int) -> None:
    """Let the service do what is due, every three hours."""
    for _step in range(8 * days):
        world.clock.pass_time(hours=3)
        tell(world)


def extend(world: World, wave: int) -> None:
    with world.session() as session:
        later = wave_by_id(session, wave).closes_at + 7 * DAY
        session.rollback()
        extend_wave(session, wave, later, now=world.clock(), actor="test")


def set_on(world: World, staff_id: int, **changes: object) -> None:
    with world.session() as session:
        session.execute(update(StaffMember).where(StaffMember.id == staff_id).values(**changes))
        session.commit()


def test_planners_are_told_that_a_report_is_ready_and_nobody_else_is(
    world: World, relay: ScriptedRelay, staff: dict[str, int]
) -> None:
    wave = closed_wave(world)
    tell(world)
    assert told(relay, f"{wave}/report") == sorted(PLANNERS_OF_IT)
    assert set(relay.recipients) == {*PLANNERS_OF_IT, REVIEWER.email}
    assert noted(world, "told of: report-ready") == [("service", f"staff {staff[one]}") for one in (ADA, COB)]


def test_whoever_keeps_the_email_about_a_report_has_a_head_of_the_log(
    world: World, relay: ScriptedRelay, staff: dict[str, int]
) -> None:
    closed_wave(world)
    tell(world)
    message = next(mail for _recipient, mail in relay.received if mail["Subject"] == "A report is ready")
    body = message.get_body(("plain",))
    named = re.search("^[0-9]+:[0-9a-f]{64}$", body.get_content().replace("\r", ""), re.MULTILINE) if body else None
    assert named
    with world.session() as session:
        kept = read_head(named[0])
        assert check_log(session, now=world.clock(), kept=kept).verdict.is_whole
        session.execute(update(LogEntry).where(LogEntry.act == "opened").values(act="looked"))
        session.commit()
        assert not check_log(session, now=world.clock(), kept=kept).verdict.is_whole


def test_the_reviewer_whom_the_survey_names_is_told_of_comments_and_nobody_else_is(
    world: World, relay: ScriptedRelay, staff: dict[str, int]
) -> None:
    account(world, "rex@example.com", StaffRole.REVIEWER)
    wave = wave_in_review(world)
    tell(world)
    assert told(relay, f"{wave}/comments") == [REVIEWER.email]


def test_everybody_is_told_once(world: World, relay: ScriptedRelay, staff: dict[str, int]) -> None:
    closed_wave(world)
    for _minute in range(3):
        tell(world)
        world.clock.pass_time(minutes=10)
    assert sorted(relay.recipients) == sorted([ADA, COB, REVIEWER.email])


def test_the_reviewer_is_told_again_a_week_before_comments_are_destroyed(world: World, relay: ScriptedRelay) -> None:
    wave = wave_in_review(world)
    tell(world)
    world.clock.now += timedelta(days=53) - timedelta(seconds=1)
    tell(world)
    assert told(relay, f"{wave}/comments") == [REVIEWER.email]
    world.clock.pass_time(seconds=1)
    tell(world)
    assert told(relay, f"{wave}/comments") == [REVIEWER.email] * 2


def test_nobody_is_warned_of_comments_that_are_released(world: World, relay: ScriptedRelay) -> None:
    wave = wave_in_review(world)
    decide_everything(world, wave)
    release(world, wave)
    for _week in range(9):
        tell(world)
        world.clock.pass_time(days=7)
    assert relay.received == []


def test_nobody_is_told_of_comments_whose_reader_has_left(world: World, relay: ScriptedRelay) -> None:
    wave = wave_in_review(world)
    with world.session() as session:
        session.execute(update(Wave).where(Wave.id == wave).values(reviewer_left=True))
        session.commit()
    tell(world)
    assert relay.received == []


def test_a_report_without_comments_tells_no_reviewer(world: World, relay: ScriptedRelay, staff: dict[str, int]) -> None:
    wave = closed_wave(world, answers=3)
    tell(world)
    assert told(relay, f"{wave}/report") == sorted(PLANNERS_OF_IT)
    assert REVIEWER.email not in relay.recipients


def test_who_has_lost_their_access_is_told_nothing(world: World, relay: ScriptedRelay, staff: dict[str, int]) -> None:
    wave = closed_wave(world)
    set_on(world, staff[ADA], is_removed=True)
    set_on(world, staff[COB], role=StaffRole.VIEWER)
    tell(world)
    assert told(relay, f"{wave}/report") == []


def test_who_loses_their_access_while_their_mail_waits_is_told_nothing(
    world: World, relay: ScriptedRelay, staff: dict[str, int]
) -> None:
    wave = closed_wave(world)
    relay.says(ADA, "451 later")
    with pytest.raises(MailRefused):
        tell(world)
    set_on(world, staff[ADA], is_removed=True)
    world.clock.pass_time(minutes=5)
    tell(world)
    assert told(relay, f"{wave}/report") == [COB]
    assert waiting(world) == []


def test_whose_access_is_limited_is_told_of_their_own_programmes_alone(
    world: World, relay: ScriptedRelay, staff: dict[str, int]
) -> None:
    wave = closed_wave(world)
    set_on(world, staff[ADA], is_limited=True)
    set_on(world, staff[COB], is_limited=True)
    with world.session() as session:
        programme_id = wave_by_id(session, wave).programme_id
        session.add(StaffProgramme(staff_id=staff[COB], programme_id=programme_id))
        session.commit()
    tell(world)
    assert told(relay, f"{wave}/report") == [COB]


def waiting(world: World) -> list[int | None]:
    with world.session() as session:
        due = select(StaffLetter.staff_id).where(StaffLetter.tell_at <= world.clock() + DAY)
        return list(session.scalars(due.order_by(StaffLetter.id)))


def test_one_address_that_is_put_off_keeps_nobody_else_waiting_and_is_told_later(
    world: World, relay: ScriptedRelay, staff: dict[str, int]
) -> None:
    wave = closed_wave(world)
    relay.says(ADA, "451 later")
    with pytest.raises(MailRefused):
        tell(world)
    tell(world)
    assert told(relay, f"{wave}/report") == [COB]
    world.clock.pass_time(minutes=5)
    tell(world)
    assert told(relay, f"{wave}/report") == sorted(PLANNERS_OF_IT)


def test_a_relay_that_is_away_is_tried_again(world: World, relay: ScriptedRelay, staff: dict[str, int]) -> None:
    wave = closed_wave(world)
    relay.goes_down()
    with pytest.raises(MailRefused):
        tell(world)
    tell(world)
    relay.comes_back()
    world.clock.pass_time(minutes=5)
    tell(world)
    assert told(relay, f"{wave}/report") == sorted(PLANNERS_OF_IT)


def test_an_address_that_is_put_off_for_days_is_let_go(
    world: World, relay: ScriptedRelay, staff: dict[str, int]
) -> None:
    closed_wave(world)
    relay.says(ADA, "451 later")
    with pytest.raises(MailRefused):
        tell(world)
    world.clock.pass_time(days=3)
    tell(world)
    assert ADA not in relay.recipients
    assert waiting(world) == []


def test_an_address_that_is_refused_for_good_is_let_go(
    world: World, relay: ScriptedRelay, staff: dict[str, int]
) -> None:
    closed_wave(world)
    relay.says(ADA, "550 5.1.1 nobody here")
    tell(world)
    assert waiting(world) == []


def test_a_worker_that_dies_while_it_sends_writes_again_under_the_same_name_and_not_at_once(
    world: World, relay: ScriptedRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_wave(world)
    send = SmtpSession.settle

    def die(*sent: object) -> None:
        send(*sent)
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(SmtpSession, "settle", die)
    with pytest.raises(KeyboardInterrupt):
        tell(world)
    tell(world)
    assert len(relay.received) == 1
    world.clock.pass_time(minutes=5)
    tell(world)
    first, second = (mail["Message-ID"] for _to, mail in relay.received)
    assert first == second


def test_two_workers_tell_everybody_once(world: World, relay: ScriptedRelay, staff: dict[str, int]) -> None:
    closed_wave(world)
    tools = worker_context(world.app)

    def meanwhile(_recipient: str) -> None:
        relay.before_it_takes = lambda _recipient: None
        with world.session() as session, world.app.app_context():
            tell_staff(session, tools.relay, sender_settings=tools.sender_settings, now=world.clock())

    relay.before_it_takes = meanwhile
    tell(world)
    assert sorted(relay.recipients) == sorted([ADA, COB, REVIEWER.email])


def test_nobody_is_written_to_at_night(world: World, relay: ScriptedRelay, staff: dict[str, int]) -> None:
    wave = world.open_new_wave(days=14.5)
    world.close(wave)
    assert world.clock().hour == 21
    tell(world)
    world.clock.pass_time(hours=8, minutes=59)
    tell(world)
    assert relay.received == []
    world.clock.pass_time(minutes=1)
    tell(world)
    assert told(relay, f"{wave}/report") == sorted(PLANNERS_OF_IT)


def test_a_mail_is_in_the_language_of_the_last_sign_in_and_else_in_english(
    world: World, relay: ScriptedRelay, staff: dict[str, int]
) -> None:
    with world.session() as session:
        keep_language(session, staff[COB], "fr")
    closed_wave(world)
    tell(world)
    subjects = {to: mail["Subject"] for to, mail in relay.received}
    assert (subjects[ADA], subjects[COB]) == ("A report is ready", "Un rapport est prêt")


def test_planners_are_told_that_a_survey_has_opened(world: World, relay: ScriptedRelay, staff: dict[str, int]) -> None:
    wave = world.open_new_wave()
    tell(world)
    assert told(relay, str(wave)) == relay.recipients == sorted(PLANNERS_OF_IT)


@pytest.mark.parametrize(("answers", "readers"), [(4, PLANNERS_OF_IT), (5, set())])
def test_planners_are_told_of_too_few_answers_at_the_look_and_of_nothing_else(
    world: World, relay: ScriptedRelay, staff: dict[str, int], answers: int, readers: set[str]
) -> None:
    wave = opened(world)
    respond(world, spread(world, wave, answers))
    relay.received.clear()
    world.clock.pass_time(days=7)
    world.do_what_is_due()
    tell(world)
    needed = [to for to, mail in relay.received if mail["Subject"] == "A survey needs your decision"]
    assert sorted(needed) == sorted(readers)


def test_a_survey_that_was_extended_meanwhile_needs_no_decision(
    world: World, relay: ScriptedRelay, staff: dict[str, int]
) -> None:
    wave = opened(world)
    world.clock.pass_time(days=7)
    with world.session() as session:
        (look,) = (one.id for one in moments_of(session, wave) if one.kind == MomentKind.LOOK)
        session.rollback()
        look_at_wave(session, look, now=world.clock())
    extend(world, wave)
    tell(world)
    assert "A survey needs your decision" not in {mail["Subject"] for _to, mail in relay.received}


def test_planners_are_told_the_day_before_a_survey_closes_and_again_before_it_does_once_extended(
    world: World, relay: ScriptedRelay, staff: dict[str, int]
) -> None:
    wave = opened(world)
    closing = lambda: [to for to, mail in relay.received if mail["Subject"] == "A survey closes soon"]  # noqa: E731
    pass_days(world, 12)
    assert closing() == []
    pass_days(world, 1)
    assert sorted(closing()) == sorted(PLANNERS_OF_IT)
    world.do_what_is_due()
    extend(world, wave)
    world.do_what_is_due()
    pass_days(world, 7)
    assert sorted(closing()) == sorted([*PLANNERS_OF_IT, *PLANNERS_OF_IT])


@pytest.fixture
def cannot_reach(relay: ScriptedRelay) -> Callable[[int], None]:
    """Have the relay refuse the mail to one mentor for good."""
    return lambda number: relay.says(f"mentor.{number}@example.com", "550 5.1.1 nobody here")


def unreached(relay: ScriptedRelay, wave: int) -> list[str]:
    return told(relay, f"{wave}/undeliverable")


def test_planners_are_told_of_people_who_are_not_reached_and_not_twice_of_the_same(
    world: World, relay: ScriptedRelay, staff: dict[str, int], cannot_reach: Callable[[int], None]
) -> None:
    cannot_reach(0)
    wave = opened(world)
    world.clock.pass_time(hours=4, seconds=-1)
    tell(world)
    assert unreached(relay, wave) == []
    world.clock.pass_time(seconds=1)
    tell(world)
    assert unreached(relay, wave) == sorted(PLANNERS_OF_IT)
    pass_days(world, 3)
    assert unreached(relay, wave) == sorted(PLANNERS_OF_IT)


def test_planners_are_told_again_when_more_are_not_reached_at_most_once_a_day(
    world: World, relay: ScriptedRelay, staff: dict[str, int]
) -> None:
    wave = opened(world)
    pass_days(world, 1)
    assert unreached(relay, wave) == []
    for count in (1, 2):
        with world.session() as session:
            mails = select(Delivery.id).order_by(Delivery.id).limit(count)
            session.execute(update(Delivery).where(Delivery.id.in_(mails)).values(state="bounced"))
            session.commit()
        tell(world)
        assert len(unreached(relay, wave)) == 2 * (count - 1)
        pass_days(world, 1)
        assert unreached(relay, wave) == sorted([*PLANNERS_OF_IT] * count)


def test_when_staff_are_told_does_not_depend_on_who_has_answered(world: World) -> None:
    waves = [world.open_new_wave() for _wave in range(2)]
    respond(world, spread(world, waves[0], 20))
    with world.session() as session:
        columns = select(StaffLetter.kind, StaffLetter.tell_at).order_by(StaffLetter.kind)
        first, second = (session.execute(columns.where(StaffLetter.wave_id == wave)).all() for wave in waves)
    assert first == second


def test_whoever_is_told_may_open_the_page_that_the_mail_leads_to(
    world: World, relay: ScriptedRelay, staff: dict[str, int], cannot_reach: Callable[[int], None]
) -> None:
    cannot_reach(0)
    wave = opened(world)
    pass_days(world, 1)
    respond(world, spread(world, wave, 20), TEXTS, wishes=WISHES)
    world.close(wave)
    tell(world)
    roles = {ADA: StaffRole.ADMINISTRATOR, COB: StaffRole.COORDINATOR, REVIEWER.email: StaffRole.REVIEWER}
    mails = [(to, text_of(mail)) for to, mail in relay.received if to in roles]
    assert len(mails) == 7
    readers = {role: signed_in(world, role) for role in roles.values()}
    # The reviewer whom the survey names is that account; the others have the role of whom was told.
    for to, text in mails:
        (page,) = re.findall(r"https://feedback\.example\.com(/staff/\S+)", text)
        assert readers[roles[to]].get(page, base_url=SITE).status_code == 200


def test_a_mail_that_is_named_anew_goes_at_the_later_time_alone(world: World) -> None:
    wave = world.open_wave()
    with world.session() as session:
        for days in (1, 2):
            tell_staff_at(session, wave, StaffMail.REPORT, world.clock() + days * DAY)
        mine = (StaffLetter.wave_id == wave, StaffLetter.kind == StaffMail.REPORT)
        assert list(session.scalars(select(StaffLetter.tell_at).where(*mine))) == [world.clock() + 2 * DAY]
