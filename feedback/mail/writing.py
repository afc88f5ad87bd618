"""How a mail is written: once for all who get it in one language, then filled in for each person.

A mail is a folder of three templates, `templates/mail/<name>/{subject.txt,body.txt,body.html}`. Text and HTML stand
side by side, each in quoted-printable, so that no relay needs to take more than seven bits, and no line is long.
"""

import secrets
from binascii import b2a_qp
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from flask import render_template
from flask_babel import force_locale
from markupsafe import escape

from feedback.domain.languages import spoken_language
from feedback.locales.isolation import isolated_text, set_apart
from feedback.mail.headers import address_header, plain_header, text_header
from feedback.mail.message import MailMessage

_BOUNDARY_BYTES = 16
_MARK_DIGITS = 12
_ADDRESSEE = "name"
Filling = Mapping[str, str]
"""What stands in the place of each mark."""


@dataclass(frozen=True)
class _Half:
    """Text or HTML of a mail, line by line: bytes where all get the same, text with marks where they do not."""

    kind: str
    lines: tuple[bytes | str, ...]

    def filled(self, filling: Filling) -> Iterator[bytes]:
        for line in self.lines:
            yield line if isinstance(line, bytes) else _encoded(_filled(line, filling))


@dataclass(frozen=True)
class _Form:
    """One mail in one language, written but for what differs from person to person."""

    head: bytes
    boundary: bytes
    text: _Half
    html: _Half
    marks: Mapping[str, str]


class Writer:
    """Writes mails, each text once."""

    def __init__(self) -> None:
        """Nothing is written yet."""
        self._forms: dict[tuple[object, ...], _Form] = {}

    def write(self, message: MailMessage) -> bytes:
        """Return a mail as it goes to the relay, in its reader's language: plain text first, HTML beside it."""
        alike = (message.language, message.name, message.sender, *message.links, *message.values.items())
        form = self._forms.get(alike)
        with force_locale(spoken_language(message.language).code):
            if form is None:
                form = self._forms[alike] = _form(message)
            filling = [_filling(message, form.marks, is_html=is_html) for is_html in (False, True)]
        return b"".join((form.head, *_own_headers(message), *_body(form, *filling)))


def write(message: MailMessage) -> bytes:
    """Return a single mail as it goes to the relay."""
    return Writer().write(message)


def _form(message: MailMessage) -> _Form:
    marks = {name: _mark() for name in (_ADDRESSEE, *message.links)}
    folder, values = f"mail/{message.name}", {**message.values, **marks}
    subject = " ".join(render_template(f"{folder}/subject.txt", **values).split())
    return _Form(
        head=b"".join(
            (
                address_header("From", *message.sender),
                text_header("Subject", subject),
                plain_header("Auto-Submitted", "auto-generated"),
                plain_header("X-Auto-Response-Suppress", "All"),
            )
        ),
        # Drawn so long that no text can hold it.
        boundary=secrets.token_hex(_BOUNDARY_BYTES).encode(),
        text=_half("plain", render_template(f"{folder}/body.txt", **values), marks),
        html=_half("html", render_template(f"{folder}/body.html", **values), marks),
        marks=marks,
    )


# Of signs that have no direction, are no markup and are never broken, and that nobody can guess.
def _mark() -> str:
    return f"\u241f{secrets.randbelow(10**_MARK_DIGITS):0{_MARK_DIGITS}}\u241f"


def _half(kind: str, text: str, marks: Mapping[str, str]) -> _Half:
    lines = (line.rstrip("\r") for line in text.strip("\n").split("\n"))
    return _Half(
        kind, tuple(line if any(mark in line for mark in marks.values()) else _encoded(line) for line in lines)
    )


def _encoded(line: str) -> bytes:
    return b2a_qp(f"{line}\r\n".encode(), istext=True)


def _filling(message: MailMessage, marks: Mapping[str, str], *, is_html: bool) -> Filling:
    name = set_apart(message.addressee) if is_html else isolated_text(message.addressee)
    links = {marks[link]: escape(url) if is_html else url for link, url in message.links.items()}
    return {marks[_ADDRESSEE]: name, **links}


def _filled(line: str, filling: Filling) -> str:
    for mark, value in filling.items():
        line = line.replace(mark, str(value))
    return line


def _own_headers(message: MailMessage) -> Iterator[bytes]:
    yield plain_header("To", message.recipient)
    yield plain_header("Date", format_datetime(datetime.now(UTC)))
    yield plain_header("Message-ID", message.message_id)
    if message.opt_out_url:
        yield plain_header("List-Unsubscribe", f"<{message.opt_out_url}>")
        yield plain_header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")


def _body(form: _Form, text: Filling, html: Filling) -> Iterator[bytes]:
    yield plain_header("MIME-Version", "1.0")
    yield plain_header("Content-Type", f'multipart/alternative;\r\n boundary="{form.boundary.decode()}"')
    for half, filling in ((form.text, text), (form.html, html)):
        yield b"\r\n--" + form.boundary + b"\r\n"
        yield plain_header("Content-Type", f'text/{half.kind}; charset="utf-8"')
        yield plain_header("Content-Transfer-Encoding", "quoted-printable")
        yield b"\r\n"
        yield from half.filled(filling)
    yield b"\r\n--" + form.boundary + b"--\r\n"
