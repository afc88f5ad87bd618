"""Forecast the report of a wave from the present roster, while the roster and the plan can still be changed."""

from sqlalchemy.orm import Session

from feedback.domain.disclosure.forecast import Forecast, forecast
from feedback.services.waves.form_groups import groups_of_wave
from feedback.storage.database import reading
from feedback.storage.waves import groups_of, invited_sizes, questionnaires_of, wave_by_id


def forecast_wave(session: Session, wave_id: int) -> Forecast:
    """Return the forecast of a wave, on the roster of its opening or, before that, the present one.

    Raises PlanRefused if it could not be opened with this roster.
    """
    with reading(session):
        wave = wave_by_id(session, wave_id)
        if wave.opened_at is None:
            return groups_of_wave(session, wave).forecast
        asked, groups, sizes = questionnaires_of(session, wave_id), groups_of(session, wave_id), invited_sizes(wave)
        doubled = sum(sizes.values()) - (wave.invited or 0)
        k, sides = wave.minimum_group_size, wave.shows_sides
        return forecast(sizes, asked, k, doubled, groups=groups, shows_sides=sides)
