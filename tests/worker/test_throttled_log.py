"""What goes wrong is said aloud, and not every second."""

import logging

import pytest

from feedback.worker.throttled_log import AGAIN_AFTER_SECONDS, ThrottledLog

log = logging.getLogger("feedback.test")


class Seconds:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def throttled(seconds: Seconds) -> ThrottledLog:
    return ThrottledLog(log, seconds)


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_the_same_is_said_once(throttled: ThrottledLog, caplog: pytest.LogCaptureFixture) -> None:
    for _turn in range(5):
        throttled.report("close 1", "It cannot close.")
    assert said(caplog) == ["It cannot close."]


def test_it_is_said_again_after_a_while(
    throttled: ThrottledLog, seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    throttled.report("close 1", "It cannot close.")
    seconds.now = AGAIN_AFTER_SECONDS
    throttled.report("close 1", "It cannot close.")
    assert len(said(caplog)) == 2


def test_something_else_is_said_at_once(throttled: ThrottledLog, caplog: pytest.LogCaptureFixture) -> None:
    throttled.report("close 1", "It cannot close.")
    throttled.report("close 1", "It still cannot.")
    throttled.report("close 2", "It cannot close.")
    assert len(said(caplog)) == 3


def test_what_was_settled_is_news_again(throttled: ThrottledLog, caplog: pytest.LogCaptureFixture) -> None:
    throttled.report("close 1", "It cannot close.")
    throttled.resolve("close 1")
    throttled.report("close 1", "It cannot close.")
    assert len(said(caplog)) == 2


def test_the_places_of_an_error_are_shown_the_first_time_only(
    throttled: ThrottledLog, seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    for turn in range(2):
        seconds.now = turn * AGAIN_AFTER_SECONDS
        throttled.report("close 1", "It failed.", ValueError())
    assert [record.exc_info is None for record in caplog.records] == [False, True]
