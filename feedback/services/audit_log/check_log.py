"""Check the chain of the audit log."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.log_chain import ChainVerdict, Head, check_chain
from feedback.storage.audit_log_chain import count_unchained, links
from feedback.storage.database import reading


@dataclass(frozen=True)
class LogCheck:
    """What a check has found, and how many entries are not chained yet."""

    verdict: ChainVerdict
    unchained: int


def check_log(session: Session, *, now: datetime, kept: Head | None) -> LogCheck:
    """Check the whole chain, and against a head that somebody `kept`."""
    with reading(session):
        return LogCheck(check_chain(links(session), now=now, kept=kept), count_unchained(session))
