"""Closing a wave: opening, attacking, publishing and destroying, each beside the bare HPKE opening of as many blobs."""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench.stage import ROOT, table
from bench.world import world_on
from feedback.domain.links import change_lock, entitlement_digest, new_receipt, proof, response_key
from feedback.domain.sealing import Place, seal_response
from feedback.domain.survey.questionnaires import Role
from feedback.domain.survey.responses import ResponseBody, write_body
from feedback.services.roster.import_roster import import_roster
from feedback.services.waves.close_wave import begin_closing, finish_closing
from feedback.services.waves.submit_response import read_link
from feedback.storage.entitlements import rights_of_wave
from feedback.storage.responses import StoredResponse
from feedback.storage.waves import wave_by_id
from forms.bank import pair
from tests.answering import an_answer
from tests.databases import SqliteServer
from tests.world import World, roster_csv

SIZES = (1_000, 100_000)
COHORTS = 40
STEPS = {
    "open and count": "opened",
    "publish and attack": "attacked",
    "write": "written",
    "commit": "committed",
    "rewrite the files": "scrubbed",
    "destroy keys": "keys destroyed",
}


def one(people: int) -> dict[str, float]:
    """Return seconds of each step, of bare HPKE on as many blobs, and the peak of memory in MB, of this process."""
    with SqliteServer(Path(tempfile.mkdtemp())).pair() as databases, world_on(databases, "sqlite") as world:
        wave = _answered_wave(world, people)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        with world.session() as session:
            world.clock.now = wave_by_id(session, wave).closes_at
            begin_closing(session, wave, now=world.clock(), actor="bench")
            marks: dict[str, float] = {"begun": time.perf_counter()}
            finish_closing(
                session,
                world.keys,
                wave,
                now=world.clock(),
                step=lambda name: marks.update({name: time.perf_counter()}),
            )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    times = list(marks.values())
    spent = {name: times[place + 1] - times[place] for place, name in enumerate(STEPS)}
    return {**spent, "bare HPKE": _bare(people), "MB before": before, "MB": peak}


def _answered_wave(world: World, people: int) -> int:
    programme = world.programme(mentors=0, mentees=0)
    data = roster_csv(people // 2, people // 2, tuple(f"Cohort {number:02}" for number in range(COHORTS)))
    with world.session() as session:
        import_roster(session, world.keys, programme, data, now=world.clock(), actor="bench")
    wave = world.open(world.planned_wave(programme, questionnaires=pair("exit")))
    links = world.links(wave)
    with world.session() as session:
        sealed = sealed_answers(session, wave, links)
        while rows := list(islice(sealed, 1_000)):
            session.execute(insert(StoredResponse), rows)
        session.commit()
    return wave


def sealed_answers(session: Session, wave: int, links: list[str]) -> Iterator[dict[str, object]]:
    """Yield a sealed answer through each link, as rows."""
    found, chance = wave_by_id(session, wave), random.Random(1)
    rights, asked = rights_of_wave(session, wave), pair("exit")
    place = Place(found.programme_id, wave)
    for link in links:
        secret = read_link(link)
        role, group = rights[entitlement_digest(proof(secret))]
        answer = an_answer(asked[Role(role)], chance, "We meet every week." if chance.random() < 0.2 else "")
        receipt = new_receipt()
        body = write_body(ResponseBody(proof(secret), group, role, answer, receipt))
        row = response_key(secret, None)
        sealed = seal_response(body, found.response_key, place, row, found.body_bytes)
        yield {"response_key": row, "wave_id": wave, "lock": change_lock(receipt), "sealed": sealed}


def _bare(people: int) -> float:
    suite, key = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305), X25519PrivateKey.generate()
    blob = suite.encrypt(bytes(5_000), key.public_key(), info=b"x")
    started = time.perf_counter()
    for _ in range(people):
        suite.decrypt(blob, key, info=b"x")
    return time.perf_counter() - started


def _apart(people: int) -> dict[str, float]:
    """Measure in a process of its own, whose memory holds nothing else."""
    run = [sys.executable, "-m", "bench.closing", "--one", str(people)]
    found: dict[str, float] = json.loads(subprocess.run(run, cwd=ROOT, capture_output=True, check=True).stdout)
    return found


def main(small: bool) -> None:
    """Print the table."""
    rows: list[list[object]] = []
    for people in (100, 1_000) if small else SIZES:
        found = _apart(people)
        bare = found["bare HPKE"]
        rows += [[people, name, found[name], found[name] / bare] for name in (*STEPS, "bare HPKE")]
        rows += [[people, name, found[name], ""] for name in ("MB before", "MB")]
    table(
        "Closing a wave of 26 questions in up to 80 groups, SQLite", ["answers", "step", "s or MB", "÷ bare HPKE"], rows
    )


if __name__ == "__main__":
    if "--one" in sys.argv:
        sys.stdout.write(json.dumps(one(int(sys.argv[-1]))))
    else:
        main("--small" in sys.argv)
