"""An administrator chooses where people sign in, and may run it: whoever it says that somebody is reads nothing told in
confidence, is named in the log by it, and nobody is connected or signed in without their own doing.
"""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback.domain.errors import AccessRefused, NotFound, ProviderRefused
from feedback.domain.providers import Identity
from feedback.domain.staff import StaffRole
from feedback.runtime import system_clock
from feedback.services.staff.connect_accounts import connect as connect_account
from feedback.services.staff.invite_staff import invite_staff
from feedback.services.staff.keep_sessions import HalfSignedIn, find_session
from feedback.services.staff.make_emergency_link import make_emergency_link
from feedback.services.staff.manage_access import change_role
from feedback.services.staff.sign_in import Member
from feedback.storage.audit_log import LogEntry
from feedback.storage.organisations import Organisation
from feedback.storage.staff import StaffMember, StaffSession
from feedback.web.staff.guards import IN_COOKIE
from tests.databases import ON_SQLITE
from tests.passkeys import Device, make, remove, use
from tests.promises.scanner import fingerprint
from tests.providers import Provider, by_link, by_provider, connected, go_on, provider, with_provider
from tests.reviewing import QUOTED, wave_in_review
from tests.web.test_access import REVIEWERS_ALONE, go, ways
from tests.web.test_after_answering import ASKED, support_address
from tests.web.test_staff_pages import SITE, press, see, signed_in
from tests.world import REVIEWER, World, hidden_value

HALF = "/staff/sign-in/provider"
SECRET_WORDS = "My mentor shouts at me."
ONLY = "/staff/organisation/provider"


@pytest.fixture
def found() -> Iterator[Provider]:
    with provider() as running:
        yield running


def ask_for_support(world: World) -> None:
    asked = {**ASKED, "words": SECRET_WORDS}
    assert world.client().post(support_address(world), data=asked).status_code == 200


def number_of(world: World, email: str) -> int:
    with world.session() as session:
        return session.scalars(select(StaffMember.id).where(StaffMember.email == email)).one()


def linked(world: World, email: str, role: StaffRole, name: str) -> FlaskClient:
    """Somebody who is known by this address, signed in by a link."""
    client = world.client()
    with world.session() as session:
        token = invite_staff(
            session,
            organisation="Example Organisation",
            name=name,
            email=email,
            role=role,
            now=world.clock(),
            actor="test",
        )
    page = f"/staff/sign-in/{token}"
    assert press(client, page, page).status_code == 303
    return client


def reviewer(world: World) -> FlaskClient:
    return linked(world, REVIEWER.email, StaffRole.REVIEWER, REVIEWER.name)


def connect(client: FlaskClient, found: Provider) -> None:
    assert go_on(client, by_provider(client, found, "/staff/signed-in")).status_code == 303


def puppet(world: World, found: Provider) -> FlaskClient:
    """Whoever runs the provider, as the reviewer whom participants were told; who has connected their account."""
    with_provider(world, found)
    connect(reviewer(world), found)
    client = world.client()
    assert by_provider(client, found).status_code == 303
    assert REVIEWER.name in see(client, "/staff/")
    return client


def test_whoever_runs_the_provider_reads_no_comment(world: World, found: Provider) -> None:
    wave = wave_in_review(world)
    owner = reviewer(world)
    assert QUOTED[0] in see(owner, f"/staff/waves/{wave}/comments")
    client = puppet(world, found)
    closed = [way for way in ways(world.app, lambda _argument: wave) if way.endpoint in REVIEWERS_ALONE]
    token = hidden_value(client.get("/staff/signed-in", base_url=SITE).text, "csrf_token")
    assert len(closed) >= 7
    for way in closed:
        way = way._replace(address=way.address.replace("<comment>", "00" * 16))
        sent = {"csrf_token": token, "sure": "y", "comment": "00" * 16, "decision": "withheld", "ticked": "00" * 16}
        answer = go(client, way, **sent, question="F2", summary="x")
        assert answer.status_code == 403, way
        assert QUOTED[0] not in answer.text
    with world.session() as session:
        assert (
            "read the comments"
            not in session.scalars(
                select(LogEntry.act).where(LogEntry.id > session.scalars(_last_sign_in(found)).one())
            ).all()
        )


def _last_sign_in(found: Provider):
    mine = select(LogEntry.id).where(LogEntry.act == f"signed in by {found.issuer}")
    return mine.order_by(LogEntry.id.desc()).limit(1)


def test_a_passkey_that_was_made_in_a_session_of_the_provider_opens_no_more(world: World, found: Provider) -> None:
    wave = wave_in_review(world)
    client, device = puppet(world, found), Device()
    assert make(client, device).status_code == 303
    assert client.get(f"/staff/waves/{wave}/comments", base_url=SITE).status_code == 403
    other = world.client()
    assert use(other, device).status_code == 303
    assert other.get(f"/staff/waves/{wave}/comments", base_url=SITE).status_code == 403


def test_a_passkey_that_was_made_after_a_mailed_link_opens_them(world: World, found: Provider) -> None:
    wave = wave_in_review(world)
    with_provider(world, found)
    owner, device, other = reviewer(world), Device(), world.client()
    assert make(owner, device).status_code == 303
    assert use(other, device).status_code == 303
    assert QUOTED[0] in see(other, f"/staff/waves/{wave}/comments")


def test_whoever_runs_the_provider_touches_no_passkey_that_the_owner_made(world: World, found: Provider) -> None:
    """Nor with one that they made themselves, also not in a copy of the owner's session."""
    client, theirs, own = puppet(world, found), Device(), Device()
    assert make(client, theirs).status_code == 303
    owner = by_link(world, REVIEWER.email)
    assert make(owner, own, by=theirs).status_code == 303
    for browser in (client, owner):
        assert make(browser, Device(), by=theirs).status_code == 422
        assert remove(browser, 2, theirs).status_code == 422
    assert remove(owner, 1, own).status_code == 303


def test_whoever_runs_the_provider_reads_no_request_for_support(world: World, found: Provider) -> None:
    programme = world.programme()
    ask_for_support(world)
    with_provider(world, found)
    page = f"/staff/programmes/{programme}/support"
    owner = signed_in(world, StaffRole.ADMINISTRATOR)
    assert SECRET_WORDS in see(owner, page)
    connect(owner, found)
    # By a link and then by the provider, in one browser: the owner.
    assert SECRET_WORDS in see(owner, page)
    client = world.client()
    assert by_provider(client, found).status_code == 303
    answer = client.get(page, base_url=SITE)
    assert (answer.status_code, SECRET_WORDS in answer.text) == (403, False)
    assert "sign in with an emailed link" in answer.text


def test_nobody_is_connected_in_a_session_of_the_provider(world: World, found: Provider) -> None:
    """Else one puppet would connect another account with the one that it holds already."""
    client = puppet(world, found)
    found.subject, found.email = "somebody-2", "nobody@example.com"
    before = fingerprint(world)
    answer = by_provider(client, found, "/staff/signed-in")
    assert (answer.status_code, "One more step" in answer.text) == (200, True)
    assert fingerprint(world) == before


def test_whoever_reads_the_email_alone_puts_nobody_in_the_owners_place(world: World, found: Provider) -> None:
    """Where a passkey is asked for, and none was used."""
    with_provider(world, found)
    owner, device = signed_in(world), Device()
    assert make(owner, device).status_code == 303
    demand(world, "demands_passkeys")
    found.subject, found.email = "the-thief", "thief@example.com"
    assert "One more step" in by_provider(by_link(world), found).text
    assert use(owner, device).status_code == 303
    found.subject = "somebody-1"
    connect(owner, found)
    thief = by_link(world)
    found.subject = "the-thief"
    before = fingerprint(world)
    assert "One more step" in by_provider(thief, found).text
    half = half_of(world, thief)
    with world.session() as session, pytest.raises(ProviderRefused):
        connect_account(session, half, Identity(found.issuer, found.subject), now=world.clock())
    assert fingerprint(world) == before


def test_whoever_is_half_signed_in_connects_an_account_for_the_first_time_alone(world: World, found: Provider) -> None:
    only_way(world, found)
    client = signed_in(world)
    connect_through(client, found)
    found.subject, found.email = "somebody-2", "nobody@example.com"
    assert "One more step" in by_provider(by_link(world), found, HALF).text


def demand(world: World, what: str) -> None:
    with world.session() as session:
        setattr(session.get_one(Organisation, 1), what, True)
        session.commit()


def half_of(world: World, client: FlaskClient) -> HalfSignedIn:
    with client.session_transaction("/staff/", base_url=SITE) as cookie, world.session() as session:
        found = find_session(session, cookie[IN_COOKIE], now=system_clock())
    assert isinstance(found, HalfSignedIn)
    return found


def only_way(world: World, found: Provider) -> FlaskClient:
    """An administrator who has made the provider the only way in."""
    with_provider(world, found)
    found.subject = "the-administrator"
    admin = connected(world, found, StaffRole.ADMINISTRATOR)
    assert press(admin, ONLY, f"{ONLY}/only", demands="yes").status_code == 303
    found.subject = "somebody-1"
    return admin


@ON_SQLITE
@pytest.mark.parametrize("role", [StaffRole.COORDINATOR, StaffRole.VIEWER])
def test_where_it_is_the_only_way_a_link_leads_there_alone(world: World, found: Provider, role: StaffRole) -> None:
    world.programme()
    only_way(world, found)
    client = signed_in(world, role)
    for way in ways(world.app, lambda _argument: 1):
        if way.endpoint != "staff.provider":
            assert go(client, way).location in {HALF}, way
    assert "Go on there" in see(client, HALF)
    connect_through(client, found)
    assert client.get("/staff/", base_url=SITE).status_code == 200


def connect_through(client: FlaskClient, found: Provider) -> None:
    assert go_on(client, by_provider(client, found, HALF)).status_code == 303


def test_a_session_and_a_passkey_of_before_lead_there_too(world: World, found: Provider) -> None:
    client, device = signed_in(world), Device()
    assert make(client, device).status_code == 303
    only_way(world, found)
    assert client.get("/staff/", base_url=SITE).location == HALF
    other = world.client()
    assert use(other, device).status_code == 303
    assert other.get("/staff/", base_url=SITE).location == HALF
    # Nor does it make a passkey or use one there.
    assert other.get("/staff/passkey", base_url=SITE).location == HALF


def test_whose_name_participants_are_told_gets_in_by_a_link_all_the_same(world: World, found: Provider) -> None:
    wave = wave_in_review(world)
    only_way(world, found)
    assert QUOTED[0] in see(reviewer(world), f"/staff/waves/{wave}/comments")
    contact = linked(world, "helper@example.com", StaffRole.CONTACT, "Helper")
    assert contact.get("/staff/", base_url=SITE).status_code == 200


def test_nobody_makes_it_the_only_way_who_has_not_come_by_it(world: World, found: Provider) -> None:
    admin = with_provider(world, found)
    assert press(admin, ONLY, f"{ONLY}/only", demands="yes").status_code == 422
    assert admin.get("/staff/", base_url=SITE).status_code == 200


def test_a_provider_that_is_taken_away_leaves_nobody_outside(world: World, found: Provider) -> None:
    admin = only_way(world, found)
    assert press(admin, ONLY, f"{ONLY}/remove", sure="y").status_code == 303
    assert admin.get("/staff/", base_url=SITE).status_code == 302
    assert signed_in(world).get("/staff/", base_url=SITE).status_code == 200


def emergency(world: World, email: str = "administrator@example.com") -> str:
    with world.session() as session:
        token = make_emergency_link(
            session, organisation="Example Organisation", email=email, now=world.clock(), actor="command line"
        )
    return f"/staff/sign-in/{token}"


def test_while_the_provider_is_away_one_administrator_gets_in_and_reads_nothing_told_in_confidence(
    world: World, found: Provider
) -> None:
    programme = world.programme()
    ask_for_support(world)
    only_way(world, found)
    found.status = 503
    client, page = world.client(), emergency(world)
    assert press(client, page, page).status_code == 303
    assert client.get("/staff/organisation", base_url=SITE).status_code == 200
    assert client.get(f"/staff/programmes/{programme}/support", base_url=SITE).status_code == 403
    assert press(world.client(), page, page).status_code == 403
    assert press(client, ONLY, f"{ONLY}/only", demands="no").status_code == 303
    with world.session() as session:
        acts = session.scalars(select(LogEntry.act)).all()
        assert {"made an emergency link", "signed in by an emergency link"} <= set(acts)
        assert session.scalars(select(StaffSession.begun_by).order_by(StaffSession.begun_at)).all()[-1] == "emergency"


def test_an_emergency_is_for_administrators_alone_also_when_the_link_is_used(world: World) -> None:
    signed_in(world)
    signed_in(world, StaffRole.ADMINISTRATOR)
    with pytest.raises(AccessRefused, match="Only an administrator"):
        emergency(world, "coordinator@example.com")
    with pytest.raises(NotFound):
        emergency(world, "nobody@example.com")
    page = emergency(world)
    linked(world, "other@example.com", StaffRole.ADMINISTRATOR, "Olga")
    by = Member(number_of(world, "other@example.com"), 1, "Olga", StaffRole.ADMINISTRATOR, "other@example.com")
    with world.session() as session:
        number = number_of(world, "administrator@example.com")
        change_role(session, by, number, StaffRole.VIEWER, now=world.clock())
    assert press(world.client(), page, page).status_code == 403


def test_an_emergency_is_over_after_a_quarter_of_an_hour(world: World) -> None:
    signed_in(world, StaffRole.ADMINISTRATOR)
    page = emergency(world)
    world.clock.pass_time(minutes=15)
    assert press(world.client(), page, page).status_code == 403
