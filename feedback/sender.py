"""What the settings say of whoever sends mails."""

from feedback.config import Settings
from feedback.services.mail.sender_settings import SenderSettings


def sender_settings_of(settings: Settings) -> SenderSettings:
    """Return what mails show of the sender."""
    return SenderSettings(settings.base_url, settings.smtp.sender, settings.bounces.address, settings.smtp.via)
