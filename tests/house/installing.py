"""Environments that have the service's dependencies but not the checkout, made without reaching for an index.

They see the packages of the environment that runs the tests, which the locks have pinned, through a path file. So pip
finds every dependency installed, in the version that a lock asks for, or fails: it is kept from looking elsewhere.
"""

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from pathlib import Path

_PRIVATE = ("PYTHON", "FEEDBACK_", "PIP_", "VIRTUAL_ENV", "COVERAGE_", "COV_")


def new_environment(folder: Path) -> Path:
    """Make an environment with the dependencies and nothing else."""
    venv.create(folder, with_pip=False, symlinks=True)
    lend_dependencies(folder)
    return folder


def lend_dependencies(environment: Path) -> None:
    """Let `environment` see the packages that the tests run with."""
    ours = dict.fromkeys(sysconfig.get_path(kind) for kind in ("purelib", "platlib"))
    (theirs,) = environment.glob("lib/python3.*/site-packages")
    (theirs / "lent.pth").write_text("\n".join(ours) + "\n")


def install(environment: Path, wheel: Path) -> None:
    """Install one wheel and nothing it asks for."""
    run(sys.executable, "-m", "pip", "--python", environment, "install", "--no-deps", wheel, cwd=environment)


def run(*command: str | Path, cwd: Path, variables: Mapping[str, str] | None = None) -> str:
    """Run a command that knows nothing of this checkout or of these tests; return what it says."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_PRIVATE)}
    environ = inherited | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PIP_NO_INDEX": "1"}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environ | dict(variables or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout
