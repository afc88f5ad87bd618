"""What a participant's page carries from one request to the next, sealed with the link's own key. Nothing is kept here.

Whoever has a link can seal anything with its key: what is read here is looked at like anything else that was sent.
"""

import base64
import binascii
from dataclasses import replace

from feedback.domain.errors import SealBroken
from feedback.domain.links import RECEIPT_BYTES, PageKey, Receipt, draft_name, new_receipt, visit_name
from feedback.domain.sealing import open_page_state, seal_page_state
from feedback.domain.survey.drafts import Draft, read_draft, write_padded_draft
from feedback.services.waves.submit_response import OpenLink

_RECEIPT = b"sent "
_VISIT = "."
_PLAIN = str.maketrans("-_", "+/")


def seal_draft(opened: OpenLink, draft: Draft) -> str:
    """Return a draft as a page carries it, of one size whatever was chosen. The first of a visit draws its receipt."""
    return hidden_fields(opened, draft)["state"]


def hidden_fields(opened: OpenLink, draft: Draft) -> dict[str, str]:
    """Return a draft as a page carries it, and the name under which a browser keeps what it carries.

    Behind the sealed draft stands what names the visit to the browser.
    """
    survey, receipt = opened.survey, draft.receipt or new_receipt()
    whole = replace(draft, receipt=receipt)
    sealed = seal(opened.page_key, write_padded_draft(whole, survey.questionnaire.open_questions, survey.draft_bytes))
    return {"state": f"{sealed}{_VISIT}{visit_name(opened.page_key, receipt)}", "draft": draft_name(opened.secret)}


def unseal_draft(key: PageKey, sealed: str) -> Draft | None:
    """Return the draft that a page carried, or None if it was altered or belongs to another link."""
    if not sealed:
        return Draft()
    unsealed = unseal(key, sealed)
    try:
        return None if unsealed is None else read_draft(unsealed)
    except SealBroken:
        return None


def seal_receipt(opened: OpenLink, receipt: Receipt) -> str:
    """Return a receipt as the page of thanks carries it, for another language."""
    return seal(opened.page_key, _RECEIPT + receipt)


def unseal_receipt(opened: OpenLink, sealed: str) -> Receipt | None:
    """Return the receipt that a page of thanks carried, or None if there was none or it was altered."""
    unsealed = (unseal(opened.page_key, sealed) if sealed else None) or b""
    is_one = unsealed.startswith(_RECEIPT) and len(unsealed) == len(_RECEIPT) + RECEIPT_BYTES
    return Receipt(unsealed[len(_RECEIPT) :]) if is_one else None


def seal(key: PageKey, data: bytes) -> str:
    """Return `data` as a page may carry it, in letters that a form sends as they are: each would take three else."""
    return base64.urlsafe_b64encode(seal_page_state(data, key)).decode()


def unseal(key: PageKey, sealed: str) -> bytes | None:
    """Return what `seal` sealed, or None if it was altered or belongs to another link."""
    try:
        return open_page_state(base64.b64decode(sealed.partition(_VISIT)[0].translate(_PLAIN), validate=True), key)
    except (binascii.Error, ValueError, SealBroken):
        return None
