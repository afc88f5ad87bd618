"""The name that a mail comes from."""

from feedback.services.mail.sender_settings import SenderSettings

SENDER = "feedback@example.com"


def test_a_mail_bears_the_organisations_name_alone() -> None:
    assert SenderSettings("https://x.example", SENDER).shown_as("Contoso Group") == ("Contoso Group", SENDER)


def test_from_another_domain_it_says_through_whom_it_comes() -> None:
    shown = SenderSettings("https://x.example", SENDER, via="Feedback").shown_as("Contoso Group")
    assert shown == ("Contoso Group via Feedback", SENDER)
