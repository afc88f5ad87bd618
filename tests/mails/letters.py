"""Every mail that participants, contacts and staff can get, with values that could be real."""

from datetime import datetime

from feedback.locales.moments import time_of_day, weekday_and_day
from feedback.mail import MailMessage

LINK = "https://feedback.example.com/s/" + "L" * 43
VALUES = {
    "name": "Mia Mentor",
    "organisation": "Example Organisation",
    "programme": "Pilot",
    "contact_name": "Ana Contact",
    "contact_email": "contact@example.com",
    "minimum_group_size": "5",
    "time_zone": "Europe/Paris",
    "opt_out_url": "https://feedback.example.com/o/" + "O" * 43,
    "support_url": "https://feedback.example.com/support/" + "S" * 22,
    "base_url": "https://feedback.example.com",
    "link": LINK,
    "results_url": "https://feedback.example.com/r/" + "R" * 22,
    "receipt_url": "https://feedback.example.com/receipt",
    "page": "https://feedback.example.com/staff/programmes/1/support",
    "number": "1",
    "stage": "kickoff",
    "wave": "1",
    "opens_at": "Monday 1 March 2027, 10:00 (Europe/Paris)",
}
TO_PARTICIPANTS = ("invitation", "reminder", "last-day", "extension", "results", "unreported", "cancellation")
MAILS = (*TO_PARTICIPANTS, "support", "held", "postponement", "refusal", "corrected")


def a_letter(mail: str, language: str = "en", **changes: str | None) -> MailMessage:
    """One mail, as it would be sent to Mia."""
    return MailMessage(
        recipient="mia@example.com",
        language=language,
        name=mail,
        message_id="<1@example.com>",
        sender=("Example Organisation", "feedback@example.com"),
        values={**VALUES, **_close(language), **changes},
        opt_out_url=VALUES["opt_out_url"],
    )


def _close(language: str) -> dict[str, str]:
    closes_at = datetime(2027, 3, 15, 10, 0)  # noqa: DTZ001  (already in the programme's time zone)
    return {"closes_on": weekday_and_day(closes_at.date(), language), "closes_at": time_of_day(closes_at, language)}
