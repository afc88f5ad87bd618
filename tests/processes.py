"""The service in processes of its own, started and ended as an operator would."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TRIES = 600
PAUSE = 0.1


def surroundings(**environment: str) -> dict[str, str]:
    """This process's environment with none of the service's variables but those given."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FEEDBACK_")}
    return {**clean, **environment}


def given(environment: dict[str, str], words: Sequence[str]) -> dict[str, str]:
    """What a command is given of an environment: a worker not the pepper, which it would refuse."""
    return {name: said for name, said in environment.items() if (name, words[0]) != ("FEEDBACK_PEPPER", "work")}


def feedback(environment: dict[str, str], *words: str) -> str:
    """Run a command to its end; what it printed."""
    command = [sys.executable, "-m", "feedback", *words]
    done = subprocess.run(command, cwd=ROOT, env=given(environment, words), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def running(environment: dict[str, str], *words: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Keep a command running; what it prints goes to `log`."""
    command = [sys.executable, "-m", "feedback", *words]
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=ROOT, env=given(environment, words), stdout=file, stderr=file)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(60)


def wait_until_served(url: str) -> None:
    for _ in range(TRIES):
        try:
            with urllib.request.urlopen(url, timeout=60):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(PAUSE)
    raise AssertionError(f"nothing answers at {url}")


def wait_until_accepted(port: int) -> None:
    for _ in range(TRIES):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=60):
                return
        except ConnectionError:
            time.sleep(PAUSE)
    raise AssertionError(f"nobody listens at port {port}")
