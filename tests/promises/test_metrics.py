"""Promise: while a wave is open nobody sees a tally. Neither figures nor status move when somebody answers.

A watcher who asks every second, of a service with one small programme, learns what was mailed and nothing else.
"""

import re
from dataclasses import replace

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo
from prometheus_client.parser import text_string_to_metric_families

from feedback.app import create_app
from feedback.cli import feedback
from feedback.config import Serves, Settings
from feedback.domain.links import opt_out_token, to_address
from feedback.domain.waves.states import WaveState
from feedback.storage.deliveries import DeliveryState
from feedback.storage.grants import GroupRole
from tests.databases import ON_POSTGRESQL, Pair
from tests.promises.visits import fill_in, mailed_wave, send
from tests.storage.test_grants import as_role
from tests.web.test_after_answering import ASKED, support_address
from tests.world import FixedClock, World

TOKEN = "t" * 32
BEARER = {"Authorization": f"Bearer {TOKEN}"}
LABELS = {"act": {"open", "remind", "look", "send", "close", "discard", "tell"}, "state": {*WaveState, *DeliveryState}}
PEOPLE = re.compile(r"number|mentor|mentee|example|pilot|kickoff|@|/|feedback\.example", re.IGNORECASE)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, watching=replace(settings.watching, token=TOKEN))


def figures(app: Flask) -> str:
    answer = app.test_client().get("/metrics", headers=BEARER)
    assert answer.status_code == 200, answer.text
    return answer.text


def everything_told(world: World) -> str:
    told = CliRunner().invoke(feedback, ["status", "--json"], obj=ScriptInfo(create_app=lambda: world.bare))
    return figures(world.app) + told.output


def test_no_figure_moves_when_somebody_answers_takes_it_back_or_replaces_it(world: World) -> None:
    wave = mailed_wave(world, mentors=5, mentees=5)
    links, before = world.links(wave), everything_told(world)
    assert 'feedback_mails{state="accepted"} 10.0' in before
    for link in links[:6]:
        send(world, link, fill_in(world, link))
        assert everything_told(world) == before
    send(world, links[0], fill_in(world, links[0], "Other words."))
    assert everything_told(world) == before
    world.client().post(f"/s/{links[1]}/withdraw", data={"word": "withdraw"})
    assert everything_told(world) == before


def test_no_figure_moves_when_somebody_opens_a_link_or_a_wrong_one(world: World) -> None:
    link, before = world.links(mailed_wave(world))[0], everything_told(world)
    for path in (f"/s/{link}", f"/s/{link}/questions", "/s/nothing"):
        world.client().get(path)
    assert everything_told(world) == before


def test_no_figure_moves_when_somebody_asks_for_support_or_wants_no_more_mails(world: World) -> None:
    mailed_wave(world)
    before = everything_told(world)
    assert world.client().post(support_address(world), data=ASKED).status_code == 200
    assert everything_told(world) == before
    token = to_address(opt_out_token(world.keys.opt_out_key(1), 1))
    assert world.client().post(f"/o/{token}", data={"go": "stop"}).status_code == 200
    assert everything_told(world) == before
    world.clock.pass_time(minutes=10)
    later = everything_told(world)
    # Noted in one tick, sent in the next.
    world.do_what_is_due()
    assert everything_told(world) == later
    world.do_what_is_due()
    assert world.mailbox.count() == 28
    assert everything_told(world) == later


def test_every_label_is_one_of_a_fixed_few_whatever_happens(world: World) -> None:
    quiet = figures(world.app)
    wave = mailed_wave(world)
    world.close(wave)
    for text in (quiet, figures(world.app)):
        families = list(text_string_to_metric_families(text))
        labels = {pair for family in families for sample in family.samples for pair in sample.labels.items()}
        assert all(value in LABELS[name] for name, value in labels)
    names = [
        [sample.name for family in text_string_to_metric_families(text) for sample in family.samples]
        for text in (quiet, figures(world.app))
    ]
    assert names[0] == names[1]


def test_no_figure_names_anybody_or_anything(world: World) -> None:
    mailed_wave(world)
    samples = [line for line in figures(world.app).splitlines() if not line.startswith("#")]
    assert len(samples) > 20
    assert [line for line in samples if PEOPLE.search(line)] == []


def test_the_figures_are_the_databases_own(world: World) -> None:
    wave = mailed_wave(world)
    world.close(wave)
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(figures(world.app))
        for sample in family.samples
    }
    assert found["feedback_mails", "accepted"] == 27
    assert found["feedback_waves", "closed"] == found["feedback_closes_total",] == 1
    assert found["feedback_overdue_keys",] == found["feedback_late_acts",] == 0


@ON_POSTGRESQL
def test_staff_and_worker_give_the_same_figures_in_their_own_roles(
    roles: dict[GroupRole, Pair], world: World, clock: FixedClock
) -> None:
    mailed_wave(world)
    world.clock.pass_time(days=20)
    staff, worker = (as_role(world, roles[role], clock) for role in (GroupRole.STAFF, GroupRole.WORKER))
    assert figures(staff.app) == figures(worker.app) == figures(world.app)
    staff.dispose()
    worker.dispose()


def test_without_the_token_there_are_no_figures(world: World, settings: Settings, clock: FixedClock) -> None:
    client = world.client()
    for wrong in ("", "Bearer", "Bearer t", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"bearer {TOKEN}", "Bearer é"):
        answer = client.get("/metrics", headers={"Authorization": wrong.encode("latin-1").decode("latin-1")})
        assert (answer.status_code, answer.text, answer.headers["WWW-Authenticate"]) == (401, "", "Bearer")
    silent = replace(world, bare=create_app(replace(settings, watching=replace(settings.watching, token=None)), clock))
    assert silent.client().get("/metrics", headers=BEARER).status_code == 404
    silent.dispose()


@pytest.mark.parametrize(("serves", "status"), [(Serves.ALL, 200), (Serves.STAFF, 200), (Serves.PARTICIPANTS, 404)])
def test_the_participants_process_has_no_figures(world: World, serves: Serves, status: int) -> None:
    settings = world.tools.settings
    vault = None if serves is Serves.PARTICIPANTS else settings.vault
    apart = replace(world, bare=create_app(replace(settings, serves=serves, vault=vault)))
    assert apart.client().get("/metrics", headers=BEARER).status_code == status
    apart.dispose()
