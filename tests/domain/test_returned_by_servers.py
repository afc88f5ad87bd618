"""Mails that came back, as servers of many makes write them, and what people's mailboxes answer."""

import base64
from pathlib import Path

import pytest

from feedback.domain.bounces import ReturnToken, read_bounce
from feedback.domain.links import bounce_mac, return_path

CASES = Path(__file__).parents[1] / "cases" / "bounces"
KEY = bytes(32)
RETURN_PATH = return_path("bounces@example.com", KEY, 77)
TOKEN = ReturnToken(77, bounce_mac(KEY, 77))
MIA = "mia@example.com"
FIELDS = f"Reporting-MTA: dns; mail.example.net\n\nFinal-Recipient: rfc822; {MIA}\nAction: failed\nStatus: 5.1.1\n"
NOTICE = f"Your message could not be delivered to the following recipient:\n\n{MIA}\n"


def case(name: str) -> bytes:
    return (CASES / name).read_bytes().replace(b"{return_path}", RETURN_PATH.encode())


def notice(
    text: str = NOTICE, sender: str = "MAILER-DAEMON@mail.example.net", subject: str = "", **headers: str
) -> bytes:
    """A mail to a return path without a report in it."""
    lines = {"From": sender, "To": RETURN_PATH, "Subject": subject or "Undelivered", **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in lines.items())
    return f"{head}\n{text}".encode()


def report(
    fields: str = FIELDS, kind: str = "message/delivery-status", encoding: str = "7bit", **headers: str
) -> bytes:
    body = base64.encodebytes(fields.encode()).decode() if encoding == "base64" else fields
    outer = {"Content_Type": "multipart/report; report-type=delivery-status; boundary=b", **headers}
    part = f"Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n{body}"
    return notice(f"--b\nContent-Type: text/plain\n\nSorry.\n--b\n{part}\n--b--\n", **outer)


@pytest.mark.parametrize(
    "name",
    [
        "plain-dsn",
        "o365",
        "global-dsn",
        "utf8-type",
        "exim-classic",
        "hmailserver-hyphen",
        "dovecot-quota-mdn",
        "wrapped-in-mixed",
    ],
)
def test_a_mail_that_came_back_is_known_whoever_returned_it(name: str) -> None:
    bounce = read_bounce(case(f"{name}.eml"))
    assert bounce is not None
    assert bounce.tokens == (TOKEN,)
    assert bounce.addresses == ("mia@my-company.example" if "hyphen" in name else MIA,)


@pytest.mark.parametrize("name", ["ooo-exchange-generated", "ooo-plain-no-header", "action-delayed", "mdn-read"])
def test_a_mail_that_arrived_or_may_arrive_is_no_bounce(name: str) -> None:
    assert read_bounce(case(f"{name}.eml")) is None


@pytest.mark.parametrize(
    "raw",
    [
        report(encoding="base64"),
        report(kind="message/global-delivery-status", encoding="base64"),
        report(kind="text/plain"),
        report(kind="application/octet-stream", encoding="base64"),
        report(Content_Type="multipart/mixed; boundary=b"),
        report(Content_Type="multipart/report; report-type=something-else; boundary=b"),
        report(FIELDS.replace("Action: failed", "action:  Failed (bad destination)")),
        report(FIELDS.replace("rfc822; ", "RFC822;")),
        report(FIELDS.replace("\n", "\r\n")),
        report(FIELDS.replace("Final-Recipient", "X-Nothing: x\nFinal-Recipient")),
        report(FIELDS + "\nFinal-Recipient: rfc822; other@example.com\nAction: delayed\n"),
        report(Auto_Submitted="auto-generated"),
        report(From="somebody@example.net"),
    ],
)
def test_a_report_counts_in_any_encoding_and_under_any_name(raw: bytes) -> None:
    bounce = read_bounce(raw)
    assert bounce is not None
    assert (bounce.tokens, bounce.addresses) == ((TOKEN,), (MIA,))


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("utf-8; jos\u00e9@example.com", "jos\u00e9@example.com"),
        ("utf-8; jos\\x{E9}@example.com", "jos\u00e9@example.com"),
        ("utf-8; mia@b\u00fccher.example", "mia@xn--bcher-kva.example"),
        ("rfc822; <mia@my-company.example>", "mia@my-company.example"),
    ],
)
def test_an_address_is_read_in_any_letters(written: str, address: str) -> None:
    for kind in ("message/delivery-status", "message/global-delivery-status"):
        for encoding in ("8bit", "base64"):
            bounce = read_bounce(report(FIELDS.replace(f"rfc822; {MIA}", written), kind, encoding))
            assert bounce is not None
            assert bounce.addresses == (address,)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", "", "not failed"])
def test_where_a_report_says_otherwise_the_words_beside_it_count_for_nothing(action: str) -> None:
    fields = FIELDS.replace("Action: failed", f"Action: {action}")
    assert read_bounce(report(fields).replace(b"Sorry.", NOTICE.encode())) is None


def test_a_report_inside_a_mail_that_is_passed_on_says_nothing_of_ours() -> None:
    inner = report().decode()
    assert read_bounce(notice(inner, "mia@example.com", Content_Type="message/rfc822")) is None


@pytest.mark.parametrize(
    "raw",
    [
        notice(),
        notice(sender="Postmaster <postmaster@example.net>"),
        notice(sender="Mail Delivery System <Mailer-Daemon@example.net>", Auto_Submitted="auto-replied"),
        notice(sender="Mail <admin@example.net>", subject="Returned mail: see below", Return_Path="<>"),
        notice(f"The message was undeliverable:\n\n<{MIA}>: mailbox unavailable\n"),
        notice("Sorry, not this time.", X_Failed_Recipients=MIA),
    ],
)
def test_the_words_of_a_mail_server_are_believed(raw: bytes) -> None:
    bounce = read_bounce(raw)
    assert bounce is not None
    assert (bounce.tokens, bounce.addresses) == ((TOKEN,), (MIA,))


@pytest.mark.parametrize(
    "headers",
    [
        {"sender": f"Mia <{MIA}>"},
        {"sender": f"Mia <{MIA}>", "Return_Path": "<>"},
        {"sender": f"Mia <{MIA}>", "Return_Path": "<>", "subject": "Undeliverable: Your view"},
        {"sender": "Mia Jones <mia.jones@example.com>", "Return_Path": "<>", "subject": "Re: Your view"},
        {"sender": "Mia <m@example.com>", "Auto_Submitted": "auto-replied", "subject": "Undeliverable"},
        {"sender": "Mia <m@example.com>", "X_Failed_Recipients": MIA},
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "auto_reply"},
        {"Precedence": "bulk"},
        {"X_Auto_Response_Suppress": "All"},
        {"X_Autoreply": "yes"},
        {"subject": "Out of the office: back on Monday"},
        {"subject": "=?utf-8?q?R=C3=A9ponse_automatique?="},
        {"subject": "Abwesenheitsnotiz"},
        {"subject": "Warning: message delayed 24 hours"},
        {"subject": "Delivery Status Notification (Delay)"},
    ],
)
def test_an_absence_notice_or_a_delay_is_no_bounce_whatever_it_quotes(headers: dict[str, str]) -> None:
    assert read_bounce(notice(**headers)) is None


@pytest.mark.parametrize(
    "said",
    [
        "We will keep trying for four days.",
        "Delivery will be retried.",
        "The message is delayed. No action is required on your part.",
        "THIS IS A WARNING MESSAGE ONLY",
    ],
)
def test_a_server_that_goes_on_trying_has_lost_nothing(said: str) -> None:
    assert read_bounce(notice(f"{said}\n{NOTICE}")) is None
    assert read_bounce(notice(f"{NOTICE}\n{said}\n")) is None


@pytest.mark.parametrize("disposition", ["displayed", "dispatched", "processed"])
def test_a_receipt_is_no_bounce(disposition: str) -> None:
    raw = case("dovecot-quota-mdn.eml").replace(b"; deleted", f"; {disposition}".encode())
    assert read_bounce(raw) is None


def test_who_deletes_a_mail_unread_has_got_it() -> None:
    raw = case("dovecot-quota-mdn.eml").replace(b"postmaster@mail.example.net", MIA.encode())
    assert read_bounce(raw) is None
