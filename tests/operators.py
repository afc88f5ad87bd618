"""A service in the hands of hurried operators: workers are killed, clocks jump, copies of databases are put back.

Workers are real processes, on the time that faketime lets them read. Nobody waits for a survey's end: it is moved.
"""

import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select, update

from feedback.domain.links import Receipt, receipt_digest
from feedback.domain.report.files import write_report_file
from feedback.domain.waves.states import WaveState
from feedback.services.installation.answer_restore import RestoreAnswers, answer_restore
from feedback.services.reports.show_report import show_report
from feedback.storage.deliveries import DeliveryState, delivery_counts
from feedback.storage.heartbeat import Heartbeat, last_doubt, last_heartbeat
from feedback.storage.keys import Purpose
from feedback.storage.people import Participant
from feedback.storage.reports import StoredReport
from feedback.storage.waves import Wave, wave_by_id
from tests.answering import respond
from tests.restoring import Copy, copy_keys, copy_main, put_back
from tests.services.mail.relays import ScriptedRelay
from tests.worker.test_worker import has_report, until
from tests.world import World

AHEAD, BEHIND = "+20d", "-3h"
"""Two surveys' lengths would have passed; what was said has not been said yet."""


@dataclass
class Operators:
    """One survey of a service, and what its operators have done to it. `told` says how wrong the workers' clock is."""

    world: World
    environment: Mapping[str, str]
    told: Path
    relay: ScriptedRelay
    log: Path
    chance: random.Random
    wave: int = 0
    acknowledged: list[Receipt] = field(default_factory=list)
    published: set[bytes] = field(default_factory=set)
    kills: int = 0
    _copies: tuple[Copy, Copy] | None = None
    _worker: subprocess.Popen[bytes] | None = None
    _has_ended: bool = False

    # ---- what is to happen

    def opens(self) -> None:
        """Let a worker open a survey and send its invitations; it is killed while it does."""
        self.wave = self.world.planned_wave(self.world.new_programme(14, 13, ("",)))
        self._set_wave(state=WaveState.SCHEDULED, opens_at=self._now())
        self.relay.before_it_takes = self._kill_at(self.chance.randint(2, 25))
        self._start()
        until(lambda: self._is_over())
        self._start()
        until(lambda: self._are_invited())

    def people_answer(self, how_many: int) -> None:
        """Let people answer, and copies of both databases be made afterwards."""
        self._now()
        self.acknowledged += respond(self.world, self.world.links(self.wave)[:how_many])
        self._copies = copy_main(self.world), copy_keys(self.world)

    def its_end_comes(self) -> None:
        """Let the survey end now, wherever it is still open."""
        self._has_ended = True
        if self._state() == WaveState.OPEN:
            self._set_wave(closes_at=self._now())

    def it_is_over(self) -> None:
        """Wait for the report, and for the keys to be gone."""
        self.its_end_comes()
        self._start()
        until(lambda: self._state() == WaveState.CLOSED and has_report(self.world, self.wave))
        until(lambda: self._look() and Purpose.RESPONSE not in self.world.keys.purposes_held().get(self.wave, set()))
        self._stop()

    # ---- what operators do

    def kill(self) -> None:
        """Kill a worker soon after it began to work: in the middle of a close, if the survey's end has come."""
        self._stop()
        before = self._last_tick()
        self._start()
        until(lambda: self._last_tick() != before or self._state() == WaveState.CLOSING)
        threading.Event().wait(self.chance.uniform(0, 0.5))
        self._kill()
        self._look()

    def set_clock_ahead(self) -> None:
        """Let the clock jump while a worker works, and put it right again."""
        self._jump(AHEAD)

    def set_clock_behind(self) -> None:
        """The same, into the past."""
        self._jump(BEHIND)

    def restore_main(self) -> None:
        """Put the copy of the main database back."""
        self._restore(is_main=True)

    def restore_keys(self) -> None:
        """Put the copy of the key store back."""
        self._restore(is_keys=True)

    def restore_both(self) -> None:
        """Put both copies back."""
        self._restore(is_main=True, is_keys=True)

    # ---- what must be true at the end

    def check(self) -> None:
        """Nothing acknowledged is lost or counted twice, there was one report for ever, mails are hardly doubled."""
        assert self._worker is None
        (report,) = self.published
        with self.world.session() as session:
            shown = show_report(session, self.wave, base_url="https://feedback.example.com", now=self.world.clock())
            people = set(session.scalars(select(Participant.email)))
        assert write_report_file(shown.source.signed) == report
        assert sorted(shown.source.signed.report.receipts) == sorted(map(receipt_digest, self.acknowledged))
        mails = [mail["Message-ID"] for recipient, mail in self.relay.received if recipient in people]
        assert len(people) <= len(set(mails)) <= 2 * len(people)
        assert len(mails) <= len(set(mails)) + self.kills

    # ---- how

    def _restore(self, *, is_main: bool = False, is_keys: bool = False) -> None:
        assert self._copies is not None
        self._look()
        self._stop()
        lost_steps = is_main and has_report(self.world, self.wave)
        for wanted, copy in zip((is_main, is_keys), self._copies, strict=True):
            if wanted:
                put_back(self.world, copy)
        if lost_steps:
            self._refuses_before_it_is_told()
        if self._has_ended:
            self.its_end_comes()

    def _refuses_before_it_is_told(self) -> None:
        """A worker does nothing, however late it is; then an operator puts the exported report back."""
        self.its_end_comes()
        self._start()
        until(lambda: self._state() == WaveState.CLOSED)
        threading.Event().wait(2)
        assert not has_report(self.world, self.wave)
        assert self.world.status().restored
        self._stop()
        (report,) = self.published
        with self.world.session() as session:
            answers = RestoreAnswers({}, {"report.json": report})
            answer_restore(session, self.world.keys, answers, now=self._now(), actor="test")

    def _jump(self, wrong: str) -> None:
        self._start()
        self.told.write_text(wrong)
        # A worker that begins asks before anything else; one that is busy asks with its next tick.
        until(lambda: self._doubts())
        threading.Event().wait(2)
        # What had begun by a right clock may end meanwhile.
        assert self._has_ended or self._state() == WaveState.OPEN
        self._look()
        self.told.write_text("+0")
        until(lambda: not self._doubts())

    def _start(self) -> None:
        if self._worker is not None and not self._is_over():
            return
        command = [sys.executable, "-m", "feedback", "work"]
        with self.log.open("ab") as log:
            self._worker = subprocess.Popen(command, env=dict(self.environment), stdout=log, stderr=log)

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.terminate()
            self._worker.wait(60)
            self._worker = None

    def end(self) -> None:
        """Leave no worker behind."""
        if self._worker is not None:
            self._worker.kill()
            self._worker.wait()

    def _kill(self) -> None:
        if self._worker is not None and not self._is_over():
            self._worker.send_signal(signal.SIGKILL)
            self._worker.wait()
            self.kills += 1

    def _kill_at(self, count: int) -> Callable[[str], None]:
        left = iter(range(count, -1, -1))

        def heard(_recipient: str) -> None:
            if next(left, None) == 0:
                self._kill()

        return heard

    def _is_over(self) -> bool:
        return self._worker is not None and self._worker.poll() is not None

    def _last_tick(self) -> datetime | None:
        with self.world.session() as session:
            return last_heartbeat(session, Heartbeat.TICK)

    def _doubts(self) -> bool:
        with self.world.session() as session:
            return last_doubt(session) is not None

    def _are_invited(self) -> bool:
        with self.world.session() as session:
            counts = delivery_counts(session, self.wave)
        return bool(counts) and {state for _mail, state in counts} == {DeliveryState.ACCEPTED}

    def _look(self) -> bool:
        """Keep what anybody could have read by now."""
        if has_report(self.world, self.wave):
            with self.world.session() as session:
                shown = show_report(session, self.wave, base_url="https://feedback.example.com", now=self._now())
                self.published.add(write_report_file(shown.source.signed))
                assert len(list(session.scalars(select(StoredReport.wave_id)))) == 1
        return True

    def _state(self) -> WaveState:
        with self.world.session() as session:
            return WaveState(wave_by_id(session, self.wave).state)

    def _set_wave(self, **values: object) -> None:
        with self.world.session() as session:
            session.execute(update(Wave).where(Wave.id == self.wave).values(**values))
            session.commit()

    def _now(self) -> datetime:
        self.world.clock.now = datetime.now(UTC)
        return self.world.clock.now


Mistake = Callable[[Operators], None]
MISTAKES: tuple[Mistake, ...] = (
    Operators.kill,
    Operators.set_clock_ahead,
    Operators.set_clock_behind,
    Operators.restore_main,
    Operators.restore_keys,
    Operators.restore_both,
)


def operate(
    operators: Operators, before: Iterable[Mistake], closing: Iterable[Mistake], after: Iterable[Mistake]
) -> None:
    """Let a survey live among mistakes: while it is open, once its end has come, and when its report is published."""
    try:
        operators.opens()
        operators.people_answer(20)
        for mistake in before:
            mistake(operators)
        for mistakes in (closing, after):
            operators.its_end_comes()
            for mistake in mistakes:
                mistake(operators)
            operators.it_is_over()
        operators.check()
    finally:
        operators.end()
