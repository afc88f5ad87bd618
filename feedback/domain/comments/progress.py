"""How far a review has come, from ids and decisions alone: no text is opened to tell what is next, or what is missing.

Comments stand question by question in the order of their random ids, which says nothing of when they came.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count, takewhile
from operator import itemgetter
from typing import NamedTuple

from feedback.domain.comments.review import Decision
from feedback.domain.errors import NotFound

PAGE_SIZE = 50


class Outline(NamedTuple):
    """One comment without its text. A page makes one of each that is in review."""

    id: bytes
    question: str
    decision: Decision

    @property
    def is_decided(self) -> bool:
        """Whether the reviewer has decided."""
        return self.decision is not Decision.UNDECIDED


# Over all that are in review, again and again: an attribute of each costs several times as much.
_ID, _QUESTION, _DECISION = map(itemgetter, range(3))


@dataclass(frozen=True)
class Progress:
    """All comments of a wave in review, in their order; `summed_up` are the questions that have a summary."""

    outlines: tuple[Outline, ...]
    summed_up: frozenset[str]

    @property
    def questions(self) -> tuple[str, ...]:
        """Codes of the questions that have comments."""
        return tuple(self._counts)

    @cached_property
    def decided(self) -> int:
        """How many are decided."""
        return len(self.outlines) - list(map(_DECISION, self.outlines)).count(Decision.UNDECIDED)

    @property
    def lacking_summary(self) -> tuple[str, ...]:
        """Codes of the questions of which a comment is to appear in a summary that nobody has written."""
        wanting = (one.question for one in self.outlines if one.decision is Decision.SUMMARISED)
        return tuple(code for code in dict.fromkeys(wanting) if code not in self.summed_up)

    @property
    def is_finished(self) -> bool:
        """Whether everything is decided and summed up, so that it can be released."""
        return self.decided == len(self.outlines) and not self.lacking_summary

    @property
    def pages(self) -> int:
        """How many pages there are; one if there are no comments."""
        return max(-(-len(self.outlines) // PAGE_SIZE), 1)

    def page(self, number: int) -> tuple[Outline, ...]:
        """Return the comments on a page, the first of which is 1; NotFound if there is no such page."""
        if not 1 <= number <= self.pages:
            raise NotFound("There is no such page of comments.")
        return self.outlines[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]

    def page_of(self, comment_id: bytes) -> int:
        """Return the page on which a comment stands; NotFound if there is no such comment."""
        return self._place(comment_id) // PAGE_SIZE + 1

    def at(self, comment_id: bytes) -> Outline:
        """Return a comment; NotFound if there is none."""
        return self.outlines[self._place(comment_id)]

    def next_after(self, comment_id: bytes | None) -> Outline | None:
        """Return the first undecided comment behind this one, or from the start again; None if all are decided."""
        start = 0 if comment_id is None else self._place(comment_id) + 1
        return next((one for one in self._from(start) if not one.is_decided), None)

    def number_of(self, comment_id: bytes) -> tuple[int, int]:
        """Return such as (3, 40): the third of 40 comments on its question; NotFound if there is none."""
        place = self._place(comment_id)
        question = self.outlines[place].question
        before = takewhile(lambda code: code != question, self._counts)
        return place - sum(map(self._counts.__getitem__, before)) + 1, self._counts[question]

    def _from(self, start: int) -> Iterator[Outline]:
        yield from self.outlines[start:]
        yield from self.outlines[:start]

    @cached_property
    def _places(self) -> dict[bytes, int]:
        return dict(zip(map(_ID, self.outlines), count(), strict=False))

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(map(_QUESTION, self.outlines))

    def _place(self, comment_id: bytes) -> int:
        if comment_id not in self._places:
            raise NotFound("There is no such comment in review.")
        return self._places[comment_id]
