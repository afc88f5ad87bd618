"""The surveys of a programme come one after another, in the order of their stages; no two are open at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedback.domain.errors import ClosingRefused, OpeningRefused, PlanRefused, sentence
from feedback.domain.waves.states import SEQUENCE


@dataclass(frozen=True)
class OpenSpan:
    """From when until when a survey is open; `opens_at` is None if somebody opens it by hand."""

    stage: str
    opens_at: datetime | None
    closes_at: datetime


def out_of_order(one: OpenSpan, others: Iterable[OpenSpan]) -> PlanRefused | None:
    """Return why a survey cannot be open then beside the others of its programme, or None if it can."""
    return next((found for other in others if (found := _beside(one, other)) is not None), None)


def all_out_of_order(planned: Sequence[OpenSpan], others: Sequence[OpenSpan]) -> list[PlanRefused | None]:
    """Return for each survey of a plan why it cannot be then; of two that do not fit the later one is told."""
    return [out_of_order(one, (*planned[:place], *others)) for place, one in enumerate(planned)]


def _beside(one: OpenSpan, other: OpenSpan) -> PlanRefused | None:
    if _is_later(one, other):
        if one.opens_at is not None and one.opens_at < other.closes_at:
            return OpeningRefused(
                sentence("It would open before this survey has closed: %(stage)s. Choose a later day."),
                stage=other.stage,
            )
    elif other.opens_at is not None and one.closes_at > other.opens_at:
        return ClosingRefused(
            sentence("It would still be open when this survey opens: %(stage)s. Choose an earlier day."),
            stage=other.stage,
        )
    return None


def _is_later(one: OpenSpan, other: OpenSpan) -> bool:
    if {one.stage, other.stage} <= {*SEQUENCE} and one.stage != other.stage:
        return SEQUENCE.index(one.stage) > SEQUENCE.index(other.stage)
    return (one.opens_at or one.closes_at) >= (other.opens_at or other.closes_at)
