"""What each process's role can do on PostgreSQL, and above all what it cannot."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from feedback.services.upgrade_databases import Engines, grant_rights
from feedback.storage.grants import GroupRole
from tests.databases import Pair
from tests.world import World


@pytest.fixture
def kind() -> str:
    return "postgresql"


def assert_denied(address: str, statement: str) -> None:
    engine = create_engine(address)
    with pytest.raises(ProgrammingError, match="permission denied"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM sealed_responses",
        "INSERT INTO sealed_responses VALUES ('x', 1, 'y')",
        "DELETE FROM sealed_responses",
        "SELECT * FROM participants",
        "SELECT * FROM deliveries",
        "SELECT * FROM comments",
        "SELECT * FROM staff",
        "SELECT * FROM audit_log",
        "DELETE FROM entitlements",
        "INSERT INTO entitlements VALUES ('x', 1, 'mentor', 'all')",
        "UPDATE waves SET state = 'closed'",
        "UPDATE opt_outs SET programme_id = 1",
        "CREATE TABLE loot (a int)",
    ],
)
def test_the_participants_role_cannot(roles: dict[GroupRole, Pair], world: World, statement: str) -> None:
    world.open_wave()
    assert_denied(roles[GroupRole.PARTICIPANTS].main, statement)


def test_the_participants_role_puts_and_withdraws_through_two_functions(
    roles: dict[GroupRole, Pair], world: World
) -> None:
    wave = world.open_wave()
    engine = create_engine(roles[GroupRole.PARTICIPANTS].main)
    put = text("SELECT feedback_put_response(decode(repeat('ab', 32), 'hex'), :wave, 'sealed')")
    with engine.begin() as connection:
        assert connection.scalar(put, {"wave": wave}) is True
        assert connection.scalar(put, {"wave": wave + 1}) is False
    engine.dispose()


def test_the_participants_role_sees_no_key_at_all(roles: dict[GroupRole, Pair], world: World) -> None:
    world.open_wave()
    assert_denied(roles[GroupRole.PARTICIPANTS].keys, "SELECT * FROM keys")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM sealed_responses",
        "SELECT count(*) FROM sealed_responses",
        "SELECT * FROM entitlements",
        "INSERT INTO entitlements VALUES ('x', 1, 'mentor', 'all')",
        "SELECT * FROM comments",
        "UPDATE reports SET document = 'x'",
        "UPDATE deliveries SET state = 'queued'",
        "DELETE FROM audit_log",
        "SELECT feedback_put_response('x', 1, 'y')",
    ],
)
def test_the_staff_role_cannot(roles: dict[GroupRole, Pair], world: World, statement: str) -> None:
    world.open_wave()
    assert_denied(roles[GroupRole.STAFF].main, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO sealed_responses VALUES ('x', 1, 'y')",
        "UPDATE sealed_responses SET sealed = 'x'",
        "UPDATE entitlements SET group_name = 'x'",
        "INSERT INTO participants VALUES (99, 1, 'a', 'b', 'mentor', '', 'en', false)",
        "UPDATE reports SET document = 'x'",
        "DELETE FROM reports",
        "SELECT * FROM sign_ins",
        "SELECT feedback_put_response('x', 1, 'y')",
    ],
)
def test_the_worker_role_cannot(roles: dict[GroupRole, Pair], world: World, statement: str) -> None:
    world.open_wave()
    assert_denied(roles[GroupRole.WORKER].main, statement)


def test_rights_can_be_granted_again(roles: dict[GroupRole, Pair], databases: Pair) -> None:
    assert roles
    main, keys = create_engine(databases.main), create_engine(databases.keys)
    grant_rights(Engines(main, keys))
    main.dispose()
    keys.dispose()
