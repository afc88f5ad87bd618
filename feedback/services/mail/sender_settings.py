"""What every mail shows of the sender."""

from dataclasses import dataclass

from feedback.domain.address import Address


@dataclass(frozen=True)
class SenderSettings:
    """What every mail shows of the sender: where links lead, the address it comes from, and the one it returns to.

    `via` stands behind the organisation's name where mails do not come from its own domain.
    """

    base_url: str
    sender: Address
    bounce_address: Address | None = None
    via: str | None = None

    def shown_as(self, organisation: str) -> tuple[str, Address]:
        """Return the name and the address that a mail for an organisation comes from."""
        return (f"{organisation} via {self.via}" if self.via else organisation), self.sender
