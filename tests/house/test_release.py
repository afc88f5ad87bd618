"""A release is whole, the same for whoever builds it, and says what is in it; what was released stays as it was."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from release import checks, frozen
from release.build import SUMS, build, build_archives, digest_of, export
from release.sbom import read_lock, write_sbom
from tests.databases import LARGE
from tests.needs import needs
from tests.released import RELEASES

ROOT = Path(__file__).resolve().parents[2]
MOMENT = 1_800_000_000
CHANGES = "# Changes\n\n## Unreleased\n{}\n## {} ({})\n\n- New.\n\n## 0.1.0 (2026-11-25)\n\n- First.\n"


# What was released stays as it was


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the migrations and of the list that freezes them."""
    for one in ("migrations", "tests/released"):
        shutil.copytree(ROOT / one, tmp_path / one, ignore=shutil.ignore_patterns("__pycache__", "*.json"))
    return tmp_path


def test_no_migration_that_somebody_may_have_was_touched() -> None:
    assert list(frozen.faults_of(ROOT)) == []
    assert {path.split("/")[1] for path in frozen.frozen(ROOT)} == {"main", "keys"}


def test_a_frozen_migration_is_not_changed(tree: Path) -> None:
    with (tree / "migrations/main/versions/0017_corrected_addresses.py").open("a") as file:
        file.write("# better\n")
    (fault,) = frozen.faults_of(tree)
    assert "0017_corrected_addresses.py is frozen and was changed" in fault


def test_a_frozen_migration_is_not_removed(tree: Path) -> None:
    (tree / "migrations/keys/versions/0002_which_keys_are_held.py").unlink()
    (fault,) = frozen.faults_of(tree)
    assert "0002_which_keys_are_held.py is frozen and is not there any more" in fault


@pytest.mark.parametrize("name", ["main/versions/0003_another.py", "keys/versions/0003_a.py"])
def test_none_is_put_in_beneath_one_that_is_frozen(tree: Path, name: str) -> None:
    (tree / "migrations" / name).write_text("")
    (fault,) = frozen.faults_of(tree)
    assert f"{name} was put in beneath one that is frozen" in fault


def test_a_new_one_above_all_is_frozen_by_the_next_release_alone(tree: Path) -> None:
    new = tree / "migrations/main/versions/9999_new.py"
    new.write_text("")
    assert list(frozen.faults_of(tree)) == []
    assert frozen.unlisted(tree)[-1] == "migrations/main/versions/9999_new.py"
    assert frozen.freeze(tree) >= 1
    new.write_text("changed")
    assert [fault for fault in frozen.faults_of(tree) if "9999_new.py" in fault]


def test_a_wrong_digest_is_not_made_right_by_freezing_again(tree: Path) -> None:
    path = tree / "migrations/main/versions/0001_the_first_tables.py"
    path.write_text("")
    frozen.freeze(tree)
    assert frozen.frozen(tree)["migrations/main/versions/0001_the_first_tables.py"] != hashlib.sha256(b"").hexdigest()


# Versions


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (CHANGES.format("", "0.2.0", "2027-03-01"), None),
        (CHANGES.format("", "0.2.0", "2027-03-01").replace("## Unreleased\n", ""), None),
        (CHANGES.format("\n- More.\n", "0.2.0", "2027-03-01"), "belongs under 0.2.0"),
        (CHANGES.format("", "0.3.0", "2027-03-01"), "its first section is not"),
        (CHANGES.format("", "0.2.0", "soon"), "each section is named like"),
        (CHANGES.format("", "0.2.0", "2027-02-30"), "each section is named like"),
        (CHANGES.format("", "0.2.0", "2027-03-01").replace("0.1.0", "0.9.0"), "do not stand in order"),
        ("# Changes\n", "its first section is not"),
    ],
)
def test_changes_stand_by_version_under_a_date(changes: str, fault: str | None) -> None:
    said = list(checks.change_faults(changes, "0.2.0"))
    assert len(said) == (fault is not None)
    assert not said or (fault or "") in said[0]


def test_what_changed_so_far_has_its_sections() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = changes[changes.index("\n## ", changes.index("## Unreleased") + 1) :]
    first = released.split("## ")[1].split()[0]
    assert list(checks.change_faults(f"# Changes\n{released}", first)) == []
    assert checks.NUMBER.fullmatch(checks.version_of(ROOT))


@pytest.fixture
def repository(tree: Path) -> Path:
    """A small repository from which nothing keeps a release."""
    (tree / "pyproject.toml").write_text('[project]\nname = "feedback"\nversion = "0.2.0"\n')
    (tree / "CHANGELOG.md").write_text(CHANGES.format("", "0.2.0", "2027-03-01"))
    newest = sorted((tree / "migrations/main/versions").glob("*.py"))[-1].name[:4]
    (tree / "tests/released" / f"{newest}.json").write_text("{}")
    frozen.freeze(tree)
    say(tree, "init", "--quiet")
    commit(tree)
    return tree


def say(root: Path, *words: str) -> None:
    named = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run([needs("git"), *named, *words], cwd=root, check=True, capture_output=True)


def commit(root: Path) -> None:
    say(root, "add", "--all")
    say(root, "commit", "--quiet", "--message", "All")


def test_a_release_is_kept_back_by_what_is_missing(repository: Path) -> None:
    assert list(checks.faults_of(repository)) == []
    (repository / "note").write_text("")
    assert list(checks.faults_of(repository)) == ["Something is not committed: `git status`."]
    (repository / "migrations/main/versions/9999_new.py").write_text("")
    commit(repository)
    assert [fault.partition(" is ")[0] for fault in checks.faults_of(repository)] == [
        "migrations/main/versions/9999_new.py",
        "tests/released/9999.json",
    ]
    (repository / "tests/released/9999.json").write_text("{}")
    frozen.freeze(repository)
    commit(repository)
    say(repository, "tag", "v0.2.0")
    (fault,) = checks.faults_of(repository)
    assert "v0.2.0 is there already" in fault


def test_every_release_that_left_something_behind_is_upgraded() -> None:
    assert RELEASES
    assert {f"migrations/main/versions/{name}" for name in RELEASES} <= {path[:29] for path in frozen.frozen(ROOT)}


# What a release consists of


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of what is committed here."""
    target = tmp_path_factory.mktemp("release") / "dist"
    build(ROOT, target)
    return target


@LARGE
def test_whoever_builds_the_same_commit_gets_the_same_bytes(built: Path, tmp_path: Path) -> None:
    needs("git")
    source, again = tmp_path / "elsewhere", tmp_path / "again"
    export(ROOT, source)
    for path in source.rglob("*"):
        os.utime(path, (MOMENT, MOMENT))
    (source / "feedback/__init__.py").chmod(0o600)
    build_archives(source, again, int(checks.git(ROOT, "log", "-1", "--format=%ct")))
    assert len(list(again.iterdir())) == 2
    for file in again.iterdir():
        assert digest_of(file) == digest_of(built / file.name)


@LARGE
def test_a_release_says_the_digest_of_all_that_it_has(built: Path) -> None:
    done = subprocess.run(["sha256sum", "--strict", "--check", SUMS], cwd=built, capture_output=True, text=True)
    version = checks.version_of(ROOT)
    assert done.returncode == 0
    assert sorted(line.partition(":")[0] for line in done.stdout.splitlines()) == [
        f"feedback-{version}-py3-none-any.whl",
        f"feedback-{version}.cdx.json",
        f"feedback-{version}.tar.gz",
    ]
    assert {file.name for file in built.iterdir()} == {*(line.split("  ")[1] for line in sums(built)), SUMS}


def sums(built: Path) -> list[str]:
    return (built / SUMS).read_text().splitlines()


def test_the_bill_of_materials_is_valid_and_names_every_package_that_is_locked() -> None:
    bill = write_sbom(ROOT, MOMENT)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None
    lock = list(read_lock((ROOT / "requirements.lock").read_text()))
    assert len(lock) == len(re.findall("^[a-z].*==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    for one in lock:
        assert f'"purl": "{PackageURL("pypi", None, one.name, one.version).to_string()}"' in bill
        assert one.digests
        assert all(digest in bill for digest in one.digests)
    assert bill == write_sbom(ROOT, MOMENT)


def test_the_bill_of_materials_says_who_asked_for_what() -> None:
    lock = {one.name: one for one in read_lock((ROOT / "requirements.lock").read_text())}
    assert "feedback" in lock["flask"].asked_by
    assert "flask" in lock["werkzeug"].asked_by
    assert {name for one in lock.values() for name in one.asked_by} <= {*lock, "feedback"}
