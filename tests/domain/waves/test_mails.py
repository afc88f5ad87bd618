"""The mails of a wave: what each is called outside the program, and in which state of the wave it is sent."""

from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.waves.mails import INVITATION, MailKind, WaveMail
from feedback.domain.waves.states import WaveState

MAILS = st.builds(WaveMail, st.sampled_from(MailKind), st.integers(1, 40))


def test_reminders_are_named_by_number_and_apart_from_the_invitation() -> None:
    names = [str(INVITATION), *(str(WaveMail(MailKind.REMINDER, number)) for number in range(1, 4))]
    assert names == ["invitation", "reminder-1", "reminder-2", "reminder-3"]


def test_the_first_copy_of_an_invitation_is_its_second_mail() -> None:
    assert str(WaveMail(MailKind.INVITATION, 2)) == "invitation-2"


def test_what_is_sent_once_has_no_number_in_its_name() -> None:
    once = [kind for kind in MailKind if kind not in (MailKind.INVITATION, MailKind.REMINDER)]
    assert [str(WaveMail(kind)) for kind in once] == ["extension", "cancellation", "results", "unreported", "said"]


@given(MAILS, MAILS)
def test_no_two_mails_have_one_name(one: WaveMail, other: WaveMail) -> None:
    assert (str(one) == str(other)) == (one == other)


def test_a_mail_is_sent_only_while_what_it_tells_is_so() -> None:
    told_afterwards = {
        MailKind.CANCELLATION: WaveState.CANCELLED,
        MailKind.RESULTS: WaveState.CLOSED,
        MailKind.UNREPORTED: WaveState.CLOSED,
        MailKind.SAID: WaveState.CLOSED,
    }
    assert {kind: kind.sent_in for kind in MailKind} == dict.fromkeys(MailKind, WaveState.OPEN) | told_afterwards
