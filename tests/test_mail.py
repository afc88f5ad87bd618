"""Mail: the relay's certificate is verified, every wait has an end, and a mail is written as it should be."""

import re
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from cryptography import x509
from flask import Flask
from flask_mail import Message

from feedback.app import create_app
from feedback.config import read_settings
from feedback.domain.errors import MailRefused
from feedback.mail import TIMEOUT_SECONDS, MailMessage, Relay, RelayVerdict, write
from feedback.worker.worker import worker_context
from tests.relay_with_tls import Certificate, everybody, make_certificate, nobody, relay

VALUES = {
    "name": "Ana",
    "organisation": "Example Organisation",
    "programme": "Pilot",
    "contact_name": "Cem Contact",
    "contact_email": "contact@example.com",
    "minimum_group_size": "5",
    "closes_on": "Monday, 15 March 2027",
    "closes_at": "10:00",
    "time_zone": "Europe/Paris",
    "base_url": "https://feedback.example.com",
    "support_url": None,
    "link": "https://feedback.example.com/s/link",
    "opt_out_url": "https://feedback.example.com/o/token",
}


def a_message(**changes: object) -> MailMessage:
    values = {
        "recipient": "ana@example.com",
        "language": "en",
        "name": "invitation",
        "message_id": "<message@example.com>",
        "sender": ("Example Organisation", "feedback@example.com"),
        "values": VALUES,
        "opt_out_url": "https://feedback.example.com/o/token",
    }
    return MailMessage(**(values | changes))


@pytest.fixture
def application(tmp_path: Path) -> Callable[..., Flask]:
    def build(port: int = 1, **environment: str) -> Flask:
        fixed = {"FEEDBACK_INSTANCE": str(tmp_path / "instance"), "FEEDBACK_SMTP_PORT": str(port)}
        return create_app(read_settings(fixed | environment))

    return build


@pytest.fixture
def page(application: Callable[..., Flask]) -> Iterator[None]:
    app = application()
    relay_of(app)
    with app.app_context():
        yield


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return make_certificate(tmp_path)


def relay_of(app: Flask) -> Relay:
    return worker_context(app).relay


def sends(app: Flask) -> RelayVerdict:
    """Hand one mail over."""
    with app.app_context(), relay_of(app).connect() as smtp:
        return smtp.send(a_message()).verdict


# ---- whom the relay is


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    application: Callable[..., Flask], certificate: Certificate, security: str
) -> None:
    with relay(**tls(security, certificate)) as port:
        app = application(port, FEEDBACK_SMTP_SECURITY=security)
        with pytest.raises(MailRefused, match="certificate"):
            sends(app)


def tls(security: str, certificate: Certificate) -> dict[str, object]:
    """How aiosmtpd is told to speak TLS, from the start or after STARTTLS."""
    if security == "tls":
        return {"ssl_context": certificate.context}
    return {"tls_context": certificate.context, "require_starttls": True}


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_from_the_settings_is_trusted(
    application: Callable[..., Flask], certificate: Certificate, security: str
) -> None:
    with relay(**tls(security, certificate)) as port:
        trusted = {"FEEDBACK_SMTP_CA_FILE": str(certificate.certificate)}
        app = application(port, FEEDBACK_SMTP_SECURITY=security, **trusted)
        assert sends(app) is RelayVerdict.ACCEPTED


def test_a_certificate_for_another_name_is_refused(application: Callable[..., Flask], tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, x509.DNSName("mail.example.com"))
    with relay(**tls("starttls", certificate)) as port:
        trusted = {"FEEDBACK_SMTP_CA_FILE": str(certificate.certificate)}
        app = application(port, FEEDBACK_SMTP_SECURITY="starttls", **trusted)
        with pytest.raises(MailRefused, match="certificate"):
            sends(app)


def test_a_relay_that_offers_no_tls_gets_no_mail(application: Callable[..., Flask]) -> None:
    with relay() as port:
        app = application(port, FEEDBACK_SMTP_SECURITY="starttls")
        with pytest.raises(MailRefused, match="does not offer"):
            sends(app)


@pytest.mark.parametrize(("authenticator", "accepted"), [(everybody, True), (nobody, False)])
def test_the_password_opens_the_relay(
    application: Callable[..., Flask], certificate: Certificate, authenticator: Callable[..., object], accepted: bool
) -> None:
    user = {"FEEDBACK_SMTP_USER": "user", "FEEDBACK_SMTP_PASSWORD": "smtp-password"}
    trusted = {"FEEDBACK_SMTP_SECURITY": "starttls", "FEEDBACK_SMTP_CA_FILE": str(certificate.certificate)}
    how = tls("starttls", certificate) | {"authenticator": authenticator, "auth_required": True}
    with relay(**how) as port:
        app = application(port, **user, **trusted)
        if accepted:
            assert sends(app) is RelayVerdict.ACCEPTED
            return
        with pytest.raises(MailRefused, match="refused the user or the password") as refused:
            sends(app)
        assert "smtp-password" not in str(refused.value)


def test_a_relay_that_is_not_there_is_said_to_be_so(application: Callable[..., Flask]) -> None:
    with relay() as port:
        app = application(port)
    with pytest.raises(MailRefused, match="Mails wait"):
        sends(app)


def test_a_ca_file_that_cannot_be_read_is_a_refusal_and_no_crash(
    application: Callable[..., Flask], tmp_path: Path
) -> None:
    with relay() as port:
        app = application(port, FEEDBACK_SMTP_SECURITY="starttls", FEEDBACK_SMTP_CA_FILE=str(tmp_path / "none.pem"))
        with pytest.raises(MailRefused):
            sends(app)


def test_every_wait_for_the_relay_has_an_end(application: Callable[..., Flask]) -> None:
    with relay() as port, relay_of(application(port)).connect() as smtp:
        assert smtp._connection.host.timeout == TIMEOUT_SECONDS


def test_one_conversation_carries_many_mails(application: Callable[..., Flask]) -> None:
    with relay() as port:
        app = application(port)
        with app.app_context(), relay_of(app).connect() as smtp:
            verdicts = {smtp.send(a_message()).verdict for _turn in range(20)}
    assert verdicts == {RelayVerdict.ACCEPTED}


# ---- how a mail is written


@pytest.mark.parametrize("name", ["invitation", "reminder"])
def test_a_subject_is_one_line(page: None, name: str) -> None:
    subject = write(a_message(name=name)).subject
    assert subject == " ".join(subject.split())
    assert subject


@pytest.mark.parametrize("name", ["invitation", "reminder"])
def test_the_link_stands_unbroken_in_both_parts(page: None, name: str) -> None:
    link = "https://feedback.example.com/s/" + "L" * 43
    message = write(a_message(name=name, values=VALUES | {"link": link}))
    assert link in message.body.split()
    assert f'"{link}"' in message.html


@pytest.mark.parametrize("name", ["invitation", "reminder"])
def test_a_value_is_escaped_in_the_html_and_left_alone_in_the_text(page: None, name: str) -> None:
    message = write(a_message(name=name, values=VALUES | {"name": "Ana <b>&"}))
    assert "Ana <b>&" in message.body
    assert "Ana &lt;b&gt;&amp;" in message.html


def test_a_value_that_is_missing_is_an_error(page: None) -> None:
    values = {name: text for name, text in VALUES.items() if name != "link"}
    with pytest.raises(Exception, match="'link' is undefined"):
        write(a_message(values=values))


def test_the_message_id_is_the_one_that_was_given(page: None) -> None:
    assert write(a_message()).as_string().count("Message-ID: <message@example.com>") == 1


def test_a_mail_without_opt_out_offers_none(page: None) -> None:
    assert "List-Unsubscribe" not in write(a_message(opt_out_url=None)).as_string()


def test_a_printed_letter_shows_no_link(page: None) -> None:
    assert "https://" not in repr(a_message())


def test_a_mail_is_written_as_flask_mail_would_write_it(page: None) -> None:
    message = write(a_message(sender=("Organisation Éxemple", "feedback@example.com"), language="fr"))
    message.date = 0
    lean, own = (message_from_bytes(one, policy=default) for one in (message.as_bytes(), Message.as_bytes(message)))
    assert [headers_of(part) for part in lean.walk()] == [headers_of(part) for part in own.walk()]
    for body in ("plain", "html"):
        assert lean.get_body((body,)).get_content() == own.get_body((body,)).get_content()
    assert b"\n" not in message.as_bytes().replace(b"\r\n", b"")


def headers_of(part: EmailMessage) -> list[tuple[str, str]]:
    """Every header but for the mark between the parts, which is drawn anew each time."""
    return [(name, re.sub(r'boundary="[^"]*"', "", value)) for name, value in part.items()]
