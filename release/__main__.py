"""`python -m release check | freeze | build`: the steps of `make release`. None of them publishes anything."""

import sys
from pathlib import Path

from release import checks, frozen
from release.build import build

ROOT = Path(__file__).resolve().parents[1]


def main(step: str) -> int:
    """Do one step; return the exit code."""
    if step == "freeze":
        say(f"{frozen.freeze(ROOT)} migrations more are frozen.")
        faults = list(frozen.faults_of(ROOT))
    elif step == "check":
        faults = list(checks.faults_of(ROOT))
    else:
        faults = []
        for file in build(ROOT, ROOT / "dist"):
            say(f"Wrote dist/{file.name}")
        version = checks.version_of(ROOT)
        say(f'Nothing was published. To tag it:\n    git tag --annotate v{version} --message "feedback {version}"')
    for fault in faults:
        say(fault)
    return 1 if faults else 0


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if sys.argv[1:] in (["check"], ["freeze"], ["build"]) else __doc__)
