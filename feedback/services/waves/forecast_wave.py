"""Forecast the report of a wave from the present roster, while the roster and the plan can still be changed."""

from sqlalchemy.orm import Session

from feedback.domain.disclosure.forecast import Forecast, forecast
from feedback.domain.disclosure.groups import Atom
from feedback.domain.survey.questionnaires import Role
from feedback.storage.database import reading
from feedback.storage.people import people_in_programme, roster_sizes
from feedback.storage.waves import Wave, questionnaires_of, wave_by_id


def forecast_wave(session: Session, wave_id: int) -> Forecast:
    """Return the forecast of a wave, on the roster of its opening or, before that, the present one."""
    with reading(session):
        wave = wave_by_id(session, wave_id)
        sizes, doubled = _invited(session, wave)
        return forecast(sizes, questionnaires_of(session, wave_id), wave.minimum_group_size, doubled)


def _invited(session: Session, wave: Wave) -> tuple[dict[Atom, int], int]:
    """Return the sizes and how many people are in both roles."""
    if wave.opened_at is None:
        return roster_sizes(session, wave.programme_id), people_in_programme(session, wave.programme_id).doubled
    sizes = {Atom(Role(role), cohort): size for role, cohort, size in wave.invited_sizes}
    return sizes, sum(sizes.values()) - (wave.invited or 0)
