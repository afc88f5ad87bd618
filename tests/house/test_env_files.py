"""The rule of docs/deployment.md for values in env files: in single quotes all three readers agree."""

import re
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.house.env_files import by_a_shell, by_compose, by_systemd

PAGE = Path(__file__).resolve().parents[2] / "docs/deployment.md"
READERS = (by_compose, by_systemd, by_a_shell)
SIGNS = "".join(sorted(set(string.printable) - set("'\\\n\r\x0b\x0c")))


def read(written: str) -> set[str]:
    return {reader(written) for reader in READERS}


@given(st.text(SIGNS, max_size=30))
def test_in_single_quotes_all_read_what_is_written(value: str) -> None:
    assert {reader(f"'{value}'") for reader in READERS[:2]} == {value}


@pytest.mark.parametrize("value", [' $HOME # `id` "so" ', "$(id)", "100% ${A} ;|&<>", "", SIGNS])
def test_a_shell_reads_the_same(value: str) -> None:
    assert read(f"'{value}'") == {value}


@pytest.mark.parametrize("written", ["a$b", "a #b", "'a\\'b'", "a b", '"a\\tb"'])
def test_without_the_rule_they_would_not_agree(written: str) -> None:
    assert len(read(written)) > 1


def test_the_page_shows_a_value_that_needs_the_rule() -> None:
    (shown,) = re.findall(r"`FEEDBACK_SMTP_PASSWORD=('[^`]*')`", PAGE.read_text(encoding="utf-8"))
    assert read(shown) == {shown[1:-1]}
    assert len(read(shown[1:-1])) > 1
    assert " ".join(PAGE.read_text(encoding="utf-8").split()).count("no `'` and no `\\`") == 2
