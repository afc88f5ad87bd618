"""Child processes for work that a file or a text can turn against whoever does it: bounded, and told no secret.

`run_child` starts one, `bind_oneself` is the first thing that it does.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Mapping

_KEPT = ("PATH", "PYTHONPATH", "LANG")


def run_child(module: str, data: bytes, *, seconds: float, more: Mapping[str, str] | None = None) -> bytes | None:
    """Return what `python -m module` answers to `data`; None if it failed, was killed, or took more than `seconds`.

    Of the environment it gets the way to Python and `more`; no setting, no secret, no open file but its pipes. What it
    complains of is thrown away: it may quote what it was given.
    """
    command = [sys.executable, "-W", "ignore", "-m", module]
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    # Threads would each ask for memory of their own.
    environment = {**kept, "MALLOC_ARENA_MAX": "1", "PYTHONDONTWRITEBYTECODE": "1", **(more or {})}
    try:
        done = subprocess.run(  # noqa: S603  # a fixed command
            command,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            env=environment,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError):
        return None
    return done.stdout if done.returncode == 0 else None


def bind_oneself(*, memory_bytes: int, cpu_seconds: int) -> None:
    """Let this process take no more memory or processor time than that, and leave no core file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
