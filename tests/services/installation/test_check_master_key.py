"""A process with another master key than the one that wraps the keys does nothing, and says so."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from click.testing import CliRunner
from flask.cli import ScriptInfo

from feedback.__main__ import feedback
from feedback.app import create_app
from feedback.config import Serves
from feedback.domain.errors import SettingsRefused
from feedback.services.installation.check_master_key import check_master_key, master_key_fault, wrong_master_key
from feedback.storage.grants import GroupRole
from tests.databases import ON_POSTGRESQL, Logins, Pair
from tests.world import World

ANOTHER = bytes(32)


With = Callable[..., World]


@pytest.fixture
def with_keys(world: World) -> Iterator[With]:
    """A process that serves staff with other master keys, and perhaps as another role."""
    made: list[World] = []

    def apart(*master_keys: bytes, as_: Pair | None = None) -> World:
        settings = world.tools.settings
        main, keys = (as_.main, as_.keys) if as_ else (settings.database_url, settings.vault.keys_url)
        vault = replace(settings.vault, master_keys=master_keys, keys_url=keys)
        settings = replace(settings, serves=Serves.STAFF, vault=vault, pepper=None, database_url=main)
        made.append(replace(world, bare=create_app(settings, world.clock)))
        return made[-1]

    yield apart
    for one in made:
        one.dispose()


def own(world: World) -> bytes:
    return world.tools.settings.vault.master_keys[0]


def test_where_no_key_is_held_yet_every_master_key_will_do(with_keys: With) -> None:
    assert master_key_fault(with_keys(ANOTHER).keys) is None


def test_with_the_master_key_of_another_service_nothing_begins(world: World, with_keys: With) -> None:
    world.programme()
    wrong = with_keys(ANOTHER)
    with pytest.raises(SettingsRefused, match="FEEDBACK_MASTER_KEY is not the one"):
        check_master_key(wrong.keys)
    answer = wrong.client().get("/readyz")
    assert (answer.status_code, answer.text) == (503, f"{wrong_master_key(wrong.keys)}\n")
    for words in (["work"], ["serve"]):
        refused = CliRunner().invoke(feedback, words, obj=ScriptInfo(create_app=lambda: wrong.bare)).exception
        assert isinstance(refused, SettingsRefused)
        assert str(refused) == wrong_master_key(wrong.keys)
    said = CliRunner().invoke(feedback, ["status", "--check"], obj=ScriptInfo(create_app=lambda: wrong.bare))
    assert (said.exit_code, f"WRONG       {wrong_master_key(wrong.keys)}" in said.output) == (1, True)
    assert with_keys(own(world)).client().get("/readyz").status_code == 200


def test_a_former_master_key_that_is_missing_is_told_and_stops_nobody(world: World, with_keys: With) -> None:
    world.programme()
    changed = with_keys(ANOTHER, own(world))
    assert master_key_fault(changed.keys) is None
    changed.programme(name="Another")
    half = with_keys(own(world))
    assert "does not hold every master key" in (master_key_fault(half.keys) or "")
    check_master_key(half.keys)
    assert half.client().get("/readyz").status_code == 200


@ON_POSTGRESQL
@pytest.mark.parametrize("role", [GroupRole.STAFF, GroupRole.WORKER])
def test_each_role_that_holds_a_master_key_can_ask(
    world: World, with_keys: With, roles: Logins, role: GroupRole
) -> None:
    world.programme()
    assert wrong_master_key(with_keys(ANOTHER, as_=roles[role]).keys) is not None
