"""Forget links, sessions, challenges, kept forms and test emails of staff once they are over, whoever signs in."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.services.mail.try_mails import COUNTED
from feedback.services.staff.begin_sessions import ends_before
from feedback.storage.kept_forms import any_expired_form, forget_forms
from feedback.storage.passkeys import any_expired_challenge, forget_challenges
from feedback.storage.sign_in_providers import any_expired_connection, forget_connections
from feedback.storage.staff import (
    any_expired_sign_in,
    any_session_that_has_run_out,
    forget_sessions,
    forget_sign_ins,
)
from feedback.storage.trial_mails import any_trial_mail_before, forget_trial_mails


def any_expired(session: Session, now: datetime, *, real_now: datetime) -> bool:
    """Tell whether there is any; sessions keep real time, even where a programme's is ahead of it."""
    return (
        any_expired_sign_in(session, now)
        or any_session_that_has_run_out(session, **ends_before(real_now))
        or any_expired_challenge(session, real_now)
        or any_expired_connection(session, now)
        or any_expired_form(session, real_now)
        or any_trial_mail_before(session, now - COUNTED)
    )


def forget_expired(session: Session, now: datetime, *, real_now: datetime) -> None:
    """Delete them."""
    forget_sign_ins(session, now)
    forget_sessions(session, **ends_before(real_now))
    forget_challenges(session, real_now)
    forget_connections(session, now)
    forget_forms(session, real_now)
    forget_trial_mails(session, now - COUNTED)
    session.commit()
