"""Mail: the relay's certificate is verified, every wait has an end, and a mail is written as it should be."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import getaddresses
from pathlib import Path

import pytest
from cryptography import x509
from flask import Flask, template_rendered
from hypothesis import assume, given
from hypothesis import strategies as st

from feedback.app import create_app_without_pages
from feedback.config import read_settings
from feedback.domain.errors import MailRefused
from feedback.mail.headers import address_header
from feedback.mail.message import MailMessage
from feedback.mail.relay import TIMEOUT_SECONDS, Relay, RelayVerdict
from feedback.mail.writing import Writer, write
from feedback.worker.worker import worker_context
from tests.mails.letters import MAILS, a_letter, parsed, read
from tests.relay_with_tls import Certificate, everybody, make_certificate, nobody, relay
from tests.services.mail.relays import ScriptedRelay

VALUES = {
    "organisation": "Example Organisation",
    "programme": "Pilot",
    "programme_is_discreet": "yes",
    "stage": "kickoff",
    "role_of_two": None,
    "announced_at": None,
    "contact_name": "Cem Contact",
    "contact_email": "contact@example.com",
    "minimum_group_size": "5",
    "minutes": "6",
    "closes_on": "Monday, 15 March 2027",
    "may_close_early": None,
    "closes_at": "10:00",
    "time_zone": "Europe/Paris",
    "base_url": "https://feedback.example.com",
    "support_url": None,
    "opening": None,
}
LINKS = {"link": "https://feedback.example.com/s/link", "opt_out_url": "https://feedback.example.com/o/token"}


def a_message(**changes: object) -> MailMessage:
    values = {
        "recipient": "ana@example.com",
        "language": "en",
        "name": "invitation",
        "message_id": "<message@example.com>",
        "sender": ("Example Organisation", "feedback@example.com"),
        "values": VALUES,
        "addressee": "Ana",
        "links": LINKS,
        "opt_out_url": "https://feedback.example.com/o/token",
    }
    return MailMessage(**(values | changes))


@pytest.fixture
def application(tmp_path: Path) -> Callable[..., Flask]:
    def build(port: int = 1, **environment: str) -> Flask:
        fixed = {"FEEDBACK_INSTANCE": str(tmp_path / "instance"), "FEEDBACK_SMTP_PORT": str(port)}
        return create_app_without_pages(read_settings(fixed | environment))

    return build


@pytest.fixture
def app(application: Callable[..., Flask]) -> Iterator[Flask]:
    app = application()
    with app.app_context():
        yield app


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
    with pytest.raises(MailRefused, match="Emails wait"):
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
        assert smtp._host.timeout == TIMEOUT_SECONDS


def test_one_conversation_carries_many_mails(application: Callable[..., Flask]) -> None:
    with relay() as port:
        app = application(port)
        with app.app_context(), relay_of(app).connect() as smtp:
            verdicts = {smtp.send(a_message()).verdict for _turn in range(20)}
    assert verdicts == {RelayVerdict.ACCEPTED}


# ---- how a mail is written


@pytest.mark.parametrize("name", ["invitation", "reminder"])
def test_a_subject_is_one_line(app: Flask, name: str) -> None:
    subject = read(app, a_message(name=name)).subject
    assert subject == " ".join(subject.split())
    assert subject


@pytest.mark.parametrize("name", ["invitation", "reminder"])
def test_the_link_stands_unbroken_in_both_parts(app: Flask, name: str) -> None:
    link = "https://feedback.example.com/s/" + "L" * 43
    message = read(app, a_message(name=name, links=LINKS | {"link": link}))
    assert link in message.body.split()
    assert f'"{link}"' in message.html


@pytest.mark.parametrize("name", ["invitation", "reminder"])
def test_a_name_is_escaped_in_the_html_and_left_alone_in_the_text(app: Flask, name: str) -> None:
    message = read(app, a_message(name=name, addressee="Ana <b>&"))
    assert "Ana <b>&" in message.body
    assert "Ana &lt;b&gt;&amp;" in message.html


@pytest.mark.parametrize(
    "name", ["Ana {{ 7 * 7 }} % = =3D", "\u241f123456789012\u241f", "A" * 1200, "دانة", ".", "José"]
)
def test_a_name_of_any_kind_arrives_as_it_is(app: Flask, name: str) -> None:
    message = read(app, a_message(addressee=name))
    assert f"Hello {name}," in message.body.replace("\u2068", "").replace("\u2069", "")
    assert name in message.html


def test_a_value_that_is_missing_is_an_error(app: Flask) -> None:
    with pytest.raises(Exception, match="'link' is undefined"):
        write(a_message(links={"opt_out_url": LINKS["opt_out_url"]}))


def test_the_message_id_is_the_one_that_was_given(app: Flask) -> None:
    assert write(a_message()).count(b"Message-ID: <message@example.com>\r\n") == 1


def test_a_mail_without_opt_out_offers_none(app: Flask) -> None:
    assert b"List-Unsubscribe" not in write(a_message(opt_out_url=None))


def test_a_printed_letter_shows_no_link(app: Flask) -> None:
    assert "https://" not in repr(a_message())


def test_two_halves_stand_side_by_side_and_need_no_eighth_bit(app: Flask) -> None:
    raw = write(a_message(language="ar", addressee="دانة", sender=("Organisation Éxemple", "feedback@example.com")))
    mail = parsed(raw)
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert {part["Content-Transfer-Encoding"] for part in mail.iter_parts()} == {"quoted-printable"}
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert [part.defects for part in mail.walk()] == [[], [], []]


def test_who_writes_twice_in_a_language_writes_the_same(app: Flask) -> None:
    writer = Writer()
    first, again = (parsed(writer.write(a_message(addressee=name))) for name in ("Ana", "Ana"))
    texts = [[part.get_content() for part in mail.iter_parts()] for mail in (first, again)]
    assert texts[0] == texts[1]


def test_a_mail_is_written_once_for_all_who_get_it_in_one_language(app: Flask) -> None:
    writer, drawn = Writer(), []
    with template_rendered.connected_to(lambda _app, template, **_context: drawn.append(template.name), app):
        for number in range(20):
            for language in ("en", "ar"):
                writer.write(a_message(addressee=f"Ana {number}", language=language))
    assert Counter(drawn) == {f"mail/invitation/{part}": 2 for part in ("subject.txt", "body.txt", "body.html")}


def test_nobody_gets_what_is_somebody_elses(app: Flask) -> None:
    writer = Writer()
    writer.write(a_message(addressee="Ana", links={name: f"https://one.example/{name}" for name in LINKS}))
    second = writer.write(a_message(addressee="Ben", links={name: f"https://two.example/{name}" for name in LINKS}))
    assert b"one.example" not in second
    assert b"Ana" not in second.partition(b"\r\n\r\n")[2]


# ---- from whom

TELLING_NAMES = [
    "Example Organisation",
    "Smith, Jones & Partners",
    'The "Good" Company',
    "Ends with a backslash \\",
    "sales@example.org",
    "Ana <ana@example.org>",
    "Contoso (UK); Contoso: Group, Ltd.",
    "O’Brien & Söhne, GmbH",
    "株式会社サンプル",
    "مؤسسة النور",
    "=?utf-8?q?Not_encoded?=",
    "=?",
    "A, B" * 50,
    "Ö, " * 66 + "Ö",
    "W" * 200,
    "長" * 200,
    "'",
    "a b  c",
]


def senders(raw: bytes) -> list[tuple[str, str]]:
    """Every mailbox in From. The parser of the standard library parts encoded words by blanks that are none."""
    found = getaddresses([message_from_bytes(raw)["From"]])
    return [(str(make_header(decode_header(name.replace("\r\n", "")))), address) for name, address in found]


@pytest.mark.parametrize("mail", MAILS)
@pytest.mark.parametrize("name", TELLING_NAMES)
def test_a_sender_is_one_mailbox_with_its_whole_name(app: Flask, mail: str, name: str) -> None:
    raw = write(replace(a_letter(mail), sender=(name, "feedback@example.com")))
    assert senders(raw) == [(name, "feedback@example.com")]
    (sender,) = parsed(raw)["From"].addresses
    assert sender.addr_spec == "feedback@example.com"
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@given(st.text(min_size=1, max_size=200))
def test_whatever_can_be_shown_can_be_a_sender(name: str) -> None:
    assume(name.isprintable() and name == name.strip())
    raw = address_header("From", name, "feedback@example.com") + b"\r\n"
    assert senders(raw) == [(name, "feedback@example.com")]


@pytest.mark.parametrize("return_path", [None, "bounces+1-ab@example.com"])
def test_the_envelope_holds_the_bare_address(application: Callable[..., Flask], return_path: str | None) -> None:
    noted = ScriptedRelay()
    app = application(noted.port)
    with app.app_context(), relay_of(app).connect() as smtp:
        message = a_message(sender=("Smith, Jones & Partners", "feedback@example.com"), return_path=return_path)
        assert smtp.send(message).verdict is RelayVerdict.ACCEPTED
    noted.goes_down()
    assert noted.envelopes == [(return_path or "feedback@example.com", set())]
