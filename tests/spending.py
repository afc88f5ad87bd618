"""What a run of the tests took, and what it could not test.

CPU time is that of the tests, of the processes that they ended and of those that still run, but for PostgreSQL's.
"""

import os
import time

import psutil
import pytest

_BEGUN = pytest.StashKey[float]()
_SPENT = pytest.StashKey[float]()


def _cpu_seconds() -> float:
    running = psutil.Process().children(recursive=True)
    return sum(os.times()[:4]) + sum(sum(one.cpu_times()[:4]) for one in running if one.name() != "postgres")


def pytest_sessionstart(session: pytest.Session) -> None:
    session.config.stash[_BEGUN], session.config.stash[_SPENT] = time.monotonic(), 0.0


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process that runs tests for another one tells it what it spent."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["cpu_seconds"] = _cpu_seconds()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node) -> None:
    node.config.stash[_SPENT] += getattr(node, "workeroutput", {}).get("cpu_seconds", 0.0)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config):
    result = yield
    minutes = (time.monotonic() - config.stash[_BEGUN]) / 60
    told = config.stash[_SPENT]
    cpu_minutes = (told + sum(os.times()[:2]) if told else _cpu_seconds()) / 60
    terminalreporter.write_line(f"{minutes:.1f} minutes, {cpu_minutes:.1f} CPU-minutes (PostgreSQL's own not counted)")
    if skipped := terminalreporter.stats.get("skipped"):
        terminalreporter.write_sep("!", f"{len(skipped)} TESTS WERE SKIPPED: see above what they lack", red=True)
    return result
