"""The mails that go to everybody who is invited to a wave, and the names by which the world outside knows them."""

from dataclasses import dataclass
from enum import StrEnum

from feedback.domain.waves.states import WaveState


class MailKind(StrEnum):
    """What a mail is about. *Unreported*: the wave has closed, and fewer than k had answered. *Said*: what was done
    since can be read.
    """

    INVITATION = "invitation"
    REMINDER = "reminder"
    EXTENSION = "extension"
    CANCELLATION = "cancellation"
    RESULTS = "results"
    UNREPORTED = "unreported"
    SAID = "said"

    @property
    def sent_in(self) -> WaveState:
        """The only state of a wave in which the mail is sent: in any other it would not be true."""
        return _SENT_IN.get(self, WaveState.OPEN)

    @property
    def can_be_stopped(self) -> bool:
        """Whether somebody who wants no mails gets none of these. What became of a survey everybody invited is told."""
        return self in STOPPABLE


LAST_DAY = "last-day"
"""The name of a reminder that is the last email before the close."""
SHOWN = (
    MailKind.INVITATION,
    MailKind.REMINDER,
    LAST_DAY,
    MailKind.EXTENSION,
    MailKind.RESULTS,
    MailKind.UNREPORTED,
    MailKind.SAID,
    MailKind.CANCELLATION,
)
"""The names of all mails to participants, in the order in which people could get them."""
STOPPABLE = frozenset({MailKind.INVITATION, MailKind.REMINDER})
_SENT_IN = {
    MailKind.CANCELLATION: WaveState.CANCELLED,
    MailKind.RESULTS: WaveState.CLOSED,
    MailKind.UNREPORTED: WaveState.CLOSED,
    MailKind.SAID: WaveState.CLOSED,
}


@dataclass(frozen=True)
class WaveMail:
    """One mail of a wave. `number` is the reminder's, or 2 for the first copy of an invitation; of others it is 1.

    What was done may be told more than once, and is counted.
    """

    kind: MailKind
    number: int = 1

    def __str__(self) -> str:
        """Return its name, such as reminder-1 or invitation: fixed, since the ids of mails on their way hold it."""
        is_numbered = self.kind is MailKind.REMINDER or self.number > 1
        return f"{self.kind}-{self.number}" if is_numbered else self.kind.value


MOST_SAID = 3
"""So often may people who were invited to a wave be mailed that something was done: nobody can stop that mail."""
INVITATION = WaveMail(MailKind.INVITATION)
