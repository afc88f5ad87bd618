"""What every mail shows of the sender."""

import secrets
from dataclasses import dataclass

from feedback.domain.address import Address, domain_of

_NAME_BYTES = 16


@dataclass(frozen=True)
class SenderSettings:
    """What every mail shows of the sender: where links lead, the address it comes from, and the one it returns to.

    `via` stands behind the organisation's name where mails do not come from its own domain.
    """

    base_url: str
    sender: Address
    bounce_address: Address | None = None
    via: str | None = None

    def new_message_id(self) -> str:
        """Return what names one mail and leads to nobody: random, at the sender's domain."""
        return f"<{secrets.token_hex(_NAME_BYTES)}@{domain_of(self.sender)}>"

    def shown_as(self, organisation: str) -> tuple[str, Address]:
        """Return the name and the address that a mail for an organisation comes from."""
        return (f"{organisation} via {self.via}" if self.via else organisation), self.sender
