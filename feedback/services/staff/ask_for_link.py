"""Ask for a sign-in link by mail. Nobody learns here whether an address has an account: nobody looks."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.address import Address, read_address
from feedback.storage.sign_in_requests import put_request


def ask_for_link(session: Session, email: str, *, language: str, now: datetime) -> Address:
    """Note that an address wants a link, and return it in its one spelling; AddressRefused if it is none.

    The same is written for every address; a worker sees later what it is worth.
    """
    address = read_address(email)
    put_request(session, address, language, now)
    session.commit()
    return address
