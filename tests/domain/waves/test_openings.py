"""What an organisation may write at the top of an email that holds somebody's link."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.errors import SentenceRefused
from feedback.domain.waves.mails import LAST_DAY, SHOWN, MailKind
from feedback.domain.waves.openings import LONGEST_OPENING, leads_somewhere, may_be_changed, read_opening
from feedback.domain.waves.states import WaveState

HARMLESS = (
    "Dear all, please take ten minutes before Friday at 10:30. Your view matters – and it is read.",
    "Chers collègues : merci d’avance !",
    "3.5 hours a month, e.g. on Mondays, and/or by phone.",
    "شكراً لكم على وقتكم.",
    "Ô ddydd Llun ymlaen; diolch.",
    "Questions? Ask Mia (ext. 4711).",
)
LEADING = (
    "Log in at https://evil.example first.",
    "Log in at evil.example first.",
    "EVIL.EXAMPLE/now",
    "www evil",
    "Write to mia@example.com",
    "Write to mia ＠ example",
    "mailto:mia",
    "javascript:alert(1)",
    "//evil/now",
    r"Open \\server\share",
    "Go to 192.168.0.1 now",
    "evil。example",
    "evil․example",
    "evil．example",
    "ev\u200dil.ex\u200dample",
    "evil.e\u0301xample",
    "пример.рф",
    "ｅｖｉｌ．ｅｘａｍｐｌｅ",
    "evil.xn--p1ai",
)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_people_say_is_taken_as_it_is(text: str) -> None:
    assert read_opening(text) == text


@pytest.mark.parametrize("text", LEADING)
def test_nothing_that_leads_somewhere_is_taken(text: str) -> None:
    with pytest.raises(SentenceRefused, match="link or an address"):
        read_opening(text)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\n\n", "\t"])
def test_it_is_one_line(end: str) -> None:
    with pytest.raises(SentenceRefused, match="one line"):
        read_opening(f"Hello{end}Bcc: everybody")


def test_what_turns_a_text_round_or_is_no_sign_is_left_out() -> None:
    assert read_opening(" \u202eHello\u202c\u2066,\u0000 all\u200b \x1b\u00ad") == "Hello, all"


def test_it_has_so_many_characters_at_most() -> None:
    assert read_opening("a" * LONGEST_OPENING)
    with pytest.raises(SentenceRefused, match="301 characters"):
        read_opening("a" * (LONGEST_OPENING + 1))
    with pytest.raises(SentenceRefused):
        read_opening("a" * 1_000_000)


@given(st.text(max_size=400))
def test_whatever_is_taken_is_one_harmless_line_and_is_taken_again(text: str) -> None:
    try:
        taken = read_opening(text)
    except SentenceRefused:
        return
    assert taken.splitlines() in ([], [taken])
    assert not leads_somewhere(taken)
    assert read_opening(taken) == taken


def test_an_invitation_is_fixed_once_the_survey_is_open_and_a_reminder_is_not() -> None:
    assert may_be_changed(MailKind.INVITATION, WaveState.SCHEDULED)
    assert not may_be_changed(MailKind.INVITATION, WaveState.OPEN)
    assert may_be_changed(LAST_DAY, WaveState.OPEN)
    assert may_be_changed(MailKind.RESULTS, WaveState.HELD)


@pytest.mark.parametrize("mail", SHOWN)
def test_what_has_gone_out_is_fixed(mail: str) -> None:
    assert may_be_changed(mail, WaveState.DRAFT)
    # What was done since is told when somebody asks for it, and may be told again.
    assert may_be_changed(mail, WaveState.CLOSED) == (mail == MailKind.SAID)
    assert not may_be_changed(mail, WaveState.CANCELLED)
