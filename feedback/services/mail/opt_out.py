"""Record that somebody wants no more mail, or wants it again. Says nothing about answering."""

from sqlalchemy.orm import Session

from feedback.domain.links import OptOutToken, from_address, opt_out_digest
from feedback.storage.opt_outs import set_wish


def opt_out(session: Session, token_text: str, *, wants_no_mail: bool) -> bool:
    """Record the wish behind an opt-out address; False, and no change, if the address is malformed or unknown."""
    token = from_address(token_text)
    is_known = token is not None and set_wish(session, opt_out_digest(OptOutToken(token)), wants_no_mail=wants_no_mail)
    session.commit()
    return is_known


def is_whole(token_text: str) -> bool:
    """Tell whether an opt-out address has not been cut off on its way. Whether it is known is not looked up."""
    return from_address(token_text) is not None
