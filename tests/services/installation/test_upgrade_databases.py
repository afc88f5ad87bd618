"""Whoever changes rights or the master key stands in the audit log."""

import pytest

from feedback.config import Settings
from feedback.services.installation.upgrade_databases import rewrap_keys
from feedback.storage.keys import KeyStore
from tests.cli.test_commands import output
from tests.databases import ON_POSTGRESQL
from tests.world import START, World, noted

NEW = b"n" * 32


@pytest.mark.own_databases
@ON_POSTGRESQL
def test_granting_rights_is_in_the_audit_log(world: World) -> None:
    output(world, "db", "grants")
    assert noted(world, "granted rights") == [("command line", "main database"), ("command line", "key store")]


def test_wrapping_keys_anew_is_in_the_audit_log(world: World, settings: Settings) -> None:
    world.programme()
    with world.app.app_context():
        engines = world.tools.engines
    rotated = KeyStore(engines.keys, (NEW, *settings.vault.master_keys))
    held = rewrap_keys(engines, rotated, now=START, actor="command line")
    assert noted(world, f"wrapped {held} keys anew") == [("command line", "key store")]
    assert rewrap_keys(engines, rotated, now=START, actor="command line") == 0
    assert noted(world, "wrapped 0 keys anew") == []
