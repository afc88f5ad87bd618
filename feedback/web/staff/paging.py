"""Long lists in pages of 50."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

MOST = 50
Item = TypeVar("Item")


@dataclass(frozen=True)
class ListPart(Generic[Item]):
    """Part `number`, from 1, of a list of `count` items in `last` parts."""

    items: Sequence[Item]
    number: int
    last: int
    count: int

    @property
    def first_item(self) -> int:
        """Where the part begins in the list, from 1."""
        return (self.number - 1) * MOST + 1

    @property
    def last_item(self) -> int:
        """Where it ends."""
        return self.first_item + len(self.items) - 1


def page_of(items: Sequence[Item], number: int) -> ListPart[Item]:
    """Return the part that was asked for, or the nearest there is."""
    last = max(1, -(-len(items) // MOST))
    number = min(max(number, 1), last)
    return ListPart(items[(number - 1) * MOST : number * MOST], number, last, len(items))
