"""The nightly job of the containers: whatever fails, old bytes of keys are let go, and the failure is not hidden."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FAKE = """#!/bin/sh
echo "$PWD: $*" >> "$HEARD"
case "$*" in *" $FAILS"*) exit 7;; esac
"""


@pytest.mark.parametrize(("fails", "code"), [("nothing", 0), ("backup", 7), ("db-keys", 7)])
def test_the_segment_is_switched_whatever_becomes_of_the_copies(tmp_path: Path, fails: str, code: int) -> None:
    (tmp_path / "docker").write_text(FAKE)
    (tmp_path / "docker").chmod(0o755)
    heard = tmp_path / "heard"
    environ = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "HEARD": str(heard), "FAILS": fails}
    done = subprocess.run(["sh", ROOT / "deploy/back-up"], env=environ, cwd="/", capture_output=True, check=False)
    copies, switch = heard.read_text().splitlines()
    assert done.returncode == code
    assert copies == f"{ROOT}: compose run --rm --no-deps backup"
    assert switch.startswith(f"{ROOT}: compose exec -T db-keys psql")
    assert "pg_switch_wal" in switch
    assert switch.endswith("CHECKPOINT")
