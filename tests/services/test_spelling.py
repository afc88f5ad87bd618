"""Every door that takes an address finds who came in by another one, however the address is written."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from feedback.domain.address import read_address
from feedback.domain.errors import SignInRefused
from feedback.domain.links import message_name
from feedback.domain.staff import StaffRole
from feedback.services.mail.note_bounces import note_bounce
from feedback.services.mail.resend_invitation import mend_delivery, resend_invitation
from feedback.services.roster.correct_address import correct_address
from feedback.services.roster.import_roster import import_roster
from feedback.services.roster.leave_programme import leave_programme
from feedback.services.staff.invite_staff import invite_staff
from feedback.services.staff.name_people import Newcomer, account_of_programme
from feedback.storage.deliveries import Delivery
from feedback.storage.people import Participant
from tests.databases import ON_SQLITE, first_of
from tests.spelling import addresses, spelled
from tests.staff_sessions import use_link
from tests.web.test_staff_pages import SITE, press
from tests.world import World

# An address is read before either database sees it.
pytestmark = ON_SQLITE

FORMER = "former@example.com"
OTHERS = "".join(f"Other {number},other.{number}@example.com,mentor\n" for number in range(5))
MAIL = """From: MAILER-DAEMON@mail.example.net
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.net

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

Message-ID: <{name}@example.com>

--b--
"""
_numbers = count()


@dataclass(frozen=True)
class Ana:
    """Somebody who is on the roster of a programme of her own and invited to its open wave."""

    world: World
    programme: int
    wave: int
    person: int

    def call(self, service: Callable[..., object], session: Session, *values: object) -> object:
        return service(session, *values, now=self.world.clock(), actor="test")

    def state(self, state: str) -> None:
        with self.world.session() as session:
            session.execute(update(Delivery).where(Delivery.participant_id == self.person).values(state=state))
            session.commit()

    def known(self) -> Participant:
        with self.world.session() as session:
            return session.scalars(ana_in(self.programme)).one()


def ana_in(programme: int) -> Select[tuple[Participant]]:
    return select(Participant).where(Participant.programme_id == programme, Participant.name == "Ana")


def enrolled(world: World, address: str) -> Ana:
    programme = world.programme(0, 0, organisation=f"Organisation {next(_numbers)}")
    enrol(world, programme, address)
    wave = world.open(world.planned_wave(programme))
    with world.session() as session:
        person = session.scalars(ana_in(programme)).one().id
    world.clock.pass_time(hours=1)
    ana = Ana(world, programme, wave, person)
    ana.state("accepted")
    return ana


def enrol(world: World, programme: int, address: str) -> None:
    data = f'name,email,role\n{OTHERS}Ana,"{address}",mentor'.encode()
    with world.session() as session:
        import_roster(session, world.keys, programme, data, now=world.clock(), actor="test")


def by_import(world: World, address: str) -> Ana:
    return enrolled(world, address)


def by_correction(world: World, address: str) -> Ana:
    ana = enrolled(world, FORMER)
    ana.state("bounced")
    with world.session() as session:
        ana.call(correct_address, session, ana.programme, FORMER, address)
    ana.state("accepted")
    return ana


def by_mending(world: World, address: str) -> Ana:
    ana = enrolled(world, FORMER)
    ana.state("bounced")
    with world.session() as session:
        ana.call(mend_delivery, session, ana.wave, ana.person, address)
    world.clock.pass_time(hours=1)
    ana.state("accepted")
    return ana


def leaves(ana: Ana, session: Session, address: str) -> bool:
    ana.call(leave_programme, session, ana.programme, address)
    return ana.known().has_left


def is_corrected(ana: Ana, session: Session, address: str) -> bool:
    ana.state("bounced")
    ana.call(correct_address, session, ana.programme, address, "next@example.com")
    return ana.known().email == "next@example.com"


def is_invited_again(ana: Ana, session: Session, address: str) -> bool:
    return ana.call(resend_invitation, session, ana.wave, address) == 1


def is_mended_as_it_is(ana: Ana, session: Session, address: str) -> bool:
    before = ana.known().email
    ana.state("bounced")
    ana.call(mend_delivery, session, ana.wave, ana.person, address)
    return ana.known().email == before


def is_imported_as_the_same(ana: Ana, _session: Session, address: str) -> bool:
    enrol(ana.world, ana.programme, address)
    return ana.known().id == ana.person


def bounces(ana: Ana, session: Session, address: str) -> bool:
    key = ana.world.keys.opt_out_key(ana.programme)
    name = message_name(key, ana.wave, "invitation", ana.person)
    raw = MAIL.format(recipient=address.strip(), name=name).encode()
    return note_bounce(session, ana.world.keys, raw, now=ana.world.clock())


def token_of(world: World, organisation: str, email: str) -> str:
    with world.session() as session:
        return invite_staff(
            session,
            organisation=organisation,
            name="Ana",
            email=email,
            role=StaffRole.COORDINATOR,
            now=world.clock(),
            actor="test",
        )


# Each takes a programme and a wave of its own.
few = settings(
    max_examples=6,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.parametrize(
    "find", first_of(2, [leaves, is_imported_as_the_same, is_corrected, is_invited_again, is_mended_as_it_is])
)
@given(data=st.data(), enter=st.sampled_from((by_import, by_correction, by_mending)), address=addresses())
@few
def test_a_participant_is_found(world: World, find, data: st.DataObject, enter, address: str) -> None:
    ana = enter(world, data.draw(spelled(address)))
    with world.session() as session:
        assert find(ana, session, data.draw(spelled(address)))


@given(data=st.data(), enter=st.sampled_from((by_import, by_correction, by_mending)), address=addresses())
@few
def test_a_returned_mail_is_known_by_its_address(world: World, data: st.DataObject, enter, address: str) -> None:
    ana = enter(world, data.draw(spelled(address)))
    # Mail servers name addresses as they were given them, in letters as they like.
    named = data.draw(spelled(read_address(address)).filter(str.isascii))
    with world.session() as session:
        assert bounces(ana, session, named)


@given(data=st.data(), address=addresses())
@few
def test_a_member_of_staff_is_found_and_is_one(world: World, data: st.DataObject, address: str) -> None:
    organisation = f"Organisation {next(_numbers)}"
    programme = world.programme(0, 0, organisation=organisation)
    tokens = [token_of(world, organisation, data.draw(spelled(address))) for _time in range(2)]
    with world.session() as session:
        member = use_link(session, tokens[1], now=world.clock())[0]
        assert member == account_of_programme(session, programme, data.draw(spelled(address)))
        with pytest.raises(SignInRefused):
            use_link(session, tokens[0], now=world.clock())


@given(data=st.data(), address=addresses())
@few
def test_the_contact_reads_who_asks_for_support(world: World, data: st.DataObject, address: str) -> None:
    organisation, contact = f"Organisation {next(_numbers)}", data.draw(spelled(address)).strip()
    programme = world.programme(0, 0, organisation=organisation, contact=Newcomer("Ana", contact))
    client = world.client()
    page = f"/staff/sign-in/{token_of(world, organisation, data.draw(spelled(address)))}"
    assert press(client, page, page).status_code == 303
    assert client.get(f"/staff/programmes/{programme}/support", base_url=SITE).status_code == 200
