"""What must hold before a release. The version stands in pyproject.toml; the tag is a v and that version."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from release import frozen

NUMBER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_DATED = re.compile(r"(\S+) \((\d{4}-\d{2}-\d{2})\)")
_UNRELEASED = "Unreleased"


def version_of(root: Path) -> str:
    """Return the version that is made next."""
    return str(tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def faults_of(root: Path) -> Iterator[str]:
    """Yield a sentence for all that is missing."""
    version = version_of(root)
    if not NUMBER.fullmatch(version):
        yield f"pyproject.toml: {version} is no version of three numbers."
        return
    yield from _tree_faults(root, version)
    yield from change_faults((root / "CHANGELOG.md").read_text(encoding="utf-8"), version)
    yield from frozen.faults_of(root)
    for path in frozen.unlisted(root):
        yield f"{path} is not frozen: run `python -m release freeze`."
    newest = max(frozen.digests_of(root), key=lambda path: ("/main/" in path, path)).rpartition("/")[2][:4]
    if not (root / "tests/released" / f"{newest}.json").exists():
        yield f"tests/released/{newest}.json is missing: run `python -m tests.released.make`."


def _tree_faults(root: Path, version: str) -> Iterator[str]:
    if git(root, "status", "--porcelain"):
        yield "Something is not committed: `git status`."
    if git(root, "tag", "--list", f"v{version}"):
        yield f"v{version} is there already: raise the version in pyproject.toml."


def change_faults(changes: str, version: str) -> Iterator[str]:
    """Yield what is wrong with the sections of CHANGELOG.md: the newest is this version's, dated, and holds all."""
    parts = _SECTION.split(changes)[1:]
    names, texts = parts[::2], parts[1::2]
    if names[:1] == [_UNRELEASED]:
        if texts[0].strip():
            yield f"CHANGELOG.md: what stands under {_UNRELEASED} belongs under {version}."
        names = names[1:]
    released = [found for name in names if (found := _DATED.fullmatch(name)) and _is_day(found[2])]
    if len(released) != len(names):
        yield "CHANGELOG.md: each section is named like `## 1.2.3 (2027-03-01)`."
    elif not released or released[0][1] != version:
        yield f"CHANGELOG.md: its first section is not `## {version} (…)`."
    elif (order := [_numbers(found[1]) for found in released]) != sorted(set(order), reverse=True):
        yield "CHANGELOG.md: its versions do not stand in order, the newest first."


def _numbers(version: str) -> tuple[int, ...]:
    found = NUMBER.fullmatch(version)
    return tuple(map(int, found.groups())) if found else ()


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def git(root: Path, *words: str) -> str:
    """Return what git says, or raise."""
    done = subprocess.run(["git", "-C", root, *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()
