"""The demo mailbox in a browser: everybody's mails, newest first. An app of its own, for the loopback only.

Shows a mail's HTML in a frame that cannot run scripts; looking at a mail marks it as opened and changes nothing else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from flask import Flask, Response, render_template, send_from_directory
from jinja2 import StrictUndefined

from feedback.demo.mailbox import Mail, Mailbox, html, plain_text
from feedback.domain.errors import NotFound
from feedback.resources import templates_folder

MOST_LISTED = 500

# A frame made of `srcdoc` inherits the page's policy, and mails carry their styles inside them.
_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]]")


@dataclass(frozen=True)
class Inbox:
    """The mails of one person, newest first."""

    person: str
    mails: tuple[Mail, ...]


@dataclass(frozen=True)
class Piece:
    """A run of plain text. `url` is empty unless the run is a web address."""

    text: str
    url: str = ""


def mailbox_app(mailbox: Mailbox, service_url: str) -> Flask:
    """Return the app that shows this mailbox, and says what to try on the service at `service_url`."""
    app = Flask(__name__, template_folder=templates_folder() / "demo", static_folder=None)
    app.jinja_env.undefined = StrictUndefined
    app.after_request(_with_headers)
    app.add_url_rule("/", "inboxes", lambda: _show_inboxes(mailbox))
    app.add_url_rule("/next", "next", lambda: render_template("next.html", service_url=service_url))
    app.add_url_rule("/mail/<int:serial>", "mail", lambda serial: _show_mail(mailbox, serial))
    app.add_url_rule("/style.css", "style", lambda: send_from_directory(templates_folder() / "demo", "style.css"))
    app.register_error_handler(404, lambda _error: _show_missing("There is no such page; go back to the list."))
    app.register_error_handler(NotFound, lambda error: _show_missing(str(error)))
    return app


def inboxes(mails: tuple[Mail, ...]) -> tuple[Inbox, ...]:
    """Group mails, given newest first, by person; who got a mail last comes first."""
    last_by_person = {mail.to: -mail.serial for mail in reversed(mails)}
    by_person = sorted(mails, key=lambda mail: (last_by_person[mail.to], mail.to))
    return tuple(Inbox(person, tuple(own)) for person, own in groupby(by_person, key=lambda mail: mail.to))


def pieces(text: str) -> Iterator[Piece]:
    """Split plain text into web addresses and what stands between them; together they are the text."""
    end = 0
    for found in _URL.finditer(text):
        yield Piece(text[end : found.start()])
        yield Piece(found[0], url=found[0])
        end = found.end()
    yield Piece(text[end:])


def _with_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response


def _show_inboxes(mailbox: Mailbox) -> str:
    mails = mailbox.newest(MOST_LISTED)
    return render_template("inboxes.html", inboxes=inboxes(mails), shown=len(mails), total=mailbox.count())


def _show_mail(mailbox: Mailbox, serial: int) -> str:
    mail = mailbox.read(serial)
    mailbox.mark_opened(serial)
    names = ("From", "To", "Reply-To", "Date")
    heads = tuple((name, str(mail[name])) for name in names if mail[name])
    text = tuple(pieces(plain_text(mail).strip()))
    return render_template("mail.html", subject=str(mail["Subject"] or ""), heads=heads, pieces=text, html=html(mail))


def _show_missing(message: str) -> tuple[str, int]:
    return render_template("missing.html", message=message), 404
