"""Mail sign-in links to those who asked for one and have an account; drop in silence what strangers asked for."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.domain.errors import MailRefused
from feedback.domain.languages import address_in, spoken_language
from feedback.domain.log_chain import SERVICE
from feedback.mail.message import MailMessage
from feedback.mail.relay import Relay
from feedback.services.mail.sender_settings import SenderSettings
from feedback.services.staff.sign_in import issue_link
from feedback.storage.audit_log import note
from feedback.storage.organisations import organisations
from feedback.storage.sign_in_requests import KEPT, SignInRequest, drop_request, next_requests, try_again
from feedback.storage.staff import StaffMember, count_sign_ins, revoke_sign_ins, staff_at

LIFETIME = timedelta(minutes=10)
MOST_LINKS = 3
"""So many links by mail that are unused and not too old may one account have: nobody fills somebody else's inbox."""
_NEXT_ATTEMPT = timedelta(minutes=1)


def mail_links(session: Session, relay: Relay, *, sender_settings: SenderSettings, now: datetime) -> None:
    """Answer every wish that waits. If the relay cannot be used they are tried again, and MailRefused is raised."""
    for request in next_requests(session, now):
        accounts = [] if request.asked_at <= now - KEPT else staff_at(session, request.email)
        served = [member for member in accounts if _may_have_more(session, member, now)]
        if served:
            _mail(session, relay, request, served, sender_settings, now)
        elif accounts:
            try_again(session, request.email, now + LIFETIME)
            session.commit()
        else:
            drop_request(session, request.email)
            session.commit()


def _may_have_more(session: Session, member: StaffMember, now: datetime) -> bool:
    """Tell whether an account gets a link now. If it has too many that is noted; of a stranger nothing is."""
    if count_sign_ins(session, member.id, now, now + LIFETIME) < MOST_LINKS:
        return True
    note(session, now, SERVICE, "put off a sign-in link", f"staff {member.id}")
    return False


def _mail(
    session: Session,
    relay: Relay,
    request: SignInRequest,
    accounts: list[StaffMember],
    sender_settings: SenderSettings,
    now: datetime,
) -> None:
    email, numbers, expires_at = request.email, [member.id for member in accounts], now + LIFETIME
    message = _message(session, request, accounts, sender_settings, expires_at)
    # Put off before it is tried: a worker that dies here must not write every second. And no lock is held meanwhile,
    # for which whoever asks again would have to wait.
    try_again(session, email, now + _NEXT_ATTEMPT)
    session.commit()
    try:
        relay.send(message, "an email with a sign-in link")
    except MailRefused:
        for number in numbers:
            revoke_sign_ins(session, number, expires_at)
        session.commit()
        raise
    for number in numbers:
        note(session, now, SERVICE, "mailed a sign-in link", f"staff {number}")
    drop_request(session, email)
    session.commit()


def _message(
    session: Session,
    request: SignInRequest,
    accounts: list[StaffMember],
    sender_settings: SenderSettings,
    expires_at: datetime,
) -> MailMessage:
    language, names = spoken_language(request.language), {one.id: one.name for one in organisations(session)}
    page = f"{sender_settings.base_url}/staff/sign-in"
    links = tuple(
        (
            names[member.organisation_id],
            address_in(f"{page}/{issue_link(session, member.id, expires_at=expires_at)}", language),
        )
        for member in accounts
    )
    return MailMessage(
        recipient=request.email,
        language=language.code,
        name="sign-in",
        message_id=sender_settings.new_message_id(),
        sender=sender_settings.shown_as(links[0][0]) if len(links) == 1 else ("Feedback", sender_settings.sender),
        addressee=accounts[0].name,
        values={"accounts": links, "minutes": str(LIFETIME // timedelta(minutes=1))},
    )
