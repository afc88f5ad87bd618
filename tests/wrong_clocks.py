"""What time processes read, set from outside while they run (faketime); nothing in the product knows of it."""

import os
import subprocess
from contextlib import suppress
from pathlib import Path

import psutil

from tests.needs import needs


def with_clock(environment: dict[str, str], told: Path) -> dict[str, str]:
    """The surroundings of a worker whose clock is as wrong as `told` says, such as "+20d"; it has no pepper."""
    _forget_the_dead()
    said = subprocess.run([needs("faketime"), "-f", "+0", "env"], capture_output=True, text=True, check=True).stdout
    (library,) = [line.partition("=")[2] for line in said.splitlines() if line.startswith("LD_PRELOAD=")]
    faked = {"LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(told), "FAKETIME_CACHE_DURATION": "1"}
    kept = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
    own = {name: value for name, value in environment.items() if name != "FEEDBACK_PEPPER"}
    return {"PATH": os.environ["PATH"], **own, **faked, **kept}


def _forget_the_dead() -> None:
    # Who is killed leaves what faketime keeps by its number, and the next process of that number would not start.
    for left in Path("/dev/shm").glob("*faketime_s*_*"):  # faketime chose it
        number = left.name.rpartition("_")[2]
        if number.isdigit() and not psutil.pid_exists(int(number)):
            with suppress(PermissionError):
                left.unlink(missing_ok=True)
