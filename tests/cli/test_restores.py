"""`feedback db restored`: says what was found and what each way on costs; does nothing before it was told."""

import os
import pty
import subprocess
import sys
from contextlib import suppress

import pytest
from click.testing import CliRunner, Result
from flask.cli import ScriptInfo
from sqlalchemy import text

from feedback.cli import feedback
from feedback.domain.errors import RestoreUnanswered
from tests.processes import surroundings
from tests.promises.closing import answered_wave, rows_left
from tests.promises.visits import keys_engine_of
from tests.restoring import copy_main, put_back
from tests.world import World


def run(world: World, *words: str) -> Result:
    return CliRunner().invoke(feedback, list(words), obj=ScriptInfo(create_app=lambda: world.bare))


def test_it_says_that_nothing_speaks_of_a_restore(world: World) -> None:
    world.open_wave()
    assert run(world, "db", "restored").output == "The databases agree: nothing speaks of a restore.\n"


@pytest.mark.own_databases
def test_a_database_that_cannot_be_asked_is_not_said_to_agree(world: World) -> None:
    with keys_engine_of(world).begin() as connection:
        connection.execute(text("ALTER TABLE mirrored_epochs RENAME TO elsewhere"))
    assert "A database cannot be asked" in str(run(world, "db", "restored").exception)


def test_it_says_what_each_way_on_costs_and_then_takes_the_one_that_was_named(world: World) -> None:
    wave = answered_wave(world)
    yesterday = copy_main(world)
    world.close(wave)
    put_back(world, yesterday)
    asked = run(world, "db", "restored")
    assert isinstance(asked.exception, RestoreUnanswered)
    assert "The main database is older than the key store" in asked.output
    assert f"Wave {wave}: it was closed, and its report is missing." in asked.output
    assert "  --without-report  Go without its report" in asked.output
    assert rows_left(world, wave)[0] == 20
    told = run(world, "db", "restored", "--without-report", str(wave))
    assert told.output.endswith("The databases agree again. Workers go on within seconds; see `feedback status`.\n")
    assert rows_left(world, wave)[0] == 0


def answered_at_a_terminal(environment: dict[str, str], answers: str) -> tuple[int, str]:
    """What the command says to somebody who sits before it and types these answers."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "feedback", "db", "restored"]
    with subprocess.Popen(command, env=surroundings(**environment), stdin=slave, stdout=slave, stderr=slave) as asked:
        os.close(slave)
        os.write(master, answers.encode())
        said = b""
        # A terminal whose other end is closed gives an error.
        with suppress(OSError):
            while part := os.read(master, 4096):
                said += part
        code = asked.wait(60)
    os.close(master)
    return code, said.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("is_sure", [True, False])
def test_somebody_at_a_terminal_is_asked_one_survey_after_another(
    world: World, environment: dict[str, str], is_sure: bool
) -> None:
    wave = answered_wave(world)
    yesterday = copy_main(world)
    world.close(wave)
    put_back(world, yesterday)
    code, said = answered_at_a_terminal(environment, f"sell\nwithout-report\n{'y' if is_sure else 'n'}\n")
    assert f"Wave {wave} (report, without-report): " in said
    assert "'sell' is not one of" in said
    assert "This cannot be undone. Go on?" in said
    assert ("The databases agree again." in said) is is_sure
    assert (code == 0) is is_sure
    assert rows_left(world, wave)[0] == (0 if is_sure else 20)


def test_status_counts_steps_and_says_what_is_wrong(world: World) -> None:
    wave = answered_wave(world)
    yesterday = copy_main(world)
    world.close(wave)
    put_back(world, yesterday)
    told = run(world, "status", "--check")
    assert told.exit_code == 1
    assert "Steps       1 in the main database, 3 in the key store" in told.output
    assert "WRONG       The main database is older than the key store" in told.output
