from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback.domain.errors import AddressRefused, MailRefused, SignInRefused
from feedback.domain.staff import StaffRole
from feedback.services.staff.ask_for_link import ask_for_link
from feedback.services.staff.invite_staff import invite_staff
from feedback.services.staff.mail_links import LIFETIME, MOST_LINKS
from feedback.storage import sign_in_requests
from feedback.storage.audit_log import LogEntry
from feedback.storage.organisations import organisation_named
from feedback.storage.sign_in_requests import KEPT, MOST_WAITING, SignInRequest
from feedback.storage.staff import SignIn, StaffMember
from feedback.worker.due import Chore, Due, what_is_due
from tests.databases import ON_SQLITE
from tests.services.mail.relays import ScriptedRelay
from tests.staff_sessions import use_link
from tests.world import World, noted

ANA = "ana@example.com"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def smtp_port(relay: ScriptedRelay) -> int:
    return relay.port


def account(
    world: World, organisation: str = "Example", email: str = ANA, role: StaffRole = StaffRole.COORDINATOR
) -> str:
    """Somebody's account; returns the token of the invitation."""
    with world.session() as session:
        organisation_named(session, organisation)
        return invite_staff(
            session,
            organisation=organisation,
            name="Ana",
            email=email,
            role=role,
            now=world.clock(),
            actor="test",
        )


def ask(world: World, email: str = ANA, language: str = "en") -> None:
    with world.session() as session:
        ask_for_link(session, email, language=language, now=world.clock())


def waiting(world: World) -> list[str]:
    with world.session() as session:
        return list(session.scalars(select(SignInRequest.email).order_by(SignInRequest.email)))


def links(relay: ScriptedRelay) -> list[str]:
    """The tokens in all mails, in the order in which they came."""
    lines = [line for _to, mail in relay.received for line in text_of(mail).splitlines()]
    return [line.rpartition("/")[2].partition("?")[0] for line in lines if "/staff/sign-in/" in line]


def text_of(mail) -> str:
    return mail.get_body(("plain",)).get_content()


def enter(world: World, token: str) -> int:
    with world.session() as session:
        return use_link(session, token, now=world.clock())[0]


def test_who_has_an_account_is_mailed_a_link_that_signs_in(world: World, relay: ScriptedRelay) -> None:
    account(world)
    ask(world, "  ANA@Example.COM ")
    world.do_what_is_due()
    assert relay.recipients == [ANA]
    (token,) = links(relay)
    with world.session() as session:
        member = session.get(StaffMember, enter(world, token))
    assert member is not None
    assert member.name == "Ana"
    assert waiting(world) == []
    assert noted(world, "mailed a sign-in link") == [("service", f"staff {member.id}")]


def test_a_stranger_gets_no_mail_and_leaves_nothing_behind(world: World, relay: ScriptedRelay) -> None:
    account(world)
    world.do_what_is_due()
    before = everything_noted(world)
    ask(world, "eve@example.com")
    world.do_what_is_due()
    assert relay.recipients == []
    assert waiting(world) == []
    assert everything_noted(world) == before


def everything_noted(world: World) -> set[str]:
    with world.session() as session:
        return set(session.scalars(select(LogEntry.act)))


def test_an_address_with_accounts_in_two_organisations_gets_one_mail_that_names_both(
    world: World, relay: ScriptedRelay
) -> None:
    account(world, "Example")
    account(world, "Other")
    ask(world)
    world.do_what_is_due()
    ((_to, mail),) = relay.received
    tokens = links(relay)
    assert len(tokens) == 2
    assert mail["From"] == "Feedback <feedback@example.com>"
    text = text_of(mail)
    assert text.index("Sign in for Example:") < text.index(tokens[0]) < text.index("Sign in for Other:")
    assert len({enter(world, token) for token in tokens}) == 2


@ON_SQLITE
def test_a_mail_is_in_the_language_of_the_page_and_so_is_its_link(world: World, relay: ScriptedRelay) -> None:
    account(world)
    ask(world, language="fr")
    world.do_what_is_due()
    assert "?language=fr" in text_of(relay.received[0][1])
    assert relay.received[0][1]["Subject"] == "Votre lien de connexion"


def test_a_mailed_link_lasts_ten_minutes(world: World, relay: ScriptedRelay) -> None:
    assert timedelta(minutes=10) == LIFETIME
    account(world)
    ask(world)
    world.do_what_is_due()
    world.clock.now += LIFETIME
    with pytest.raises(SignInRefused):
        enter(world, links(relay)[0])


def test_once_in_no_other_link_is_left(world: World, relay: ScriptedRelay) -> None:
    account(world)
    for _time in range(2):
        ask(world)
        world.do_what_is_due()
    first, second = links(relay)
    enter(world, first)
    with pytest.raises(SignInRefused):
        enter(world, second)


def test_asking_voids_no_invitation(world: World, relay: ScriptedRelay) -> None:
    token = account(world)
    ask(world)
    world.do_what_is_due()
    assert enter(world, token)


def test_nobody_fills_an_inbox(world: World, relay: ScriptedRelay) -> None:
    account(world)
    for _time in range(3 * MOST_LINKS):
        ask(world)
        world.do_what_is_due()
    assert relay.recipients == [ANA] * MOST_LINKS
    assert noted(world, "put off a sign-in link") == [("service", "staff 1")]
    world.clock.now += LIFETIME
    world.do_what_is_due()
    assert len(relay.recipients) == MOST_LINKS + 1


def test_an_address_waits_in_one_row(world: World) -> None:
    for language in ("en", "ar"):
        ask(world, language=language)
    with world.session() as session:
        assert session.scalars(select(SignInRequest.language)).all() == ["ar"]


def test_only_so_many_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in_requests, "MOST_WAITING", 2)
    for name in ("a", "b", "c"):
        ask(world, f"{name}@example.com")
    assert waiting(world) == ["a@example.com", "b@example.com"]
    assert MOST_WAITING == 500


@pytest.mark.parametrize("said", ["451 later", None])
def test_a_relay_that_is_away_is_tried_again_with_a_fresh_link(
    world: World, relay: ScriptedRelay, said: str | None
) -> None:
    account(world)
    ask(world)
    relay.says(ANA, said) if said else relay.says_of_the_sender("550 no")
    with pytest.raises(MailRefused):
        world.do_what_is_due()
    relay.says_of_the_sender(None)
    with world.session() as session:
        assert Due(Chore.MAIL_LINKS, 0) not in what_is_due(session, world.clock())
        assert count_links(session) == 1
    world.clock.now += MINUTE
    world.do_what_is_due()
    assert enter(world, links(relay)[0])


def count_links(session: Session) -> int:
    return session.execute(select(func.count(SignIn.staff_id))).scalar_one()


def test_what_cannot_be_sent_for_an_hour_is_dropped(world: World, relay: ScriptedRelay) -> None:
    account(world)
    ask(world)
    world.clock.now += KEPT
    world.do_what_is_due()
    assert relay.recipients == []
    assert waiting(world) == []


def test_an_address_that_the_relay_refuses_for_good_is_let_go(world: World, relay: ScriptedRelay) -> None:
    account(world)
    relay.says(ANA, "550 5.1.1 nobody here")
    ask(world)
    world.do_what_is_due()
    assert waiting(world) == []


@ON_SQLITE
@pytest.mark.parametrize("typed", ["", "ana", "ana@", "ana@example.com\nBcc: eve@example.com", "é@example.com"])
def test_what_is_no_address_is_refused_before_anything_is_written(world: World, typed: str) -> None:
    with pytest.raises(AddressRefused):
        ask(world, typed)
    assert waiting(world) == []


def forgotten(world: World, look: Callable[[Session], int]) -> bool:
    with world.session() as session:
        return look(session) == 0


def test_the_worker_forgets_links_that_nobody_used(world: World) -> None:
    account(world)
    world.clock.now += timedelta(days=1) - SECOND
    world.do_what_is_due()
    assert not forgotten(world, count_links)
    world.clock.now += SECOND
    world.do_what_is_due()
    assert forgotten(world, count_links)
