"""Logs: no link, no address and no words of a person, not even in a traceback."""

import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from granian.log import LogLevels, configure_logging
from hypothesis import given
from hypothesis import strategies as st

from feedback.config import wants_json_logs
from feedback.domain.errors import SettingsRefused
from feedback.domain.links import to_address
from feedback.logs import DiscreetFormatter, JsonFormatter, configure_logs, discreet, server_logs
from feedback.storage.database import db
from tests.world import World

SECRETS = st.binary(min_size=32, max_size=32).map(to_address)
PLACES = ["/s/{}", "/s/{}/questions", "GET /s/{}?x=1", "link={}", "'{}'", "<https://example.com/o/{}>", "{}", "({})."]
LINK = to_address(bytes(range(32)))


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What a logger writes through the discreet formatter."""
    written, log = io.StringIO(), logging.getLogger("feedback.tests.logs")
    handler = logging.StreamHandler(written)
    handler.setFormatter(DiscreetFormatter("%(levelname)s %(message)s"))
    log.addHandler(handler)
    yield written
    log.removeHandler(handler)


@pytest.fixture
def log() -> logging.Logger:
    return logging.getLogger("feedback.tests.logs")


@given(SECRETS, st.sampled_from(PLACES))
def test_a_link_is_blanked_wherever_it_stands(secret: str, place: str) -> None:
    written = discreet(place.format(secret))
    assert secret not in written
    assert written == place.format("[secret]")


@given(SECRETS, SECRETS)
def test_every_link_of_a_line_is_blanked(one: str, other: str) -> None:
    assert discreet(f"{one} {other}") == "[secret] [secret]"


EMAILS = st.emails().filter(lambda address: not set("'=") & set(address))


@given(EMAILS, st.sampled_from(["to {}", "<{}>", "mail={}", '"{}"', "{}", "RCPT TO:<{}>"]))
def test_a_mail_address_is_blanked_wherever_it_stands(address: str, place: str) -> None:
    domain = address.rpartition("@")[2]
    assert domain not in discreet(place.format(address)).replace("[address]", "")


@pytest.mark.parametrize("text", ["wave 3 closed", "send 12: The mail relay cannot be used", "2027-03-01 09:00:00,000"])
def test_ordinary_lines_are_left_alone(text: str) -> None:
    assert discreet(text) == text


@pytest.mark.parametrize("word", ["a", "-", "/s/", "a.", "é"])
def test_a_word_of_a_great_many_letters_is_no_work(word: str) -> None:
    assert discreet(f"{word * 200_000} ana@example.com").endswith(" [address]")


def test_arguments_of_a_line_are_blanked_too(logged: io.StringIO, log: logging.Logger) -> None:
    log.warning("refused %s of %s", f"/s/{LINK}", "ana@example.com")
    assert logged.getvalue() == "WARNING refused /s/[secret] of [address]\n"


def fail(words: str) -> None:
    raise ValueError(words)


def test_a_traceback_tells_kind_and_place_but_not_the_words(logged: io.StringIO, log: logging.Logger) -> None:
    try:
        fail("I was never listened to")
    except ValueError:
        log.exception("an answer could not be read")
    written = logged.getvalue()
    assert "builtins.ValueError" in written
    assert "in fail" in written
    assert "listened" not in written


def test_a_traceback_shows_no_line_of_source(logged: io.StringIO, log: logging.Logger) -> None:
    try:
        raise RuntimeError("words")  # a comment that would be printed with its line
    except RuntimeError:
        log.exception("failed")
    assert "a comment that would" not in logged.getvalue()


def test_the_error_behind_an_error_stays_silent_too(logged: io.StringIO, log: logging.Logger) -> None:
    try:
        try:
            fail("the first words")
        except ValueError as first:
            raise RuntimeError("the second words") from first
    except RuntimeError:
        log.exception("failed")
    assert "words" not in logged.getvalue()


def test_an_exception_without_a_traceback_can_be_logged(logged: io.StringIO, log: logging.Logger) -> None:
    log.error("failed", exc_info=ValueError("words"))
    log.error("failed", exc_info=(None, None, None))
    assert "words" not in logged.getvalue()


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, given back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    names = ("procrastinate", "mail.log", "alembic", "sqlalchemy", "waitress.queue")
    levels = {name: logging.getLogger(name).level for name in names}
    yield root
    root.handlers[:], root.level = handlers, level
    for name in ("_granian", "granian.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def test_configured_logs_go_to_standard_error_and_are_discreet(
    root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs()
    logging.getLogger("any.library").warning("GET /s/%s", LINK)
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.endswith("WARNING any.library: GET /s/[secret]\n")


def test_configured_logs_leave_no_other_handler(root: logging.Logger) -> None:
    configure_logs()
    assert [type(handler.formatter) for handler in root.handlers] == [DiscreetFormatter]


def test_libraries_that_tell_too_much_are_quiet(root: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()
    logging.getLogger("procrastinate.worker").info("Starting job %s", {"number": 7})
    logging.getLogger("mail.log").info("Peer: %s", "ana@example.com")
    assert capsys.readouterr().err == ""


def test_no_engine_writes_values_into_a_log(world: World) -> None:
    with world.app.app_context():
        assert len(db.engines) == 3
        assert all(engine.hide_parameters for engine in db.engines.values())


@pytest.fixture
def as_json() -> Iterator[io.StringIO]:
    """What a logger writes through the JSON formatter."""
    written, log = io.StringIO(), logging.getLogger("feedback.tests.logs")
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    log.addHandler(handler)
    yield written
    log.removeHandler(handler)


def test_a_json_line_has_the_same_fields_always(as_json: io.StringIO, log: logging.Logger) -> None:
    log.warning("refused %s\nof %s", f"/s/{LINK}", "ana@example.com")
    (line,) = as_json.getvalue().splitlines()
    found = json.loads(line)
    assert list(found) == ["time", "level", "logger", "event"]
    assert (found["level"], found["event"]) == ("warning", "refused /s/[secret]\nof [address]")
    assert datetime.fromisoformat(found["time"]).tzinfo is not None


def test_a_json_line_tells_kind_and_places_of_an_error_and_no_words(as_json: io.StringIO, log: logging.Logger) -> None:
    try:
        fail("I was never listened to")
    except ValueError:
        log.exception("an answer could not be read")
    (line,) = as_json.getvalue().splitlines()
    found = json.loads(line)
    assert found["error"] == "builtins.ValueError"
    assert "in fail" in found["places"][-1]
    assert "listened" not in line


def test_a_json_line_takes_known_facts_and_nothing_else(as_json: io.StringIO, log: logging.Logger) -> None:
    log.error("late", extra={"act": "close", "wave": 3, "late_seconds": 960, "link": LINK})
    found = json.loads(as_json.getvalue())
    assert list(found) == ["time", "level", "logger", "event", "act", "wave", "late_seconds"]


@pytest.mark.parametrize(
    "path",
    ["/s/short", "/o/x?y", "/s/%C3%A9/questions", "GET /s/abc HTTP/1.1", "/S/short", "/s%2Fshort", "/s%252fshort"],
)
def test_whatever_follows_a_participants_address_is_blanked(path: str) -> None:
    assert re.search(r"(?i)(/|%(25)?2f)[so](/|%(25)?2f)\[secret\]", discreet(path))
    assert not re.search(r"short|x$|%C3|abc", discreet(path))


@pytest.mark.parametrize("path", ["/staff/waves/3", "/srv/feedback/app.py", "docs/s/x", "/static/feedback.css"])
def test_other_addresses_are_left_alone(path: str) -> None:
    assert discreet(path) == path


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, False),
        ({"FEEDBACK_DATABASE_URL": "postgresql://db/main"}, True),
        ({"FEEDBACK_LOG_FORMAT": "json"}, True),
        ({"FEEDBACK_DATABASE_URL": "postgresql://db/main", "FEEDBACK_LOG_FORMAT": "text"}, False),
    ],
)
def test_logs_are_json_in_production_unless_somebody_says_otherwise(environ: dict[str, str], expected: bool) -> None:
    assert wants_json_logs(environ) is expected


def test_an_unknown_form_of_logs_is_refused() -> None:
    with pytest.raises(SettingsRefused, match="FEEDBACK_LOG_FORMAT must be json or text"):
        wants_json_logs({"FEEDBACK_LOG_FORMAT": "xml"})


def test_the_web_servers_write_as_the_service_does(root: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(as_json=True)
    logging.getLogger("waitress").warning("odd request for %s", f"/s/{LINK}")
    configure_logging(LogLevels.info, server_logs(as_json=True))
    logging.getLogger("granian.access").info("%(method)s %(status)d", {"method": "GET", "status": 200, "path": LINK})
    logging.getLogger("_granian").error("worker died at /s/%s", LINK)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == [
        "odd request for /s/[secret]",
        "GET 200",
        "worker died at /s/[secret]",
    ]
