"""Surveys that are over in a moment: the service itself, on a clock set by hand, with a mailbox that nobody reads."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from feedback.config import Settings
from feedback.demo.mailbox import Mailbox
from feedback.demo.participants import answer_unopened, visitor
from feedback.demo.programme import open_demo_wave
from feedback.domain.comments.review import CommentVerdict, Decision
from feedback.domain.errors import SettingsRefused
from feedback.domain.staff import OPERATOR
from feedback.domain.survey.answers import Wish
from feedback.runtime import Clock, Runtime, runtime_of
from feedback.services.comments.decide_comments import decide_comments
from feedback.services.comments.list_comments import list_comments
from feedback.services.comments.release_comments import release_comments
from feedback.services.comments.sum_up_comments import sum_up_comments
from feedback.worker.due import Chore, do, what_is_due
from feedback.worker.worker import worker_context

AppFactory = Callable[[Settings, Clock], Flask]
"""Makes an application with pages, from its settings and its clock."""
_SUMMED_UP = "Some wrote what they do not want quoted: most of it about time, and about how pairs are matched."
_MOST_ROUNDS = 50


@dataclass
class Simulation:
    """A service of its own on the databases of another. `report` is told how many answered."""

    app: Flask
    mailbox: Mailbox
    now: datetime
    report: Callable[[str], None]

    @property
    def tools(self) -> Runtime:
        """What commands work with, at this service's time."""
        return runtime_of(self.app)

    def begin(self, programme_id: int, stage: str, warmth: float, seed: int = 1, most: int | None = None) -> int:
        """Open a wave and let people answer, `most` at most; return its id."""
        wave_id = open_demo_wave(self.tools, programme_id, stage).wave_id
        known = len(self.mailbox.serials())
        self.work()
        new = self.mailbox.serials()[known:]
        self._leave_alone(new[most:] if most is not None else ())
        answer_unopened(self.mailbox, seed, self.report, warmth, visitor(self.app.test_client()))
        # Whoever has not answered by now never does.
        self._leave_alone(new)
        return wave_id

    def _leave_alone(self, serials: Iterable[int]) -> None:
        for serial in serials:
            self.mailbox.mark_opened(serial)

    def pass_time(self, time: timedelta) -> None:
        """Let time pass, and everything happen that is due by then."""
        self.now += time
        self.work()

    def work(self) -> None:
        """Do what is due until nothing is. What needs no hurry is left to the worker of the other service."""
        context = worker_context(self.app)
        for _round in range(_MOST_ROUNDS):
            with context.scope() as session:
                due = [one for one in what_is_due(session, self.now) if one.task is not Chore.DESTROY]
            if not due:
                break
            for one in due:
                do(one, context)

    def review(self, wave_id: int) -> None:
        """Release the comments of a wave as a reviewer does: quoted where that is wished, summed up otherwise."""
        session, keys, now = self.tools.session(), self.tools.keys, self.now
        questions = list_comments(session, keys, wave_id, now=now, reviewer=OPERATOR).questions
        verdicts = {
            one.id: CommentVerdict(Decision.RELEASED if one.comment.wish is Wish.QUOTE else Decision.SUMMARISED)
            for question in questions
            for one in question.comments
        }
        decide_comments(session, keys, wave_id, verdicts=verdicts, now=now, reviewer=OPERATOR)
        for question in questions:
            if any(verdicts[one.id].decision is Decision.SUMMARISED for one in question.comments):
                sum_up_comments(session, wave_id, question.code, summary=_SUMMED_UP, now=now, reviewer=OPERATOR)
        release_comments(session, keys, wave_id, now=now, reviewer=OPERATOR)


@contextmanager
def simulated(
    create_app: AppFactory, settings: Settings, begins_at: datetime, report: Callable[[str], None], refused: str = ""
) -> Iterator[Simulation]:
    """Simulate from a moment on, while no worker is at work on these databases; nobody at `refused` gets an email."""
    with TemporaryDirectory() as folder:
        mailbox = Mailbox(Path(folder))
        relay = start_relay(mailbox, "127.0.0.1", 0, refused)
        settings = replace(settings, smtp=replace(settings.smtp, host="127.0.0.1", port=relay.port))
        app = create_app(settings, lambda: found.now)
        found = Simulation(app, mailbox, begins_at, report)
        with app.app_context():
            yield found
        relay.stop()


def start_relay(mailbox: Mailbox, host: str, port: int, refused: str = ""):  # type: ignore[no-untyped-def]  # aiosmtpd is untyped
    """Receive the service's emails into a mailbox; SettingsRefused if the port is taken, or nothing can receive."""
    try:
        from feedback.demo.relay import start_smtp
    except ModuleNotFoundError:
        raise SettingsRefused("The demo is not installed here: `make run` installs it in a checkout.") from None
    try:
        return start_smtp(mailbox, host, port, refused)
    except OSError:
        raise SettingsRefused(f"FEEDBACK_SMTP_PORT is {port}, which another program uses.") from None
