"""What programs send and are answered, as models. Moments are written by RFC 3339, with their zone."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from feedback.domain.languages import LANGUAGES

LARGEST_NUMBER = 2**31 - 1
MOST_ITEMS = 100
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)


def _only_rfc_3339(value: Any) -> Any:
    if not isinstance(value, str) or _RFC_3339.fullmatch(value) is None:
        raise PydanticCustomError("moment", "no moment")
    return value


Moment3339 = Annotated[
    AwareDatetime, BeforeValidator(_only_rfc_3339), WithJsonSchema({"type": "string", "format": "date-time"})
]
"""A moment that is sent to us."""
Number = Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]


class ApiModel(BaseModel):
    """What is sent or answered; a field that nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Asked(ApiModel):
    """What every address can be asked with. `language` is that of sentences; without it the header decides."""

    language: Literal[tuple(one.code for one in LANGUAGES)] | None = None  # type: ignore[valid-type]


class AskedForPage(Asked):
    """Which part of a long list is wanted."""

    page: Annotated[int, Field(ge=1, le=10_000)] = 1
    per_page: Annotated[int, Field(ge=1, le=MOST_ITEMS)] = 50


Listed = TypeVar("Listed", bound=ApiModel)


class ListPage(ApiModel, Generic[Listed]):
    """Part `page` of `pages` of a list of `count` items."""

    items: Sequence[Listed]
    page: int
    pages: int
    count: int


def page_of_list(items: Sequence[Listed], asked: AskedForPage) -> "ListPage[Listed]":
    """Return the part that was asked for; empty beyond the last one."""
    first = (asked.page - 1) * asked.per_page
    return page_out_of(items[first : first + asked.per_page], len(items), asked)


def page_out_of(items: Sequence[Listed], count: int, asked: AskedForPage) -> "ListPage[Listed]":
    """Return a part that is known already, of a list of `count` items."""
    pages = max(1, -(-count // asked.per_page))
    return ListPage(items=items, page=asked.page, pages=pages, count=count)


class KeyOut(ApiModel):
    """The key that was shown: its organisation, what it may do, and the only programme that it sees, if one."""

    organisation: str
    scopes: Sequence[str]
    programme_id: int | None


class ProgrammeOut(ApiModel):
    """One programme, with how many people are in it now."""

    id: int
    name: str
    people: int
    time_zone: str
    minimum_group_size: int
    has_ended: bool
    is_example: bool


class WaveLineOut(ApiModel):
    """One wave in a list. `opens_at` is null where somebody opens it by hand."""

    id: int
    stage: str
    state: str
    opens_at: datetime | None
    closes_at: datetime
    invited: int | None


class WaveDateOut(ApiModel):
    """One date of a wave. `band` is what a look has shown; `planned_at`: when it was to be, if it came earlier."""

    kind: str
    number: int
    at: datetime | None
    is_done: bool
    band: str | None
    was_left_out: bool
    fell_away: bool
    planned_at: datetime | None


class WaveOut(ApiModel):
    """One wave and its calendar. `invited` is null before the opening."""

    id: int
    programme_id: int
    stage: str
    state: str
    time_zone: str
    languages: Sequence[str]
    minimum_group_size: int
    invited: int | None
    may_close_early: bool
    may_be_extended: bool
    opening_was_refused: bool
    waits_until: datetime | None
    has_report: bool
    calendar: Sequence[WaveDateOut]


class DeliveryOut(ApiModel):
    """How many copies of one mail are in one state. `number` counts reminders, and copies of an invitation."""

    mail: str
    number: int
    state: str
    count: int


class DeliveriesOut(ApiModel):
    """All mails of a wave."""

    deliveries: Sequence[DeliveryOut]


class UndeliverableOut(ApiModel):
    """Somebody whose last mail of a wave was refused or came back."""

    person: int
    name: str
    email: str
    role: str
    mail: str
    state: str
    reply_code: int | None
    is_on_its_way: bool


class SaidOut(ApiModel):
    """What participants read of what was done since, by language; `mark` stands for what is written now."""

    published: dict[str, str]
    publications: int


class LogEntryOut(ApiModel):
    """One entry of the audit log."""

    id: int
    at: datetime
    actor: str
    act: str
    subject: str
