"""Take the one look that staff get while a wave is open: a band, at a time fixed before the opening."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.hooks import HookEvent
from feedback.domain.log_chain import SERVICE
from feedback.domain.waves.staff_mails import StaffMail
from feedback.domain.waves.states import Band, WaveState, band_seen
from feedback.services.hooks.announce import announce
from feedback.storage.audit_log import note
from feedback.storage.database import lock_wave
from feedback.storage.responses import count_responses
from feedback.storage.staff_letters import tell_staff_at
from feedback.storage.waves import groups_of, moment_by_id, wave_by_id


def look_at_wave(session: Session, moment_id: int, *, now: datetime) -> None:
    """Store the band that the number of answers falls into now; the number itself is stored nowhere."""
    wave_id = moment_by_id(session, moment_id).wave_id
    # While a close is under way, a count of nothing would look like an answer.
    lock_wave(session, wave_id)
    moment, wave = moment_by_id(session, moment_id), wave_by_id(session, wave_id)
    if not moment.is_done and moment.due_at <= now and wave.state == WaveState.OPEN:
        moment.is_done = True
        answered = count_responses(session, wave.id)
        groups = len(groups_of(session, wave.id))
        moment.band = band_seen(answered, wave.invited or 0, wave.minimum_group_size, groups)
        if moment.band == Band.FEWER_THAN_K and not wave.was_extended:
            tell_staff_at(session, wave.id, StaffMail.TOO_FEW, now)
        announce(session, HookEvent.LOOKED_AT, wave.programme_id, wave.id, now=now)
        note(session, now, SERVICE, f"took look {moment.number}", f"wave {wave.id}")
    session.commit()
