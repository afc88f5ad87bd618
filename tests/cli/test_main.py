"""The command itself: what the databases refuse is said in a sentence, not in a traceback."""

import subprocess
import sys
from importlib import metadata

import pytest
from click.testing import CliRunner

from feedback.cli import feedback as commands
from feedback.storage.grants import GroupRole
from tests.databases import ON_POSTGRESQL, ON_SQLITE, Pair
from tests.processes import ROOT, surroundings
from tests.world import World


def refused(environment: dict[str, str], *words: str) -> str:
    command = [sys.executable, "-m", "feedback", *words]
    done = subprocess.run(
        command, cwd=ROOT, env=surroundings(**environment), capture_output=True, text=True, check=False
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    return done.stderr


@ON_POSTGRESQL
def test_a_command_in_the_wrong_role_says_so(
    world: World, roles: dict[GroupRole, Pair], environment: dict[str, str]
) -> None:
    programme, worker = world.programme(), roles[GroupRole.WORKER]
    as_worker = {"FEEDBACK_DATABASE_URL": worker.main, "FEEDBACK_KEYS_URL": worker.keys}
    assert "The database does not let this process do that." in refused(
        environment | as_worker, "roster", "leave", str(programme), "mentor.0@example.com"
    )


@ON_SQLITE
def test_a_command_without_its_database_says_so(environment: dict[str, str]) -> None:
    nowhere = {"FEEDBACK_DATABASE_URL": "sqlite:////nowhere/at/all.sqlite"}
    assert "A database cannot be used" in refused(environment | nowhere, "wave", "status")


@ON_SQLITE
@pytest.mark.parametrize(
    ("installed", "said"), [({"feedback": "9.8.7"}, "9.8.7\n"), ({}, "not installed, run from its source\n")]
)
def test_it_says_which_version_it_is(monkeypatch: pytest.MonkeyPatch, installed: dict[str, str], said: str) -> None:
    def version(name: str) -> str:
        if name not in installed:
            raise metadata.PackageNotFoundError(name)
        return installed[name]

    monkeypatch.setattr(metadata, "version", version)
    assert CliRunner().invoke(commands, ["--version"]).output == said


@ON_SQLITE
def test_a_wrong_setting_is_named(environment: dict[str, str]) -> None:
    assert "FEEDBACK_LOG_FORMAT must be json or text." in refused(
        environment | {"FEEDBACK_LOG_FORMAT": "xml"}, "wave", "status"
    )


@ON_SQLITE
def test_no_password_leaves_for_a_database_that_proves_nothing(environment: dict[str, str]) -> None:
    elsewhere = {"FEEDBACK_DATABASE_URL": "postgresql://staff:secret@db.example.invalid/feedback?sslmode=require"}
    said = refused(environment | elsewhere, "status")
    assert "FEEDBACK_DATABASE_URL leads to another machine, db.example.invalid, without TLS" in said
    assert "secret" not in said
