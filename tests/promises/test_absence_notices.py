"""Promise: nobody can have the link of somebody whose mail arrived sent elsewhere, whatever that mailbox answers.

Absence notices, delays and receipts come to the very return path of a mail, some of them quoting a failure.
"""

import pytest

from feedback.domain.errors import NotFound
from feedback.services.mail.note_bounces import note_bounce
from feedback.services.mail.resend_invitation import mend_delivery
from feedback.services.mail.show_undeliverable import show_undeliverable
from tests.bouncing import BOUNCES, mail_states, return_path_of
from tests.databases import ON_SQLITE
from tests.domain.test_returned_by_servers import CASES
from tests.promises.visits import mailed_wave
from tests.world import World

MIA = "mentor.0@example.com"
ARRIVED = [*sorted(path.name for path in CASES.glob("ooo-*.eml")), "action-delayed.eml", "mdn-read.eml"]
LOST = ["plain-dsn.eml", "global-dsn.eml", "exim-classic.eml", "dovecot-quota-mdn.eml", "hmailserver-hyphen.eml"]


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return {**environment, "FEEDBACK_BOUNCE_ADDRESS": BOUNCES}


def answered(world: World, name: str, writes_as: str = MIA) -> bytes:
    """A case about Mia's mail, written from that address of hers."""
    raw = (CASES / name).read_bytes().replace(b"{return_path}", return_path_of(world, MIA).encode())
    raw = raw.replace(b"From: Mia <mia@example.com>", f"From: Mia <{writes_as}>".encode())
    return raw.replace(b"mia@example.com", MIA.encode())


@ON_SQLITE
@pytest.mark.parametrize("name", ARRIVED)
@pytest.mark.parametrize("writes_as", [MIA, "mia.m@example.com"])
@pytest.mark.parametrize("extra", [b"", b"Return-Path: <>\n", b"Return-Path: <>\nPrecedence: junk\n"])
def test_an_answer_of_a_mailbox_sends_no_link_elsewhere(world: World, name: str, extra: bytes, writes_as: str) -> None:
    wave = mailed_wave(world, 3, 3)
    world.clock.pass_time(hours=1)
    with world.session() as session:
        assert not note_bounce(session, world.keys, extra + answered(world, name, writes_as), now=world.clock())
        assert show_undeliverable(session, wave) == ()
        with pytest.raises(NotFound):
            mend_delivery(session, wave, 1, "thief@example.com", now=world.clock(), actor="test")
    assert set(mail_states(world).values()) == {"accepted"}


@ON_SQLITE
@pytest.mark.parametrize("subject", [b"Your view", b"Re: Your view", b""])
def test_an_answer_with_no_mark_of_a_machine_is_a_persons(world: World, subject: bytes) -> None:
    mailed_wave(world, 3, 3)
    raw = answered(world, "ooo-plain-no-header.eml", "mia.m@example.com").replace(b"Out of office", subject)
    with world.session() as session:
        assert not note_bounce(session, world.keys, raw, now=world.clock())


@pytest.mark.parametrize("name", LOST)
def test_what_a_mail_server_returns_is_noted(world: World, name: str) -> None:
    mailed_wave(world, 3, 3)
    with world.session() as session:
        assert note_bounce(session, world.keys, answered(world, name), now=world.clock())
    assert mail_states(world)[MIA] == "bounced"
