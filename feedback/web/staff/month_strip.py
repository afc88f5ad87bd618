"""A strip of months with the surveys of a programme on it, as places in percent of its width."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from feedback.locales import moments
from feedback.locales.speech import spoken

_MOST_NAMES = 8


@dataclass(frozen=True)
class OnStrip:
    """A survey from a day to a day; `is_known` if it is stored already."""

    stage: str
    opens_on: date
    closes_on: date
    is_known: bool


@dataclass(frozen=True)
class PlacedMonth:
    """Where a month begins; without a name if there is no room for it."""

    x: str
    name: str


@dataclass(frozen=True)
class PlacedSurvey:
    """Where a survey lies."""

    x: str
    width: str
    is_known: bool


@dataclass(frozen=True)
class Strip:
    """What is drawn, in the direction of the reader's language."""

    months: tuple[PlacedMonth, ...]
    surveys: tuple[PlacedSurvey, ...]


def strip_of(surveys: Sequence[OnStrip]) -> Strip | None:
    """Return the strip of whole months that holds all surveys; None without any."""
    if not surveys:
        return None
    begins = min(one.opens_on for one in surveys).replace(day=1)
    months = [*_months(begins, max(one.closes_on for one in surveys))]
    days = (_next_month(months[-1]) - begins).days
    is_rtl = spoken().direction == "rtl"

    def percent(value: float) -> str:
        return f"{100 * value / days:.2f}%"

    def place(at: date, width: int = 0) -> str:
        before = (at - begins).days
        return percent(days - before - width if is_rtl else before)

    step = (len(months) - 1) // _MOST_NAMES + 1
    return Strip(
        tuple(
            PlacedMonth(place(one), moments.month(one, spoken().code) if number % step == 0 else "")
            for number, one in enumerate(months)
        ),
        tuple(
            PlacedSurvey(place(one.opens_on, length), percent(length), one.is_known)
            for one in surveys
            for length in [max(1, (one.closes_on - one.opens_on).days)]
        ),
    )


def _months(begins: date, ends: date) -> Iterable[date]:
    while begins <= ends:
        yield begins
        begins = _next_month(begins)


def _next_month(on: date) -> date:
    return (on.replace(day=1) + timedelta(days=32)).replace(day=1)
