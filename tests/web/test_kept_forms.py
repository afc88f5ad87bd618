"""A session that ends in the middle of a form loses nothing, does nothing, and leads nowhere else."""

import io
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from werkzeug.datastructures import MultiDict

from feedback.domain.staff import StaffRole
from feedback.services.staff import keep_forms
from feedback.services.staff.forget_expired import forget_expired
from feedback.services.staff.keep_forms import KEPT, MOST, SentForm, forget_form, keep_form, show_form
from feedback.storage.kept_forms import KeptForm
from feedback.storage.staff import StaffMember, StaffSession
from feedback.storage.tables import Base
from feedback.web.staff.saved_forms import SHOWN_AGAIN
from tests.databases import ON_SQLITE, first_of
from tests.house.test_guards import LEADS_ON
from tests.reviewing import reviewed_wave
from tests.web.test_access import first, ways
from tests.web.test_staff_pages import SITE, SURE, press, see, signed_in, token_for
from tests.world import START, World, hidden_value

pytestmark = ON_SQLITE

QUIET = "/staff/programmes/1/quiet-times"
TYPED = {"begins": "21:15", "ends": "06:45", "holidays": "2027-12-24 <b>\r\n2027-12-25"}
AGAIN = re.compile(r'action="([^"]+)"[^>]*>\s*<input[^>]*>\s*<input type="hidden" name="shown-again"', re.DOTALL)


@pytest.fixture
def client(world: World) -> FlaskClient:
    """A coordinator's browser; their programme is number 1."""
    world.programme()
    return signed_in(world)


def end_sessions(world: World) -> None:
    with world.session() as session:
        session.execute(delete(StaffSession))
        session.commit()


def send(client: FlaskClient, token: str, **typed: str) -> str:
    """Send the quiet times, from a page that was loaded when the token was; returns where that leads."""
    return client.post(QUIET, data={"csrf_token": token, **TYPED, **typed}, base_url=SITE).location


def too_late(world: World, client: FlaskClient, **typed: str) -> str:
    """Fill in a form, and send it when the session has ended; returns the page's token."""
    token = hidden_value(client.get(QUIET, base_url=SITE).text, "csrf_token")
    end_sessions(world)
    assert send(client, token, **typed) == "/staff/sign-in"
    return token


def sign_in_again(world: World, client: FlaskClient, role: StaffRole = StaffRole.COORDINATOR) -> str:
    page = f"/staff/sign-in/{token_for(world, role)}"
    return press(client, page, page).location


def show_again(client: FlaskClient) -> str:
    """Press the button that shows the newest form again; returns what it shows."""
    page = client.get("/staff/kept", base_url=SITE).text
    action = AGAIN.search(page)
    assert action
    section = page[: page.index("</section>")]
    fields = MultiDict(re.findall(r'name="([^"]+)" value="([^"]*)"', section.replace("&lt;", "<").replace("&gt;", ">")))
    fields |= {"csrf_token": hidden_value(page, "csrf_token")}
    answer = client.post(action[1], data=fields, base_url=SITE)
    assert answer.status_code == 200
    return answer.text


def rows(world: World) -> int:
    with world.session() as session:
        return session.execute(select(func.count(KeptForm.digest))).scalar_one()


def test_what_was_typed_is_there_again_and_was_not_done(world: World, client: FlaskClient) -> None:
    too_late(world, client)
    assert "What you typed is kept: sign in" in see(client, "/staff/sign-in")
    assert sign_in_again(world, client) == "/staff/kept"
    before = see(client, QUIET)
    page = show_again(client)
    assert "This is what you typed before you were signed out." in page
    assert 'value="21:15"' in page
    assert 'value="06:45"' in page
    assert "2027-12-24 &lt;b&gt;" in page
    assert "2027-12-25" in page
    assert see(client, QUIET) == before
    assert rows(world) == 0
    token = hidden_value(page, "csrf_token")
    assert send(client, token, holidays="2027-12-24") == "/staff/programmes/1"


def test_another_page_that_was_open_meanwhile_can_be_sent_as_it_is(world: World, client: FlaskClient) -> None:
    token = too_late(world, client)
    sign_in_again(world, client)
    assert send(client, token, holidays="2027-12-24") == "/staff/programmes/1"


def test_whoever_signs_in_next_in_this_browser_sees_nothing_of_it(world: World, client: FlaskClient) -> None:
    token = too_late(world, client)
    assert sign_in_again(world, client, StaffRole.ADMINISTRATOR) == "/staff/"
    assert client.get("/staff/kept", base_url=SITE).status_code == 302
    assert client.post(QUIET, data={"csrf_token": token, **TYPED}, base_url=SITE).status_code == 400
    assert sign_in_again(world, client) == "/staff/"


def test_another_browser_of_the_same_person_sees_nothing_of_it(world: World, client: FlaskClient) -> None:
    too_late(world, client)
    elsewhere = world.client()
    assert sign_in_again(world, elsewhere) == "/staff/"
    assert elsewhere.get("/staff/kept", base_url=SITE).status_code == 302


def test_what_another_site_has_made_a_browser_send_is_not_kept(world: World, client: FlaskClient) -> None:
    end_sessions(world)
    for token in ({}, {"csrf_token": "x"}):
        assert client.post(QUIET, data={**TYPED, **token}, base_url=SITE).status_code == 302
    assert rows(world) == 0


def test_a_stranger_fills_no_table(world: World) -> None:
    stranger = world.client()
    token = hidden_value(stranger.get("/staff/sign-in", base_url=SITE).text, "csrf_token")
    assert stranger.post(QUIET, data={"csrf_token": token, **TYPED}, base_url=SITE).status_code == 302
    assert rows(world) == 0


def test_a_button_alone_is_not_kept(world: World, client: FlaskClient) -> None:
    token = hidden_value(client.get(QUIET, base_url=SITE).text, "csrf_token")
    end_sessions(world)
    client.post("/staff/signed-in/end-all", data={"csrf_token": token}, base_url=SITE)
    assert rows(world) == 0


def test_a_list_of_people_is_not_kept_and_can_be_sent_again_from_its_page(world: World, client: FlaskClient) -> None:
    page = "/staff/programmes/1/roster/new"
    fields = {"csrf_token": hidden_value(client.get(page, base_url=SITE).text, "csrf_token"), "pasted": "Mia"}
    end_sessions(world)
    assert client.post(page, data=fields, base_url=SITE).location == "/staff/sign-in"
    assert rows(world) == 0
    assert "go back to its page in your browser" in see(client, "/staff/sign-in")
    assert sign_in_again(world, client) == "/staff/"
    assert client.post(page, data=fields, base_url=SITE).status_code in {200, 422}


def test_files_are_not_kept_and_the_page_says_so(world: World, client: FlaskClient) -> None:
    token = hidden_value(client.get(QUIET, base_url=SITE).text, "csrf_token")
    end_sessions(world)
    client.post(QUIET, data={"csrf_token": token, **TYPED, "file": (io.BytesIO(b"Mia"), "people.csv")}, base_url=SITE)
    sign_in_again(world, client)
    assert "Files were not kept." in see(client, "/staff/kept")


def test_what_is_not_needed_is_thrown_away(world: World, client: FlaskClient) -> None:
    too_late(world, client)
    sign_in_again(world, client)
    assert press(client, "/staff/kept", "/staff/kept/forget").location == "/staff/"
    assert rows(world) == 0
    assert client.get("/staff/kept", base_url=SITE).status_code == 302


def everything(world: World) -> dict[str, list[str]]:
    """What every table holds but the audit log, in which stands that a reviewer was shown comments."""
    tables = [table for table in Base.metadata.sorted_tables if table.name != "audit_log"]
    with world.session() as session:
        return {table.name: sorted(map(repr, session.execute(select(table)).all())) for table in tables}


@pytest.mark.parametrize(
    "role", first_of(1, [StaffRole.COORDINATOR, *(role for role in StaffRole if role is not StaffRole.COORDINATOR)])
)
def test_nothing_that_is_shown_again_is_done(world: World, role: StaffRole) -> None:
    assert reviewed_wave(world) == 1
    client = signed_in(world, role)
    token, before = hidden_value(client.get("/staff/", base_url=SITE).text, "csrf_token"), everything(world)
    fields = {**SURE, "csrf_token": token, SHOWN_AGAIN: "A" * 43}
    for way in ways(world.app, first):
        if way.method == "POST" and way.endpoint not in LEADS_ON:
            status = client.post(way.address, data=fields, base_url=SITE).status_code
            assert status in {200, 303, 400, 403, 404}, way
            forged = client.post(way.address, data={**fields, "csrf_token": "x"}, base_url=SITE)
            assert forged.status_code in {400, 403, 404}, way
    assert everything(world) == before


WANTED = {
    "/staff/programmes/1": "/staff/programmes/1",
    "/staff/waves/7?page=2&x=%2F%2Fevil.example": "/staff/waves/7?page=2&x=//evil.example",
    "/staff/waves/7?_external=1&_scheme=javascript": "/staff/waves/7?_external=1&_scheme=javascript",
    "/staff/waves/1/comments/one/%0d%0aSet-Cookie:x": None,
    "/staff/waves/1/comments/one/%5C%5Cevil.example": None,
}


@pytest.mark.parametrize("asked", WANTED)
def test_after_the_sign_in_comes_what_was_asked_for_and_never_another_site(world: World, asked: str) -> None:
    client = world.client()
    assert client.get(asked, base_url=SITE, headers={"X-Forwarded-Host": "evil.example"}).status_code == 302
    page = f"/staff/sign-in/{token_for(world)}?next=https://evil.example"
    answer = press(client, page, page)
    assert re.fullmatch(r"/staff/[^\\\s]*", answer.location)
    assert len(answer.headers.getlist("Set-Cookie")) == 1
    assert WANTED[asked] in (None, answer.location)


def test_an_address_outside_of_staffs_pages_is_led_to_by_no_sign_in(world: World) -> None:
    client = world.client()
    for address in ("https://evil.example/staff/", "//evil.example", "/s/x", "javascript:alert(1)", 7, None):
        with client.session_transaction("/staff/", base_url=SITE) as cookie:
            cookie["wanted"] = address
        page = f"/staff/sign-in/{token_for(world)}"
        assert press(client, page, page).location == "/staff/"


def a_form(number: int = 0, size: int = 1) -> SentForm:
    return SentForm(
        QUIET, (("holidays", f"{number}" * size),), had_files=False, sent_at=START + timedelta(minutes=number)
    )


@pytest.fixture
def account(world: World) -> int:
    token_for(world)
    with world.session() as session:
        return session.scalars(select(StaffMember.id)).one()


def test_a_kept_form_is_as_it_was_sent_for_a_day_and_its_row_tells_nothing(world: World, account: int) -> None:
    form = SentForm(QUIET, (("words", "Zoë wants out"), ("words", "twice")), had_files=True, sent_at=START)
    with world.session() as session:
        secret = keep_form(session, account, form)
        assert secret
        assert show_form(session, account, secret, now=START + KEPT - timedelta(seconds=1)) == form
        assert show_form(session, account, secret, now=START + KEPT) is None
        assert show_form(session, account + 1, secret, now=START) is None
        assert show_form(session, account, "A" * 43, now=START) is None
        row = session.scalars(select(KeptForm)).one()
        assert b"wants" not in row.sealed
        row.sealed = row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])
        session.commit()
        assert show_form(session, account, secret, now=START) is None
        forget_form(session, account, secret)
        assert session.scalars(select(KeptForm)).all() == []


def test_only_so_many_and_no_larger_ones_are_kept(world: World, account: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep_forms, "LARGEST", 500)
    with world.session() as session:
        secrets = [keep_form(session, account, a_form(number)) for number in range(MOST + 2)]
        assert keep_form(session, account, a_form(size=500)) is None
        assert keep_form(session, account + 1, a_form()) is None
        shown = [secret and show_form(session, account, secret, now=START) for secret in secrets]
    assert [form is not None for form in shown] == [False] * 2 + [True] * MOST


def test_the_worker_forgets_what_nobody_has_come_back_for(world: World, account: int) -> None:
    with world.session() as session:
        keep_form(session, account, a_form())
        forget_expired(session, START, real_now=START + KEPT - timedelta(seconds=1))
        assert len(session.scalars(select(KeptForm)).all()) == 1
        session.rollback()
        forget_expired(session, START, real_now=START + KEPT)
        assert session.scalars(select(KeptForm)).all() == []
