"""One run of mails over one connection: is it some of them that the relay refuses, or whoever sends them?"""

from collections import Counter
from dataclasses import dataclass, field

from feedback.mail.relay import RelayVerdict, Reply

# One refusal may be a mistake about one person; the others must not wait for that. Three in a row are none.
_MOST_REFUSALS = 3
_ALL_ALIKE = 10


@dataclass
class SendingRound:
    """What the relay has said in this run. If it `was_taken_over`, another worker goes on with it."""

    was_taken_over: bool = False
    _replies: Counter[Reply] = field(default_factory=Counter)
    _refusals_in_a_row: int = 0
    _last_refusal: Reply | None = None

    def hear(self, reply: Reply) -> None:
        """Take note of what the relay said of one more mail."""
        self._replies[reply] += 1
        if reply.verdict is RelayVerdict.SENDER_REFUSED:
            self._refusals_in_a_row += 1
            self._last_refusal = reply
        elif reply.verdict is RelayVerdict.ACCEPTED:
            self._refusals_in_a_row = 0

    @property
    def is_hopeless(self) -> bool:
        """Whether it is no use to hand over the next mail."""
        return self._refusals_in_a_row >= _MOST_REFUSALS or self._refuses_all(_ALL_ALIKE)

    @property
    def took_any(self) -> bool:
        """Whether the relay has accepted a mail."""
        return RelayVerdict.ACCEPTED in self._verdicts

    @property
    def settled_any(self) -> bool:
        """Whether a mail was accepted, or refused because of its reader."""
        return self.took_any or (RelayVerdict.REFUSED in self._verdicts and not self.refuses_everybody_alike)

    @property
    def left_any(self) -> bool:
        """Whether a mail that was handed over is to be handed over again."""
        return self.refuses_everybody_alike or any(not verdict.is_final for verdict in self._verdicts)

    @property
    def left_unanswered(self) -> bool:
        """Whether nobody knows of some mail if the relay took it."""
        return RelayVerdict.UNANSWERED in self._verdicts

    @property
    def refuses_everybody_alike(self) -> bool:
        """Whether all mails, and more than a few, were refused in the same words: then that says nothing of anybody."""
        return self._refuses_all(_MOST_REFUSALS)

    @property
    def refusal_of_the_sender(self) -> int | None:
        """The code with which the relay refused whoever sends, or None if it did not, or has taken a mail since."""
        if self.refuses_everybody_alike:
            return next(iter(self._replies)).code
        return self._last_refusal.code if self._last_refusal and self._refusals_in_a_row else None

    @property
    def _verdicts(self) -> set[RelayVerdict]:
        return {reply.verdict for reply in self._replies}

    def _refuses_all(self, at_least: int) -> bool:
        is_one = len(self._replies) == 1 and self._verdicts == {RelayVerdict.REFUSED}
        return is_one and self._replies.total() >= at_least
