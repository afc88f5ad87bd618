"""How the mail relay is reached."""

from dataclasses import dataclass, field
from enum import StrEnum

from feedback.domain.address import Address


class SmtpSecurity(StrEnum):
    """How the connection to the mail relay is protected."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True)
class SmtpSettings:
    """The mail relay. `ca_file` adds a certificate authority to the system's; `via` is shown behind a name."""

    host: str
    port: int
    security: SmtpSecurity
    user: str | None
    password: str | None = field(repr=False)
    ca_file: str | None
    sender: Address
    via: str | None = None
