"""After the answers: results for those who were invited, receipts looked up, and support asked for."""

import re
from datetime import timedelta

import pytest

from feedback.demo.mailbox import plain_text
from feedback.domain.links import results_secret, to_address
from feedback.domain.staff import StaffRole
from feedback.services.reports.say_what_was_done import say_what_was_done
from feedback.services.reports.set_notice import name_help
from feedback.services.staff.name_people import Newcomer
from feedback.storage.programmes import programme_by_id
from feedback.storage.staff import staff_by_id
from feedback.storage.support import SupportRequest, desk_of
from forms.bank import pair
from tests.databases import ON_SQLITE
from tests.kept import kept
from tests.promises.visits import receipt_on, send
from tests.web.test_staff_pages import SITE, press, signed_in
from tests.world import World, hidden_value

ASKED = {"name": "Mia Mentor", "reach": "mia@example.com", "words": "My partner never comes. <b>Please</b> help."}
LINK = re.compile(r"https?://\S+")


def results_address(world: World, programme: int = 1) -> str:
    return f"/r/{to_address(results_secret(world.keys.opt_out_key(programme), programme))}"


def support_address(world: World, programme: int = 1) -> str:
    with world.session() as session:
        desk = desk_of(session, programme)
        assert desk is not None
        return f"/support/{to_address(desk.handle)}"


def closed_wave(world: World, answering: int = 12) -> list[str]:
    """A wave that is over and told of; the receipts of those who answered."""
    return kept(world, f"{answering} mentors answered", lambda: _newly_closed_wave(world, answering))


def _newly_closed_wave(world: World, answering: int) -> list[str]:
    wave = world.open_wave(14, 0)
    world.send_mails()
    receipts = [receipt_on(world.answer(link).text) for link in world.links(wave)[:answering]]
    world.close(wave)
    world.do_what_is_due()
    world.send_mails()
    return receipts


def last_mail(world: World) -> str:
    body = world.mailbox.read(world.mailbox.serials()[-1]).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_everybody_invited_is_told_where_the_results_are(world: World) -> None:
    closed_wave(world)
    where = f"https://feedback.example.com{results_address(world)}?language=en"
    mails = [plain_text(world.mailbox.read(serial)) for serial in world.mailbox.serials()]
    assert sum(where in LINK.findall(one) for one in mails) == 14


def test_results_say_what_the_report_says_in_sentences(world: World) -> None:
    closed_wave(world)
    page = world.client().get(results_address(world)).text
    assert "12 of 14 answers came in (86%)." in page
    assert "interval" not in page
    assert "How likely is it that somebody finds out which answers are yours?" in page


def test_too_few_answers_are_told_and_shown_as_such(world: World) -> None:
    closed_wave(world, answering=3)
    assert "Fewer than 5 answers could be counted" in last_mail(world).replace("\n", " ")
    assert "Fewer than 5 answers could be counted" in world.client().get(results_address(world)).text


@ON_SQLITE
def test_what_was_done_is_shown_as_plain_text(world: World) -> None:
    closed_wave(world)
    said = "You asked for time.\n\nWe <script>alert(1)</script> gave it.\u202e"
    with world.session() as session:
        say_what_was_done(session, 1, said, now=world.clock(), actor="test")
    page = world.client().get(results_address(world)).text
    assert "We &lt;script&gt;alert(1)&lt;/script&gt; gave it." in page
    assert "\u202e" not in page


@ON_SQLITE
def test_there_are_no_results_while_the_first_wave_is_open(world: World) -> None:
    world.open_wave(7, 7)
    assert world.client().get(results_address(world)).status_code == 404


@ON_SQLITE
def test_unknown_malformed_and_early_addresses_of_results_answer_alike(world: World) -> None:
    world.open_wave(7, 7)
    addresses = [results_address(world), f"/r/{'A' * 22}", "/r/x", f"/r/{'A' * 43}"]
    pages = {(page.status_code, page.text) for page in map(world.client().get, addresses)}
    assert len(pages) == 1


@ON_SQLITE
def test_earlier_reports_stay_readable(world: World) -> None:
    programme = world.programme(14, 0)
    for stage in ("kickoff", "exit"):
        wave = world.open(world.planned_wave(programme, questionnaires=pair(stage), stage=stage))
        for link in world.links(wave)[:10]:
            world.answer(link)
        world.close(wave)
        world.do_what_is_due()
    address = results_address(world)
    assert "Results: Exit survey" in " ".join(world.client().get(address).text.split())
    assert "Results: Kick-off" in " ".join(world.client().get(f"{address}/1").text.split())
    assert world.client().get(f"{address}/3").status_code == 404


def test_a_receipt_is_found_in_the_report_that_counted_it(world: World) -> None:
    receipt = closed_wave(world)[0]
    for typed in (receipt, receipt.lower().replace("-", ""), f" {receipt.replace('-', ' ')}\n"):
        page = world.client().post("/receipt", data={"receipt": typed}).text
        assert "Counted." in page
        assert "“Pilot”: Kick-off" in " ".join(page.split())


@ON_SQLITE
@pytest.mark.parametrize("typed", ["", "x", "0" * 32, "G" * 32, "é" * 32, "%", "0" * 100_000])
def test_any_other_text_is_not_found(world: World, typed: str) -> None:
    closed_wave(world)
    page = world.client().post("/receipt", data={"receipt": typed})
    assert page.status_code == 200
    assert "Not found." in page.text


@ON_SQLITE
def test_a_receipt_is_not_found_before_the_close_or_once_it_is_replaced(world: World) -> None:
    wave = world.open_wave(14, 0)
    links = world.links(wave)
    receipts = [receipt_on(world.answer(link).text) for link in links[:12]]
    receipts.append(receipt_on(world.answer(links[0], typed=receipts[0]).text))
    assert "Not found." in world.client().post("/receipt", data={"receipt": receipts[1]}).text
    world.close(wave)
    found = ["Counted." in world.client().post("/receipt", data={"receipt": one}).text for one in receipts]
    assert found == [False] + [True] * 12


def test_a_request_reaches_the_contact_and_nobody_elses_eyes(world: World) -> None:
    world.open_wave(7, 7)
    sent = world.client().post(support_address(world), data=ASKED)
    assert 'data-page="support-sent"' in sent.text
    with world.session() as session:
        (stored,) = session.query(SupportRequest).all()
    assert b"Mia" not in stored.sealed
    page = signed_in(world, StaffRole.ADMINISTRATOR).get("/staff/programmes/1/support", base_url=SITE).text
    assert "Mia Mentor" in page
    assert "&lt;b&gt;Please&lt;/b&gt; help." in page


@ON_SQLITE
def test_a_request_that_was_seen_to_is_marked_as_done(world: World) -> None:
    world.open_wave(7, 7)
    world.client().post(support_address(world), data=ASKED)
    client, page = signed_in(world, StaffRole.ADMINISTRATOR), "/staff/programmes/1/support"
    number = re.findall(r'name="number"\s+value="([0-9a-f]+)"', client.get(page, base_url=SITE).text)[0]
    assert press(client, page, page, number=number).status_code == 302
    assert "Mark as done" not in client.get(page, base_url=SITE).text


@ON_SQLITE
@pytest.mark.parametrize("role", [StaffRole.COORDINATOR, StaffRole.REVIEWER])
def test_staff_who_are_not_the_contact_read_no_request(world: World, role: StaffRole) -> None:
    world.open_wave(7, 7)
    client = signed_in(world, role)
    assert client.get("/staff/programmes/1/support", base_url=SITE).status_code == 403
    assert "Requests for support" not in client.get("/staff/programmes/1", base_url=SITE).text


def test_the_contact_is_told_once_in_a_mail_without_content(world: World) -> None:
    world.open_wave(10, 0)
    world.send_mails()
    before = world.mailbox.count()
    for _ in range(2):
        world.client().post(support_address(world), data=ASKED)
    world.do_what_is_due()
    assert world.mailbox.count() == before
    world.clock.pass_time(minutes=10)
    for _ in range(2):
        world.do_what_is_due()
    assert world.mailbox.count() == before + 1
    body = last_mail(world)
    assert "/staff/programmes/1/support" in body
    assert not [word for word in ("Mia", "partner", "mia@") if word in body]


@pytest.mark.parametrize("stored", ["a" * 65 + "@example.com", "josé@example.com"])
def test_a_contact_whom_no_mail_reaches_keeps_no_other_from_theirs(world: World, stored: str) -> None:
    world.open(world.planned_wave(world.programme(7, 7)))
    world.programme(0, 0, contact=Newcomer("Olu", "other@example.com"))
    with world.session() as session:
        # As an earlier release took it.
        contact = staff_by_id(session, programme_by_id(session, 1).contact_id or 0)
        assert contact
        contact.email = stored
        session.commit()
    for programme in (1, 2):
        world.client().post(support_address(world, programme), data=ASKED)
    world.clock.pass_time(minutes=10)
    for _ in range(2):
        world.do_what_is_due()
    told = {str(world.mailbox.read(serial)["To"]) for serial in world.mailbox.serials()}
    assert "other@example.com" in told


def test_a_request_is_destroyed_on_its_day(world: World) -> None:
    world.open_wave(7, 7)
    world.client().post(support_address(world), data=ASKED)
    world.clock.pass_time(days=89)
    world.do_what_is_due()
    with world.session() as session:
        assert session.query(SupportRequest).count() == 1
    world.clock.now += timedelta(days=1)
    world.do_what_is_due()
    with world.session() as session:
        assert session.query(SupportRequest).count() == 0


@ON_SQLITE
@pytest.mark.parametrize("missing", ["name", "reach", "words"])
def test_a_request_without_something_says_what_is_missing(world: World, missing: str) -> None:
    world.open_wave(7, 7)
    page = world.client().post(support_address(world), data={**ASKED, missing: " "})
    assert page.status_code == 422
    assert f'href="#{missing}"' in page.text
    with world.session() as session:
        assert session.query(SupportRequest).count() == 0


@ON_SQLITE
def test_all_requests_are_equally_long(world: World) -> None:
    world.open_wave(7, 7)
    for words in ("x", "🙂" * 2000):
        world.client().post(support_address(world), data={**ASKED, "words": words})
    with world.session() as session:
        assert len({len(one.sealed) for one in session.query(SupportRequest)}) == 1


@ON_SQLITE
def test_unknown_desks_answer_alike(world: World) -> None:
    world.open_wave(7, 7)
    pages = {(one.status_code, one.text) for one in (world.client().get(f"/support/{x}") for x in ("x", "A" * 22))}
    assert len(pages) == 1


@ON_SQLITE
def test_every_mail_and_the_promise_lead_to_support_and_thanks_do_not(world: World) -> None:
    wave = world.open_wave(7, 7)
    world.send_mails()
    address, link = support_address(world), world.links(wave)[0]
    assert address in last_mail(world)
    assert address in world.client().get(f"/s/{link}").text
    thanks = send(world, link, re.findall(r'name="state" value="([^"]+)"', world.fill_in(link))[0]).text
    assert "/support/" not in thanks


@ON_SQLITE
def test_where_harm_is_asked_about_help_is_named_and_nothing_asked(world: World) -> None:
    programme = world.programme(7, 7)
    with world.session() as session:
        name_help(session, programme, "Helpline 0800 1234\n<i>Works council</i>", now=world.clock(), actor="test")
    wave = world.open(world.planned_wave(programme, questionnaires=pair("midpoint"), stage="midpoint"))
    page = world.part_asking(world.links(wave)[0], "H1")
    assert "Helpline 0800 1234" in page
    assert "&lt;i&gt;Works council&lt;/i&gt;" in page
    assert "/support/" not in page


@ON_SQLITE
def test_the_last_reminder_before_the_close_says_so(world: World) -> None:
    wave = world.planned_wave(world.programme(7, 0), reminders_at=(world.clock() + timedelta(days=13),))
    world.open(wave)
    world.send_mails()
    world.clock.pass_time(days=13)
    world.do_what_is_due()
    world.send_mails()
    assert "This is the last email before that." in last_mail(world).replace("\n", " ")


@ON_SQLITE
@pytest.mark.parametrize("number", ["zz", "00" * 16, "00" * 1000, ""])
def test_a_request_that_is_not_there_is_not_found_and_said_so(world: World, number: str) -> None:
    world.open_wave(7, 7)
    client, page = signed_in(world, StaffRole.ADMINISTRATOR), "/staff/programmes/1/support"
    token = hidden_value(client.get(page, base_url=SITE).text, "csrf_token")
    answer = client.post(page, data={"csrf_token": token, "number": number}, base_url=SITE)
    assert answer.status_code == 404
    assert "It may have been destroyed on its day." in answer.text
