"""The demo's mailbox: mails arrive over SMTP, stay across restarts, and are shown without running anything in them."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest

from feedback.demo.mailbox import Mailbox, html, plain_text
from feedback.demo.mailbox_page import MOST_LISTED, Piece, inboxes, mailbox_app, pieces
from feedback.demo.relay import start_smtp
from feedback.domain.errors import NotFound

LINK = "http://127.0.0.1:8000/s/" + "aB3-_" * 8 + "xyz"


def mail_to(to: str, subject: str = "Your view", text: str = "Hello", rich: str = "") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "programme@example.com", to, subject
    mail.set_content(text)
    if rich:
        mail.add_alternative(rich, subtype="html")
    return mail


@contextmanager
def relay(mailbox: Mailbox) -> Iterator[smtplib.SMTP]:
    controller = start_smtp(mailbox, "127.0.0.1", 0)
    try:
        with smtplib.SMTP("127.0.0.1", controller.port, timeout=10) as client:
            yield client
    finally:
        controller.stop()


def page_of(mailbox: Mailbox, path: str = "/") -> str:
    return mailbox_app(mailbox, "http://127.0.0.1:8000").test_client().get(path).text


def test_a_mail_sent_over_smtp_is_kept(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "mails")
    with relay(mailbox) as client:
        client.send_message(mail_to("ana@example.com", "Grüße", "Zażółć", "<p>Zażółć</p>"))
    (mail,) = mailbox.newest(10)
    assert (mail.serial, mail.to, mail.subject, mail.opened) == (1, "ana@example.com", "Grüße", False)
    assert plain_text(mailbox.read(1)).strip() == "Zażółć"
    assert html(mailbox.read(1)).strip() == "<p>Zażółć</p>"


def test_each_recipient_gets_the_mail(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    with relay(mailbox) as client:
        client.send_message(mail_to("ana@example.com, bo@example.com"))
    assert {mail.to for mail in mailbox.newest(10)} == {"ana@example.com", "bo@example.com"}


def test_serial_numbers_and_opened_marks_survive_a_restart(tmp_path: Path) -> None:
    before = Mailbox(tmp_path)
    before.mark_opened(before.deliver("ana@example.com", bytes(mail_to("ana@example.com"))))
    after = Mailbox(tmp_path)
    assert after.deliver("bo@example.com", bytes(mail_to("bo@example.com"))) == 2
    assert [(mail.serial, mail.opened) for mail in after.newest(10)] == [(2, False), (1, True)]


def test_a_page_sees_what_another_process_delivers(tmp_path: Path) -> None:
    reader, receiver = Mailbox(tmp_path), Mailbox(tmp_path)
    receiver.deliver("ana@example.com", bytes(mail_to("ana@example.com")))
    assert reader.count() == 1


def test_a_half_written_mail_is_not_seen(tmp_path: Path) -> None:
    (tmp_path / "00000001.part").write_bytes(b"Subject: half")
    assert Mailbox(tmp_path).newest(10) == ()


def test_a_mail_that_is_not_there_is_named_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="go back to the list"):
        Mailbox(tmp_path).read(7)
    assert mailbox_app(Mailbox(tmp_path), "http://127.0.0.1:8000").test_client().get("/mail/7").status_code == 404


def test_inboxes_are_grouped_by_person_with_the_last_mail_first(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    for person in ("ana", "bo", "cy", "ana"):
        mailbox.deliver(f"{person}@example.com", b"Subject: x\r\n\r\n")
    groups = [(inbox.person[:3], [mail.serial for mail in inbox.mails]) for inbox in inboxes(mailbox.newest(10))]
    assert groups == [("ana", [4, 1]), ("cy@", [3]), ("bo@", [2])]


def test_the_list_says_what_it_stands_for_and_that_more_mails_exist(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    for _ in range(MOST_LISTED + 1):
        mailbox.deliver("ana@example.com", b"Subject: x\r\n\r\n")
    page = page_of(mailbox)
    assert "it stands for everybody’s own inbox. Only in the demo." in page
    assert "The newest 500 of 501 emails" in page
    assert page.count("<li>") == MOST_LISTED


def test_an_empty_mailbox_says_so(tmp_path: Path) -> None:
    assert "No email has arrived yet." in page_of(Mailbox(tmp_path))


def test_looking_at_a_mail_marks_it_as_opened(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    serial = mailbox.deliver("ana@example.com", bytes(mail_to("ana@example.com")))
    assert "not opened" in page_of(mailbox)
    page_of(mailbox, f"/mail/{serial}")
    assert mailbox.opened() == {serial}
    assert "not opened" not in page_of(mailbox)


def test_links_in_plain_text_open_in_a_new_tab_and_everything_else_is_escaped(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    text = f"<script>alert(1)</script> Go to {LINK}."
    mailbox.deliver("ana@example.com", bytes(mail_to("ana@example.com", "<b>Hi</b>", text)))
    page = page_of(mailbox, "/mail/1")
    assert f'<a href="{LINK}" target="_blank" rel="noopener noreferrer">{LINK}</a>.' in page
    assert "<script>" not in page
    assert "<b>Hi" not in page


def test_the_html_of_a_mail_stays_inside_a_frame_without_scripts(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    rich = '<p title="x">Hi</p></iframe><script>alert(1)</script>'
    mailbox.deliver("ana@example.com", bytes(mail_to("ana@example.com", rich=rich)))
    page = page_of(mailbox, "/mail/1")
    assert "<script>" not in page
    assert page.count("</iframe>") == 1
    assert "allow-scripts" not in page


@pytest.mark.parametrize("path", ["/", "/mail/1", "/style.css", "/nowhere"])
def test_every_page_forbids_scripts_and_referrers(tmp_path: Path, path: str) -> None:
    mailbox = Mailbox(tmp_path)
    mailbox.deliver("ana@example.com", bytes(mail_to("ana@example.com")))
    with mailbox_app(mailbox, "http://127.0.0.1:8000").test_client().get(path) as response:
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none';")
        assert "script-src" not in response.headers["Content-Security-Policy"]
        assert response.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("text", ["", "no link", LINK, f"See {LINK}, or ({LINK}).\nThanks"])
def test_pieces_together_are_the_text(text: str) -> None:
    found = list(pieces(text))
    assert "".join(piece.text for piece in found) == text
    assert found.count(Piece(LINK, LINK)) == text.count(LINK)
