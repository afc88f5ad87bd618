"""Sending: every mail goes out once, whatever the relay says, and nobody gets one who wants none."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage

import pytest
from sqlalchemy import select, update

from feedback.domain.errors import MailRefused
from feedback.domain.links import message_name, opt_out_token, to_address
from feedback.domain.waves.mails import INVITATION, MailKind, WaveMail
from feedback.domain.waves.states import WaveState
from feedback.resources import migrations_folder
from feedback.services.mail.queue_mails import leave_to_the_tick, queue_for
from feedback.services.roster.read_file import read_file
from feedback.services.waves.cancel_wave import cancel_wave
from feedback.services.waves.find_due import Act
from feedback.storage.deliveries import Delivery, count_unwilling, fence_unsent, invited_to
from feedback.storage.ledger import open_ledger
from feedback.storage.migrate import downgrade, upgrade
from feedback.storage.notices import SaidText
from feedback.storage.people import Participant, add_people, mark_left, people_by_id
from feedback.storage.tables import Base
from feedback.storage.waves import wave_by_id
from feedback.worker.due import Due, do
from feedback.worker.worker import worker_context
from tests.kept import small_wave
from tests.promises.visits import engine_of
from tests.services.mail.relays import ScriptedRelay
from tests.world import START, World, roster_csv

MENTOR, OTHER, THIRD = (f"mentor.{number}@example.com" for number in range(3))
EVERYBODY = sorted(f"{role}.{number}@example.com" for role in ("mentor", "mentee") for number in range(3))
THEIR_NAMES = ("invitation", "reminder-1")
LINK = re.compile(r"https://feedback\.example\.com/s/([A-Za-z0-9_-]{43})")


@pytest.fixture
def smtp_port(relay: ScriptedRelay) -> int:
    return relay.port


@pytest.fixture
def wave(world: World) -> int:
    """An open wave of six people whose invitations are queued, with a reminder on its third day."""
    return small_wave(world)


def ledger(world: World) -> dict[str, str]:
    """Where the invitations stand, by address."""
    query = select(Participant.email, Delivery.state).join(Delivery, Delivery.participant_id == Participant.id)
    with world.session() as session:
        return {row.email: row.state for row in session.execute(query.where(Delivery.mail == INVITATION))}


def send_batch(world: World, batch: int = 1) -> None:
    do(Due(Act.SEND, batch), worker_context(world.app))


def person(world: World, email: str) -> int:
    with world.session() as session:
        return session.scalars(select(Participant.id).where(Participant.email == email)).one()


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(mail: EmailMessage) -> str:
    (link,) = set(LINK.findall(text_of(mail)))
    return link


# ---- what the relay says


def test_everybody_is_invited_once(world: World, wave: int, relay: ScriptedRelay) -> None:
    world.send_mails()
    world.send_mails()
    assert sorted(relay.recipients) == EVERYBODY
    assert set(ledger(world).values()) == {"accepted"}


def test_a_mail_that_must_wait_stays_queued_and_delays_no_other(world: World, wave: int, relay: ScriptedRelay) -> None:
    relay.says(MENTOR, "451 Try again later")
    world.send_mails()
    assert ledger(world) == dict.fromkeys(EVERYBODY, "accepted") | {MENTOR: "queued"}


def test_a_mail_that_had_to_wait_goes_out_after_the_wait(world: World, wave: int, relay: ScriptedRelay) -> None:
    relay.says(MENTOR, "451 Try again later")
    world.send_mails()
    world.clock.pass_time(minutes=1)
    world.send_mails()
    assert sorted(relay.recipients) == EVERYBODY
    assert ledger(world)[MENTOR] == "accepted"


def test_a_mail_that_must_wait_is_not_sent_before_its_time(world: World, wave: int, relay: ScriptedRelay) -> None:
    relay.says(MENTOR, "451 Try again later")
    send_batch(world)
    world.clock.pass_time(seconds=59)
    send_batch(world)
    assert MENTOR not in relay.recipients


def test_each_wait_is_longer_than_the_one_before(world: World, wave: int, relay: ScriptedRelay) -> None:
    relay.says(MENTOR, *["451 Try again later"] * 3)
    for minutes in (0, 1, 2):
        world.clock.pass_time(minutes=minutes)
        world.send_mails()
    world.clock.pass_time(minutes=3)
    world.send_mails()
    assert ledger(world)[MENTOR] == "queued"
    world.clock.pass_time(minutes=1)
    world.send_mails()
    assert ledger(world)[MENTOR] == "accepted"


def test_a_refused_mail_is_not_tried_again(world: World, wave: int, relay: ScriptedRelay) -> None:
    relay.says(MENTOR, "550 No such user")
    world.send_mails()
    world.clock.pass_time(days=1)
    world.send_mails()
    assert ledger(world) == dict.fromkeys(EVERYBODY, "accepted") | {MENTOR: "refused"}
    assert MENTOR not in relay.recipients


def test_the_ledger_keeps_the_relays_code(world: World, wave: int, relay: ScriptedRelay) -> None:
    relay.says(MENTOR, "550 No such user")
    relay.says(OTHER, "451 Try again later")
    world.send_mails()
    with world.session() as session:
        codes = session.scalars(select(Delivery.reply_code)).all()
    assert Counter(codes) == {250: 4, 550: 1, 451: 1}


def test_a_relay_that_hangs_up_gets_the_same_mail_again(world: World, wave: int, relay: ScriptedRelay) -> None:
    relay.hangs_up_on(OTHER)
    world.send_mails()
    world.clock.pass_time(minutes=1)
    world.send_mails()
    assert Counter(relay.recipients) == dict.fromkeys(EVERYBODY, 1) | {OTHER: 2}
    assert len({mail["Message-ID"] for recipient, mail in relay.received if recipient == OTHER}) == 1


def test_a_relay_that_goes_away_is_called_again_in_the_same_run(world: World, wave: int, relay: ScriptedRelay) -> None:
    relay.says(MENTOR, "421 Going away")
    world.send_mails()
    assert ledger(world) == dict.fromkeys(EVERYBODY, "accepted") | {MENTOR: "queued"}


def test_while_the_relay_is_down_all_mails_wait(world: World, wave: int, relay: ScriptedRelay) -> None:
    relay.goes_down()
    with pytest.raises(MailRefused):
        world.send_mails()
    assert ledger(world) == dict.fromkeys(EVERYBODY, "queued")
    relay.comes_back()
    world.send_mails()
    assert relay.received == []


def test_when_the_relay_is_back_all_mails_go_out(world: World, wave: int, relay: ScriptedRelay) -> None:
    relay.goes_down()
    with pytest.raises(MailRefused):
        world.send_mails()
    relay.comes_back()
    world.clock.pass_time(minutes=1)
    world.send_mails()
    assert sorted(relay.recipients) == EVERYBODY


def test_a_relay_that_goes_down_in_the_middle_keeps_what_it_took(world: World, wave: int, relay: ScriptedRelay) -> None:
    def go_down_at_the_second(recipient: str) -> None:
        if relay.received:
            relay.hangs_up_on(recipient)
            relay.stops_listening()

    relay.before_it_takes = go_down_at_the_second
    with pytest.raises(MailRefused):
        world.send_mails()
    assert Counter(ledger(world).values()) == {"accepted": 1, "queued": 5}
    assert ledger(world)[relay.recipients[0]] == "accepted"


def test_mails_go_out_in_no_known_order(world: World, relay: ScriptedRelay) -> None:
    world.open_wave(mentors=20, mentees=20)
    world.send_mails()
    with world.session() as session:
        assert relay.recipients != list(session.scalars(select(Participant.email).order_by(Participant.id)))


def open_wave_with(world: World, first: str) -> None:
    """Open a wave of six people and one more, who stands before them on the roster."""
    programme = world.programme(0, 0)
    others = roster_csv(3, 3).decode().splitlines()[1:]
    with world.session() as session:
        data = "\n".join(("name,email,role,cohort,language", first, *(f"{line},en" for line in others)))
        add_people(session, programme, read_file(data.encode()).rows)
        session.commit()
    world.open(world.planned_wave(programme))


@pytest.mark.parametrize("language", ["en-EU", "pt-BR", "de"])
def test_whatever_language_somebody_has_they_and_all_others_get_a_mail(
    world: World, relay: ScriptedRelay, language: str
) -> None:
    open_wave_with(world, f"Ana,ana@example.com,mentor,,{language}")
    world.send_mails()
    assert sorted(relay.recipients) == sorted(["ana@example.com", *EVERYBODY])


def test_an_address_that_no_relay_can_carry_stops_nobody_else(world: World, relay: ScriptedRelay) -> None:
    open_wave_with(world, "José,jose@example.com,mentor,,")
    with world.session() as session:
        # As an earlier release took it.
        session.execute(update(Participant).where(Participant.name == "José").values(email="josé@example.com"))
        session.commit()
    world.send_mails()
    assert sorted(relay.recipients) == EVERYBODY
    assert ledger(world)["josé@example.com"] == "refused"


# ---- never twice, never late


def test_a_mail_in_flight_when_its_worker_died_is_sent_by_the_next(
    world: World, wave: int, relay: ScriptedRelay
) -> None:
    with world.session() as session:
        first = fence_unsent(session, 1, b"dead worker")[0]
        number, email = first.id, people_by_id(session, [first.participant_id])[first.participant_id].email
        session.commit()
    with open_ledger(engine_of(world), b"dead worker") as ledger:
        assert ledger.begin(number, WaveState.OPEN, to=email)
    world.send_mails()
    assert sorted(relay.recipients) == EVERYBODY


def test_a_worker_whose_batch_was_taken_over_stops(world: World, wave: int, relay: ScriptedRelay) -> None:
    def take_over(_recipient: str) -> None:
        with world.session() as session:
            fence_unsent(session, 1, b"second worker")
            session.commit()

    relay.before_it_takes = take_over
    world.send_mails()
    assert len(relay.received) == 1
    assert Counter(ledger(world).values()) == {"sending": 1, "queued": 5}


def test_a_batch_that_was_taken_over_reaches_everybody(world: World, wave: int, relay: ScriptedRelay) -> None:
    def take_over(_recipient: str) -> None:
        relay.before_it_takes = lambda _next: None
        send_batch(world)

    relay.before_it_takes = take_over
    world.send_mails()
    doubled = Counter(relay.recipients) - Counter(EVERYBODY)
    assert set(relay.recipients) == set(EVERYBODY)
    assert doubled.total() == 1
    assert set(ledger(world).values()) == {"accepted"}


def test_two_workers_at_once_lose_no_mail(world: World, wave: int, relay: ScriptedRelay) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _worker: send_batch(world), range(2)))
    world.send_mails()
    assert set(relay.recipients) == set(EVERYBODY)
    assert set(ledger(world).values()) == {"accepted"}


def test_two_workers_at_once_double_at_most_the_mail_in_flight(world: World, wave: int, relay: ScriptedRelay) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _worker: send_batch(world), range(2)))
    assert (Counter(relay.recipients) - Counter(EVERYBODY)).total() <= 1


def test_a_cancelled_wave_sends_nothing(world: World, wave: int, relay: ScriptedRelay) -> None:
    with world.session() as session:
        cancel_wave(session, world.keys, wave, now=world.clock(), actor="test")
    send_batch(world)
    assert relay.received == []
    assert set(ledger(world).values()) == {"skipped"}


def test_a_wave_that_is_cancelled_while_it_sends_stops(world: World, wave: int, relay: ScriptedRelay) -> None:
    def cancel(_recipient: str) -> None:
        relay.before_it_takes = lambda _next: None
        with world.session() as session:
            cancel_wave(session, world.keys, wave, now=world.clock(), actor="test")

    relay.before_it_takes = cancel
    world.send_mails()
    assert len(relay.received) == 1


def test_a_closed_wave_sends_nothing_more(world: World, wave: int, relay: ScriptedRelay) -> None:
    world.close(wave)
    world.send_mails()
    assert relay.received == []


# ---- to whom


def test_who_wants_no_mail_gets_none(world: World, wave: int, relay: ScriptedRelay) -> None:
    token = opt_out_token(world.keys.opt_out_key(1), person(world, MENTOR))
    world.client().post(f"/o/{to_address(token)}", data={"List-Unsubscribe": "One-Click"})
    world.send_mails()
    assert MENTOR not in relay.recipients
    assert ledger(world)[MENTOR] == "skipped"


def test_who_opts_out_after_the_invitation_is_not_reminded(world: World, wave: int, relay: ScriptedRelay) -> None:
    world.send_mails()
    header = next(mail["List-Unsubscribe"] for recipient, mail in relay.received if recipient == MENTOR)
    path = header.strip(" <>").removeprefix("https://feedback.example.com")
    world.client().post(path, data={"List-Unsubscribe": "One-Click"})
    world.clock.pass_time(days=3)
    remind(world)
    assert sorted(relay.recipients) == sorted([*EVERYBODY, *EVERYBODY[:3], OTHER, THIRD])


def stop_mails_to(world: World, email: str) -> None:
    token = opt_out_token(world.keys.opt_out_key(1), person(world, email))
    world.client().post(f"/o/{to_address(token)}", data={"go": "stop"})


@pytest.mark.parametrize("kind", [kind for kind in MailKind if not kind.can_be_stopped])
def test_what_became_of_a_survey_those_hear_too_who_want_no_invitations(
    world: World, wave: int, relay: ScriptedRelay, kind: MailKind
) -> None:
    world.send_mails()
    stop_mails_to(world, MENTOR)
    with world.session() as session:
        wave_by_id(session, wave).state = kind.sent_in
        everybody = invited_to(session, wave)
        session.add(SaidText(programme_id=1, language="en", text="An hour a month."))
        queue_for(session, wave, WaveMail(kind), people=everybody, now=world.clock(), defer=leave_to_the_tick)
        session.commit()
    send_batch(world, 2)
    assert sorted(relay.recipients[6:]) == EVERYBODY
    assert not any(mail["List-Unsubscribe"] for _recipient, mail in relay.received[6:])


def test_who_wants_no_mail_is_counted_though_they_hear_what_became_of_a_survey(
    world: World, wave: int, relay: ScriptedRelay
) -> None:
    world.send_mails()
    stop_mails_to(world, MENTOR)
    world.clock.pass_time(days=3)
    remind(world)
    with world.session() as session:
        assert count_unwilling(session, 1, wave) == 1
        queue_for(
            session,
            wave,
            WaveMail(MailKind.EXTENSION),
            people=invited_to(session, wave),
            now=world.clock(),
            defer=leave_to_the_tick,
        )
        session.commit()
    world.send_mails()
    with world.session() as session:
        assert count_unwilling(session, 1, wave) == 1


def test_who_has_left_gets_no_mail(world: World, wave: int, relay: ScriptedRelay) -> None:
    with world.session() as session:
        mark_left(session, [person(world, MENTOR)])
        session.commit()
    world.send_mails()
    assert sorted(relay.recipients) == [address for address in EVERYBODY if address != MENTOR]


def remind(world: World) -> None:
    """Let the tick queue the reminder, and the next one send it."""
    world.do_what_is_due()
    world.do_what_is_due()


def test_a_reminder_goes_to_everybody_who_was_invited(world: World, wave: int, relay: ScriptedRelay) -> None:
    world.send_mails()
    world.answer(world.links(wave)[0])
    world.clock.pass_time(days=3)
    remind(world)
    assert Counter(relay.recipients) == dict.fromkeys(EVERYBODY, 2)


def test_a_reminder_is_queued_once(world: World, wave: int, relay: ScriptedRelay) -> None:
    world.clock.pass_time(days=3)
    for _tick in range(4):
        world.do_what_is_due()
    assert Counter(relay.recipients) == dict.fromkeys(EVERYBODY, 2)


# ---- what a mail looks like


def test_an_invitation_and_its_reminder_carry_the_same_link(world: World, wave: int, relay: ScriptedRelay) -> None:
    world.send_mails()
    world.clock.pass_time(days=3)
    remind(world)
    links = {(recipient, link_in(mail)) for recipient, mail in relay.received}
    assert links == {(recipient, link) for recipient, link in zip(ordered(world), world.links(wave), strict=True)}


def ordered(world: World) -> list[str]:
    with world.session() as session:
        return list(session.scalars(select(Participant.email).order_by(Participant.id)))


def test_every_mail_has_one_message_id_and_no_two_the_same(world: World, wave: int, relay: ScriptedRelay) -> None:
    world.send_mails()
    world.clock.pass_time(days=3)
    remind(world)
    ids = [mail.get_all("Message-ID") for _recipient, mail in relay.received]
    assert {len(own) for own in ids} == {1}
    assert len({own[0] for own in ids}) == 12
    assert all(own[0].endswith("@example.com>") for own in ids)


@pytest.mark.own_databases
def test_a_mail_that_is_sent_again_after_an_upgrade_keeps_its_message_id(
    world: World, wave: int, relay: ScriptedRelay
) -> None:
    world.send_mails()
    world.clock.pass_time(days=3)
    relay.hangs_up_on(OTHER)
    remind(world)
    downgrade(engine_of(world), Base.metadata, migrations_folder() / "main", "0012")
    upgrade(engine_of(world), Base.metadata, migrations_folder() / "main")
    world.clock.pass_time(minutes=1)
    world.send_mails()
    names = [message_name(world.keys.opt_out_key(1), wave, mail, person(world, OTHER)) for mail in THEIR_NAMES]
    sent = [mail["Message-ID"] for recipient, mail in relay.received if recipient == OTHER]
    assert Counter(sent) == {f"<{names[0]}@example.com>": 1, f"<{names[1]}@example.com>": 2}


def test_a_mail_can_be_unsubscribed_from_with_one_click(world: World, wave: int, relay: ScriptedRelay) -> None:
    world.send_mails()
    for _recipient, mail in relay.received:
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert re.fullmatch(r"<https://feedback\.example\.com/o/[A-Za-z0-9_-]{43}>", mail["List-Unsubscribe"].strip())


def test_no_two_people_share_an_opt_out_address(world: World, wave: int, relay: ScriptedRelay) -> None:
    world.send_mails()
    assert len({mail["List-Unsubscribe"] for _recipient, mail in relay.received}) == 6


def test_a_mail_has_plain_text_first(world: World, wave: int, relay: ScriptedRelay) -> None:
    world.send_mails()
    for _recipient, mail in relay.received:
        kinds = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
        assert kinds == ["text/plain", "text/html"]


def test_both_parts_of_a_mail_hold_the_link(world: World, wave: int, relay: ScriptedRelay) -> None:
    world.send_mails()
    for _recipient, mail in relay.received:
        html = mail.get_body(("html",))
        assert html is not None
        assert link_in(mail) in html.get_content()


def test_a_mail_is_addressed_to_one_person_only(world: World, wave: int, relay: ScriptedRelay) -> None:
    world.send_mails()
    assert all(mail["To"] == recipient for recipient, mail in relay.received)
    assert not any(mail["Cc"] or mail["Bcc"] for _recipient, mail in relay.received)


def test_a_subject_holds_neither_link_nor_name_nor_focus(world: World, wave: int, relay: ScriptedRelay) -> None:
    world.send_mails()
    subjects = {mail["Subject"] for _recipient, mail in relay.received}
    assert subjects == {"Pilot: what do you think, at the start?"}


@pytest.mark.parametrize("name", ["Race and us", "Ethnicity pilot", "Women lead", "Reverse race talks"])
def test_a_name_that_tells_the_focus_stays_out_of_the_subject(world: World, relay: ScriptedRelay, name: str) -> None:
    world.open(world.planned_wave(world.programme(3, 3, name=name)))
    world.send_mails()
    assert {mail["Subject"] for _recipient, mail in relay.received} == {
        "Your programme: what do you think, at the start?"
    }


def test_no_reply_leads_to_the_contact(world: World, wave: int, relay: ScriptedRelay) -> None:
    world.send_mails()
    for _recipient, mail in relay.received:
        assert mail["Reply-To"] is None
        assert mail["From"].addresses[0].addr_spec == "feedback@example.com"


def test_who_is_invited_in_both_roles_is_told_so_and_nobody_else(world: World, relay: ScriptedRelay) -> None:
    both = ("Mia Both,both@example.com,mentor,,en", "Mia Both,both@example.com,mentee,,en")
    programme = world.programme(0, 0)
    with world.session() as session:
        data = "\n".join(("name,email,role,cohort,language", *both, *roster_csv(6, 6).decode().splitlines()[1:]))
        add_people(session, programme, read_file(data.encode()).rows)
        session.commit()
    world.open(world.planned_wave(programme))
    with world.session() as session:
        late = "name,email,role,cohort,language\nMentor 0,mentor.0@example.com,mentee,,en"
        add_people(session, programme, read_file(late.encode()).rows)
        session.commit()
    world.send_mails()
    told = [
        (recipient, re.findall("asks you as a (mentor|mentee)", " ".join(text_of(mail).split())))
        for recipient, mail in relay.received
    ]
    assert sorted(roles for recipient, roles in told if recipient == "both@example.com") == [["mentee"], ["mentor"]]
    assert all(roles == [] for recipient, roles in told if recipient != "both@example.com")


def test_a_survey_that_closes_at_midnight_is_open_until_the_end_of_a_day(world: World, relay: ScriptedRelay) -> None:
    # Midnight in Paris is 23:00 of the day before in London's winter.
    world.clock.now = START.replace(hour=23, minute=0)
    world.open(world.planned_wave(world.programme(3, 3), days=13))
    world.send_mails()
    for _recipient, mail in relay.received:
        assert "It is open until the end of Sunday 14 March 2027 (Paris time)." in " ".join(text_of(mail).split())


def test_whatever_an_organisation_is_called_its_mails_have_one_sender(world: World, relay: ScriptedRelay) -> None:
    name = "Smith, Jones & Partners"
    world.open(world.planned_wave(world.programme(3, 3, organisation=name)))
    world.send_mails()
    assert relay.envelopes == [("feedback@example.com", set())] * 6
    senders = [mail["From"].addresses for _recipient, mail in relay.received]
    assert [[(one.display_name, one.addr_spec) for one in found] for found in senders] == [
        [(name, "feedback@example.com")]
    ] * 6


def test_mails_are_marked_as_written_by_a_machine(world: World, wave: int, relay: ScriptedRelay) -> None:
    world.send_mails()
    assert {mail["Auto-Submitted"] for _recipient, mail in relay.received} == {"auto-generated"}


def test_no_link_of_a_mail_is_kept_in_the_database(world: World, wave: int, relay: ScriptedRelay) -> None:
    world.send_mails()
    secrets = [link_in(mail) for _recipient, mail in relay.received]
    with world.session() as session:
        rows = [repr(vars(row)) for row in session.scalars(select(Delivery))]
    assert not any(secret in row for secret in secrets for row in rows)
