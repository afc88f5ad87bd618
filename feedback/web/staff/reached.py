"""How many of the people invited the emails of an open survey have reached: from what its page has always shown."""

from dataclasses import dataclass

from feedback.domain.waves.mails import INVITATION
from feedback.services.waves.show_wave import WaveView


@dataclass(frozen=True)
class Reached:
    """Of the `invited`, `people` were reached; `lost` are to be mended, and so many invitations are `on_their_way`."""

    people: int
    invited: int
    lost: int
    on_their_way: int


def reached(wave: WaveView, lost: int) -> Reached | None:
    """Return it for a wave, None before anybody was invited."""
    if not wave.invited or not wave.deliveries:
        return None
    first = [one for one in wave.deliveries if one.mail == INVITATION]
    waiting = sum(one.count for one in first if one.is_on_its_way)
    unsent = sum(one.count for one in first if one.is_unsent)
    return Reached(max(0, wave.invited - lost - waiting - unsent), wave.invited, lost, waiting)
