"""Promise: nobody can have the link of somebody whose mail arrived sent elsewhere, whatever that mailbox answers.

Absence notices, delays and receipts come to the very return path of a mail, some of them quoting a failure.
"""

import pytest

from feedback.domain.errors import NotFound
from feedback.services.mail.note_bounces import note_bounce
from feedback.services.mail.resend_invitation import mend_delivery
from feedback.services.mail.show_undeliverable import show_undeliverable
from tests.bouncing import BOUNCES, mail_states, return_path_of
from tests.domain.test_returned_by_servers import CASES
from tests.promises.visits import mailed_wave
from tests.world import World

MIA = "mentor.0@example.com"
ARRIVED = [*sorted(path.name for path in CASES.glob("ooo-*.eml")), "action-delayed.eml", "mdn-read.eml"]
LOST = ["plain-dsn.eml", "global-dsn.eml", "exim-classic.eml", "dovecot-quota-mdn.eml", "hmailserver-hyphen.eml"]


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return {**environment, "FEEDBACK_BOUNCE_ADDRESS": BOUNCES}


def answered(world: World, name: str, sender: str = MIA) -> bytes:
    raw = (CASES / name).read_bytes().replace(b"{return_path}", return_path_of(world, MIA).encode())
    return raw.replace(b"mia@example.com", sender.encode())


@pytest.mark.parametrize("name", ARRIVED)
@pytest.mark.parametrize("extra", [b"", b"Return-Path: <>\n", b"Return-Path: <>\nPrecedence: junk\n"])
def test_an_answer_of_a_mailbox_sends_no_link_elsewhere(world: World, name: str, extra: bytes) -> None:
    wave = mailed_wave(world, 3, 3)
    world.clock.pass_time(hours=1)
    with world.session() as session:
        assert not note_bounce(session, world.keys, extra + answered(world, name), now=world.clock())
        assert show_undeliverable(session, wave) == ()
        with pytest.raises(NotFound):
            mend_delivery(session, wave, 1, "thief@example.com", now=world.clock(), actor="test")
    assert set(mail_states(world).values()) == {"accepted"}


@pytest.mark.parametrize("name", LOST)
def test_what_a_mail_server_returns_is_noted(world: World, name: str) -> None:
    mailed_wave(world, 3, 3)
    with world.session() as session:
        assert note_bounce(session, world.keys, answered(world, name), now=world.clock())
    assert mail_states(world)[MIA] == "bounced"
