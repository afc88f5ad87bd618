"""Which comments of a wave can be read, and which say nearly the same: found once, and kept while they are shown.

What is kept are ids alone. Comments in review are neither added nor changed, so an index holds as long as their ids do.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from feedback.domain.comments.likeness import alike
from feedback.domain.sealing import Place
from feedback.services.comments.open_comments import opened_comment
from feedback.storage.comments import comments_of
from feedback.storage.keys import KeyStore
from feedback.storage.waves import Wave

_MOST_KEPT = 8


@dataclass(frozen=True)
class CommentIndex:
    """The ids of comments that open, and of each all that say nearly the same, itself too, on the same question."""

    readable: frozenset[bytes]
    alike: Mapping[bytes, tuple[bytes, ...]]


class CommentIndexes:
    """Keeps the indexes of the last few waves that were asked for."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: OrderedDict[bytes, CommentIndex] = OrderedDict()

    def of(self, session: Session, keys: KeyStore, wave: Wave, comment_ids: Iterable[bytes]) -> CommentIndex:
        """Return the index of a wave that has these comments; opening each once, if it is not kept."""
        name = hashlib.sha256(b"".join((wave.id.to_bytes(8), *comment_ids))).digest()
        found = self._kept.get(name) or _index(session, keys, wave)
        self._kept[name] = found
        self._kept.move_to_end(name)
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return found


def _index(session: Session, keys: KeyStore, wave: Wave) -> CommentIndex:
    key, place = keys.comment_key(wave.id), Place(wave.programme_id, wave.id)
    texts: dict[str, dict[bytes, str]] = {}
    for row in comments_of(session, wave.id):
        if (opened := opened_comment(row, key, place)) is not None:
            texts.setdefault(row.question, {})[row.id] = opened.comment.text
    near = {number: others for mine in texts.values() for number, others in alike(mine).items()}
    return CommentIndex(frozenset(number for mine in texts.values() for number in mine), near)
