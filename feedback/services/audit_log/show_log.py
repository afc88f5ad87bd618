"""Show an organisation its part of the audit log, with names in place of numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from feedback.domain.log_chain import Head, LoggedAct
from feedback.domain.log_filter import LogFilter
from feedback.domain.staff import principal_of
from feedback.storage.api_keys import keys_of_organisation
from feedback.storage.audit_log import actors_of, count_entries, entries
from feedback.storage.audit_log_chain import as_covered, chained_until, head_of
from feedback.storage.database import reading
from feedback.storage.programmes import programmes_of
from feedback.storage.staff import accounts_of
from feedback.storage.waves import waves_of_organisation


class NamedWave(NamedTuple):
    """A survey by its stage, in a programme."""

    programme_id: int
    stage: str


class NamedAccount(NamedTuple):
    """Somebody by name, and whether they still have access."""

    name: str
    has_access: bool


@dataclass(frozen=True)
class LogNames:
    """What the numbers in an organisation's log stand for: accounts, taken away or not, programmes, surveys, keys."""

    accounts: Mapping[int, NamedAccount] = field(default_factory=dict)
    programmes: Mapping[int, str] = field(default_factory=dict)
    waves: Mapping[int, NamedWave] = field(default_factory=dict)
    keys: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LogPage:
    """Some entries of `count`, the newest first, and who stands in the log at all, as it is written there."""

    entries: list[LoggedAct]
    count: int
    actors: list[str]
    names: LogNames
    head: Head | None
    chained_until: datetime | None


def show_log(
    session: Session, organisation_id: int, wanted: LogFilter, *, most: int | None = None, offset: int = 0
) -> LogPage:
    """Return `most` entries of an organisation from `offset` on, or all; whatever organisation `wanted` names."""
    mine = replace(wanted, organisation_id=organisation_id)
    with reading(session):
        return LogPage(
            [as_covered(entry) for entry in entries(session, mine, most=most, offset=offset)],
            count_entries(session, mine),
            sorted({principal_of(one) for one in actors_of(session, organisation_id)}),
            _names(session, organisation_id),
            head_of(session),
            chained_until(session),
        )


def _names(session: Session, organisation_id: int) -> LogNames:
    waves = waves_of_organisation(session, organisation_id)
    return LogNames(
        {one.id: NamedAccount(one.name, not one.is_removed) for one in accounts_of(session, organisation_id)},
        {one.id: one.name for one in programmes_of(session, organisation_id)},
        {one.id: NamedWave(one.programme_id, one.stage) for one in waves},
        {one.id: one.purpose for one in keys_of_organisation(session, organisation_id)},
    )
