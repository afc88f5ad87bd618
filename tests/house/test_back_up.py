"""The nightly job of the containers: whatever fails, old bytes of keys are let go, and the failure is not hidden."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FAKE = """#!/bin/sh
[ "$*" = "compose config --services" ] && { echo "$SERVICES"; exit; }
echo "$PWD: $*" >> "$HEARD"
case "$*" in *" $FAILS"*) exit 7;; esac
"""


def backed_up(folder: Path, **said: str) -> int:
    """Run the script with a docker that writes down what it is told, and return how it ends."""
    (folder / "docker").write_text(FAKE)
    (folder / "docker").chmod(0o755)
    environ = {"PATH": f"{folder}:{os.environ['PATH']}", "HEARD": str(folder / "heard"), **said}
    return subprocess.run(["sh", ROOT / "deploy/back-up"], env=environ, cwd="/", check=False).returncode


@pytest.mark.parametrize(("fails", "code"), [("nothing", 0), ("backup", 7), ("db-keys", 7)])
def test_the_segment_is_switched_whatever_becomes_of_the_copies(tmp_path: Path, fails: str, code: int) -> None:
    heard = tmp_path / "heard"
    assert backed_up(tmp_path, FAILS=fails, SERVICES="db-main\ndb-keys") == code
    copies, switch = heard.read_text().splitlines()
    assert copies == f"{ROOT}: compose run --rm --no-deps backup"
    assert switch.startswith(f"{ROOT}: compose exec -T db-keys psql")
    assert "pg_switch_wal" in switch
    assert switch.endswith("CHECKPOINT")


def test_a_key_store_on_another_machine_is_not_asked_for(tmp_path: Path) -> None:
    assert backed_up(tmp_path, FAILS="nothing", SERVICES="db-main\nworker") == 0
    (copies,) = (tmp_path / "heard").read_text().splitlines()
    assert copies.endswith("run --rm --no-deps backup")
