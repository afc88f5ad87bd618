"""What the auditor finds in a block follows from the block alone: of equal ones a process attacks but the first.

The tests of the service publish the same few reports hundreds of times. Those of the auditor itself attack each anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.util import LRUCache

from feedback.auditor import Tried

_FOUND: LRUCache[object, object] = LRUCache(3000)


def _with_all_before(tried: Tried) -> None:
    tried._found = _FOUND  # type: ignore[assignment]


@contextmanager
def equal_blocks_attacked_once() -> Iterator[None]:
    """Let whatever is audited meanwhile know what was found before."""
    anew = Tried.__init__
    Tried.__init__ = _with_all_before  # type: ignore[method-assign]
    yield
    Tried.__init__ = anew  # type: ignore[method-assign]
