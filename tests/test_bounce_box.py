"""Mailboxes of returned mails: a Maildir and a real IMAP server, emptied as they are read."""

import mailbox
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback.bounce_box import LARGEST_READ_BYTES, BounceBox, bounce_box
from feedback.domain.errors import MailboxRefused, SettingsRefused
from tests import imap
from tests.browsing import free_port
from tests.relay_with_tls import make_certificate

MAILS = [b"Subject: one\r\n\r\nfirst\r\n", "Subject: zwei\r\n\r\nzweite größe\r\n".encode()]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with imap.imap_server() as port:
        yield port


def url(port: int, scheme: str = "imap", password: str = "open%20sesame", folder: str = "INBOX") -> str:
    return f"{scheme}://{imap.USER}:{password}@127.0.0.1:{port}/{folder}"


def maildir(tmp_path: Path, *mails: bytes) -> BounceBox:
    box = mailbox.Maildir(tmp_path / "bounces", create=True)
    for mail in mails:
        box.add(mail)
    return bounce_box(f"maildir:{tmp_path / 'bounces'}", None)


def test_a_maildir_is_emptied_as_it_is_read(tmp_path: Path) -> None:
    box = maildir(tmp_path, *(mail.replace(b"\r\n", b"\n") for mail in MAILS))
    assert {mail.splitlines()[0] for mail in box.mails()} == {b"Subject: one", b"Subject: zwei"}
    assert list(box.mails()) == []


def test_a_mail_that_was_not_dealt_with_stays_in_the_maildir(tmp_path: Path) -> None:
    box = maildir(tmp_path, *MAILS)
    reading = box.mails()
    next(reading)
    reading.close()
    assert len(list(box.mails())) == 2


def test_a_maildir_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MailboxRefused, match="tried again later"):
        list(bounce_box(f"maildir:{tmp_path}/nowhere", None).mails())


def test_an_imap_mailbox_is_emptied_as_it_is_read(port: int) -> None:
    imap.put(port, *MAILS)
    assert list(bounce_box(url(port), None).mails()) == MAILS
    assert imap.count(port) == 0


def test_a_mail_that_was_not_dealt_with_stays_on_the_imap_server(port: int) -> None:
    imap.put(port, *MAILS)
    reading = bounce_box(url(port), None).mails()
    next(reading)
    reading.close()
    assert list(bounce_box(url(port), None).mails()) == MAILS


def test_of_a_huge_mail_only_the_beginning_is_fetched(port: int) -> None:
    imap.put(port, b"Subject: huge\r\n\r\n" + b"x" * (2 * LARGEST_READ_BYTES))
    assert [len(mail) for mail in bounce_box(url(port), None).mails()] == [LARGEST_READ_BYTES]
    assert imap.count(port) == 0


def test_an_encrypted_mailbox_is_read_if_its_certificate_is_trusted(port: int, tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    imap.put(port, *MAILS)
    with imap.encrypted(port, certificate.context) as door:
        assert list(bounce_box(url(door, "imaps"), str(certificate.certificate)).mails()) == MAILS


def test_an_encrypted_mailbox_with_a_strange_certificate_is_not_signed_in_to(port: int, tmp_path: Path) -> None:
    with (
        imap.encrypted(port, make_certificate(tmp_path).context) as door,
        pytest.raises(MailboxRefused, match="certificate"),
    ):
        list(bounce_box(url(door, "imaps"), None).mails())


def test_a_wrong_password_is_told_without_saying_it(port: int) -> None:
    with pytest.raises(MailboxRefused) as refused:
        list(bounce_box(url(port, password="wrong-one"), None).mails())
    assert "wrong-one" not in str(refused.value)
    assert imap.USER not in str(refused.value)


def test_a_folder_that_is_missing_is_told(port: int) -> None:
    with pytest.raises(MailboxRefused, match="no such folder"):
        list(bounce_box(url(port, folder="Nowhere"), None).mails())


def test_a_server_that_is_away_is_told() -> None:
    with pytest.raises(MailboxRefused, match="ConnectionRefusedError"):
        list(bounce_box(url(int(free_port())), None).mails())


@pytest.mark.parametrize(
    "address",
    [
        "imap://user:word@mail.example.org/INBOX",
        "imaps://mail.example.org/INBOX",
        "imaps://user:word@mail.example.org/Größe",
        "imaps://user:word@mail.example.org:port/INBOX",
        "https://mail.example.org",
        "maildir:relative",
        "/var/mail",
    ],
)
def test_an_address_that_cannot_be_a_mailbox_is_refused_by_its_name(address: str) -> None:
    with pytest.raises(SettingsRefused, match="FEEDBACK_BOUNCES_URL"):
        bounce_box(address, None)


def test_a_password_is_never_shown() -> None:
    assert "word" not in repr(bounce_box("imaps://user:word@mail.example.org/INBOX", None))
