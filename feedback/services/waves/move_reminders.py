"""Move the reminders of a wave that are still ahead: after a late opening, an extension, or a change of quiet times."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.waves.calendar import wished_moment
from feedback.domain.waves.schedule import Hours, place_reminders, read_offset
from feedback.storage.quiet_times import hours_of
from feedback.storage.waves import Moment, Wave, last_reminder_at, reminders_not_sent


def move_reminders(
    session: Session, wave: Wave, *, opening: datetime, now: datetime, after: datetime | None = None
) -> None:
    """Place each reminder that was not sent again, counted from `opening` and the wave's close.

    Each keeps its distance from the invitation, from reminders that were sent, and from a mail `after` which it
    comes. One planned for a fixed moment stays there if it can. One that no longer fits before the close is left
    out, and returns if it fits again; likewise one that would come before the opening.
    """
    hours = hours_of(session, wave.programme_id)
    wished = [(_wished(moment, wave, opening, hours), moment) for moment in reminders_not_sent(session, wave.id)]
    ahead = [(at, moment) for at, moment in wished if at > opening and not (moment.was_left_out and at <= now)]
    ahead.sort(key=lambda one: (one[0], one[1].number))
    mails = [opening, last_reminder_at(session, wave.id), after]
    earliest = max(at for at in mails if at is not None)
    placed = place_reminders([at for at, _moment in ahead], wave.closes_at, hours, after=earliest)
    for _at, moment in wished:
        moment.is_done, moment.was_left_out = True, True
    for at, (wish, moment) in zip(placed, ahead, strict=True):
        moment.is_done, moment.was_left_out, moment.due_at = at is None, at is None, at or wish


def _wished(moment: Moment, wave: Wave, opening: datetime, hours: Hours) -> datetime:
    wish = moment.due_at if moment.wish is None else read_offset(moment.wish)
    return wished_moment(wish, opening, wave.closes_at, hours)
