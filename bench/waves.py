"""One large wave on PostgreSQL with two workers, each stage beside the least that it could cost, in the same run.

The opening stands beside a plain COPY of the rows it writes; sending beside smtplib in as many processes, one
connection each, with a mail written beforehand. Each stage runs in processes of its own, so that memory is its own.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path

import psutil
from sqlalchemy import Engine, create_engine, insert, select, text

from bench.bare_smtp import bare_loops
from bench.closing import sealed_answers
from bench.sink import Sink, sinking
from bench.stage import ROOT, environment, processor_seconds, server_of, table
from bench.world import world_on
from feedback.domain.waves.mails import MailKind, WaveMail
from feedback.services.mail.queue_mails import queue_for
from feedback.services.roster.import_roster import import_roster
from feedback.services.waves.close_wave import begin_closing, finish_closing
from feedback.services.waves.open_wave import open_wave
from feedback.storage.deliveries import Delivery, DeliveryState, invited_to
from feedback.storage.responses import StoredResponse
from feedback.storage.waves import wave_by_id
from feedback.worker.engine import defer_for
from forms.bank import pair as questionnaires
from tests.databases import Pair
from tests.postgres import postgres_server
from tests.world import World, roster_csv

SIZES = (1_000, 100_000)
WORKERS = 2
COHORTS = tuple(f"Cohort {number}" for number in range(10))
SLOW_RELAY_SECONDS = 0.01
MOST_REMINDED = 4_000
TABLES = ("participants", "opt_outs", "entitlements", "deliveries", "mail_batches", "sealed_responses")
_ANSWERING = 5


@dataclass(frozen=True)
class Spent:
    """What a stage took: seconds, of its own and of the server's processors, and the peak of memory in MB."""

    seconds: float
    own_cpu: float
    server_cpu: float
    peak: float

    @property
    def cpu(self) -> float:
        """Seconds of all processors, which suffer less from other work on the machine than time does."""
        return self.own_cpu + self.server_cpu


def _import(world: World, wave: int, people: int) -> None:
    data = roster_csv(people // 2, people // 2, COHORTS)
    with world.session() as session:
        import_roster(session, world.keys, wave, data, now=world.clock(), actor="bench")


def _open(world: World, wave: int, _people: int) -> None:
    with world.session() as session:
        open_wave(session, world.keys, wave, now=world.clock(), actor="bench", defer=defer_for(world.tools.settings))


def _close(world: World, wave: int, _people: int) -> None:
    with world.session() as session:
        world.clock.now = wave_by_id(session, wave).closes_at
        begin_closing(session, wave, now=world.clock(), actor="bench")
        finish_closing(session, world.keys, wave, now=world.clock())


def _nothing(_world: World, _wave: int, _people: int) -> None:
    return


STAGES: dict[str, Callable[[World, int, int], None]] = {
    "import": _import,
    "open": _open,
    "close": _close,
    "nothing": _nothing,
}


def one(stage: str, databases: Pair, number: int, people: int) -> dict[str, float]:
    """Do a stage in this process; seconds, processor seconds and peak of memory."""
    with world_on(databases, "postgresql") as world:
        started, cpu = time.perf_counter(), time.process_time()
        STAGES[stage](world, number, people)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    return {"seconds": seconds, "cpu": cpu, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def apart(stage: str, databases: Pair, number: int, people: int) -> Spent:
    """Do a stage in a process whose memory holds nothing else."""
    server = server_of(databases)
    before = processor_seconds(server)
    run = [
        sys.executable,
        "-m",
        "bench.waves",
        "--stage",
        stage,
        databases.main,
        databases.keys,
        str(number),
        str(people),
    ]
    found = json.loads(subprocess.run(run, cwd=ROOT, capture_output=True, check=True).stdout)
    return Spent(found["seconds"], found["cpu"], processor_seconds(server) - before, found["peak"])


REFERENCES = {
    "entitlements": ("wave_id REFERENCES waves",),
    "deliveries": (
        "batch_id REFERENCES mail_batches",
        "wave_id REFERENCES waves",
        "participant_id REFERENCES participants",
    ),
}


class Rules(StrEnum):
    """What a table that is copied into asks of its rows."""

    NONE = "a table without rules"
    INDEXES = "a table with the same keys and indexes"
    ALL = "a table with the same keys, indexes and references"


def plain_copy(engine: Engine, wave: int, rules: Rules, server: Sequence[int]) -> Spent:
    """Copy the rows that the opening wrote into tables of the same columns."""
    raw = engine.raw_connection()
    connection = raw.driver_connection
    seconds = own = servers = 0.0
    for name, references in REFERENCES.items():
        rows = connection.execute(f"SELECT * FROM {name} WHERE wave_id = {wave}").fetchall()
        connection.execute(f"CREATE TABLE plain_{name} (LIKE {name} {'' if rules is Rules.NONE else 'INCLUDING ALL'})")
        for reference in references if rules is Rules.ALL else ():
            column, _, table_name = reference.partition(" REFERENCES ")
            connection.execute(f"ALTER TABLE plain_{name} ADD FOREIGN KEY ({column}) REFERENCES {table_name}")
        connection.commit()
        before = time.perf_counter(), time.process_time(), processor_seconds(server)
        with connection.cursor().copy(f"COPY plain_{name} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        connection.commit()
        seconds += time.perf_counter() - before[0]
        own += time.process_time() - before[1]
        servers += processor_seconds(server) - before[2]
        connection.execute(f"DROP TABLE plain_{name}")
        connection.commit()
    raw.close()
    return Spent(seconds, own, servers, 0.0)


@contextmanager
def working(databases: Pair, sink: Sink) -> Iterator[list[psutil.Process]]:
    """Let workers work, and yield their processes."""
    surroundings = environment(databases) | {"FEEDBACK_SMTP_PORT": str(sink.port), "FEEDBACK_LOG_FORMAT": "text"}
    # Which a worker would refuse.
    del surroundings["FEEDBACK_PEPPER"]
    command = [sys.executable, "-m", "feedback", "work", "--processes", str(WORKERS)]
    chief = subprocess.Popen(command, cwd=ROOT, env=surroundings)
    workers = psutil.Process(chief.pid)
    while len(workers.children()) < WORKERS:
        time.sleep(0.1)
    try:
        yield workers.children()
    finally:
        chief.terminate()
        chief.wait(90)


def send(databases: Pair, engine: Engine, sink: Sink) -> Spent:
    """Send everything that is unsent; `seconds` from the first mail to the last."""
    server = server_of(databases)
    with working(databases, sink) as workers, engine.connect() as connection:
        before = processor_seconds(server)
        started = [sum(worker.cpu_times()[:2]) for worker in workers]
        while _unsent(connection):
            connection.rollback()
            time.sleep(1)
        own = sum(sum(worker.cpu_times()[:2]) for worker in workers) - sum(started)
        return Spent(sink.count / sink.rate, own, processor_seconds(server) - before, max(map(_peak, workers)))


def _unsent(connection) -> bool:
    unsent = Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING))
    return connection.scalar(select(Delivery.id).where(unsent).limit(1)) is not None


def _peak(process: psutil.Process) -> float:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def answer(world: World, wave: int) -> None:
    """Let one in five answer, without pages."""
    with world.session() as session:
        sealed = sealed_answers(session, wave, world.links(wave)[::_ANSWERING])
        while rows := list(islice(sealed, 1_000)):
            session.execute(insert(StoredResponse), rows)
        session.commit()


def bytes_a_person(engine: Engine, people: int) -> dict[str, float]:
    """Return what each table takes with its indexes, by person."""
    with engine.connect() as connection:
        size = text("SELECT pg_total_relation_size(CAST(:name AS regclass))")
        return {name: connection.scalar(size, {"name": name}) / people for name in TABLES}


def remind(world: World, wave: int, people: int) -> None:
    """Queue one more mail to the first of those who were invited."""
    with world.session() as session:
        invited = invited_to(session, wave)[:people]
        reminder, defer = WaveMail(MailKind.REMINDER, 1), defer_for(world.tools.settings)
        queue_for(session, wave, reminder, people=invited, now=world.clock(), defer=defer)
        session.commit()


@dataclass(frozen=True)
class Sending:
    """What sending took, and how it was beside smtplib alone: mails a second, and CPU seconds a mail."""

    spent: Spent
    rate: float
    cpu: float
    bare_rate: float
    bare_cpu: float

    @property
    def ratios(self) -> tuple[float, float]:
        """Ours beside theirs, by the clock and by the processors' time."""
        return self.rate / self.bare_rate, self.cpu / self.bare_cpu


def sending(databases: Pair, engine: Engine, mails: int, pause: float) -> Sending:
    """Send what is unsent through a relay that takes `pause` seconds a mail, then as many mails with smtplib alone."""
    with sinking(pause) as sink:
        spent = send(databases, engine, sink)
        if sink.count < mails:
            raise RuntimeError(f"{sink.count} mails arrived of {mails}")
        rate = sink.rate
        return Sending(spent, rate, spent.cpu / mails, *bare_loops(sink, min(mails, 20_000), WORKERS))


def measure(people: int, databases: Pair) -> "Measured":
    """Run one wave of so many people through all of its stages."""
    engine = create_engine(databases.main)
    with world_on(databases, "postgresql") as world:
        idle = apart("nothing", databases, 0, 0)
        programme = world.programme(mentors=0, mentees=0)
        spent = {"import": apart("import", databases, programme, people)}
        wave = world.planned_wave(programme, questionnaires=questionnaires("kickoff"))
        spent["open"] = apart("open", databases, wave, people)
        sizes = bytes_a_person(engine, people)
        server = server_of(databases)
        copies = {rules: plain_copy(engine, wave, rules, server) for rules in Rules}
        fast = sending(databases, engine, people, 0.0)
        reminded = min(people, MOST_REMINDED)
        remind(world, wave, reminded)
        slow = sending(databases, engine, reminded, SLOW_RELAY_SECONDS)
        answer(world, wave)
        sizes["sealed_responses"] = bytes_a_person(engine, people)["sealed_responses"] * _ANSWERING
        spent |= {"send": fast.spent, "close": apart("close", databases, wave, people)}
    engine.dispose()
    return Measured(people, idle, spent, copies, fast, slow, sizes)


@dataclass(frozen=True)
class Measured:
    """One wave. `copies`: what a plain COPY of the opening's rows took."""

    people: int
    idle: Spent
    spent: dict[str, Spent]
    copies: dict[Rules, Spent]
    fast: Sending
    slow: Sending
    sizes: dict[str, float]

    def stages(self) -> list[list[object]]:
        """Return a row for each stage: seconds, processor milliseconds a person, memory beyond an idle process."""
        return [
            [
                self.people,
                name,
                spent.seconds,
                1000 * spent.own_cpu / self.people,
                1000 * spent.server_cpu / self.people,
                spent.peak,
                spent.peak - self.idle.peak,
            ]
            for name, spent in self.spent.items()
        ]

    def ratios(self) -> list[list[object]]:
        """Return each stage that has a reference beside it, by the clock and by the processors' time."""
        opened = self.spent["open"]
        return [
            *(
                [self.people, "open, s", f"COPY into {rules}", opened.seconds, copy.seconds, *_over(opened, copy)]
                for rules, copy in self.copies.items()
            ),
            *(
                [self.people, "send, mails/s", f"smtplib, {name}", one.rate, one.bare_rate, *one.ratios]
                for name, one in (("instant relay", self.fast), ("relay of 10 ms a mail", self.slow))
            ),
        ]


def _over(ours: Spent, theirs: Spent) -> tuple[float, float]:
    return ours.seconds / theirs.seconds, ours.cpu / max(theirs.cpu, 0.01)


def main(small: bool) -> None:
    """Print the tables."""
    found = []
    with postgres_server() as server:
        for people in (100,) if small else SIZES:
            with server.pair() as databases:
                found.append(measure(people, databases))
    heads = ["people", "stage", "s", "CPU ms a person", "server CPU ms a person", "peak MB", "MB beyond idle"]
    table(
        "A wave on PostgreSQL with two workers, stage by stage", heads, [row for one in found for row in one.stages()]
    )
    heads = ["people", "what", "beside", "ours", "theirs", "ratio", "ratio of CPU time"]
    table("Opening and sending beside the least they could cost", heads, [row for one in found for row in one.ratios()])
    rows = [[one.people, *(one.sizes[name] for name in TABLES)] for one in found]
    table("Bytes a person, with indexes; of answers, each", ["people", *TABLES], rows)


if __name__ == "__main__":
    if "--stage" in sys.argv:
        name, main_url, keys_url, number, people = sys.argv[sys.argv.index("--stage") + 1 :]
        sys.stdout.write(json.dumps(one(name, Pair(main_url, keys_url), int(number), int(people))))
    else:
        main("--small" in sys.argv)
