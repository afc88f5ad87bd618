"""What programs send and are answered, as models. Moments are written by RFC 3339, with their zone."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from feedback.domain.languages import LANGUAGES
from feedback.domain.limits import LARGEST_NUMBER
from feedback.domain.waves.states import SEQUENCE

MOST_ITEMS = 100
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)


def _moment_sent(value: Any) -> datetime:
    found = moment_in(value) if isinstance(value, str) else None
    if found is None:
        raise PydanticCustomError("moment", "no moment")
    return found


def moment_in(text: str) -> datetime | None:
    """Return the moment that a text writes by RFC 3339, in UTC; None if it is none."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if _RFC_3339.fullmatch(text) else None
    except (ValueError, OverflowError):
        return None


Moment3339 = Annotated[
    AwareDatetime, BeforeValidator(_moment_sent), WithJsonSchema({"type": "string", "format": "date-time"})
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
    """What participants read of what was done since, by language, and how often it was published."""

    published: dict[str, str]
    publications: int


class SaidDraftOut(SaidOut):
    """The same, and what is written to be published; `mark` stands for that."""

    written: dict[str, str]
    mark: str


class LogEntryOut(ApiModel):
    """One entry of the audit log."""

    id: int
    at: datetime
    actor: str
    act: str
    subject: str


class PersonIn(ApiModel):
    """Somebody who is in a programme, as in a file: whoever has another address is somebody else."""

    name: str = Field(max_length=500)
    email: str = Field(max_length=500)
    role: str = Field(max_length=100)
    cohort: str = Field(default="", max_length=500)
    language: str = Field(default="", max_length=100)


class RosterIn(ApiModel):
    """All people of a programme, or some: whoever is not named stays. `rejoin` are addresses of those who come back.

    With `dry_run` nothing is done. `seen` is what an earlier answer said of the roster: if it is another one by now,
    nothing is done. `sure` says that somebody has looked at the questions.
    """

    people: Sequence[PersonIn] = Field(min_length=1, max_length=100_000)
    rejoin: Sequence[str] = Field(default=(), max_length=1_000)
    dry_run: bool = False
    sure: bool = False
    seen: str | None = Field(default=None, max_length=64)


class RosterOut(ApiModel):
    """What was done, or would be: numbers of people, and sentences on what somebody should look at."""

    is_dry_run: bool
    added: int
    changed: int
    unchanged: int
    absent: int
    waiting: int
    regrouped: int
    cohorts_lost: int
    languages_lost: int
    away: Sequence[str]
    remarks: Sequence[str]
    questions: Sequence[str]
    seen: str | None


class LeavingIn(ApiModel):
    """Whose address it is has left."""

    email: str = Field(min_length=1, max_length=254)


class AddressIn(ApiModel):
    """The address that is wrong, and the right one."""

    email: str = Field(min_length=1, max_length=254)
    new_email: str = Field(min_length=1, max_length=254)


class PlanIn(ApiModel):
    """A wave to be planned. Without `opens_at` somebody opens it; without `look_at` the look is half-way.

    `reminders` are moments, or such as "+5@10:00" after the opening and "-2@10:00" before the close.
    """

    stage: Literal[SEQUENCE]  # type: ignore[valid-type]
    opens_at: Moment3339 | None = None
    closes_at: Moment3339
    reminders: Sequence[Annotated[str, Field(max_length=40)]] = Field(default=(), max_length=3)
    look_at: Moment3339 | None = None
    may_close_early: bool = False
    grouping: Literal["together", "apart"] | None = None


class ExtensionIn(ApiModel):
    """Until when a wave is open from now on."""

    closes_at: Moment3339


class ForecastRowOut(ApiModel):
    """Of whom, how many are invited, and what a report would say of them at each share of answers, in words."""

    who: str
    invited: int
    counted_in: str
    cells: Sequence[str]


class ForecastOut(ApiModel):
    """What can be reported on the present roster. `responses` head the cells; `warnings` are sentences."""

    invited: int
    warnings: Sequence[str]
    responses: Sequence[str]
    rows: Sequence[ForecastRowOut]


class PreviewOut(ApiModel):
    """What a plan comes to, before it is stored."""

    opens_at: datetime | None
    closes_at: datetime
    reminders: Sequence[datetime]
    looks: Sequence[datetime]
    forecast: ForecastOut


class SaidIn(ApiModel):
    """What was done since, by language; a language that is not named has no text any more."""

    written: dict[Literal[tuple(one.code for one in LANGUAGES)], Annotated[str, Field(max_length=10_000)]]  # type: ignore[valid-type]


class PublishSaidIn(ApiModel):
    """The `mark` of what was read; `tells`: everybody who was invited is sent an email."""

    mark: str = Field(max_length=200)
    tells: bool = False
