"""What a release consists of, in dist/: two archives, what is in them (SBOM), and the digests of all three.

It is built from what is committed, with the commit's own time in place of any clock, so that anybody who builds the
same commit gets the same bytes.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

from release.checks import git, version_of
from release.sbom import write_sbom

SUMS = "SHA256SUMS"


def build(root: Path, target: Path) -> list[Path]:
    """Build the commit that is checked out into `target`, which is emptied; return the files."""
    moment = int(git(root, "log", "-1", "--format=%ct"))
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder)
        export(root, source)
        build_archives(source, target, moment)
        wheel, archive = target.glob("*.whl"), target.glob("*.tar.gz")
        bill = target / f"feedback-{version_of(source)}.cdx.json"
        bill.write_text(write_sbom(source, moment), encoding="utf-8")
    files = sorted([*wheel, *archive, bill])
    (target / SUMS).write_text("".join(f"{digest_of(file)}  {file.name}\n" for file in files), encoding="utf-8")
    return [*files, target / SUMS]


def export(root: Path, folder: Path) -> None:
    """Lay what is committed into a folder."""
    packed = subprocess.run(["git", "-C", root, "archive", "HEAD"], check=True, capture_output=True).stdout
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        # Python 3.11 has it since 3.11.4 only; it is an archive of our own.
        archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, _path: member)
        archive.extractall(folder)


def build_archives(source: Path, target: Path, moment: int) -> None:
    """Build source archive and wheel of a folder, as if it were the `moment`."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", str(target)]
    environ = os.environ | {"SOURCE_DATE_EPOCH": str(moment)}
    subprocess.run(command, cwd=source, env=environ, check=True, capture_output=True)


def digest_of(file: Path) -> str:
    """Return a file's SHA-256."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
