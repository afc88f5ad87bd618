"""Promise: whoever has the mails and a copy of the main database cannot tell who has answered.

With the pepper, which lies in neither, they can; so it belongs to the participants' processes alone.
"""

import re
from dataclasses import replace

import pytest
from sqlalchemy import text

from feedback.app import create_app
from feedback.config import read_settings
from feedback.demo.mailbox import plain_text
from feedback.domain.errors import PepperRefused, SettingsRefused, TermsAltered
from feedback.domain.links import Pepper, entitlement_digest, proof, response_key
from feedback.domain.survey.questionnaires import Role
from feedback.services.installation.forget_pepper import forget_pepper
from feedback.services.waves.seal_terms import seal_terms
from feedback.storage.entitlements import rights_of_wave
from feedback.storage.heartbeat import Heartbeat, record_heartbeat
from feedback.storage.waves import wave_by_id
from forms.bank import pair as questionnaires
from tests.answering import filled_in
from tests.bouncing import mail_to
from tests.cli.test_commands import refusal, run
from tests.databases import ON_SQLITE
from tests.promises.adversary import read_everything
from tests.promises.closing import document_of
from tests.promises.test_scanners import fingerprint
from tests.promises.visits import engine_of, fill_in, mailed_wave, secret_in, send
from tests.world import World

OTHER = Pepper(b"another pepper than the one here")


def named_by(world: World, pepper: Pepper | None) -> set[int]:
    """Whom the mails and the main database name as having answered, to somebody with this pepper or with none."""
    tables = read_everything(engine_of(world))
    rows = {row["response_key"] for row in tables["sealed_responses"]}
    named = set()
    for person in tables["participants"]:
        link = re.findall(r"/s/([\w-]{43})", plain_text(mail_to(world, person["email"])))[0]
        secret = secret_in(link)
        derived = {response_key(secret, pepper), proof(secret), entitlement_digest(proof(secret)), secret}
        if rows & {one.hex() for one in derived}:
            named.add(person["id"])
    return named


def answered_by(world: World, wave: int, *people: int) -> None:
    for person, link in world.people_and_links(wave):
        if person in people:
            world.answer(link)


def test_database_and_mails_name_nobody_and_with_the_pepper_all_who_answered(world: World) -> None:
    wave = mailed_wave(world, 7, 0)
    answered_by(world, wave, 2, 3, 5)
    assert named_by(world, None) == set()
    assert named_by(world, OTHER) == set()
    assert named_by(world, world.tools.settings.pepper) == {2, 3, 5}


def of_another_process(world: World) -> World:
    """The same service in a process that was given another pepper."""
    app = create_app(replace(world.tools.settings, pepper=OTHER), world.clock)
    return World(app, world.clock, world.mailbox, world.kind)


def asked(link: str) -> str:
    """What the check of a kick-off that is filled in carries, made without any process."""
    return filled_in(link, questionnaires("kickoff")[Role.MENTOR])["state"]


def refused_by(world: World, link: str, state: str) -> str:
    """Look at a link and send an answer by it, both in vain; what the process says of itself to those who watch it."""
    assert world.client().get(f"/s/{link}").status_code == 503
    assert world.client().post(f"/s/{link}/send", data={"state": state, "go": "send"}).status_code == 503
    ready = world.client().get("/readyz")
    assert ready.status_code == 503
    return ready.text


def test_a_process_with_another_pepper_is_not_ready_and_takes_no_answer(world: World) -> None:
    wave, other = world.open_wave(7, 0), of_another_process(world)
    link = world.links(wave)[0]
    assert world.client().get("/readyz").status_code == 200
    state, before = fill_in(world, link), fingerprint(world)
    assert "FEEDBACK_PEPPER is another one" in refused_by(other, link, state)
    assert other.client().get(f"/s/{'A' * 43}").status_code == 404
    assert fingerprint(world) == before
    assert send(world, link, state).status_code == 200
    other.dispose()


def test_no_process_takes_an_answer_before_a_pepper_is_known(unserved_world: World) -> None:
    right, wrong = unserved_world, of_another_process(unserved_world)
    wave = right.open_wave(7, 0)
    link, before = right.links(wave)[0], fingerprint(right)
    state = asked(link)
    assert {refused_by(process, link, state).partition(",")[0] for process in (wrong, right)} == {"No pepper is known"}
    assert fingerprint(right) == before
    right.begin_to_serve()
    assert send(right, link, state).status_code == 200
    refused_by(wrong, link, state)
    assert len(read_everything(engine_of(right))["sealed_responses"]) == 1
    wrong.dispose()


def test_a_process_left_over_with_an_earlier_pepper_takes_no_answer(world: World) -> None:
    forget(world)
    wave, new = world.open_wave(7, 0), of_another_process(world)
    link = world.links(wave)[0]
    state = asked(link)
    refused_by(world, link, state)
    assert send(new.begin_to_serve(), link, state).status_code == 200
    refused_by(world, link, state)
    new.dispose()


def test_a_process_with_another_pepper_does_not_start(world: World) -> None:
    other = of_another_process(world)
    with pytest.raises(PepperRefused, match="new-pepper"):
        other.begin_to_serve()
    assert "FEEDBACK_PEPPER is another one" in run(other, "status", "--check").output
    other.dispose()


@pytest.mark.usefixtures("sound_server")
def test_status_says_that_no_pepper_is_known(unserved_world: World) -> None:
    with unserved_world.session() as session:
        record_heartbeat(session, Heartbeat.TICK, unserved_world.clock())
    checked = run(unserved_world, "status", "--check")
    assert (checked.exit_code, checked.output.count("WRONG")) == (1, 1)
    assert "No pepper is known, so no answer is taken" in checked.output
    assert run(unserved_world.begin_to_serve(), "status", "--check").exit_code == 0


def forget(world: World) -> None:
    with world.session() as session:
        forget_pepper(session, now=world.clock(), actor="test")


def test_the_pepper_is_changed_only_while_no_wave_is_open(world: World) -> None:
    wave = world.open_wave(7, 0)
    with pytest.raises(PepperRefused, match=str(wave)):
        forget(world)
    world.close(wave)
    forget(world)
    other = of_another_process(world)
    other.begin_to_serve()
    with pytest.raises(PepperRefused, match="new-pepper"):
        world.begin_to_serve()
    other.dispose()


def without_pepper(world: World, wave: int) -> None:
    """Make a wave one that was opened before there was a pepper."""
    with world.session() as session:
        found = wave_by_id(session, wave)
        found.has_pepper = False
        found.terms_seal = seal_terms(session, world.keys.link_key(wave), found, rights_of_wave(session, wave))
        session.commit()


def test_a_wave_from_before_the_pepper_keeps_its_form_and_closes(world: World) -> None:
    wave = mailed_wave(world, 7, 0)
    without_pepper(world, wave)
    answered_by(world, wave, 2, 3, 4, 5, 6)
    assert named_by(world, None) == {2, 3, 4, 5, 6}
    world.close(wave)
    assert [rate.answered for rate in document_of(world, wave).rates] == [5]


def test_nobody_can_take_the_pepper_from_a_wave_that_was_opened_with_one(world: World) -> None:
    wave = world.open_wave(7, 0)
    answered_by(world, wave, 2, 3, 4, 5, 6)
    with engine_of(world).begin() as connection:
        connection.execute(text("UPDATE waves SET has_pepper = false"))
    with pytest.raises(TermsAltered):
        world.close(wave)


@ON_SQLITE
@pytest.mark.parametrize("variable", ["FEEDBACK_PEPPER", "FEEDBACK_PEPPER_FILE"])
def test_staff_refuse_the_pepper(environment: dict[str, str], variable: str) -> None:
    given = {name: value for name, value in environment.items() if name != "FEEDBACK_PEPPER"}
    with pytest.raises(SettingsRefused, match=variable):
        read_settings({**given, "FEEDBACK_SERVES": "staff", variable: "x"})


@ON_SQLITE
def test_a_worker_refuses_the_pepper(world: World) -> None:
    refused = refusal(world, "work")
    assert isinstance(refused, SettingsRefused)
    assert "FEEDBACK_PEPPER" in str(refused)


@ON_SQLITE
def test_who_serves_participants_needs_one(world: World) -> None:
    without = World(create_app(replace(world.tools.settings, pepper=None), world.clock), world.clock, world.mailbox, "")
    refused = refusal(without, "serve")
    assert isinstance(refused, SettingsRefused)
    assert "FEEDBACK_PEPPER" in str(refused)
    without.dispose()
