"""The numbers that help and the page on data protection name: from where they are enforced, never typed twice."""

from dataclasses import dataclass
from datetime import timedelta

from feedback.domain.disclosure.bands import SENSITIVE_K
from feedback.domain.disclosure.publishing import enough_for_comments
from feedback.domain.ending import MOST_DAYS, TOLD_BEFORE, USUAL_DAYS
from feedback.runtime import runtime
from feedback.services.staff.mail_links import LIFETIME
from feedback.web.staff.presets import OPEN_FOR


@dataclass(frozen=True)
class Enforced:
    """How few people a result may be about, how long what is kept (days), and how long what works.

    `group`, `for_comments` and `sensitive` are the least that any programme of this service can have; one may ask for
    more. `names_*` count from the end of a programme, which the service ends `idle` days after its last survey.
    """

    group: int
    for_comments: int
    sensitive: int
    comments: int
    support: int
    idle: int
    audit_log: int
    key_backups: int
    names_usual: int
    names_most: int
    told_before: int
    open_for: int
    link_minutes: int


def enforced() -> Enforced:
    """Return the numbers as they are set where this service runs."""
    settings = runtime().settings
    return Enforced(
        group=settings.minimum_group_size,
        for_comments=enough_for_comments(settings.minimum_group_size),
        sensitive=max(SENSITIVE_K, settings.minimum_group_size),
        comments=settings.comment_days,
        support=settings.support_days,
        idle=settings.retention_days,
        audit_log=settings.audit_log_days,
        key_backups=settings.key_backup_days,
        names_usual=USUAL_DAYS,
        names_most=MOST_DAYS,
        told_before=TOLD_BEFORE.days,
        open_for=OPEN_FOR.days,
        link_minutes=LIFETIME // timedelta(minutes=1),
    )
