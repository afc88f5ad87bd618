"""Published reports of many groups and answers: pages for the first and the second visitor, and PDFs."""

import os
import random
import secrets
import sys
import time
from collections.abc import Callable
from datetime import date

import psutil
from sqlalchemy import update
from werkzeug.test import TestResponse

from bench.stage import sqlite_server, table
from bench.world import world_on
from feedback.domain.disclosure.groups import Group
from feedback.domain.disclosure.publishing import publish
from feedback.domain.disclosure.tally import Tally
from feedback.domain.links import results_digest, results_secret, to_address
from feedback.domain.report.document import ReceiptDigest, ReportFacts, build_report
from feedback.domain.report.report import About, Promise, Report, SignedReport
from feedback.domain.survey.questionnaires import Role
from feedback.reporting.formats import REPORT_FORMATS
from feedback.reporting.report_paper import ReportSource
from feedback.storage.reports import StoredReport
from feedback.storage.results import keep_results_page
from forms.bank import pair
from tests.answering import an_answer, respond
from tests.web.test_staff_pages import SITE, signed_in
from tests.world import World

K, PEOPLE = 5, 25


def large_report(cohorts: int, receipts: int) -> Report:
    """An exit in two groups a cohort, with so many receipts, whoever they belong to."""
    chance = random.Random(1)
    groups = tuple(
        Group(f"{role}-{place}", role, (f"Cohort {place}",), PEOPLE) for role in Role for place in range(cohorts)
    )
    asked = pair("exit")
    tally = Tally(asked, groups)
    for group in groups:
        for _person in range(PEOPLE - 2):
            tally.add(group.name, Role(group.role), an_answer(asked[Role(group.role)], chance))
    facts = ReportFacts(
        About("Organisation", "Programme", "reverse", "race", "exit", date(2026, 3, 3), date(2026, 3, 24)),
        Promise("Rea", 60, 7, was_extended=False),
        K,
        groups,
        asked,
        receipts=tuple(ReceiptDigest(chance.choice(groups).name, secrets.token_hex(32)) for _ in range(receipts)),
    )
    return build_report(facts, publish(tally, K), None)


def pages(world: World, report: Report) -> list[list[object]]:
    """Return milliseconds of CPU for the first and the second visitor of each page, and kB of HTML."""
    wave = world.open_wave()
    respond(world, world.links(wave)[:22])
    world.close(wave)
    secret = results_secret(world.keys.opt_out_key(1), 1)
    with world.session() as session:
        keep_results_page(session, 1, results_digest(secret))
        session.execute(update(StoredReport).values(document=report.json, chain_hash=report.chain_hash))
        session.commit()
    staff, participant, results = signed_in(world), world.client(), f"/r/{to_address(secret)}"
    return [
        ["staff’s first page, for comparison", *_visits(lambda: staff.get("/staff/", base_url=SITE))],
        ["report", *_visits(lambda: staff.get(f"/staff/waves/{wave}/report", base_url=SITE))],
        ["results", *_visits(lambda: participant.get(results))],
    ]


def _visits(visit: Callable[[], TestResponse]) -> tuple[float, float, float]:
    spent = []
    for _visitor in range(12):
        began = time.process_time()
        answer = visit()
        spent.append(1000 * (time.process_time() - began))
        assert answer.status_code == 200
    return spent[0], sorted(spent[1:])[len(spent) // 2], len(answer.data) / 1000


def documents(world: World, report: Report, number: int) -> list[list[object]]:
    """Return each document's kB and seconds, and by how many MB this process grew over so many more of them."""
    source = ReportSource(SignedReport(report, bytes(64), bytes(32)))
    settings = world.app.extensions["feedback"].pdf_settings
    rows: list[list[object]] = []
    with world.app.test_request_context("/"):
        for name in ("pdf", "tables.pdf"):
            began = time.perf_counter()
            data = REPORT_FORMATS[name].write(source, "en", settings)
            rows.append([f".{name}", len(data) / 1000, time.perf_counter() - began])
        before = _resident()
        for _one in range(number):
            REPORT_FORMATS["pdf"].write(source, "en", settings)
        rows.append([f"MB more after {number}", _resident() - before, ""])
    return rows


def _resident() -> float:
    return float(psutil.Process(os.getpid()).memory_info().rss) / 2**20


def main(small: bool) -> None:
    """Print two tables."""
    cohorts, receipts, number = (2, 100, 2) if small else (10, 10_000, 30)
    report = large_report(cohorts, receipts)
    with sqlite_server() as server, server.pair() as pair_of_databases, world_on(pair_of_databases, "sqlite") as world:
        shown, printed = pages(world, report), documents(world, report, number)
    heads = ["page", "CPU ms, first visitor", "CPU ms, second", "kB"]
    table(f"Pages of a report of {2 * cohorts} groups and {receipts:,} receipts", heads, shown)
    table("Its documents", ["document", "kB", "s"], printed)


if __name__ == "__main__":
    main("--small" in sys.argv)
