"""Providers of OpenID Connect, where staff sign in: their addresses, and what they say of somebody."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from feedback.domain.errors import ProviderRefused, sentence

LONGEST_ISSUER = 200
LONGEST_SUBJECT = 255
_LONGEST_ADDRESS = 254
_NO_ISSUER = sentence(
    "This is not the address of a provider. It begins with https:// and has no “?” and no “#”; the provider’s own "
    "pages call it issuer."
)


@dataclass(frozen=True)
class Identity:
    """Somebody at a provider: `subject` is their number there, which no one else gets."""

    issuer: str
    subject: str


@dataclass(frozen=True)
class Client:
    """What this service is to a provider, and where the provider sends people back to."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True)
class Journey:
    """What one browser was sent to a provider with. The secrets stay in its cookie; each is good for one way back."""

    organisation_id: int
    issuer: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True)
class Departure:
    """Where a browser is sent, and with what it comes back."""

    address: str
    journey: Journey


@dataclass(frozen=True)
class Return:
    """What a browser brings back from a provider, as its address says. Nothing of it was checked."""

    code: str
    state: str
    issuer: str | None


@dataclass(frozen=True)
class Arrival:
    """Who came back. `verified_address` is in small letters, and None unless the provider says that it is theirs."""

    identity: Identity
    verified_address: str | None


def checked_issuer(text: str) -> str:
    """Return the address of a provider; raise ProviderRefused if it cannot be one."""
    issuer = text.strip()
    try:
        parts = urlsplit(issuer)
        is_address = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    plain = issuer.isascii() and issuer.isprintable() and " " not in issuer and len(issuer) <= LONGEST_ISSUER
    if not (is_address and plain) or parts.scheme not in {"https", "http"} or "@" in parts.netloc:
        raise ProviderRefused(_NO_ISSUER)
    if "?" in issuer or "#" in issuer:
        raise ProviderRefused(_NO_ISSUER)
    return issuer


def host_of(issuer: str) -> str:
    """Return what tells somebody which provider that is: its host, which no mail program makes a link of."""
    return urlsplit(issuer).netloc


def verified_address(claims: dict[str, object]) -> str | None:
    """Return the address that a provider says is somebody's own; None if it does not say so in so many words."""
    email = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str):
        return None
    is_plain = email.isascii() and email.isprintable() and len(email) <= _LONGEST_ADDRESS
    return email.lower() if is_plain else None
