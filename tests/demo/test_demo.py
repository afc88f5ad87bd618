"""What a newcomer does: one command, a mailbox, a sign-in link, everybody's answers, a report."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browsing import Browser, free_port
from tests.databases import LARGE

ROOT = Path(__file__).resolve().parents[2]
TRIES = 600


@dataclass
class Demo:
    """A demo that runs: what it printed, and the environment it runs in."""

    said: str
    environment: dict[str, str]

    def address(self, words: str) -> str:
        found = re.search(rf"{words}.*?(http\S+)", self.said)
        assert found is not None, self.said
        return found[1]


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FEEDBACK_")}
    ports = ("FEEDBACK_LISTEN_PORT", "FEEDBACK_SMTP_PORT", "FEEDBACK_DEMO_MAILBOX_PORT")
    return {**clean, "FEEDBACK_INSTANCE": str(tmp_path / "instance"), **{name: free_port() for name in ports}}


@contextmanager
def running(environment: dict[str, str], *options: str) -> Iterator[Demo]:
    """Start the demo as `make run` does, and end it as Ctrl-C does."""
    command = [sys.executable, "-m", "feedback", "demo", "run", *options]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    said = ""
    while "Ctrl-C ends it" not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    yield Demo(said, environment)
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0, rest


def feedback(demo: Demo, *words: str) -> str:
    command = [sys.executable, "-m", "feedback", *words]
    return subprocess.run(command, cwd=ROOT, env=demo.environment, capture_output=True, text=True, check=True).stdout


def wait_for_report(browser: Browser, wave: str) -> str:
    for _ in range(TRIES):
        if "report" in browser.get(wave).lower() and f"{wave.rpartition('/')[2]}/report" in browser.get(wave):
            return browser.get(f"{wave}/report")
        time.sleep(0.1)
    raise AssertionError("the worker never published a report")


def test_a_newcomer_gets_from_one_command_to_a_report(surroundings: dict[str, str]) -> None:
    with running(surroundings) as demo:
        assert "invites 27 people" in demo.said
        mailbox, browser = demo.address("mailbox"), Browser()
        assert "27 emails" in browser.get(mailbox)
        browser.get(f"{mailbox}mail/1")
        feedback(demo, "demo", "answer")
        sign_in = demo.address("Sign in")
        service = sign_in.partition("/staff/")[0]
        browser.press(sign_in, sign_in)
        wave = f"{service}/staff/waves/1"
        browser.press(wave, f"{wave}/close", sure="y")
        assert "Kick-off" in wait_for_report(browser, wave)
        assert json.loads(browser.get(f"{wave}/report.json"))["document"]["outcome"] == "published"
        assert "of,percent" in browser.get(f"{wave}/report.csv")
        sign_in, reviewer = demo.address("Sign in as reviewer"), Browser()
        reviewer.press(sign_in, sign_in)
        assert "word for word" in reviewer.get(f"{wave}/comments")
        home = browser.get(f"{service}/staff/")
        for words in (
            "Comments wait for",
            "Too few links were used",
            "1 person cannot be reached",
            "Next spring",
            "First try",
        ):
            assert words in home
        changes = browser.get(f"{service}/staff/programmes/2/changes")
        assert "Kick-off" in changes
        assert "Exit" in changes


@LARGE
def test_a_second_run_goes_on_with_the_same_data(surroundings: dict[str, str]) -> None:
    with running(surroundings, "--alone"):
        pass
    with running(surroundings, "--alone") as demo:
        assert "invites" not in demo.said
        assert "27 emails" in Browser().get(demo.address("mailbox"))
        assert json.loads(feedback(demo, "wave", "status", "--json"))[0]["state"] == "open"


def test_a_taken_port_is_named(surroundings: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(surroundings["FEEDBACK_LISTEN_PORT"])))
        taken.listen()
        command = [sys.executable, "-m", "feedback", "demo", "run"]
        process = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False)
    assert process.returncode == 1
    assert "FEEDBACK_LISTEN_PORT" in process.stderr
