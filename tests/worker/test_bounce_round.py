"""The worker empties the mailbox of returned mails by itself: at most once a minute, whatever lies in it."""

import mailbox
from datetime import timedelta
from pathlib import Path

import pytest

from feedback.domain.errors import MailboxRefused
from feedback.worker.bounce_round import BounceRound
from feedback.worker.due import Chore, what_is_due
from feedback.worker.worker import Worker, worker_context
from tests.bouncing import BOUNCES, bounce_of, mail_states, mail_to, return_path_of
from tests.promises.visits import mailed_wave
from tests.worker.test_worker import until, working
from tests.world import START, World

MIA = "mentor.0@example.com"


@pytest.fixture
def box(tmp_path: Path) -> mailbox.Maildir:
    return mailbox.Maildir(tmp_path / "bounces", create=True)


@pytest.fixture
def environment(environment: dict[str, str], box: mailbox.Maildir, tmp_path: Path) -> dict[str, str]:
    own = {"FEEDBACK_BOUNCE_ADDRESS": BOUNCES, "FEEDBACK_BOUNCES_URL": f"maildir:{tmp_path / 'bounces'}"}
    return {**environment, **own}


def test_the_worker_empties_the_mailbox(world: World, box: mailbox.Maildir) -> None:
    mailed_wave(world, 3, 3)
    box.add(b"junk")
    box.add(bounce_of(mail_to(world, MIA), to=return_path_of(world, MIA)))
    with working(Worker(worker_context(world.app))):
        until(lambda: mail_states(world)[MIA] == "bounced")
    assert len(box) == 0


def test_a_round_is_due_once_a_minute(world: World) -> None:
    bounces = BounceRound(world.tools.settings.bounces.box)
    assert bounces.is_due(START)
    with world.session() as session:
        bounces.read(session, world.keys, now=START)
    moments = [START + timedelta(seconds=seconds) for seconds in (0, 59, 60)]
    assert [bounces.is_due(moment) for moment in moments] == [False, False, True]


def test_a_round_that_comes_too_early_reads_nothing(world: World, box: mailbox.Maildir) -> None:
    bounces = BounceRound(world.tools.settings.bounces.box)
    with world.session() as session:
        bounces.read(session, world.keys, now=START)
        box.add(b"junk")
        bounces.read(session, world.keys, now=START + timedelta(seconds=59))
    assert len(box) == 1


def test_a_mailbox_that_is_away_is_tried_again_a_minute_later(world: World, tmp_path: Path) -> None:
    (tmp_path / "bounces").rename(tmp_path / "elsewhere")
    bounces = BounceRound(world.tools.settings.bounces.box)
    with world.session() as session, pytest.raises(MailboxRefused):
        bounces.read(session, world.keys, now=START)
    assert not bounces.is_due(START + timedelta(seconds=59))
    assert bounces.is_due(START + timedelta(minutes=1))


def test_without_a_mailbox_no_round_is_ever_due(world: World) -> None:
    assert not BounceRound(None).is_due(START)
    with world.session() as session:
        assert Chore.READ_BOUNCES not in {due.task for due in what_is_due(session, START)}
