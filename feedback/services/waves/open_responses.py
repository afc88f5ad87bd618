"""Open a closing wave's sealed responses, check each, and count it: the only reader of answers."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from feedback.domain.comments.review import Comment
from feedback.domain.disclosure.tally import Tally
from feedback.domain.errors import AnswerRefused, SealBroken
from feedback.domain.links import EntitlementDigest, ResponseKey, entitlement_digest, receipt_digest
from feedback.domain.report.document import ReceiptDigest
from feedback.domain.sealing import Place, PrivateKey, SealedResponse, open_response
from feedback.domain.survey.answers import Wish
from feedback.domain.survey.questionnaires import Role
from feedback.domain.survey.responses import ResponseBody, read_body
from feedback.storage.responses import sealed_responses


@dataclass
class Opened:
    """What all valid responses of a wave say together. `comments` by (question code, group name)."""

    tally: Tally
    receipts: list[ReceiptDigest] = field(default_factory=list)
    comments: dict[tuple[str, str], list[Comment]] = field(default_factory=dict)
    rejected: int = 0


def open_responses(
    session: Session,
    key: PrivateKey,
    place: Place,
    rights: dict[EntitlementDigest, tuple[str, str]],
    tally: Tally,
) -> Opened:
    """Count every response that opens in its own row, fits its questionnaire, and proves an unused entitlement.

    Whoever can write to the database knows the public key: a forged, copied or doubled row must be worth nothing.
    """
    opened = Opened(tally)
    rights = dict(rights)
    for body in _bodies(session, key, place, opened):
        right = entitlement_digest(body.proof)
        if rights.get(right) == (body.role, body.group) and _count(opened, body):
            del rights[right]
        else:
            opened.rejected += 1
    return opened


def _bodies(session: Session, key: PrivateKey, place: Place, opened: Opened) -> Iterator[ResponseBody]:
    for row, sealed in sealed_responses(session, place.wave_id):
        body = _opened_body(key, place, row, sealed)
        if body is None:
            opened.rejected += 1
        else:
            yield body


def _opened_body(key: PrivateKey, place: Place, row: ResponseKey, sealed: SealedResponse) -> ResponseBody | None:
    try:
        return read_body(open_response(sealed, key, place, row))
    except SealBroken:
        return None


def _count(opened: Opened, body: ResponseBody) -> bool:
    try:
        opened.tally.add(body.group, Role(body.role), body.answer)
    except AnswerRefused:
        return False
    opened.receipts.append(ReceiptDigest(body.group, receipt_digest(body.receipt)))
    for code, text in body.answer.texts.items():
        wish = body.answer.wish_for(code)
        # Whoever wants only to be counted was told that nobody reads the text: it ends here.
        if text and wish is not Wish.COUNT:
            opened.comments.setdefault((code, body.group), []).append(Comment(text, wish))
    return True
