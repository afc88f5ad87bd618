"""A small world for tests: a real application, real databases, a real SMTP server, a clock that stands still."""

import random
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from html.parser import HTMLParser

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback.app import add_pages
from feedback.cli.serving import bring_pepper
from feedback.demo.mailbox import Mailbox
from feedback.domain.links import link_secret, to_address
from feedback.domain.survey.kinds import plain_code
from feedback.domain.survey.questionnaires import Role
from feedback.domain.waves.quiet_times import NO_QUIET_TIMES, QuietTimes
from feedback.runtime import Runtime
from feedback.services.installation.read_status import ServiceStatus, read_status
from feedback.services.programmes.create_programme import ProgrammeDraft, create_programme
from feedback.services.programmes.show_programmes import list_programmes
from feedback.services.roster.import_roster import import_roster
from feedback.services.staff.name_people import Newcomer
from feedback.services.waves.close_wave import begin_closing, finish_closing
from feedback.services.waves.open_wave import open_wave
from feedback.services.waves.plan_wave import WavePlan, plan_wave
from feedback.storage.audit_log import LogEntry
from feedback.worker.due import do, what_is_due
from feedback.worker.worker import worker_context
from forms.bank import pair
from forms.vocabulary import translated_words

START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
CONTACT = Newcomer("Ana Contact", "contact@example.com")
REVIEWER = Newcomer("Rea Viewer", "reviewer@example.com")
_ADDING = threading.Lock()
TEXTS = ("We meet every week and it works well.", "Please give us more time.", "", "")


@dataclass
class FixedClock:
    """Says what it was told."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, **units: float) -> None:
        self.now += timedelta(**units)


def roster_csv(mentors: int, mentees: int, cohorts: tuple[str, ...] = ("",)) -> bytes:
    """A roster with that many people, spread evenly over `cohorts`."""
    lines = ["name,email,role,cohort"]
    for role, count in (("mentor", mentors), ("mentee", mentees)):
        for number in range(count):
            cohort = cohorts[number % len(cohorts)]
            lines.append(f"{role.title()} Number {number},{role}.{number}@example.com,{role},{cohort}")
    return "\n".join(lines).encode()


@dataclass
class World:
    """One running service. Builders take only what matters to a test; its pages are added once one is asked for."""

    bare: Flask
    clock: FixedClock
    mailbox: Mailbox
    kind: str
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    @property
    def app(self) -> Flask:
        """The application with its pages, whose making takes longer than most of what asks for none."""
        # Some tests ask from many threads at once.
        with _ADDING:
            if not self.bare.blueprints:
                add_pages(self.bare)
        return self.bare

    @property
    def tools(self) -> Runtime:
        found: Runtime = self.bare.extensions["feedback"]
        return found

    @property
    def keys(self):
        return self.tools.keys

    def session(self) -> Session:
        """A session of its own; close it or use it as a context manager."""
        from feedback.storage.database import db

        with self.bare.app_context():
            return Session(db.engine)

    def reading(self) -> Connection:
        """A connection like that of a page that is only looked at."""
        with self.bare.app_context():
            return self.tools.reading()

    def writing(self) -> Connection:
        """A connection like that on which an answer is stored."""
        with self.bare.app_context():
            return self.tools.writing()

    def programme(
        self,
        mentors: int = 14,
        mentees: int = 13,
        cohorts: tuple[str, ...] = ("",),
        k: int = 5,
        quiet: QuietTimes = NO_QUIET_TIMES,
        **changes: object,
    ) -> int:
        """A programme with a roster; most are like one that was made before, and are not made anew (tests/kept.py)."""
        from tests.kept import kept

        if changes or k != 5 or quiet != NO_QUIET_TIMES or mentors + mentees > 60:
            return self.new_programme(mentors, mentees, cohorts, k, quiet, **changes)
        name = f"a programme for {mentors} and {mentees} of {cohorts}"
        return kept(self, name, lambda: self.new_programme(mentors, mentees, cohorts))

    def new_programme(
        self,
        mentors: int,
        mentees: int,
        cohorts: tuple[str, ...],
        k: int = 5,
        quiet: QuietTimes = NO_QUIET_TIMES,
        **changes: object,
    ) -> int:
        """For tests that look at the making itself, or at what it leaves in files."""
        words = {"word": "reverse", "focus": "race and ethnicity"}
        draft = ProgrammeDraft(
            organisation="Example Organisation",
            name=self._free_name(),
            **words,
            translated=translated_words(**words),
            minimum_group_size=k,
            time_zone="Europe/Paris",
            contact=CONTACT,
            reviewer=REVIEWER,
            quiet_times=quiet,
        )
        draft = replace(draft, **changes)
        with self.session() as session:
            programme_id = create_programme(
                session, self.keys, draft, smallest_group_size=5, now=self.clock(), actor="test"
            )
            if mentors or mentees:
                data = roster_csv(mentors, mentees, cohorts)
                import_roster(session, self.keys, programme_id, data, now=self.clock(), actor="test")
        return programme_id

    def _free_name(self) -> str:
        with self.session() as session:
            known = len(list_programmes(session))
        return f"Pilot {known + 1}" if known else "Pilot"

    def planned_wave(
        self, programme_id: int, days: int = 14, questionnaires=None, stage: str = "kickoff", **changes
    ) -> int:
        plan = WavePlan(
            programme_id=programme_id,
            stage=stage,
            questionnaires=questionnaires or pair("kickoff"),
            opens_at=None,
            closes_at=self.clock() + timedelta(days=days),
            **changes,
        )
        with self.session() as session:
            return plan_wave(
                session, self.keys, plan, key_backup_days=7, comment_days=60, now=self.clock(), actor="test"
            )

    def open(self, wave_id: int) -> int:
        with self.session() as session:
            open_wave(session, self.keys, wave_id, now=self.clock(), actor="test")
        return wave_id

    def open_wave(self, mentors: int = 14, mentees: int = 13, cohorts: tuple[str, ...] = ("",), **changes) -> int:
        """An open wave; most are like one that was opened before, and are not opened anew (tests/kept.py)."""
        from tests.kept import kept

        if changes or mentors + mentees > 60:
            return self.open_new_wave(mentors, mentees, cohorts, **changes)
        name = f"open for {mentors} and {mentees} of {cohorts}"
        return kept(self, name, lambda: self.open_new_wave(mentors, mentees, cohorts))

    def open_new_wave(self, mentors: int = 14, mentees: int = 13, cohorts: tuple[str, ...] = ("",), **changes) -> int:
        """For tests that look at the opening itself, at what is said meanwhile, or at what it leaves in files."""
        return self.open(self.planned_wave(self.new_programme(mentors, mentees, cohorts), **changes))

    def links(self, wave_id: int, role: Role | None = None) -> list[str]:
        """Every link of a wave, by participant, as the mails derive them."""
        return [link for _person, link in self.people_and_links(wave_id, role)]

    def people_and_links(self, wave_id: int, role: Role | None = None) -> list[tuple[int, str]]:
        from feedback.storage.people import invitees
        from feedback.storage.waves import wave_by_id

        key = self.keys.link_key(wave_id)
        with self.session() as session:
            people = invitees(session, wave_by_id(session, wave_id).programme_id)
        return [
            (person.participant_id, to_address(link_secret(key, person.participant_id)))
            for person in people
            if role is None or person.atom.role is role
        ]

    def status(self) -> ServiceStatus:
        """How the service stands, as `feedback status` reads it."""
        with self.bare.app_context():
            after = self.tools.settings.watching.alarm_after
            return read_status(self.tools.session(), self.keys, now=self.clock(), alarm_after=after)

    def begin_to_serve(self) -> "World":
        """Make this world's pepper the known one, as `feedback serve` does before it takes an answer."""
        with self.bare.app_context():
            bring_pepper(self.tools)
        return self

    def dispose(self) -> None:
        from feedback.storage.database import db

        with self.bare.app_context():
            for engine in db.engines.values():
                engine.dispose()

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def answer(
        self, link: str, texts: tuple[str, ...] = TEXTS, after: str = "", typed: str = "", **chosen: str
    ) -> TestResponse:
        """Answer through the pages, at random but for what is `chosen`; returns the thank-you page.

        `after` is the page of thanks from which an answer is changed, in the same visit; in another visit the receipt
        is `typed`.
        """
        state = hidden_value(self.fill_in(link, texts, after, **chosen), "state")
        return self.client().post(f"/s/{link}/send", data={"state": state, "receipt": typed, "go": "send"})

    def fill_in(self, link: str, texts: tuple[str, ...] = TEXTS, after: str = "", **chosen: str) -> str:
        """Fill in part after part; returns the page for the check."""
        client = self.client()
        begun = {"state": [hidden_value(after, "state")], "go": ["resume"]} if after else None

        def ask(path: str, fields: Mapping[str, list[str]] | None) -> str:
            sent = begun if fields is None else fields
            reply = client.get(path) if sent is None else client.post(path, data=sent)
            assert reply.status_code == 200, reply.text
            return reply.text

        return fill_parts(ask, f"/s/{link}/questions", self.chance, texts, chosen)

    def part_asking(self, link: str, field: str) -> str:
        """The page that asks `field`, with every part before it filled in."""
        client, page = self.client(), ""
        page = client.get(f"/s/{link}/questions").text
        while f'name="{field}"' not in page:
            assert 'data-page="questions"' in page, f"No part asks {field}."
            page = client.post(f"/s/{link}/questions", data=part_filled(page, self.chance)).text
        return page

    def send_part(self, link: str, **changed: str) -> TestResponse:
        """Go to the part that asks what is `changed`, fill it in but for that, and press the button."""
        page = self.part_asking(link, next(iter(changed)))
        return self.client().post(f"/s/{link}/questions", data={**part_filled(page, self.chance), **changed})

    def do_what_is_due(self) -> None:
        """What the worker does in one tick, one thing after another."""
        tools = worker_context(self.bare)
        with tools.scope() as session:
            due = what_is_due(session, self.clock(), tools.pace)
        for one in due:
            do(one, tools)

    def send_mails_now(self) -> None:
        """Send what a command of its own process has queued, whose clock is the real one."""
        self.clock.now = max(self.clock.now, datetime.now(UTC))
        self.do_what_is_due()

    def send_mails(self) -> None:
        self.do_what_is_due()

    def close(self, wave_id: int) -> None:
        """Let the closing time come and close."""
        from feedback.storage.waves import wave_by_id

        with self.session() as session:
            self.clock.now = max(self.clock.now, wave_by_id(session, wave_id).closes_at)
            begin_closing(session, wave_id, now=self.clock(), actor="test")
            finish_closing(session, self.keys, wave_id, now=self.clock())


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.radios: dict[str, list[str]] = {}
        self.areas: list[str] = []
        self.hidden: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "textarea":
            self.areas.append(known["name"])
        if "name" not in known:
            return
        # What stands for a question that is left open says nothing.
        if tag == "input" and known.get("type") == "radio" and plain_code(known["value"]):
            self.radios.setdefault(known["name"], []).append(known["value"])
        if tag == "input" and known.get("type") == "hidden":
            self.hidden[known["name"]] = known.get("value", "")

    def ticks(self) -> dict[str, list[str]]:
        """The fields that say yes or no to one option each, by question."""
        found: dict[str, list[str]] = {}
        for name in (name for name in self.radios if "." in name):
            found.setdefault(name.partition(".")[0], []).append(name)
        return found


_FIELD = re.compile(r"<(?:input|textarea)\b[^>]*>")


@lru_cache(maxsize=8)
def fields_of(page: str) -> _Fields:
    """What can be filled in; nothing else of the page is parsed, which would cost more than to make the page."""
    parser = _Fields()
    parser.feed("".join(_FIELD.findall(page)))
    return parser


def hidden_value(page: str, name: str) -> str:
    return fields_of(page).hidden[name]


def filled_fields(page: str, chance: random.Random, texts: tuple[str, ...] = TEXTS) -> dict[str, list[str]]:
    """Answers to every question of a page, as a browser would post them; wishes about texts are left open."""
    fields = fields_of(page)
    asked = {name: values for name, values in fields.radios.items() if not name.endswith("-wish")}
    chosen = {name: [chance.choice(values)] for name, values in asked.items() if "." not in name}
    for ticks in fields.ticks().values():
        ticked = chance.choice(ticks)
        chosen |= {name: [asked[name][name != ticked]] for name in ticks}
    return chosen | {name: [chance.choice(texts)] for name in fields.areas}


Ask = Callable[[str, Mapping[str, list[str]] | None], str]
"""Gets a page, or posts fields to it, and returns what it shows; an error is for it to raise."""


def fill_parts(
    ask: Ask,
    address: str,
    chance: random.Random,
    texts: tuple[str, ...] = TEXTS,
    chosen: Mapping[str, str] | None = None,
) -> str:
    """Answer part after part, at random but for what is `chosen`; returns the page for the check."""
    page = ask(address, None)
    while 'data-page="questions"' in page:
        page = ask(address, part_filled(page, chance, texts, chosen))
    return page


def part_filled(
    page: str, chance: random.Random, texts: tuple[str, ...] = TEXTS, chosen: Mapping[str, str] | None = None
) -> dict[str, list[str]]:
    """What a browser posts of a part that is filled in, to go on to the next."""
    fields = fields_of(page)
    here = {*fields.radios, *fields.areas}
    carried = {name: [value] for name, value in fields.hidden.items()}
    given = {name: [value] for name, value in (chosen or {}).items() if name in here}
    return {**filled_fields(page, chance, texts), **given, **carried, "go": ["next"]}


def entries_about(session: Session, subject: str) -> list[LogEntry]:
    """What the audit log says was done to a subject, oldest first."""
    return list(session.scalars(select(LogEntry).where(LogEntry.subject == subject).order_by(LogEntry.id)))


def noted(world: World, act: str) -> list[tuple[str, str]]:
    """(actor, subject) of each time that the audit log says so, oldest first."""
    query = select(LogEntry.actor, LogEntry.subject).where(LogEntry.act == act).order_by(LogEntry.id)
    with world.session() as session:
        return [(actor, subject) for actor, subject in session.execute(query)]
