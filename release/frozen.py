"""Migrations that somebody's database may have been through: nobody changes, removes or passes under them any more.

Their digests stand in a file that `sha256sum --check` reads too. A migration once put in under another one left
databases that never got it, and could not close.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

LIST = "tests/released/migrations.sha256"
TREES = ("main", "keys")


def digests_of(root: Path) -> dict[str, str]:
    """Return the SHA-256 of each migration that is there, by its path."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for tree in TREES
        for path in sorted((root / "migrations" / tree / "versions").glob("*.py"))
    }


def frozen(root: Path) -> dict[str, str]:
    """Return the same as the list has it."""
    lines = (root / LIST).read_text(encoding="utf-8").splitlines() if (root / LIST).exists() else []
    return {path: digest for digest, path in (line.split("  ") for line in lines)}


def freeze(root: Path) -> int:
    """Add to the list what is new and stands above all that is in it; return how many."""
    listed, found = frozen(root), digests_of(root)
    added = {path: digest for path, digest in found.items() if path not in listed}
    lines = sorted((listed | added).items(), key=lambda line: (TREES.index(_tree(line[0])), line[0]))
    (root / LIST).write_text("".join(f"{digest}  {path}\n" for path, digest in lines), encoding="utf-8")
    return len(added)


def faults_of(root: Path) -> Iterator[str]:
    """Yield a sentence for each migration of the list that is not as it was, and each that was put in beneath one."""
    listed, found = frozen(root), digests_of(root)
    for path, digest in listed.items():
        if path not in found:
            yield f"{path} is frozen and is not there any more."
        elif found[path] != digest:
            yield f"{path} is frozen and was changed: write another migration instead."
    for path in unlisted(root):
        if any(path < one for one in listed if _tree(one) == _tree(path)):
            yield f"{path} was put in beneath one that is frozen: give it a number above all others."


def unlisted(root: Path) -> list[str]:
    """Return the migrations that are not frozen yet."""
    return sorted(digests_of(root).keys() - frozen(root).keys())


def _tree(path: str) -> str:
    return path.split("/")[1]
