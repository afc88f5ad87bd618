"""How a mail is written: once for all who get it in one language, then filled in for each person.

A mail is a folder of three templates, `templates/mail/<name>/{subject.txt,body.txt,body.html}`. Text and HTML stand
side by side, each in quoted-printable, so that no relay needs to take more than seven bits, and no line is long.
"""

import re
import secrets
from binascii import b2a_qp
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import escape

from feedback.domain.languages import spoken_language
from feedback.locales.isolation import isolated_text, set_apart
from feedback.locales.lists import labelled
from feedback.mail.headers import address_header, plain_header, text_header
from feedback.mail.message import MailMessage, MailValue

_BOUNDARY_BYTES = 16
_MARK_DIGITS = 12
_ADDRESSEE = "name"
Filling = Mapping[str, str]
"""What stands in the place of each mark."""


@dataclass(frozen=True)
class _Line:
    """One line of a text, or of HTML, that is not the same for everybody: a "%s" stands for each of its marks."""

    words: str
    marks: tuple[str, ...]
    is_html: bool


@dataclass(frozen=True)
class _Form:
    """One mail in one language, written but for what differs from person to person: its own headers and some lines."""

    head: bytes
    body: tuple[bytes | _Line, ...]
    marks: Mapping[str, str]


class Writer:
    """Writes mails, each text once."""

    def __init__(self) -> None:
        """Nothing is written yet."""
        self._forms: dict[tuple[object, ...], _Form] = {}

    def write(self, message: MailMessage) -> bytes:
        """Return a mail as it goes to the relay, in its reader's language: plain text first, HTML beside it."""
        alike = (*_kind(message), *message.links, *message.values.items())
        form = self._forms.get(alike)
        if form is None:
            with force_locale(spoken_language(message.language).code):
                form = self._forms[alike] = _form(message)
        texts, markup = (_filling(message, form.marks, is_html=is_html) for is_html in (False, True))
        body = [
            piece if isinstance(piece, bytes) else _encoded(_filled(piece, markup if piece.is_html else texts))
            for piece in form.body
        ]
        return b"".join((form.head, *_own_headers(message), *body))


def _kind(message: MailMessage) -> tuple[object, ...]:
    return message.language, message.name, message.sender, message.is_trial


def write(message: MailMessage) -> bytes:
    """Return a single mail as it goes to the relay."""
    return Writer().write(message)


def _form(message: MailMessage) -> _Form:
    marks = {name: _mark() for name in (_ADDRESSEE, *message.links)}
    folder, values = f"mail/{message.name}", {**message.values, **marks}
    subject = " ".join(render_template(f"{folder}/subject.txt", **values).split())
    if message.is_trial:
        subject = labelled(_("Test"), subject)
    return _Form(
        head=b"".join(
            (
                address_header("From", *message.sender),
                text_header("Subject", subject),
                plain_header("Auto-Submitted", "auto-generated"),
                plain_header("X-Auto-Response-Suppress", "All"),
            )
        ),
        body=tuple(_joined(_parts(folder, values, marks.values()))),
        marks=marks,
    )


# Of signs that have no direction, are no markup and are never broken, and that nobody can guess.
def _mark() -> str:
    return f"\u241f{secrets.randbelow(10**_MARK_DIGITS):0{_MARK_DIGITS}}\u241f"


def _parts(folder: str, values: Mapping[str, MailValue], marks: Collection[str]) -> Iterator[bytes | _Line]:
    # Drawn so long that no text can hold it.
    boundary = secrets.token_hex(_BOUNDARY_BYTES)
    between = re.compile(f"({'|'.join(marks)})")
    yield plain_header("MIME-Version", "1.0")
    yield plain_header("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"')
    for kind, file in (("plain", "body.txt"), ("html", "body.html")):
        yield f"\r\n--{boundary}\r\n".encode()
        yield plain_header("Content-Type", f'text/{kind}; charset="utf-8"')
        yield plain_header("Content-Transfer-Encoding", "quoted-printable") + b"\r\n"
        for line in render_template(f"{folder}/{file}", **values).strip("\n").split("\n"):
            marks = tuple(between.findall(line))
            words = between.sub("%s", line.replace("%", "%%"))
            yield _Line(words, marks, kind == "html") if marks else _encoded(line)
    yield f"\r\n--{boundary}--\r\n".encode()


def _joined(pieces: Iterable[bytes | _Line]) -> Iterator[bytes | _Line]:
    """Put what all get alike together as far as it goes."""
    alike: list[bytes] = []
    for piece in pieces:
        if isinstance(piece, bytes):
            alike.append(piece)
        else:
            yield b"".join(alike)
            yield piece
            alike = []
    yield b"".join(alike)


def _encoded(line: str) -> bytes:
    return b2a_qp(f"{line}\r\n".encode(), istext=True)


def _filling(message: MailMessage, marks: Mapping[str, str], *, is_html: bool) -> Filling:
    language = spoken_language(message.language)
    name = (set_apart if is_html else isolated_text)(message.addressee, language)
    links = {marks[link]: escape(url) if is_html else url for link, url in message.links.items()}
    return {marks[_ADDRESSEE]: name, **links}


def _filled(line: _Line, filling: Filling) -> str:
    return line.words % tuple([filling[mark] for mark in line.marks])


def _own_headers(message: MailMessage) -> Iterator[bytes]:
    yield plain_header("To", message.recipient)
    yield plain_header("Date", format_datetime(datetime.now(UTC)))
    yield plain_header("Message-ID", message.message_id)
    if message.opt_out_url:
        yield plain_header("List-Unsubscribe", f"<{message.opt_out_url}>")
        yield plain_header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
