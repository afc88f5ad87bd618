"""How mail goes out and how it is noticed that it came back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from feedback.config.values import number
from feedback.domain.address import Address, local_part_of, read_address
from feedback.domain.errors import AddressRefused, SettingsRefused
from feedback.domain.hosts import is_loopback
from feedback.domain.relays import SmtpSecurity, SmtpSettings

if TYPE_CHECKING:
    from feedback.bounce_box import BounceBox

LONGEST_RETURN_LOCAL_PART = 24
SHORTEST_TOKEN = 32
LONGEST_VIA = 60


@dataclass(frozen=True)
class BounceSettings:
    """How mails that come back are noticed. Without `address` each mail has the plain sender as its return path.

    `box` is the mailbox that they lie in, `token` what whoever posts them must show.
    """

    address: Address | None = None
    box: "BounceBox | None" = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)


def read_smtp(environ: Mapping[str, str]) -> SmtpSettings:
    """Return how the relay is reached."""
    host = environ.get("FEEDBACK_SMTP_HOST", "127.0.0.1")
    default = SmtpSecurity.NONE if is_loopback(host) else SmtpSecurity.STARTTLS
    security = _security(environ.get("FEEDBACK_SMTP_SECURITY", default))
    if security is SmtpSecurity.NONE and not is_loopback(host):
        raise SettingsRefused("FEEDBACK_SMTP_SECURITY is none: only a relay on this machine may go without TLS.")
    user, password = environ.get("FEEDBACK_SMTP_USER"), environ.get("FEEDBACK_SMTP_PASSWORD")
    if bool(user) != bool(password):
        raise SettingsRefused("FEEDBACK_SMTP_USER and FEEDBACK_SMTP_PASSWORD must be set together.")
    return SmtpSettings(
        host=host,
        port=number(environ, "FEEDBACK_SMTP_PORT", 8025 if is_loopback(host) else 587, 1, 65535),
        security=security,
        user=user,
        password=password,
        ca_file=environ.get("FEEDBACK_SMTP_CA_FILE"),
        sender=_address("FEEDBACK_MAIL_SENDER", environ.get("FEEDBACK_MAIL_SENDER") or "feedback@example.com"),
        via=_via(environ.get("FEEDBACK_MAIL_VIA")),
    )


def _via(text: str | None) -> str | None:
    if text and not (text.isprintable() and text.strip() == text and len(text) <= LONGEST_VIA):
        raise SettingsRefused(f"FEEDBACK_MAIL_VIA is not a name of at most {LONGEST_VIA} characters, such as Feedback.")
    return text or None


def read_bounces(environ: Mapping[str, str]) -> BounceSettings:
    """Return how returned mails are noticed."""
    url, token = environ.get("FEEDBACK_BOUNCES_URL"), environ.get("FEEDBACK_BOUNCES_TOKEN") or None
    if token is not None and len(token) < SHORTEST_TOKEN:
        raise SettingsRefused(f"FEEDBACK_BOUNCES_TOKEN is shorter than {SHORTEST_TOKEN} characters.")
    return BounceSettings(
        address=_return_address(environ.get("FEEDBACK_BOUNCE_ADDRESS")),
        box=_box(url, environ.get("FEEDBACK_SMTP_CA_FILE")) if url else None,
        token=token,
    )


def _box(url: str, ca_file: str | None) -> "BounceBox":
    # Only the worker and one command are given one; all others need not load how it is read.
    from feedback.bounce_box import bounce_box

    return bounce_box(url, ca_file)


def _return_address(text: str | None) -> Address | None:
    if not text:
        return None
    address = _address("FEEDBACK_BOUNCE_ADDRESS", text)
    local_part = local_part_of(address)
    if "+" in local_part or not local_part.isascii():
        raise SettingsRefused("FEEDBACK_BOUNCE_ADDRESS is not a plain address such as bounces@example.org.")
    if len(local_part) > LONGEST_RETURN_LOCAL_PART:
        raise SettingsRefused(
            f"FEEDBACK_BOUNCE_ADDRESS has more than {LONGEST_RETURN_LOCAL_PART} characters before its @: "
            "what is added to it must fit too."
        )
    return address


def _address(variable: str, text: str) -> Address:
    try:
        return read_address(text)
    except AddressRefused as wrong:
        raise SettingsRefused(f"{variable} cannot be used: {wrong}") from None


def _security(text: str) -> SmtpSecurity:
    try:
        return SmtpSecurity(text)
    except ValueError:
        raise SettingsRefused("FEEDBACK_SMTP_SECURITY must be tls, starttls or none.") from None
