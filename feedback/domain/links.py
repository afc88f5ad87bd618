"""Links and what follows from them. A link secret leads to its entitlement and its response; none leads back.

Every value has a type of its own, so that a secret cannot be stored where a digest belongs.
"""

import base64
import hashlib
import hmac
import re
import secrets
from functools import cache, lru_cache
from typing import NewType
from urllib.parse import unquote

from feedback.domain.address import Address, subaddress

LinkKey = NewType("LinkKey", bytes)
"""32 random bytes, one per wave; only the key store has them."""
Pepper = NewType("Pepper", bytes)
"""32 random bytes that the participants' processes share and nobody else holds."""
LinkSecret = NewType("LinkSecret", bytes)
"""32 bytes inside one participant's link; never stored."""
Proof = NewType("Proof", bytes)
"""32 bytes that only the holder of the link can show; travels inside the sealed body."""
EntitlementDigest = NewType("EntitlementDigest", bytes)
"""SHA-256 of the proof: the right to one response, with no way back to a person."""
ResponseKey = NewType("ResponseKey", bytes)
"""32 bytes under which the sealed response lies."""
PageKey = NewType("PageKey", bytes)
"""32 bytes that seal what a participant has filled in while it travels in the page."""
OptOutToken = NewType("OptOutToken", bytes)
"""32 bytes inside one participant's opt-out address; never stored."""
OptOutDigest = NewType("OptOutDigest", bytes)
"""SHA-256 of the opt-out token."""
Receipt = NewType("Receipt", bytes)
"""16 random bytes, drawn at each visit, kept only inside the sealed body."""
ChangeLock = NewType("ChangeLock", bytes)
"""SHA-256 of a receipt: what lies beside a response, and lets whoever has the receipt change it."""

SECRET_BYTES = 32
RECEIPT_BYTES = 16
RECEIPT_CHARS = 39
"""How long a receipt is as it is shown."""
CONTESTED = ChangeLock(bytes(32))
"""The lock of a response that was changed without its receipt: no receipt opens it, so it stays."""
BOUNCE_MAC_CHARS = 20
SHORT_SECRET_BYTES = 16
"""What stands in addresses that a whole programme shares."""
_LETTERS = r"A-Za-z0-9_\-"
_GAPS = re.compile(rf"[^{_LETTERS}.,:;?!()/#&]+")
"""What programs put between the letters of an address: line breaks, blanks, signs of a quotation, invisible signs."""
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2013", "-"))
"""What programs write in place of a hyphen."""
_MOST_ENCODINGS = 3


def link_secret(key: LinkKey, participant_id: int) -> LinkSecret:
    """Derive the secret of one participant's link; every mail of a wave derives the same one again."""
    return LinkSecret(_derive(key, b"link" + participant_id.to_bytes(8, "big")))


def proof(secret: LinkSecret) -> Proof:
    """Derive the proof that the sealed body carries."""
    return Proof(_derive(secret, b"entitlement"))


def entitlement_digest(shown: Proof) -> EntitlementDigest:
    """Return the digest under which the right to answer is stored."""
    return EntitlementDigest(hashlib.sha256(shown).digest())


def response_key(secret: LinkSecret, pepper: Pepper | None) -> ResponseKey:
    """Derive the key under which the sealed response lies; without a pepper in waves from before there was one."""
    derived = _derive(secret, b"response")
    return ResponseKey(derived if pepper is None else _derive(pepper, derived))


@lru_cache(1)
def pepper_fingerprint(pepper: Pepper) -> bytes:
    """Return what tells one pepper from another; it does not lead back to it."""
    return hashlib.sha256(_derive(pepper, b"feedback/fingerprint")).digest()


def pepper_fits(pepper: Pepper, fingerprint: bytes | None) -> bool:
    """Tell whether a fingerprint is this pepper's. Where none is known no pepper fits: the next may be another."""
    return fingerprint == pepper_fingerprint(pepper)


def page_key(secret: LinkSecret) -> PageKey:
    """Derive the key that seals half-finished answers inside the page."""
    return PageKey(_derive(secret, b"page"))


def draft_name(secret: LinkSecret) -> str:
    """Return the name under which a browser keeps unsent answers, 24 hexadecimal characters; it leads to nothing."""
    return _derive(secret, b"draft").hex()[:24]


def visit_name(key: PageKey, receipt: Receipt) -> str:
    """Return what tells a browser the pages of one visit from those of another, 12 characters; it leads to nothing."""
    return _derive(key, b"visit" + receipt).hex()[:12]


def opt_out_token(key: bytes, participant_id: int) -> OptOutToken:
    """Derive the token of one participant's opt-out address from the programme's opt-out key."""
    return OptOutToken(_derive(key, b"opt-out" + participant_id.to_bytes(8, "big")))


def opt_out_digest(token: OptOutToken) -> OptOutDigest:
    """Return the digest under which the wish for no more mail is stored."""
    return OptOutDigest(hashlib.sha256(token).digest())


def results_secret(key: bytes, programme_id: int) -> bytes:
    """Derive the 16 bytes in the address of a programme's results page; `key` is the programme's opt-out key."""
    return _derive(key, b"results" + programme_id.to_bytes(8, "big"))[:SHORT_SECRET_BYTES]


def results_digest(secret: bytes) -> bytes:
    """Return the digest under which a results page is known; it does not lead back to the address."""
    return hashlib.sha256(b"feedback/results" + secret).digest()


def message_name(key: bytes, wave_id: int, mail: str, participant_id: int) -> str:
    """Return the left half of one mail's Message-ID: the same at each attempt, so that doubles can be seen as such.

    `key` is the programme's opt-out key, which outlives the wave.
    """
    numbers = wave_id.to_bytes(8, "big") + participant_id.to_bytes(8, "big")
    return _derive(key, b"message" + numbers + mail.encode()).hex()[:32]


def news_name(wave_id: int, staff_id: int, news: str) -> str:
    """Return the left half of the Message-ID of a mail to staff about some `news`, the same at each attempt."""
    return hashlib.sha256(f"feedback/news/{wave_id}/{staff_id}/{news}".encode()).hexdigest()[:32]


def bounce_mac(key: bytes, delivery_id: int) -> str:
    """Return the proof that a return path is ours, 80 bits in hexadecimal: whoever has none cannot invent bounces.

    `key` is the programme's opt-out key.
    """
    return _derive(key, b"bounce" + delivery_id.to_bytes(8, "big")).hex()[:BOUNCE_MAC_CHARS]


def return_path(address: Address, key: bytes, delivery_id: int) -> Address:
    """Return the envelope sender of one mail: `address` with the delivery's number and proof behind its local part."""
    return subaddress(address, f"{delivery_id}-{bounce_mac(key, delivery_id)}")


def terms_seal(key: LinkKey, terms: bytes) -> bytes:
    """Return a seal over all that an opening fixes, which nobody can make with the main database alone."""
    return _derive(key, b"terms" + terms)


def new_receipt() -> Receipt:
    """Draw a receipt at random; it is derived from nothing, since mails keep link secrets for ever."""
    return Receipt(secrets.token_bytes(RECEIPT_BYTES))


def change_lock(receipt: Receipt) -> ChangeLock:
    """Return the lock that a receipt opens; another label than the digest in the report, which everybody sees."""
    return ChangeLock(hashlib.sha256(b"change" + receipt).digest())


def receipt_digest(receipt: Receipt) -> str:
    """Return the digest that the report lists, 64 hexadecimal characters."""
    return hashlib.sha256(receipt).hexdigest()


def receipt_words(receipt: Receipt) -> str:
    """Return a receipt as it is shown: eight groups of four hexadecimal characters."""
    text = receipt.hex().upper()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def read_receipt(text: str) -> Receipt | None:
    """Read a receipt however it was typed, or None if it is none."""
    letters = "".join(letter for letter in text.translate(_HYPHENS) if letter not in "- \t\r\n")
    try:
        receipt = bytes.fromhex(letters) if letters.isascii() else b""
    except ValueError:
        return None
    return Receipt(receipt) if len(receipt) == RECEIPT_BYTES else None


def to_address(secret: bytes) -> str:
    """Write secret bytes as they stand in an address: 43 characters of unpadded base64url for 32, 22 for 16."""
    return base64.urlsafe_b64encode(secret).rstrip(b"=").decode()


def from_address(text: str, size: int = SECRET_BYTES) -> bytes | None:
    """Read `size` bytes that `to_address` wrote, or None.

    What mail programs add to an address or put into it is passed over. The letters themselves have one spelling only.
    """
    length = -(-size * 8 // 6)
    brought, whole = decoded(text).translate(_HYPHENS), _letters_of(length)
    found = whole.search(brought) or whole.search(_GAPS.sub("", brought))
    secret = base64.urlsafe_b64decode(found[0] + "=" * (-length % 4)) if found else b""
    return secret if found and to_address(secret) == found[0] else None


@cache
def _letters_of(length: int) -> re.Pattern[str]:
    return re.compile(rf"(?<![{_LETTERS}])[{_LETTERS}]{{{length}}}(?![-_]*[A-Za-z0-9])")


def decoded(text: str) -> str:
    """Return what stands in an address without its percent signs, also if it was encoded twice or thrice."""
    for _time in range(_MOST_ENCODINGS):
        text = unquote(text)
    return text


def _derive(key: bytes, label: bytes) -> bytes:
    # Unlike hmac.digest it keeps the interpreter to itself: to wait for it again costs more than the digest.
    return hmac.new(key, label, "sha256").digest()
