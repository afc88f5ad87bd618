"""Reading bounces: what servers really send, and anything else that could be thrown at it."""

import base64
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.bounces import (
    LARGEST_BOUNCE_BYTES,
    LARGEST_NUMBER,
    MOST_PARTS,
    ReturnToken,
    read_bounce,
)
from feedback.domain.links import bounce_mac, return_path
from tests.bouncing import absence_notice, bounce_of, complaint

KEY = bytes(32)
TOKEN = ReturnToken(77, bounce_mac(KEY, 77))
RETURN_PATH = return_path("bounces@example.com", KEY, 77)
NAME = "0123456789abcdef" * 2

POSTFIX_WITHOUT_REPORT = f"""From: MAILER-DAEMON@mail.example.net (Mail Delivery System)
To: {RETURN_PATH}
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/mixed; boundary="x"

--x
Content-Description: Notification

    This is the mail system.
 The Postfix program

<mia@example.com>: unknown user: "mia"
--x--
"""
QMAIL = f"""From: MAILER-DAEMON@mail.example.net
To: {RETURN_PATH}
Subject: failure notice

Hi. This is the qmail-send program at mail.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<mia@example.com>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.
"""


def our_mail() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "feedback@example.com", "mia@example.com", "Your view"
    mail["Message-ID"] = f"<{NAME}@example.com>"
    mail.set_content("https://feedback.example.com/s/" + "A" * 43)
    return mail


def test_a_report_names_return_path_address_and_message() -> None:
    bounce = read_bounce(bounce_of(our_mail(), to=RETURN_PATH))
    assert bounce is not None
    assert (bounce.tokens, bounce.addresses, bounce.message_names) == ((TOKEN,), ("mia@example.com",), (NAME,))


def test_a_bounce_holds_nothing_of_the_mail_but_its_traces() -> None:
    assert "A" * 43 not in repr(read_bounce(bounce_of(our_mail())))


@pytest.mark.parametrize("text", [POSTFIX_WITHOUT_REPORT, QMAIL])
def test_servers_that_write_no_report_are_understood(text: str) -> None:
    bounce = read_bounce(text.encode())
    assert bounce is not None
    assert (bounce.tokens, bounce.addresses) == ((TOKEN,), ("mia@example.com",))


@pytest.mark.parametrize("header", ["Delivered-To", "X-Original-To", "Envelope-To"])
def test_the_return_path_is_read_where_servers_put_it(header: str) -> None:
    raw = f"{header}: {RETURN_PATH.upper()}\n".encode() + bounce_of(our_mail(), to="postmaster@example.com")
    bounce = read_bounce(raw)
    assert bounce is not None
    assert bounce.tokens == (TOKEN,)


def test_a_return_path_inside_the_text_counts_for_nothing() -> None:
    mail = our_mail()
    mail.replace_header("Subject", RETURN_PATH)
    bounce = read_bounce(bounce_of(mail))
    assert bounce is not None
    assert bounce.tokens == ()


def test_a_mail_that_was_given_up_after_days_is_lost_too() -> None:
    assert read_bounce(bounce_of(our_mail(), status="4.4.7")) is not None


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_mail_that_may_still_arrive_is_no_bounce(action: str) -> None:
    assert read_bounce(bounce_of(our_mail(), action=action, status="4.0.0")) is None


def test_an_absence_notice_is_no_bounce() -> None:
    assert read_bounce(absence_notice(our_mail(), to=RETURN_PATH)) is None


def test_a_complaint_is_no_bounce() -> None:
    assert read_bounce(complaint(our_mail(), to=RETURN_PATH)) is None


def test_our_own_mail_is_no_bounce() -> None:
    assert read_bounce(our_mail().as_bytes()) is None


def test_a_bounce_of_a_bounce_names_only_the_outer_return_path() -> None:
    inner = EmailMessage()
    inner["To"], inner["From"] = RETURN_PATH, "MAILER-DAEMON@mail.example.net"
    inner["Message-ID"] = f"<{'f' * 32}@mail.example.net>"
    inner.set_content(bounce_of(our_mail(), to=RETURN_PATH).decode())
    bounce = read_bounce(bounce_of(inner))
    assert bounce is not None
    assert bounce.tokens == ()


def test_what_is_nested_a_thousandfold_does_no_harm() -> None:
    opening = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(3000))
    assert read_bounce(opening.encode()) is None


def hidden(text: str, depth: int = 0) -> bytes:
    """The start of a notice in the manner of Exchange, with `text` in one line that base64 hides, inside of parts."""
    shells = "".join(f"Content-Type: multipart/mixed; boundary=b{one}\n\n--b{one}\n" for one in range(depth))
    encoded = base64.encodebytes(f"did not reach the following recipient(s):\n{text}".encode()).decode()
    head = f"From: postmaster@example.net\nTo: {RETURN_PATH}\n{shells}"
    return f"{head}Content-Transfer-Encoding: base64\n\n{encoded}".encode()


# Without the limits each of these takes a worker half a minute or more, and then whatever else is due waits.
@pytest.mark.parametrize(
    "raw",
    [
        b"From: postmaster@example.net\n\ndid not reach the following recipient(s):\n" + b"a" * 200_000,
        hidden("a" * 190_000),
        hidden("SMTP=" * 38_000),
        QMAIL.replace("<mia@example.com>:", "<" * 200_000).encode(),
        hidden("", 400) + b"\n" * LARGEST_BOUNCE_BYTES,
        f"To: {RETURN_PATH}\n".encode() + b"Content-Type: message/rfc822\n\n" * 300 + b"\n" * LARGEST_BOUNCE_BYTES,
        b"Content-Type: message/delivery-status\n\n" + b"\n" * LARGEST_BOUNCE_BYTES,
    ],
    ids=["one word", "a hidden word", "one sign", "brackets", "nested parts", "nested mails", "empty reports"],
)
def test_a_mail_made_to_be_slow_is_no_bounce(raw: bytes) -> None:
    assert read_bounce(raw) is None


def test_what_an_encoding_hides_is_read_up_to_a_limit() -> None:
    said = " mia@example.com on Monday"
    assert read_bounce(hidden(said)) is not None
    assert read_bounce(hidden("x" * 200 + said)) is None
    assert read_bounce(hidden("\n" * 300 + said)) is None


def test_parts_within_parts_are_read_up_to_a_limit() -> None:
    said = " mia@example.com on Monday"
    assert read_bounce(hidden(said, MOST_PARTS - 1)) is not None
    assert read_bounce(hidden(said, MOST_PARTS + 1)) is None


def test_a_huge_mail_is_read_up_to_a_limit() -> None:
    bounce = read_bounce(bounce_of(our_mail(), to=RETURN_PATH) + b"x" * (3 * LARGEST_BOUNCE_BYTES))
    assert bounce is not None
    assert bounce.tokens == (TOKEN,)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 5000,
        b"\xff\xfe" * 5000,
        "To: größe@exämple.com\n\nDas ging daneben: müller@exämple.com".encode(),
        "To: größe@exämple.com\n\nDas ging daneben: müller@exämple.com".encode("utf-16"),
        b"Content-Type: message/delivery-status\n\nAction: failed\nFinal-Recipient: \xff\xff; \xff@\xff\n",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=\n\n--\n",
        b"Content-Type: text/plain; charset=no-such-thing\n\nundeliverable",
    ],
)
def test_junk_is_no_bounce(raw: bytes) -> None:
    assert read_bounce(raw) is None


@given(st.binary(max_size=2000))
def test_no_bytes_raise(raw: bytes) -> None:
    assert read_bounce(raw) is None or raw


@given(st.data())
def test_no_broken_report_raises(data: st.DataObject) -> None:
    raw = bytearray(bounce_of(our_mail(), to=RETURN_PATH))
    for _cut in range(data.draw(st.integers(0, 8))):
        start = data.draw(st.integers(0, len(raw)))
        raw[start : start + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=40))
    bounce = read_bounce(bytes(raw))
    assert bounce is None or all(address.isascii() for address in bounce.addresses)


@given(st.integers(0, LARGEST_NUMBER), st.binary(min_size=32, max_size=32))
def test_a_return_path_leads_back_to_its_delivery(number: int, key: bytes) -> None:
    bounce = read_bounce(bounce_of(our_mail(), to=return_path("bounces@example.com", key, number)))
    assert bounce is not None
    assert bounce.tokens == (ReturnToken(number, bounce_mac(key, number)),)


def test_a_number_beyond_the_database_is_no_number() -> None:
    bounce = read_bounce(bounce_of(our_mail(), to=return_path("bounces@example.com", KEY, LARGEST_NUMBER + 1)))
    assert bounce is not None
    assert bounce.tokens == ()


def test_a_return_path_is_no_longer_than_a_local_part_may_be() -> None:
    path = return_path("b" * 24 + "@example.com", KEY, LARGEST_NUMBER)
    assert len(path.partition("@")[0]) <= 64
