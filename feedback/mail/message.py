"""One mail, not yet written."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback.domain.address import Address

MailValue = str | tuple[tuple[str, str], ...] | None
"""What a template may be given: words, nothing, or pairs of them."""


@dataclass(frozen=True)
class MailMessage:
    """One mail to one person. Without `return_path` it comes back to its sender.

    `values` fill its templates and are the same for all who get the mail in one language. What differs from person to
    person is the `addressee`'s name and the `links`, which templates know by their names as well. A trial
    says so in its subject.
    """

    recipient: Address
    language: str
    name: str
    message_id: str
    sender: tuple[str, Address]
    values: Mapping[str, MailValue] = field(repr=False)
    addressee: str = field(default="", repr=False)
    links: Mapping[str, str] = field(default_factory=dict, repr=False)
    opt_out_url: str | None = field(default=None, repr=False)
    return_path: Address | None = field(default=None, repr=False)
    is_trial: bool = False
