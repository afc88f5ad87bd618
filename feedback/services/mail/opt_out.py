"""Record that somebody wants no more mail, or wants it again. Says nothing about answering."""

from sqlalchemy.orm import Session

from feedback.domain.links import OptOutToken, from_address, opt_out_digest
from feedback.storage.opt_outs import set_wish


def opt_out(session: Session, token_text: str, *, wants_no_mail: bool) -> None:
    """Record the wish behind an opt-out address; a malformed or unknown one changes nothing and looks the same."""
    token = from_address(token_text) or bytes(32)
    set_wish(session, opt_out_digest(OptOutToken(token)), wants_no_mail=wants_no_mail)
    session.commit()
