"""A small world for tests: a real application, real databases, a real SMTP server, a clock that stands still."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback.demo.mailbox import Mailbox
from feedback.domain.links import link_secret, to_address
from feedback.domain.questionnaires import Role
from feedback.jobs.due import do, what_is_due
from feedback.runtime import Runtime, bench
from feedback.services.close_wave import begin_closing, finish_closing
from feedback.services.create_programme import ProgrammeDraft, create_programme
from feedback.services.import_roster import import_roster
from feedback.services.open_wave import open_wave
from feedback.services.plan_wave import WavePlan, plan_wave
from forms.library import pair

START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
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
    """One running service. Builders take only what matters to a test."""

    app: Flask
    clock: FixedClock
    mailbox: Mailbox
    kind: str
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    @property
    def tools(self) -> Runtime:
        found: Runtime = self.app.extensions["feedback"]
        return found

    @property
    def keys(self):
        return self.tools.keys

    def session(self) -> Session:
        """A session of its own; close it or use it as a context manager."""
        from feedback.storage.database import db

        with self.app.app_context():
            return Session(db.engine)

    def reading(self) -> Connection:
        """A connection like that of a page that is only looked at."""
        with self.app.app_context():
            return self.tools.reading()

    def programme(self, mentors: int = 14, mentees: int = 13, cohorts: tuple[str, ...] = ("",), k: int = 5) -> int:
        draft = ProgrammeDraft(
            organisation="Example Organisation",
            name="Pilot",
            word="reverse",
            focus="race and ethnicity",
            minimum_group_size=k,
            time_zone="Europe/Paris",
            contact_name="Ana Contact",
            contact_email="contact@example.com",
            reviewer_name="Rea Viewer",
        )
        with self.session() as session:
            programme_id = create_programme(
                session, self.keys, draft, smallest_group_size=5, now=self.clock(), actor="test"
            )
            if mentors or mentees:
                data = roster_csv(mentors, mentees, cohorts)
                import_roster(session, self.keys, programme_id, data, now=self.clock(), actor="test")
        return programme_id

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
            return plan_wave(session, plan, key_backup_days=7, comment_days=60, now=self.clock(), actor="test")

    def open(self, wave_id: int) -> int:
        with self.session() as session:
            open_wave(session, self.keys, wave_id, now=self.clock(), actor="test")
        return wave_id

    def open_wave(self, mentors: int = 14, mentees: int = 13, cohorts: tuple[str, ...] = ("",), **changes) -> int:
        return self.open(self.planned_wave(self.programme(mentors, mentees, cohorts), **changes))

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

    def dispose(self) -> None:
        from feedback.storage.database import db

        with self.app.app_context():
            for engine in db.engines.values():
                engine.dispose()

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def answer(self, link: str, texts: tuple[str, ...] = TEXTS, **chosen: str) -> TestResponse:
        """Answer through the pages, at random but for what is `chosen`; returns the thank-you page."""
        client = self.client()
        form = filled_fields(client.get(f"/s/{link}/questions").text, self.chance, texts)
        form.update({name: [value] for name, value in chosen.items()})
        checked = client.post(f"/s/{link}/questions", data=form)
        assert checked.status_code == 200, checked.text
        state = hidden_value(checked.text, "state")
        return client.post(f"/s/{link}/send", data={"state": state, "go": "send"})

    def do_what_is_due(self) -> None:
        """What the worker does in one tick, one thing after another."""
        tools = bench(self.app)
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
        self.boxes: dict[str, list[str]] = {}
        self.areas: list[str] = []
        self.hidden: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "textarea":
            self.areas.append(known["name"])
        if tag == "input" and known.get("type") == "radio":
            self.radios.setdefault(known["name"], []).append(known["value"])
        if tag == "input" and known.get("type") == "checkbox":
            self.boxes.setdefault(known["name"], []).append(known["value"])
        if tag == "input" and known.get("type") == "hidden":
            self.hidden[known["name"]] = known["value"]


def fields_of(page: str) -> _Fields:
    parser = _Fields()
    parser.feed(page)
    return parser


def hidden_value(page: str, name: str) -> str:
    return fields_of(page).hidden[name]


def filled_fields(page: str, chance: random.Random, texts: tuple[str, ...] = TEXTS) -> dict[str, list[str]]:
    """Answers to every question of a page, as a browser would post them; wishes about texts are left open."""
    fields = fields_of(page)
    chosen = {name: [chance.choice(values)] for name, values in fields.radios.items() if not name.endswith("-wish")}
    chosen |= {name: [chance.choice(values)] for name, values in fields.boxes.items()}
    return chosen | {name: [chance.choice(texts)] for name in fields.areas}
