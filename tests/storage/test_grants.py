"""What each process's role can do on PostgreSQL, and above all what it cannot."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import ProgrammingError

from feedback.app import create_app
from feedback.config import Serves
from feedback.domain.address import read_address
from feedback.domain.staff import StaffRole
from feedback.services.installation.check_databases import Engines
from feedback.services.installation.upgrade_databases import grant_rights
from feedback.services.mail.note_bounces import note_bounce
from feedback.services.programmes.set_organisation import set_approval
from feedback.services.staff.manage_access import give_access, take_access
from feedback.services.staff.sign_in import Member
from feedback.storage.grants import GroupRole
from feedback.storage.staff import SignIn
from tests.bouncing import bounce_of, mail_to
from tests.databases import ON_POSTGRESQL, Pair
from tests.reviewing import decide_everything, release, sum_up, wave_in_review
from tests.web.test_after_answering import ASKED, closed_wave, results_address, support_address
from tests.world import START, FixedClock, World

pytestmark = ON_POSTGRESQL


def assert_denied(address: str, statement: str) -> None:
    engine = create_engine(address)
    with pytest.raises(ProgrammingError, match="permission denied"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM sealed_responses",
        "INSERT INTO sealed_responses VALUES ('x', 1, 'y', 'l')",
        "DELETE FROM sealed_responses",
        "SELECT * FROM participants",
        "SELECT * FROM deliveries",
        "SELECT * FROM comments",
        "SELECT * FROM comment_summaries",
        "SELECT * FROM comment_releases",
        "SELECT * FROM staff",
        "SELECT * FROM mail_openings",
        "SELECT * FROM trial_mails",
        "SELECT * FROM sign_in_requests",
        "INSERT INTO sign_in_requests VALUES ('x', 'en', now(), now())",
        "SELECT * FROM audit_log",
        "SELECT * FROM audit_log_chain",
        "SELECT * FROM reports",
        "SELECT document FROM reports",
        "SELECT * FROM counted_receipts",
        "SELECT * FROM organisation_logos",
        "SELECT * FROM results_pages",
        "SELECT * FROM support_requests",
        "DELETE FROM support_requests",
        "UPDATE support_requests SET is_done = true",
        "UPDATE support_desks SET public_key = 'x'",
        "UPDATE notices SET help_contacts = 'x'",
        "UPDATE said_texts SET text = 'x'",
        "SELECT * FROM said_drafts",
        "DELETE FROM entitlements",
        "INSERT INTO entitlements VALUES ('x', 1, 'mentor', 'all')",
        "UPDATE waves SET state = 'closed'",
        "UPDATE opt_outs SET programme_id = 1",
        "CREATE TABLE loot (a int)",
        "SELECT last_value FROM worker_ticks",
        "SELECT * FROM procrastinate_jobs",
        "SELECT procrastinate_register_worker_v1()",
        "SELECT * FROM relay_pace",
        "SELECT * FROM programme_questionnaires",
    ],
)
def test_the_participants_role_cannot(roles: dict[GroupRole, Pair], world: World, statement: str) -> None:
    world.open_wave()
    assert_denied(roles[GroupRole.PARTICIPANTS].main, statement)


def test_the_participants_role_puts_through_one_function(roles: dict[GroupRole, Pair], world: World) -> None:
    wave = world.open_wave()
    engine = create_engine(roles[GroupRole.PARTICIPANTS].main)
    bytes_of = "decode(repeat('{}', 32), 'hex')".format
    put = text(f"SELECT feedback_put_response({bytes_of('ab')}, :wave, {bytes_of('cd')}, 'none', 'sealed')")
    with engine.begin() as connection:
        assert connection.scalar(put, {"wave": wave}) is True
        assert connection.scalar(put, {"wave": wave + 1}) is False
    engine.dispose()


def test_the_participants_role_serves_results_receipts_and_support(
    roles: dict[GroupRole, Pair], world: World, clock: FixedClock
) -> None:
    receipt = closed_wave(world)[0]
    settings = replace(
        world.tools.settings, database_url=roles[GroupRole.PARTICIPANTS].main, serves=Serves.PARTICIPANTS
    )
    apart = World(create_app(replace(settings, vault=None), clock), clock, world.mailbox, world.kind)
    client = apart.client()
    assert "12 of 14 answers came in (86%)." in client.get(results_address(world)).text
    assert "Counted." in client.post("/receipt", data={"receipt": receipt}).text
    assert client.post(support_address(world), data=ASKED).status_code == 200
    apart.dispose()


def test_the_participants_role_sees_no_key_at_all(roles: dict[GroupRole, Pair], world: World) -> None:
    world.open_wave()
    assert_denied(roles[GroupRole.PARTICIPANTS].keys, "SELECT * FROM keys")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM sealed_responses",
        "SELECT count(*) FROM sealed_responses",
        "SELECT * FROM entitlements",
        "SELECT * FROM opt_outs",
        "UPDATE opt_outs SET wants_no_mail = true",
        "INSERT INTO entitlements VALUES ('x', 1, 'mentor', 'all')",
        "INSERT INTO comments VALUES ('x', 1, 'F2', 'y', 'undecided', NULL)",
        "UPDATE comments SET sealed = 'x'",
        "UPDATE comments SET question = 'F9'",
        "UPDATE comments SET wave_id = 2",
        "UPDATE comment_releases SET document = 'x'",
        "DELETE FROM comment_releases",
        "UPDATE reports SET document = 'x'",
        "UPDATE deliveries SET participant_id = 2",
        "UPDATE deliveries SET number = 9",
        "DELETE FROM deliveries",
        "DELETE FROM history",
        "UPDATE mail_batches SET not_before_at = now()",
        "DELETE FROM roster_approvals",
        "DELETE FROM audit_log",
        "UPDATE audit_log SET act = 'x'",
        "INSERT INTO audit_log_chain VALUES (1, 1, now(), 'x', 'x')",
        "UPDATE audit_log_chain SET position = 2",
        "DELETE FROM audit_log_chain",
        "DELETE FROM programme_questionnaires",
        "UPDATE wave_questionnaires SET definition = 'x'",
        "DELETE FROM sign_in_requests",
        "UPDATE trial_mails SET staff_id = 2",
        "UPDATE sign_in_requests SET try_at = now()",
        "UPDATE support_desks SET public_key = 'x'",
        "UPDATE support_requests SET sealed = 'x'",
        "SELECT * FROM counted_receipts",
        "SELECT * FROM results_pages",
        "SELECT feedback_put_response('x', 1, 'l', 'm', 'y')",
        "SELECT setval('worker_ticks', 1)",
        "SELECT nextval('worker_ticks')",
        "SELECT * FROM procrastinate_jobs",
        "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('waves', 'close')",
        "SELECT procrastinate_register_worker_v1()",
        "SELECT feedback_results('x')",
    ],
)
def test_the_staff_role_cannot(roles: dict[GroupRole, Pair], world: World, statement: str) -> None:
    world.open_wave()
    assert_denied(roles[GroupRole.STAFF].main, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO sealed_responses VALUES ('x', 1, 'y', 'l')",
        "UPDATE sealed_responses SET sealed = 'x'",
        "UPDATE entitlements SET group_name = 'x'",
        "INSERT INTO participants VALUES (99, 1, 'a', 'b', 'mentor', '', 'en', false)",
        "UPDATE audit_log SET act = 'x'",
        "UPDATE audit_log_chain SET digest = 'x'",
        "DELETE FROM audit_log_chain",
        "UPDATE reports SET document = 'x'",
        "DELETE FROM reports",
        "UPDATE comments SET decision = 'released'",
        "INSERT INTO comment_releases VALUES (1, '{}', 'x')",
        "SELECT digest FROM sign_ins",
        "SELECT digest FROM staff_sessions",
        "SELECT sealed FROM kept_forms",
        "SELECT * FROM programme_questionnaires",
        "INSERT INTO staff_sessions VALUES ('x', 1, now(), now(), true)",
        "SELECT credential FROM passkeys",
        "INSERT INTO passkeys VALUES (9, 1, 'x', 'y', 0, 'z', now())",
        "SELECT challenge FROM passkey_challenges",
        "SELECT handle FROM passkey_handles",
        "UPDATE organisations SET demands_passkeys = false",
        "SELECT sealed_secret FROM sign_in_providers",
        "UPDATE sign_in_providers SET issuer = 'x'",
        "SELECT subject FROM connected_identities",
        "INSERT INTO connected_identities VALUES (1, 1, 'x', 'y', now())",
        "SELECT subject FROM waiting_connections",
        "UPDATE waiting_connections SET subject = 'x'",
        "INSERT INTO passkey_letters VALUES (1, 1, now(), 'passkey-made')",
        "INSERT INTO staff VALUES (99, 1, 'a', 'b', 'reviewer')",
        "INSERT INTO sign_in_requests VALUES ('x', 'en', now(), now())",
        "UPDATE trial_mails SET staff_id = 2",
        "INSERT INTO mail_openings VALUES (1, 'invitation', 'en', 'x')",
        "INSERT INTO staff_invitations VALUES (1, 1, 'en', now())",
        "UPDATE staff SET is_removed = false",
        "SELECT feedback_put_response('x', 1, 'l', 'm', 'y')",
    ],
)
def test_the_worker_role_cannot(roles: dict[GroupRole, Pair], world: World, statement: str) -> None:
    world.open_wave()
    assert_denied(roles[GroupRole.WORKER].main, statement)


def test_the_staff_role_queues_no_mail_again(roles: dict[GroupRole, Pair], world: World) -> None:
    world.open_wave(6, 6)
    world.send_mails()
    engine = create_engine(roles[GroupRole.STAFF].main)
    with pytest.raises(ProgrammingError, match="row-level security"), engine.begin() as connection:
        connection.execute(text("UPDATE deliveries SET state = 'queued' WHERE state = 'accepted'"))
    engine.dispose()


def test_the_staff_role_sends_a_settled_mail_no_second_time(roles: dict[GroupRole, Pair], world: World) -> None:
    world.open_wave(6, 6)
    engine = create_engine(roles[GroupRole.STAFF].main)
    with engine.begin() as connection:
        changed = connection.execute(text("UPDATE deliveries SET state = 'bounced' WHERE state = 'queued'"))
        assert changed.rowcount == 0
    engine.dispose()


def test_staff_note_bounces_approve_and_invite_again_and_the_worker_sends(
    roles: dict[GroupRole, Pair], world: World, clock: FixedClock
) -> None:
    from tests.services.mail.test_resend_invitation import mend, unreachable
    from tests.services.roster.test_approve_roster import approve, enrol, staff

    desk, worker = (as_role(world, roles[role], clock) for role in (GroupRole.STAFF, GroupRole.WORKER))
    programme = desk.programme(0, 0)
    with desk.session() as session:
        set_approval(session, "Example Organisation", approves_rosters=True, now=clock(), actor="test")
    enrol(desk, programme, staff(desk, "Ana"))
    approve(desk, programme, staff(desk, "Bo"))
    wave = worker.open(desk.planned_wave(programme))
    worker.send_mails()
    with desk.session() as session:
        note_bounce(session, desk.keys, bounce_of(mail_to(desk, "mentor.0@example.com")), now=clock())
    clock.pass_time(hours=1)
    mend(desk, wave, 1, "mia@example.com")
    worker.send_mails()
    assert unreachable(desk, wave) == []
    assert mail_to(world, "mia@example.com")
    desk.dispose()
    worker.dispose()


def test_staff_ask_for_links_and_the_worker_mails_and_forgets_them(
    roles: dict[GroupRole, Pair], world: World, clock: FixedClock
) -> None:
    from tests.services.staff.test_mail_links import account, ask, enter

    desk, worker = (as_role(world, roles[role], clock) for role in (GroupRole.STAFF, GroupRole.WORKER))
    account(desk, role=StaffRole.ADMINISTRATOR)
    for _time in range(2):
        ask(desk)
    worker.do_what_is_due()
    link = re.search("/staff/sign-in/([^?]+)", str(mail_to(world, "ana@example.com")))
    assert link
    assert enter(desk, link[1])
    boss = Member(1, 1, "Ana", StaffRole.ADMINISTRATOR, read_address("ana@example.com"))
    with desk.session() as session:
        mia = {"name": "Mia", "email": "mia@example.com", "role": StaffRole.REVIEWER}
        give_access(session, boss, **mia, language="en", now=clock())
        worker.do_what_is_due()
        take_access(session, boss, 2, now=clock())
    assert mail_to(world, "mia@example.com")["Subject"] == "You were given access"
    ask(desk)
    worker.do_what_is_due()
    clock.pass_time(hours=1)
    worker.do_what_is_due()
    with world.session() as session:
        assert session.execute(select(func.count(SignIn.digest))).scalar_one() == 0
    desk.dispose()
    worker.dispose()


def kinds_of_keys(address: str) -> set[str]:
    engine = create_engine(address)
    with engine.connect() as connection:
        found = set(connection.scalars(text("SELECT purpose FROM keys")))
    engine.dispose()
    return found


def test_the_staff_role_sees_keys_that_sign_and_open_comments_and_no_other(
    roles: dict[GroupRole, Pair], world: World
) -> None:
    world.open_wave()
    assert kinds_of_keys(roles[GroupRole.STAFF].keys) == {"opt-out", "signing", "comment", "support", "history"}
    assert kinds_of_keys(roles[GroupRole.WORKER].keys) == {
        *("opt-out", "signing", "comment", "link", "response", "support", "history")
    }


def test_the_staff_role_sees_which_keys_are_held_and_can_change_none(
    roles: dict[GroupRole, Pair], world: World
) -> None:
    wave, address = world.open_wave(), roles[GroupRole.STAFF].keys
    engine = create_engine(address)
    with engine.connect() as connection:
        held = connection.execute(text("SELECT * FROM keys_held WHERE purpose = 'response'"))
        assert (list(held.keys()), held.all()) == (["purpose", "owner_id"], [("response", wave)])
    engine.dispose()
    for statement in (
        "DELETE FROM keys_held",
        "UPDATE keys_held SET owner_id = 2",
        "INSERT INTO keys_held VALUES ('link', 9)",
    ):
        assert_denied(address, statement)


@pytest.mark.parametrize("purpose", ["comment", "link", "response"])
def test_the_staff_role_makes_no_key_of_a_wave(roles: dict[GroupRole, Pair], purpose: str) -> None:
    engine = create_engine(roles[GroupRole.STAFF].keys)
    row = text(f"INSERT INTO keys VALUES ('{purpose}', 99, '12345678', '0', 'x')")
    with pytest.raises(ProgrammingError, match="row-level security"), engine.begin() as connection:
        connection.execute(row)
    engine.dispose()


def test_the_staff_role_destroys_no_key(roles: dict[GroupRole, Pair], world: World) -> None:
    world.open_wave()
    assert_denied(roles[GroupRole.STAFF].keys, "DELETE FROM keys")
    assert_denied(roles[GroupRole.STAFF].keys, "UPDATE keys SET wrapped = 'x'")


def as_role(world: World, pair: Pair, clock: FixedClock) -> World:
    """The same databases, reached in one role only."""
    settings = replace(world.tools.settings, database_url=pair.main)
    vault = replace(settings.vault, keys_url=pair.keys)
    return World(create_app(replace(settings, vault=vault), clock), clock, world.mailbox, world.kind)


def test_staff_review_and_release_and_the_worker_destroys(
    roles: dict[GroupRole, Pair], world: World, clock: FixedClock
) -> None:
    wave = wave_in_review(world)
    staff, worker = (as_role(world, roles[role], clock) for role in (GroupRole.STAFF, GroupRole.WORKER))
    decide_everything(staff, wave)
    sum_up(staff, wave, "Two asked for time.")
    release(staff, wave)
    assert world.keys.purposes_held() == {wave: {"comment"}}
    worker.do_what_is_due()
    assert world.keys.purposes_held() == {}
    staff.dispose()
    worker.dispose()


@pytest.mark.own_databases
def test_rights_can_be_granted_again(roles: dict[GroupRole, Pair], databases: Pair) -> None:
    assert roles
    main, keys = create_engine(databases.main), create_engine(databases.keys)
    grant_rights(Engines(main, keys), now=START, actor="command line")
    main.dispose()
    keys.dispose()
