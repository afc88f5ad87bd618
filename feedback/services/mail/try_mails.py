"""Send the emails of a survey to the member of staff who asked for them, and to nobody else.

They are written as participants get them, marked as a test, and every link of one's own leads to a page that shows
what stands behind it. No delivery is noted, no mail of these can be stopped, and none comes back to anybody's row.
"""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.address import domain_of
from feedback.domain.errors import MailRefused, ResendRefused, sentence
from feedback.domain.languages import Language, spoken_language
from feedback.domain.staff import PLANNERS, actor_of
from feedback.domain.survey.questionnaires import Role
from feedback.mail.message import MailMessage
from feedback.mail.relay import Relay
from feedback.services.mail.preview_mails import MailReader, mails_to
from feedback.services.mail.sender_settings import SenderSettings
from feedback.storage.audit_log import note
from feedback.storage.programmes import programme_by_id
from feedback.storage.staff import StaffMember, staff_in_role
from feedback.storage.trial_mails import (
    TRIED,
    TrialMails,
    claim_trial_mails,
    count_trial_mails,
    finish_trial_mails,
    next_trial_mails,
    note_trial_mail,
    waits_already,
)
from feedback.storage.waves import wave_by_id

MOST_TRIALS = 12
"""So often in an hour may one account ask: both roles in each language, and two again."""
COUNTED = timedelta(hours=1)
"""For so long it counts that somebody has asked, and a relay that takes nothing is tried."""
_NEXT_ATTEMPT = timedelta(minutes=1)
_NAME_BYTES = 16
_TOO_OFTEN = sentence("You have sent yourself many tests in the last hour. Try again in an hour: nothing was sent.")
_OWN_LINKS = ("link", "opt_out_url", "results_url", "support_url")


def ask_for_trial(
    session: Session, wave_id: int, staff_id: int, role: Role, language: Language, *, now: datetime
) -> None:
    """Note that somebody wants the emails of a wave; ResendRefused if they asked too often in the last hour.

    A second wish for the very same, while the first waits, is the same wish.
    """
    if waits_already(session, staff_id, wave_id, role, language.code):
        return
    if count_trial_mails(session, staff_id, now - COUNTED) >= MOST_TRIALS:
        raise ResendRefused(_TOO_OFTEN)
    wish = {"staff_id": staff_id, "wave_id": wave_id, "role": role, "language": language.code}
    session.add(TrialMails(**wish, asked_at=now, try_at=now))
    note(session, now, actor_of(staff_id), TRIED, f"wave {wave_id}")
    session.commit()


def try_mails(session: Session, relay: Relay, *, sender_settings: SenderSettings, now: datetime) -> None:
    """Send what is due. What the relay does not take is tried again, and MailRefused is raised after all others."""
    numbers = [one.id for one in next_trial_mails(session, now)]
    # Not all of them at the end: one that the relay is slow with must not keep the others.
    went = [_send(session, relay, number, sender_settings, now) for number in numbers]
    if not all(went):
        raise MailRefused("The mail relay did not take every test email. They are sent again later.")


def _send(session: Session, relay: Relay, number: int, sender_settings: SenderSettings, now: datetime) -> bool:
    # Put off before it is tried: a worker that dies here must not write every second.
    if not claim_trial_mails(session, number, now=now, until=now + _NEXT_ATTEMPT):
        session.rollback()
        return True
    trial = session.get_one(TrialMails, number, populate_existing=True)
    messages = _messages(session, trial, sender_settings, now)
    sent_count = trial.sent_count
    session.commit()
    with relay.connect() as smtp:
        for message in messages[sent_count:]:
            if not smtp.settle(message):
                return False
            sent_count += 1
            note_trial_mail(session, number, sent_count)
            session.commit()
    finish_trial_mails(session, number)
    session.commit()
    return True


def _messages(session: Session, trial: TrialMails, sender_settings: SenderSettings, now: datetime) -> list[MailMessage]:
    member = _still_planning(session, trial)
    if member is None or trial.asked_at <= now - COUNTED:
        return []
    page = f"{sender_settings.base_url}/staff/waves/{trial.wave_id}/emails?role={trial.role}&in={trial.language}"
    reader = MailReader(member.name, Role(trial.role), spoken_language(trial.language))
    links = dict.fromkeys(_OWN_LINKS, page)
    host = domain_of(sender_settings.sender)
    return [
        replace(message, is_trial=True, message_id=f"<{secrets.token_hex(_NAME_BYTES)}@{host}>")
        for message in mails_to(session, trial.wave_id, reader, links, sender_settings, recipient=member.email)
    ]


# Access may have been taken away since.
def _still_planning(session: Session, trial: TrialMails) -> StaffMember | None:
    programme = programme_by_id(session, wave_by_id(session, trial.wave_id).programme_id)
    planners = (
        one for role in PLANNERS for one in staff_in_role(session, programme.organisation_id, role, programme.id)
    )
    return next((one for one in planners if one.id == trial.staff_id), None)
