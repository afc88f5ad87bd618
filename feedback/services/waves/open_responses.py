"""Open a closing wave's sealed responses, check each, and count it: the only reader of answers."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from feedback.domain.comments.review import Comment
from feedback.domain.disclosure.publishing import too_contested
from feedback.domain.disclosure.tally import Tally
from feedback.domain.errors import AnswerRefused, SealBroken
from feedback.domain.links import (
    CONTESTED,
    ChangeLock,
    EntitlementDigest,
    ResponseKey,
    change_lock,
    entitlement_digest,
    receipt_digest,
)
from feedback.domain.report.document import ReceiptDigest
from feedback.domain.sealing import Place, PrivateKey, SealedResponse, open_response
from feedback.domain.survey.answers import Answer, Wish
from feedback.domain.survey.questionnaires import Role
from feedback.domain.survey.responses import ResponseBody, read_body
from feedback.storage.responses import sealed_responses

Rights = Mapping[EntitlementDigest, tuple[str, str]]


@dataclass
class Opened:
    """What all valid responses of a wave say together. `comments` by (question code, group name).

    `used` and `contested` count rights by group and role; `doubled` holds those for which several rows were found.
    """

    tally: Tally
    receipts: list[ReceiptDigest] = field(default_factory=list)
    comments: dict[tuple[str, str], list[Comment]] = field(default_factory=dict)
    rejected: int = 0
    used: Counter[tuple[str, str]] = field(default_factory=Counter)
    contested: Counter[tuple[str, str]] = field(default_factory=Counter)
    doubled: set[EntitlementDigest] = field(default_factory=set)


def open_responses(
    session: Session, key: PrivateKey, place: Place, rights: Rights, new_tally: Callable[[], Tally]
) -> Opened:
    """Count every response that opens in its own row, fits its questionnaire, and proves a right that is its alone.

    Whoever can write to the database knows the public key: a forged or copied row must be worth nothing. A right whose
    row was changed without its receipt, or that has several rows, is contested and counted nowhere; a group with too
    many of these is forgotten, and reads like one of which too few answered.
    """
    opened = _opened(session, key, place, rights, Opened(new_tally()))
    if opened.doubled:
        opened = _opened(session, key, place, rights, Opened(new_tally(), doubled=opened.doubled))
    for group in dict.fromkeys(group for group, _role in opened.contested):
        _leave_out_if_contested(opened, group)
    return opened


def _leave_out_if_contested(opened: Opened, group: str) -> None:
    """Forget a group with too many contested answers, or what one role of it said alone if that role has too many."""
    roles = [place for place in opened.used if place[0] == group]
    used, contested = [opened.used[role] for role in roles], [opened.contested[role] for role in roles]
    if too_contested(sum(used), sum(contested)):
        opened.tally.forget(group)
    elif any(map(too_contested, used, contested)):
        opened.tally.hide_sides(group)


def _opened(session: Session, key: PrivateKey, place: Place, rights: Rights, opened: Opened) -> Opened:
    known, seen = frozenset(opened.doubled), set[EntitlementDigest]()
    for lock, body in _bodies(session, key, place, opened):
        right = entitlement_digest(body.proof)
        if rights.get(right) != (body.role, body.group) or not _fits(opened.tally, body):
            opened.rejected += 1
        elif right in seen:
            opened.doubled.add(right)
        else:
            seen.add(right)
            opened.used[body.group, body.role] += 1
            if lock == CONTESTED or right in known:
                opened.contested[body.group, body.role] += 1
            elif body.answer is not None:
                _count(opened, body, body.answer)
    return opened


def _bodies(
    session: Session, key: PrivateKey, place: Place, opened: Opened
) -> Iterator[tuple[ChangeLock | None, ResponseBody]]:
    for row, lock, sealed in sealed_responses(session, place.wave_id):
        body = _opened_body(key, place, row, sealed)
        # Answers from before there were locks have none.
        if body is None or lock not in {None, CONTESTED, change_lock(body.receipt)}:
            opened.rejected += 1
        else:
            yield lock, body


def _opened_body(key: PrivateKey, place: Place, row: ResponseKey, sealed: SealedResponse) -> ResponseBody | None:
    try:
        return read_body(open_response(sealed, key, place, row))
    except SealBroken:
        return None


def _fits(tally: Tally, body: ResponseBody) -> bool:
    try:
        if body.answer is not None:
            tally.check(body.group, Role(body.role), body.answer)
    except AnswerRefused:
        return False
    return True


def _count(opened: Opened, body: ResponseBody, answer: Answer) -> None:
    opened.tally.add(body.group, Role(body.role), answer)
    opened.receipts.append(ReceiptDigest(body.group, receipt_digest(body.receipt)))
    for code, text in answer.texts.items():
        wish = answer.wish_for(code)
        # Whoever wants only to be counted was told that nobody reads the text: it ends here.
        if text and wish is not Wish.COUNT:
            opened.comments.setdefault((code, body.group), []).append(Comment(text, wish))
