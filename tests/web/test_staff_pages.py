import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback.domain.staff import READERS, StaffRole
from feedback.services.staff.invite_staff import invite_staff
from feedback.storage.heartbeat import Heartbeat, record_heartbeat
from feedback.storage.organisations import organisation_named
from forms.bank import pair
from tests.answering import respond
from tests.databases import ON_SQLITE
from tests.kept import kept
from tests.world import CONTACT, REVIEWER, World, hidden_value

pytestmark = ON_SQLITE

SITE = "https://feedback.example.com"
SURE = {"sure": "y"}
NAMED = {StaffRole.REVIEWER: REVIEWER.name, StaffRole.CONTACT: CONTACT.name}
"""Whoever the programmes of these tests name, by the role of whose address they have."""
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def token_for(world: World, role: StaffRole = StaffRole.COORDINATOR, organisation: str = "Example Organisation") -> str:
    with world.session() as session:
        organisation_named(session, organisation)
        email = f"{role}@example.com"
        return invite_staff(
            session,
            organisation=organisation,
            name=NAMED.get(role, "Ana"),
            email=email,
            role=role,
            now=world.clock(),
            actor="test",
        )


def press(client: FlaskClient, page: str, action: str, **fields: str) -> TestResponse:
    """Press the button on `page` that posts to `action`."""
    token = hidden_value(client.get(page, base_url=SITE).text, "csrf_token")
    return client.post(action, data={"csrf_token": token, **fields}, base_url=SITE)


def signed_in(
    world: World, role: StaffRole = StaffRole.COORDINATOR, organisation: str = "Example Organisation"
) -> FlaskClient:
    client = world.client()
    page = f"/staff/sign-in/{token_for(world, role, organisation)}"
    assert press(client, page, page).status_code == 303
    return client


def see(client: FlaskClient, page: str) -> str:
    answer = client.get(page, base_url=SITE)
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))


def test_opening_a_sign_in_link_does_not_use_it_up(world: World) -> None:
    client, page = world.client(), f"/staff/sign-in/{token_for(world)}"
    for _scan in range(3):
        assert client.get(page, base_url=SITE).status_code == 200
    assert press(client, page, page).location == "/staff/"


def test_a_used_link_signs_nobody_in(world: World) -> None:
    page = f"/staff/sign-in/{token_for(world)}"
    press(world.client(), page, page)
    client = world.client()
    assert press(client, page, page).status_code == 403
    assert client.get("/staff/", base_url=SITE).status_code == 302


def test_a_forged_post_signs_nobody_in(world: World) -> None:
    answer = world.client().post(f"/staff/sign-in/{token_for(world)}", base_url=SITE)
    assert answer.status_code == 400


def test_the_cookie_is_for_the_staff_pages_alone(world: World) -> None:
    client, page = world.client(), f"/staff/sign-in/{token_for(world)}"
    cookie = press(client, page, page).headers["Set-Cookie"]
    assert all(part in cookie for part in ("Path=/staff", "HttpOnly", "Secure", "SameSite=Lax"))


def test_who_has_signed_out_is_a_stranger_again(world: World) -> None:
    client = signed_in(world)
    assert press(client, "/staff/", "/staff/sign-out").location == "/staff/sign-in"
    assert client.get("/staff/", base_url=SITE).status_code == 302


def test_programmes_are_listed_with_their_sizes(world: World) -> None:
    world.open_wave(14, 13)
    assert "Pilot Kick-off: Open 14 mentors, 13 mentees" in see(signed_in(world), "/staff/")


def test_a_programme_shows_roster_sizes_and_no_names(world: World) -> None:
    programme_id = world.programme(14, 13, ("London", "York"))
    shown = see(signed_in(world), f"/staff/programmes/{programme_id}")
    assert "Mentors London 7" in shown
    assert "Number" not in shown
    assert "mentor.1@example.com" not in shown


@pytest.mark.parametrize(
    "page", ["programmes/1", "waves/1", "waves/1/report", "waves/1/report.csv", "waves/1/report.json"]
)
def test_another_organisation_finds_nothing(world: World, page: str) -> None:
    world.close(world.open_wave())
    client = signed_in(world, organisation="Another Organisation")
    assert client.get(f"/staff/{page}", base_url=SITE).status_code == 404


def test_another_organisation_closes_nothing(world: World) -> None:
    wave_id = world.open_wave(may_close_early=True)
    client = signed_in(world, organisation="Another Organisation")
    assert press(client, "/staff/", f"/staff/waves/{wave_id}/close", **SURE).status_code == 404
    assert "Open" in see(signed_in(world), f"/staff/waves/{wave_id}")


@pytest.mark.parametrize("page", ["programmes/404", "waves/404", "waves/404/report"])
def test_what_does_not_exist_is_not_found(world: World, page: str) -> None:
    assert signed_in(world).get(f"/staff/{page}", base_url=SITE).status_code == 404


def test_an_open_wave_shows_deliveries_and_not_how_many_have_answered(world: World) -> None:
    wave_id = world.open_wave(14, 13)
    client = signed_in(world)
    world.send_mails()
    before = see(client, f"/staff/waves/{wave_id}")
    for link in world.links(wave_id)[:9]:
        world.answer(link)
    assert "Invitation Accepted by the mail relay 27" in before
    assert see(client, f"/staff/waves/{wave_id}") == before


def test_a_look_shows_its_band(world: World) -> None:
    wave_id = world.open_wave(14, 13)
    for link in world.links(wave_id)[:6]:
        world.answer(link)
    world.clock.pass_time(days=8)
    world.do_what_is_due()
    assert "5 links or more were used" in see(signed_in(world), f"/staff/waves/{wave_id}")


def test_a_wave_that_may_not_close_early_has_no_button_and_no_way(world: World) -> None:
    wave_id = world.open_wave()
    client = signed_in(world)
    assert "Close the survey" not in see(client, f"/staff/waves/{wave_id}")
    assert press(client, "/staff/", f"/staff/waves/{wave_id}/close", **SURE).status_code == 422


def test_closing_takes_a_tick(world: World) -> None:
    wave_id = world.open_wave(may_close_early=True)
    page = f"/staff/waves/{wave_id}"
    client = signed_in(world)
    refused = press(client, page, f"{page}/close")
    assert (refused.status_code, "Tick the box" in refused.text) == (422, True)
    assert press(client, page, f"{page}/close", **SURE).location == page
    assert "No more answers are accepted" in see(client, page)


def test_what_was_ahead_of_a_wave_that_closes_early_is_said_not_to_happen(world: World) -> None:
    wave_id = world.open_wave(may_close_early=True)
    client, page = signed_in(world), f"/staff/waves/{wave_id}"
    assert "Did not happen" not in see(client, page)
    press(client, page, f"{page}/close", **SURE)
    assert re.findall(r"Look 1 .*? (Did not happen: the survey had ended)", see(client, page))
    calendar = client.get(f"{page}/calendar.ics", base_url=SITE).text
    assert [part.count("STATUS:CANCELLED") for part in calendar.split("END:VEVENT") if "look" in part.lower()] == [1]


def test_a_forged_post_closes_nothing(world: World) -> None:
    page = f"/staff/waves/{world.open_wave(may_close_early=True)}"
    client = signed_in(world)
    assert client.post(f"{page}/close", data=SURE, base_url=SITE).status_code == 400
    assert "Close the survey" in see(client, page)


def test_a_reviewer_cannot_close_a_wave(world: World) -> None:
    page = f"/staff/waves/{world.open_wave(may_close_early=True)}"
    client = signed_in(world, StaffRole.REVIEWER)
    assert "Close the survey" not in see(client, page)
    assert press(client, page, f"{page}/close", **SURE).status_code == 403


def test_there_is_no_report_before_the_close(world: World) -> None:
    wave_id = world.open_wave()
    answer = signed_in(world).get(f"/staff/waves/{wave_id}/report", base_url=SITE)
    assert answer.status_code == 404
    assert ("It is not there, or not yours to see." in answer.text, "Wave" in answer.text) == (True, False)


def reported(world: World, answers: int) -> str:
    return kept(world, f"{answers} are very sure", lambda: _newly_reported(world, answers))


def _newly_reported(world: World, answers: int) -> str:
    wave_id = world.open_wave(14, 13)
    for link in world.links(wave_id)[:answers]:
        world.answer(link, C1="very")
    world.close(wave_id)
    return f"/staff/waves/{wave_id}/report"


def test_a_report_shows_rates_and_bands_and_what_is_withheld(world: World) -> None:
    shown = see(signed_in(world), reported(world, 14))
    assert "Mentors 14 of 14" in shown
    assert "fewer than 5" in shown
    assert "Mentors: at least 11 of 14 answered “Very” or “Completely”." in shown
    assert "Not shown: too few answers of this group could be counted." in shown


def test_a_report_about_too_few_says_so_and_no_more(world: World) -> None:
    shown = see(signed_in(world), reported(world, 4))
    assert "Too few answers" in shown
    assert "The answers by theme" not in shown


def test_a_picture_of_a_report_about_too_few_says_no_more_either(world: World) -> None:
    page, client = reported(world, 4), signed_in(world)
    assert client.get(f"{page}.summary.png", base_url=SITE).data.startswith(b"\x89PNG")
    words = client.get(f"{page}.summary.txt", base_url=SITE).text
    assert "too few answers" in words.lower()


def test_exports_are_named_by_numbers_and_stage(world: World) -> None:
    page, client = reported(world, 14), signed_in(world)
    kinds = {"pdf": PDF, "tables.pdf": PDF, "xlsx": XLSX, "csv": "text/csv; charset=utf-8", "json": "application/json"}
    kinds |= {"summary.png": "image/png", "summary.txt": "text/plain; charset=utf-8"}
    for suffix, kind in kinds.items():
        answer = client.get(f"{page}.{suffix}", base_url=SITE)
        name = re.fullmatch(
            rf"attachment; filename=programme-\d+-wave-\d+-kickoff\.{suffix}", answer.headers["Content-Disposition"]
        )
        assert (answer.status_code, answer.headers["Content-Type"], bool(name)) == (200, kind, True)


def two_reports(world: World) -> tuple[int, int]:
    """A kick-off and an exit of one programme, both closed."""
    return kept(world, "two reports", lambda: _two_new_reports(world))


def _two_new_reports(world: World) -> tuple[int, int]:
    programme = world.programme()
    waves = []
    for stage in ("kickoff", "exit"):
        wave = world.open(world.planned_wave(programme, stage=stage, questionnaires=pair(stage)))
        respond(world, world.links(wave)[:20])
        world.close(wave)
        waves.append(wave)
    return waves[0], waves[1]


def test_a_report_leads_to_its_comparison_with_an_earlier_one(world: World) -> None:
    before, after = two_reports(world)
    client, way = signed_in(world), f"/staff/waves/{after}/compared-with/{before}"
    assert way in client.get(f"/staff/waves/{after}/report", base_url=SITE).text
    assert "Kick-off → Exit" in see(client, way)
    for suffix, kind in (("pdf", "application/pdf"), ("xlsx", XLSX)):
        assert client.get(f"{way}.{suffix}", base_url=SITE).headers["Content-Type"] == kind


def test_a_programme_leads_to_what_changed_over_all_its_reports(world: World) -> None:
    two_reports(world)
    client, way = signed_in(world), "/staff/programmes/1/changes"
    assert way in client.get("/staff/programmes/1", base_url=SITE).text
    assert "Kick-off → Exit" in see(client, way)
    for suffix, kind in (("pdf", "application/pdf"), ("xlsx", XLSX)):
        assert client.get(f"{way}.{suffix}", base_url=SITE).headers["Content-Type"] == kind


def test_a_programme_with_one_report_has_nothing_to_compare(world: World) -> None:
    reported(world, 14)
    client = signed_in(world)
    assert "/changes" not in client.get("/staff/programmes/1", base_url=SITE).text
    assert client.get("/staff/programmes/1/changes", base_url=SITE).status_code == 409


def test_nothing_is_offered_that_would_be_refused_or_is_on_another_focus(world: World) -> None:
    """A report that says nothing, and one on another focus, are compared with none; one on the same focus is."""
    waves = {}
    for name, focus, answering in (("A", "race", 20), ("B", "race", 20), ("C", "age", 20), ("D", "race", 3)):
        wave = world.open(world.planned_wave(world.programme(name=name, focus=focus)))
        respond(world, world.links(wave)[:answering])
        world.close(wave)
        waves[name] = wave
    client = signed_in(world)
    offered = {
        name: {
            other
            for other, another in waves.items()
            if f"/staff/waves/{wave}/compared-with/{another}"
            in client.get(f"/staff/waves/{wave}/report", base_url=SITE).text
        }
        for name, wave in waves.items()
    }
    assert {name: others - {name} for name, others in offered.items()} == {
        "A": {"B"},
        "B": {"A"},
        "C": set(),
        "D": set(),
    }
    for before, status in (("A", 200), ("C", 409)):
        way = f"/staff/waves/{waves['B']}/compared-with/{waves[before]}"
        assert client.get(way, base_url=SITE).status_code == status


def test_reports_in_the_wrong_order_are_not_compared(world: World) -> None:
    before, after = two_reports(world)
    answer = signed_in(world).get(f"/staff/waves/{before}/compared-with/{after}", base_url=SITE)
    assert answer.status_code == 409


def test_another_organisations_report_is_compared_with_nothing(world: World) -> None:
    before, after = two_reports(world)
    client = signed_in(world, organisation="Another Organisation")
    assert client.get(f"/staff/waves/{after}/compared-with/{before}", base_url=SITE).status_code == 404


def test_a_cohort_that_is_markup_is_shown_as_text(world: World) -> None:
    programme_id = world.programme(14, 13, ("<b>London</b>",))
    page = signed_in(world).get(f"/staff/programmes/{programme_id}", base_url=SITE).text
    assert "&lt;b&gt;London&lt;/b&gt;" in page


def test_a_wave_that_is_not_open_says_what_its_report_can_never_show(world: World) -> None:
    wave = world.planned_wave(world.programme(mentors=9, mentees=20))
    client = signed_in(world)
    assert "With 9 mentors" in see(client, f"/staff/waves/{wave}")
    world.open(wave)
    assert "With 9 mentors" not in see(client, f"/staff/waves/{wave}")


def tick(world: World) -> None:
    with world.session() as session:
        record_heartbeat(session, Heartbeat.TICK, world.clock())


@pytest.mark.parametrize("role", READERS)
def test_administrators_alone_are_told_that_no_worker_is_at_work(world: World, role: StaffRole) -> None:
    wave, client = world.open_wave(), signed_in(world, role)
    tick(world)
    world.clock.pass_time(minutes=16)
    for page in ("/staff/", f"/staff/waves/{wave}"):
        shown = see(client, page)
        told = "The worker has not reported since Monday 1 March 2027, 09:00 (UTC). Nothing is opened" in shown
        assert told == (role is StaffRole.ADMINISTRATOR)


def test_a_worker_that_has_never_reported_is_told_of_and_one_at_work_is_not(world: World) -> None:
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    assert "The worker has not reported yet." in see(client, "/staff/")
    tick(world)
    assert "The worker has not reported" not in see(client, "/staff/")
