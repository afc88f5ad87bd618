"""Whose fault a refusal is, in the words of real relays."""

import pytest

from feedback.domain.refusals import enhanced_code, is_about_the_sender

OF_THE_SENDER = [
    (550, "5.4.5 Daily user sending limit exceeded. For more information on Gmail sending limits"),
    (550, "5.4.5 Daily SMTP relay limit exceeded for customer"),
    (554, "5.7.1 <mia@example.com>: Relay access denied"),
    (550, "5.7.1 Unable to relay"),
    (550, "5.7.60 SMTP; Client does not have permissions to send as this sender"),
    (550, "5.7.1 Message rejected due to local policy"),
    (554, "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org"),
    (553, "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
    (530, "5.7.0 Must issue a STARTTLS command first"),
    (530, "Authentication required"),
    (535, "5.7.8 Authentication credentials invalid"),
    (550, "5.7.26 Unauthenticated email from example.com is not accepted due to the domain's DMARC policy"),
    (503, "5.5.1 Bad sequence of commands"),
    (552, "5.3.4 Message size exceeds fixed limit"),
    (554, "5.6.0 Message contains bare LF"),
    (550, "Relaying denied"),
    (550, "relay not permitted"),
    (550, "Sender verify failed"),
    (554, "Sending quota reached, try again tomorrow"),
    (550, "Too many messages from this account today"),
    (554, "Your account is suspended for sending spam"),
    (550, "Administrative prohibition"),
    (550, "5.1.8 Bad sender's system address"),
    (550, "HELO invalid"),
    (550, "5.7.1 mia@example.com\n5.7.1 Client was not authenticated"),
]
OF_THE_PERSON = [
    (550, "5.1.1 <mia@example.com>: Recipient address rejected: User unknown in virtual mailbox table"),
    (550, "5.1.1 The email account that you tried to reach does not exist"),
    (550, "5.1.10 RESOLVER.ADR.RecipientNotFound"),
    (550, "No such user"),
    (550, "No such user here (limit of guesses: none)"),
    (550, "mailbox unavailable"),
    (552, "5.2.2 Mailbox quota exceeded"),
    (552, "Mailbox full"),
    (554, "5.2.1 The email account is disabled"),
    (550, "5.4.1 Recipient address rejected: Access denied"),
    (550, "5.4.4 Host or domain name not found"),
    (556, "5.1.10 Domain does not accept mail"),
    (550, "5.7.1 <mia@example.com>: Recipient unknown"),
    (550, "5.7.133 Sender not authenticated for group"),
    (550, "5.6.7 Address requires UTF-8"),
    (550, "5.5.0 Requested action not taken: mailbox unavailable"),
    (551, "User not local"),
    (550, "Refused"),
]


@pytest.mark.parametrize(("code", "text"), OF_THE_SENDER)
def test_what_is_true_of_the_sender_is_known(code: int, text: str) -> None:
    assert is_about_the_sender(code, text)


@pytest.mark.parametrize(("code", "text"), OF_THE_PERSON)
def test_what_is_true_of_a_person_stays_with_the_person(code: int, text: str) -> None:
    assert not is_about_the_sender(code, text)


def test_a_status_code_is_no_part_of_a_number() -> None:
    assert enhanced_code("host 15.1.1.2 said 5.1.1 no") == "5.1.1"
    assert enhanced_code("192.5.1.1") == ""
