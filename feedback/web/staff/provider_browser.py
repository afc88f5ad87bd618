"""What a browser holds on its way to a provider and back, in its signed cookie: nothing is written for a stranger."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from flask import session

from feedback.domain.providers import Identity, Journey
from feedback.runtime import runtime, system_clock

_JOURNEY, _ARRIVED, _ASKED = "journey", "arrived", "asked-owner"
_GOOD_FOR = timedelta(minutes=5)
"""So long may somebody look at the page on which they go on."""


@dataclass(frozen=True)
class Arrived:
    """Who has come back, to which organisation; the provider's answer was checked before this was put in the cookie."""

    organisation_id: int
    identity: Identity


def redirect_uri(organisation_id: int) -> str:
    """Return where an organisation's provider sends people back to: an address of its own for each organisation.

    So an answer that was meant for one organisation's provider is none for another's. It is the same in every language:
    providers compare it letter by letter.
    """
    return f"{runtime().settings.base_url}/staff/sign-in/provider/{organisation_id}/back"


def way_out_uri() -> str:
    """Return where a provider may send back whoever has signed out there; the same in every language, too."""
    return f"{runtime().settings.base_url}/staff/sign-in"


def set_off(journey: Journey) -> None:
    """Remember with what this browser must come back; it is on one way at a time."""
    session[_JOURNEY] = asdict(journey)


def journey_of(organisation_id: int, state: str | None) -> Journey | None:
    """Return the journey that this browser is on, which is over then; None if it is on none with that state."""
    held = session.get(_JOURNEY)
    journey = Journey(**held) if isinstance(held, dict) and held else None
    if journey is None or journey.organisation_id != organisation_id or journey.state != state:
        return None
    del session[_JOURNEY]
    return journey


def hold(arrived: Arrived) -> None:
    """Remember who has come back until they have said that they go on."""
    session[_ARRIVED] = {**asdict(arrived), "at": system_clock().timestamp()}


def held() -> Arrived | None:
    """Return who has come back a moment ago, and forget it."""
    found: dict[str, Any] | None = session.pop(_ARRIVED, None)
    if not found or system_clock().timestamp() - found["at"] > _GOOD_FOR.total_seconds():
        return None
    return Arrived(found["organisation_id"], Identity(**found["identity"]))


def note_asked(secret: str | None) -> None:
    """Remember what the link in the mail to the owner works with."""
    if secret is not None:
        session[_ASKED] = secret


def asked_with() -> str:
    """Return what the link in the mail works with in this browser; empty in any other."""
    found = session.get(_ASKED)
    return found if isinstance(found, str) else ""
