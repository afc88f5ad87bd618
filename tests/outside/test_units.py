"""systemd itself reads the units without a complaint, and finds little that a process could do besides its work."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.units import FOLDER, SERVICES, files_of
from tests.needs import needs

pytestmark = pytest.mark.outside
TIMERS = ("feedback-backup.timer", "feedback-roster-sync.timer")
EXPOSED_AT_MOST = "20"
"""In tenths, of 100: systemd calls anything below 40 well, and a unit without any of it has 96."""


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """A folder as /etc/systemd/system, whose program is there on any machine."""
    for service in SERVICES:
        own, *dropped = files_of(service)
        text = own.read_text().replace("/opt/feedback/bin/feedback", "/bin/true")
        (tmp_path / f"{service}.service").write_text(text)
        for file in dropped:
            (tmp_path / f"{service}.service.d").mkdir(exist_ok=True)
            shutil.copy(file, tmp_path / f"{service}.service.d")
    for timer in TIMERS:
        shutil.copy(FOLDER / timer, tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", [*(f"{service}.service" for service in SERVICES), *TIMERS])
def test_systemd_takes_the_unit(units: Path, name: str) -> None:
    command = [needs("systemd-analyze"), "verify", "--man=no", "--recursive-errors=no", str(units / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("service", SERVICES)
def test_systemd_finds_a_process_well_shut_in(units: Path, service: str) -> None:
    analyse = [needs("systemd-analyze"), "security", "--offline=true", f"--threshold={EXPOSED_AT_MOST}", "--no-pager"]
    done = subprocess.run([*analyse, str(units / f"{service}.service")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_systemd_makes_the_group_the_user_and_the_folders(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    for program, name, more in (("sysusers", "feedback.sysusers", []), ("tmpfiles", "feedback.tmpfiles", ["--create"])):
        command = [needs(f"systemd-{program}"), f"--root={tmp_path}", *more, str(FOLDER / name)]
        subprocess.run(command, check=True, capture_output=True)
    groups = dict(line.split(":")[0::2] for line in (tmp_path / "etc/group").read_text().splitlines())
    journal, backups = (tmp_path / place for place in ("var/lib/feedback-journal", "var/backups/feedback-keys"))
    assert (journal.stat().st_mode & 0o7777, backups.stat().st_mode & 0o7777) == (0o2770, 0o700)
    assert journal.stat().st_gid == int(groups["feedback-journal"])
    assert backups.stat().st_gid == int(groups["feedback-backup"])
    assert backups.stat().st_uid > 0
