"""Promise: what comes back, is sent again or is corrected tells nobody who has answered, and leaves no link behind.

A whole wave is mailed and answered; bounces with our mails and their links inside arrive on every way there is.
"""

import mailbox
from pathlib import Path

import pytest
from sqlalchemy import text

from feedback.domain.links import from_address
from feedback.services.mail.note_bounces import note_bounce
from feedback.services.mail.resend_invitation import resend_invitation
from feedback.services.mail.show_undeliverable import show_undeliverable
from tests.bouncing import BOUNCES, absence_notice, bounce_of, mail_states, mail_to, return_path_of
from tests.databases import LARGE
from tests.promises.evidence import found, in_every_spelling, log_position, stored_bytes
from tests.promises.listener import Listener
from tests.promises.visits import engine_of, mailed_wave, newly_mailed_wave
from tests.world import World

pytestmark = pytest.mark.own_databases

TOKEN = "t" * 40
LOST = [f"mentor.{number}@example.com" for number in range(3)]


@pytest.fixture
def maildir(tmp_path: Path) -> mailbox.Maildir:
    return mailbox.Maildir(tmp_path / "bounces", create=True)


@pytest.fixture
def environment(environment: dict[str, str], maildir: mailbox.Maildir, tmp_path: Path) -> dict[str, str]:
    url = f"maildir:{tmp_path / 'bounces'}"
    own = {"FEEDBACK_BOUNCE_ADDRESS": BOUNCES, "FEEDBACK_BOUNCES_TOKEN": TOKEN, "FEEDBACK_BOUNCES_URL": url}
    return {**environment, **own}


def anonymous_rows(world: World) -> list[object]:
    """Every row of the tables in which answers lie."""
    with engine_of(world).connect() as connection:
        return [
            tuple(row)
            for table in ("entitlements", "sealed_responses")
            for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY 1"))
        ]


def read_the_maildir(world: World) -> None:
    from feedback.worker.due import Chore, Due, do
    from feedback.worker.worker import worker_context

    do(Due(Chore.READ_BOUNCES, 0), worker_context(world.app))


def test_no_link_of_a_returned_mail_is_stored_or_logged(world: World, maildir: mailbox.Maildir, tmp_path: Path) -> None:
    position = log_position(world)
    wave = mailed_wave(world, 6, 6)
    returned = [bounce_of(mail_to(world, one), to=return_path_of(world, one)) for one in LOST]
    broken = returned[0][: len(returned[0]) // 2]
    with Listener("mail.log") as listener:
        for raw in (returned[0], broken, absence_notice(mail_to(world, LOST[0]))):
            maildir.add(raw)
        read_the_maildir(world)
        for raw in (returned[1], broken + b"\xff" * 99):
            world.client().post("/bounces", data=raw, headers={"Authorization": f"Bearer {TOKEN}"})
        with world.session() as session:
            note_bounce(session, world.keys, returned[2], now=world.clock())
    assert [mail_states(world)[one] for one in LOST] == ["bounced"] * 3
    secrets = [from_address(link) or b"" for link in world.links(wave)]
    needles = {name: needle for one in secrets for name, needle in in_every_spelling(one.hex(), one).items()}
    kept = b"".join(raw for _place, raw in stored_bytes(world, position))
    assert not found(needles, kept)
    assert not found(needles | {one: one.encode() for one in LOST}, "\n".join(listener.lines).encode())
    assert [path for path in (tmp_path / "bounces").rglob("*") if path.is_file()] == []


def test_a_bounce_touches_no_right_to_answer_and_no_answer(world: World) -> None:
    wave = mailed_wave(world, 6, 6)
    world.answer(world.links(wave)[0])
    before = anonymous_rows(world)
    with world.session() as session:
        for one in LOST:
            raw = bounce_of(mail_to(world, one), to=return_path_of(world, one))
            assert note_bounce(session, world.keys, raw, now=world.clock())
    assert anonymous_rows(world) == before


def test_whose_mail_came_back_can_answer_all_the_same(world: World) -> None:
    wave = mailed_wave(world, 6, 6)
    with world.session() as session:
        raw = bounce_of(mail_to(world, LOST[0]), to=return_path_of(world, LOST[0]))
        note_bounce(session, world.keys, raw, now=world.clock())
    assert world.answer(world.links(wave)[0]).status_code == 200


def told(world: World) -> list[str]:
    """All that staff are told of three lost mails and three copies."""
    heard = []
    with world.session() as session:
        for one in LOST:
            raw = bounce_of(mail_to(world, one), to=return_path_of(world, one))
            heard.append(str(note_bounce(session, world.keys, raw, now=world.clock())))
        heard.append(str(show_undeliverable(session, 1)))
        heard += [str(resend_invitation(session, 1, one, now=world.clock(), actor="test")) for one in LOST]
        heard.append(str(show_undeliverable(session, 1)))
        heard += [str(row) for row in session.execute(text("SELECT actor, act, subject FROM audit_log ORDER BY id"))]
    return heard


@pytest.fixture(scope="module")
def first() -> list[list[str]]:
    """What was told in the first of the worlds below, in which nobody had answered."""
    return []


@pytest.mark.parametrize(
    "answering", [(), (0, 1, 2), *(pytest.param(some, marks=LARGE) for some in ((0,), tuple(range(12))))]
)
def test_bounces_and_copies_are_alike_whoever_has_answered(
    world: World, first: list[list[str]], answering: tuple[int, ...]
) -> None:
    links = world.links(newly_mailed_wave(world, 6, 6))
    for number in answering:
        world.answer(links[number])
    world.clock.pass_time(hours=1)
    heard = told(world)
    first.append(heard)
    assert heard.count("True") == heard.count("1") == 3
    assert heard == first[0]
