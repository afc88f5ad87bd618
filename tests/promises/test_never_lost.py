"""An acknowledged answer is never lost and never doubled, whoever else is answering or closing at that moment."""

import random
import re
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback.domain.errors import KeysMissing, WaveClosed, WaveNotReady
from feedback.domain.links import Receipt, new_receipt, receipt_digest
from feedback.domain.report.report import Report
from feedback.domain.survey.questionnaires import Role
from feedback.services.waves.close_wave import begin_closing
from feedback.services.waves.submit_response import submit_response
from feedback.storage.reports import report_of
from feedback.storage.responses import count_responses
from tests.answering import an_answer, opened, ready_to_send, respond
from tests.databases import first_of
from tests.promises.closing import finish_in_a_crowd
from tests.world import World

CLIENTS = 32
PATIENCE = 60
RECEIPT = re.compile(r'class="receipt"[^>]*>([0-9A-F-]{39})<')


def digest_shown(page: TestResponse) -> str:
    """The fingerprint of the receipt that a thank-you page shows."""
    shown = RECEIPT.search(page.text)
    assert shown, page.text
    return receipt_digest(Receipt(bytes.fromhex(shown[1].replace("-", ""))))


def post_at_once(world: World, posts: Sequence[tuple[str, dict[str, str]]]) -> list[TestResponse]:
    """Send every form through its link at the same moment, each from a client of its own."""
    gate = threading.Barrier(len(posts))

    def post(link: str, form: dict[str, str]) -> TestResponse:
        client = world.client()
        gate.wait()
        return client.post(f"/s/{link}/send", data=form)

    with ThreadPoolExecutor(len(posts)) as pool:
        return list(pool.map(lambda one: post(*one), posts))


def stored(world: World, wave: int) -> int:
    with world.session() as session:
        return count_responses(session, wave)


def receipts_counted(world: World, wave: int) -> list[str]:
    with world.session() as session:
        return list(Report.parse(report_of(session, wave).document).receipts)


def people_counted(world: World, wave: int) -> int:
    with world.session() as session:
        return sum(rate.answered for rate in Report.parse(report_of(session, wave).document).rates)


def test_fifty_posts_of_one_link_at_once_store_one_response(world: World) -> None:
    wave = world.open_wave()
    link = world.links(wave)[0]
    pages = post_at_once(world, [(link, ready_to_send(world, link, seed)) for seed in range(50)])
    assert {page.status_code for page in pages} == {200}
    assert stored(world, wave) == 1


def test_of_one_answer_posted_fifty_times_the_report_counts_one(world: World) -> None:
    wave = world.open_wave()
    link, *others = world.links(wave, Role.MENTOR)
    known = {receipt_digest(receipt) for receipt in respond(world, others)}
    pages = post_at_once(world, [(link, ready_to_send(world, link))] * 50)
    world.close(wave)
    (counted,) = set(receipts_counted(world, wave)) - known
    assert {counted} == {digest_shown(page) for page in pages}


def test_an_answer_and_its_withdrawal_at_once_leave_one_row(world: World) -> None:
    wave = world.open_wave()
    link = world.links(wave)[0]
    form = ready_to_send(world, link)
    acts = [("send", form), ("withdraw", {"word": "withdraw"})] * 8
    with ThreadPoolExecutor(len(acts)) as pool:
        pages = list(pool.map(lambda act: world.client().post(f"/s/{link}/{act[0]}", data=act[1]), acts))
    assert {page.status_code for page in pages} == {200}
    assert stored(world, wave) == 1


class Fire:
    """Clients that answer while a wave closes: it closes after some are thanked, and half of them wait for that.

    Where there are several workers, several may try to close it.
    """

    def __init__(self, world: World, wave: int, *, thanked_before: int, closers: int) -> None:
        self._world, self._wave, self._thanked_before, self._closers = world, wave, thanked_before, closers
        self._gate, self._closing = threading.Barrier(CLIENTS + 1), threading.Event()
        self._thanked = threading.Semaphore(0)

    def run(self, links: Sequence[str]) -> list[TestResponse]:
        forms = [(link, ready_to_send(self._world, link)) for link in links]
        with ThreadPoolExecutor(CLIENTS + 1) as pool:
            pages = [pool.submit(self._answer, *form, late=turn % 2 == 1) for turn, form in enumerate(forms)]
            pool.submit(self._close).result()
            return [page.result() for page in pages]

    def _answer(self, link: str, form: dict[str, str], *, late: bool) -> TestResponse:
        client = self._world.client()
        self._gate.wait()
        if late:
            self._closing.wait()
        page = client.post(f"/s/{link}/send", data=form)
        self._thanked.release()
        return page

    def _close(self) -> None:
        self._gate.wait()
        for _one in range(self._thanked_before):
            self._thanked.acquire()
        self._closing.set()
        close(self._world, self._wave, self._closers)


@pytest.mark.parametrize("seed", first_of(2, range(10)))
def test_a_close_under_fire_counts_exactly_what_it_acknowledged(world: World, seed: int) -> None:
    wave = world.open_wave(mentors=21, mentees=21, may_close_early=True)
    mentors, mentees = world.links(wave, Role.MENTOR), world.links(wave, Role.MENTEE)
    early = {receipt_digest(receipt) for receipt in respond(world, mentors[:5] + mentees[:5])}
    chance = random.Random(seed)
    fire = Fire(world, wave, thanked_before=chance.randint(1, 15), closers=1 + seed % 3)
    pages = fire.run(chance.sample(mentors[5:] + mentees[5:], CLIENTS))
    thanked = {digest_shown(page) for page in pages if page.status_code == 200}
    assert {page.status_code for page in pages} <= {200, 404}
    assert receipts_counted(world, wave) == sorted(early | thanked)
    assert people_counted(world, wave) == len(early) + len(thanked)


class Gate:
    """Holds a transaction just before its commit."""

    def __init__(self) -> None:
        self._reached, self._opened = threading.Event(), threading.Event()

    def hold(self, writer: Session | Connection) -> None:
        event.listen(writer, "before_commit" if isinstance(writer, Session) else "commit", self._wait)

    def is_reached(self) -> None:
        assert self._reached.wait(PATIENCE)

    def open(self) -> None:
        self._opened.set()

    def _wait(self, _writer: Session | Connection) -> None:
        self._reached.set()
        assert self._opened.wait(PATIENCE)


def answer(world: World, link: str, gate: Gate | None = None) -> Receipt:
    followed = opened(world, link)
    with world.writing() as connection:
        if gate:
            gate.hold(connection)
        receipt = new_receipt()
        submit_response(connection, followed, an_answer(followed.survey.questionnaire, random.Random(1)), receipt)
    return receipt


def stop_accepting(world: World, wave: int, gate: Gate | None = None) -> None:
    with world.session() as session:
        if gate:
            gate.hold(session)
        begin_closing(session, wave, now=world.clock(), actor="test")


def close(world: World, wave: int, closers: int = 1) -> None:
    """Stop accepting, and let so many finish at once: all but one of them find that it is done."""
    stop_accepting(world, wave)
    with ThreadPoolExecutor(closers) as pool:
        attempts = [pool.submit(finish_in_a_crowd, world, wave) for _one in range(closers)]
    failures = [failure for attempt in attempts if (failure := attempt.exception())]
    assert len(failures) < closers, failures
    assert all(isinstance(failure, WaveNotReady | KeysMissing) for failure in failures), failures


def until_it_waits(world: World, attempt: Future[object]) -> None:
    """Wait until somebody waits for a lock, or has failed to: SQLite does not tell, but waits from the start."""
    if world.kind == "sqlite":
        return
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    while not attempt.done():
        with world.session() as session:
            if session.scalar(waiting):
                return


def test_a_close_waits_for_an_answer_that_is_being_written(world: World) -> None:
    wave, gate = world.open_wave(may_close_early=True), Gate()
    link, *others = world.links(wave, Role.MENTOR)
    respond(world, others)
    with ThreadPoolExecutor(2) as pool:
        answering = pool.submit(answer, world, link, gate)
        gate.is_reached()
        closing = pool.submit(close, world, wave)
        until_it_waits(world, closing)
        gate.open()
        closing.result()
    assert receipt_digest(answering.result()) in receipts_counted(world, wave)


def test_an_answer_that_meets_a_close_is_refused_and_not_stored(world: World) -> None:
    wave, gate = world.open_wave(may_close_early=True), Gate()
    link = world.links(wave)[0]
    with ThreadPoolExecutor(2) as pool:
        closing = pool.submit(stop_accepting, world, wave, gate)
        gate.is_reached()
        answering = pool.submit(answer, world, link)
        until_it_waits(world, answering)
        gate.open()
        closing.result()
    assert isinstance(answering.exception(), WaveClosed)
    assert stored(world, wave) == 0
