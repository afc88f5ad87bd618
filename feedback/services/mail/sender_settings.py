"""What every mail shows of the sender."""

from dataclasses import dataclass

from feedback.domain.address import Address


@dataclass(frozen=True)
class SenderSettings:
    """What every mail shows of the sender: where links lead, the address it comes from, and the one it returns to."""

    base_url: str
    sender: Address
    bounce_address: Address | None = None
