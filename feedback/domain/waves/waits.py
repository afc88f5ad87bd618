"""What keeps something that is due from being done, until when at the latest, and what would let it go."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feedback.domain.errors import sentence


class WaitReason(StrEnum):
    """What it waits for."""

    QUIET_OPENING = "quiet-opening"
    QUIET_EMAILS = "quiet-emails"
    APPROVAL = "approval"
    KEPT_SHUT = "kept-shut"
    RELAY = "relay"
    SENDER = "sender"
    TURN = "turn"


OF_EMAILS = frozenset({WaitReason.QUIET_EMAILS, WaitReason.RELAY, WaitReason.TURN})
"""What holds up emails, and is said nowhere else on the page of a wave."""


@dataclass(frozen=True)
class Wait:
    """A wave of which something waits. `until`: when it goes, is tried again, or falls away."""

    wave_id: int
    reason: WaitReason
    until: datetime


WAIT_WORDS = {
    WaitReason.QUIET_OPENING: (
        "The opening waits for the end of the quiet time: %(until)s. It opens earlier if the quiet times are changed."
    ),
    WaitReason.QUIET_EMAILS: sentence(
        "Emails wait for the end of the quiet time: %(until)s. They go out earlier if the quiet times are changed."
    ),
    WaitReason.APPROVAL: (
        "The opening waits for a second person to approve the roster. If its time has come, it opens as soon as that "
        "is done, until %(until)s at the latest."
    ),
    WaitReason.KEPT_SHUT: (
        "The opening waits for what keeps it to be mended. It is tried again by itself until %(until)s."
    ),
    WaitReason.RELAY: sentence(
        "Emails wait for the mail relay, which did not take them. They are tried again at %(until)s, and go out by "
        "themselves once it does."
    ),
    WaitReason.SENDER: (
        "Emails wait for the mail relay, which refuses whoever sends them. They are tried again at %(until)s, and go "
        "out by themselves once it takes them."
    ),
    WaitReason.TURN: sentence(
        "Emails wait for their turn, so that no more go out than the mail relay allows. The next ones go at %(until)s."
    ),
}
"""A sentence for each at the command line; pages say those of emails, translated."""
