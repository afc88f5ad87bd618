"""A test of the emails to oneself: to nobody else, with no trace among the mails to participants."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from feedback.domain.errors import MailRefused, ResendRefused
from feedback.domain.languages import spoken_language
from feedback.domain.staff import StaffRole
from feedback.domain.survey.questionnaires import Role
from feedback.domain.waves.mails import SHOWN
from feedback.services.mail.try_mails import COUNTED, MOST_TRIALS, ask_for_trial
from feedback.services.staff.invite_staff import invite_staff
from feedback.storage.deliveries import Batch, Delivery
from feedback.storage.staff import StaffMember
from feedback.storage.trial_mails import TrialMails
from feedback.worker.due import Chore, Due, what_is_due
from tests.databases import ON_SQLITE
from tests.services.mail.relays import ScriptedRelay
from tests.world import World

ANA = "ana@example.com"


@pytest.fixture
def smtp_port(relay: ScriptedRelay) -> int:
    return relay.port


@pytest.fixture
def wave(world: World) -> int:
    return world.planned_wave(world.programme(name="Leaders learn"))


@pytest.fixture
def ana(world: World, wave: int) -> int:
    with world.session() as session:
        account = {"organisation": "Example Organisation", "name": "Ana", "email": ANA}
        invite_staff(session, **account, role=StaffRole.COORDINATOR, now=world.clock(), actor="test")
        return session.scalars(select(StaffMember.id).where(StaffMember.email == ANA)).one()


def ask(world: World, wave: int, staff_id: int, role: Role = Role.MENTEE, code: str = "en") -> None:
    with world.session() as session:
        ask_for_trial(session, wave, staff_id, role, spoken_language(code), now=world.clock())


def is_due(world: World) -> bool:
    with world.session() as session:
        return Due(Chore.TRY_MAILS, 0) in what_is_due(session, world.clock())


def halves(mail) -> tuple[str, str]:
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return text, html


def test_every_email_goes_to_who_asked_and_to_nobody_else(
    world: World, relay: ScriptedRelay, wave: int, ana: int
) -> None:
    ask(world, wave, ana)
    world.do_what_is_due()
    assert relay.recipients == [ANA] * len(SHOWN)
    assert all(mail["Subject"].startswith("Test: ") for _to, mail in relay.received)
    assert not is_due(world)


@ON_SQLITE
def test_it_is_what_participants_get_in_their_language(world: World, relay: ScriptedRelay, wave: int, ana: int) -> None:
    ask(world, wave, ana, code="fr")
    world.do_what_is_due()
    text, html = halves(relay.received[0][1])
    assert "Leaders learn" in text
    assert 'lang="fr"' in html
    assert relay.received[0][1]["Subject"].startswith("Essai\u00a0: ")
    assert "Ana" in text


def test_no_link_in_it_is_anybodys(world: World, relay: ScriptedRelay, wave: int, ana: int) -> None:
    ask(world, wave, ana)
    world.do_what_is_due()
    for _to, mail in relay.received:
        for half in halves(mail):
            led_to = set(re.findall(r"https://feedback\.example\.com(/[^\s\"<?]*)", half))
            of_nobody = {path for path in led_to if re.fullmatch("/receipt|/keys/[0-9a-f]{64}", path)}
            assert led_to - of_nobody <= {f"/staff/waves/{wave}/emails"}
        assert mail["List-Unsubscribe"] is None


def test_nothing_of_it_lies_with_the_mails_to_participants(
    world: World, relay: ScriptedRelay, wave: int, ana: int
) -> None:
    ask(world, wave, ana)
    world.do_what_is_due()
    with world.session() as session:
        assert session.scalars(select(Delivery.id)).all() == []
        assert session.scalars(select(Batch.id)).all() == []
    assert {sender for sender, _asked in relay.envelopes} == {"feedback@example.com"}


def test_two_presses_are_one_wish(world: World, relay: ScriptedRelay, wave: int, ana: int) -> None:
    for _press in range(2):
        ask(world, wave, ana)
    world.do_what_is_due()
    assert len(relay.received) == len(SHOWN)


@ON_SQLITE
def test_nobody_fills_even_their_own_inbox(world: World, relay: ScriptedRelay, wave: int, ana: int) -> None:
    for _time in range(MOST_TRIALS):
        ask(world, wave, ana)
        world.do_what_is_due()
    with pytest.raises(ResendRefused, match="Try again in an hour"):
        ask(world, wave, ana)
    world.clock.now += COUNTED
    ask(world, wave, ana)


def test_what_the_relay_has_taken_is_not_sent_again(world: World, relay: ScriptedRelay, wave: int, ana: int) -> None:
    relay.before_it_takes = lambda _to: len(relay.received) == 1 and relay.says(ANA, "451 Later")
    ask(world, wave, ana)
    with pytest.raises(MailRefused):
        world.do_what_is_due()
    assert not is_due(world)
    world.clock.pass_time(minutes=1)
    world.do_what_is_due()
    subjects = [mail["Subject"] for _to, mail in relay.received]
    assert len(subjects) == len(set(subjects)) == len(SHOWN)
    assert not is_due(world)


def test_who_has_lost_their_access_gets_none(world: World, relay: ScriptedRelay, wave: int, ana: int) -> None:
    ask(world, wave, ana)
    with world.session() as session:
        session.execute(update(StaffMember).where(StaffMember.id == ana).values(role=StaffRole.VIEWER))
        session.commit()
    world.do_what_is_due()
    assert relay.received == []
    assert not is_due(world)


@ON_SQLITE
def test_what_was_asked_for_is_forgotten(world: World, relay: ScriptedRelay, wave: int, ana: int) -> None:
    ask(world, wave, ana)
    world.do_what_is_due()
    world.clock.now += COUNTED + timedelta(seconds=1)
    world.do_what_is_due()
    with world.session() as session:
        assert session.scalars(select(TrialMails.id)).all() == []


@ON_SQLITE
def test_a_relay_that_is_away_for_an_hour_ends_it(world: World, relay: ScriptedRelay, wave: int, ana: int) -> None:
    relay.goes_down()
    ask(world, wave, ana)
    with pytest.raises(MailRefused):
        world.do_what_is_due()
    world.clock.now += COUNTED
    relay.comes_back()
    world.do_what_is_due()
    assert relay.received == []
