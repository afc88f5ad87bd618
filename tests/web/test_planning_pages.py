"""Everything that is planned by command line is planned on pages too, by those who may."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from flask_babel import force_locale
from werkzeug.test import TestResponse

from feedback.domain.errors import HistoryRefused
from feedback.domain.staff import StaffRole
from feedback.domain.survey.questionnaires import Role
from feedback.domain.waves.quiet_times import DEFAULT_QUIET_TIMES
from feedback.domain.waves.schedule import read_offset
from feedback.domain.waves.states import WaveState
from feedback.services.programmes.show_programmes import show_programme
from feedback.services.roster.leave_programme import leave_programme
from feedback.services.waves.set_quiet_times import show_quiet_times
from feedback.services.waves.show_wave import show_wave
from feedback.web.refusals import in_words
from forms.bank import pair
from tests.databases import ON_SQLITE
from tests.web.test_staff_pages import SITE, press, see, signed_in
from tests.world import START, World, hidden_value

pytestmark = ON_SQLITE
PLAN = {
    "stage": "kickoff",
    "opens_on": "2027-03-06",
    "opens_at": "09:00",
    "closes_on": "2027-03-22",
    "closes_at": "17:00",
    "first-days": "5",
    "first-anchor": "opening",
    "first-at": "10:00",
}


@pytest.fixture
def programme(world: World) -> int:
    return world.programme(mentors=9, mentees=20, quiet=DEFAULT_QUIET_TIMES)


def send(client: FlaskClient, programme: int, go: str, **changes: str) -> TestResponse:
    page = f"/staff/programmes/{programme}/plan"
    token = hidden_value(client.get(page, base_url=SITE).text, "csrf_token")
    return client.post(page, data={"csrf_token": token, "go": go, **PLAN, **changes}, base_url=SITE)


def waves(world: World, programme: int) -> list[WaveState]:
    with world.session() as session:
        return [wave.state for wave in show_programme(session, programme).waves]


def test_a_plan_is_shown_with_calendar_and_forecast_before_anything_is_written(world: World, programme: int) -> None:
    shown = send(signed_in(world), programme, "preview").text
    assert "Monday 8 March 2027, 08:00 (Paris time)" in shown
    assert "moved out of a quiet time" in shown
    assert "With 9 mentors everybody is one group." in shown
    assert waves(world, programme) == []


def test_a_small_role_is_counted_as_the_coordinator_chooses(world: World, programme: int) -> None:
    client = signed_in(world)
    shown = send(client, programme, "preview").text
    assert "Everybody together" in shown
    assert 'name="grouping" type="radio" value="apart"' in shown
    assert shown.count(">Counted in<") == 2
    page = see(client, send(client, programme, "plan", grouping="together").location)
    assert "everybody together: a role has fewer than 10 people" in page


def test_a_planned_survey_can_be_cancelled_though_its_roster_has_become_too_small(world: World) -> None:
    programme_id = world.programme(mentors=8, mentees=8)
    shipped = pair("exit")
    shared = set.intersection(*({str(question.text) for question in one.questions} for one in shipped.values()))
    asked = {
        role: replace(one, questions=tuple(each for each in one.questions if str(each.text) not in shared))
        for role, one in shipped.items()
    }
    wave_id = world.planned_wave(programme_id, questionnaires=asked)
    with world.session() as session:
        for number in range(4):
            leave_programme(session, programme_id, f"mentee.{number}@example.com", now=world.clock(), actor="test")
    page = see(signed_in(world), f"/staff/waves/{wave_id}")
    assert "asked could ever be shown" in page
    assert "Cancel this survey" in page
    assert "Counted in" not in page


def test_no_other_choice_is_taken(world: World, programme: int) -> None:
    assert "Choose one of the two." in send(signed_in(world), programme, "plan", grouping="kept").text
    assert waves(world, programme) == []


@pytest.mark.parametrize(
    ("code", "hours"), [("en", "20:00 to 08:00"), ("fr", "de 20:00 à 08:00"), ("ar", "8:00 م إلى 8:00 ص")]
)
def test_quiet_hours_are_written_as_the_language_does(world: World, programme: int, code: str, hours: str) -> None:
    shown = see(signed_in(world), f"/staff/programmes/{programme}/plan?language={code}")
    assert hours in shown.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_confirmed_plan_is_written_down(world: World, programme: int) -> None:
    client = signed_in(world)
    answer = send(client, programme, "plan")
    assert (answer.status_code, waves(world, programme)) == (303, [WaveState.SCHEDULED])
    assert "Reminder 1 Monday 15 March 2027, 08:00" in see(client, answer.location)


def test_a_preview_confirms_what_was_filled_in(world: World, programme: int) -> None:
    page = send(signed_in(world), programme, "preview").text
    assert all(f'name="{name}" value="{value}"' in page for name, value in PLAN.items())


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"closes_on": "2027-03-01"}, "close it at least an hour after"),
        ({"opens_on": "2027-02-01"}, "lies in the past"),
        ({"closes_on": ""}, "Write a day"),
        ({"stage": "half-time"}, "Choose a survey"),
        ({"first-days": "900"}, "from 0 to 366"),
        ({"first-days": "60"}, "must lie between"),
    ],
)
def test_a_plan_that_cannot_be_says_why(world: World, programme: int, changes: dict[str, str], complaint: str) -> None:
    for go in ("preview", "plan"):
        refused = send(signed_in(world), programme, go, **changes)
        assert (refused.status_code, complaint in refused.text) == (422, True)
    assert waves(world, programme) == []


def test_a_plan_that_comes_too_close_to_another_is_refused_in_plain_words(world: World) -> None:
    world.open_wave(14, 13)
    other = world.programme(15, 13)
    refused = send(signed_in(world), other, "preview")
    assert (refused.status_code, "what fewer than 10 people answered (Mentors)" in refused.text) == (422, True)


def test_what_is_asked_is_shown_per_role_and_language_where_it_is_planned(world: World, programme: int) -> None:
    client, page = signed_in(world), f"/staff/programmes/{programme}/questions"
    assert f'href="{page}"' in client.get(f"/staff/programmes/{programme}/plan", base_url=SITE).text
    assert "How confident are you when you talk about race and ethnicity at work?" in see(client, page)
    assert "Does not apply" not in see(client, page)
    french = see(client, f"{page}?stage=exit&role=mentee&in=fr")
    assert "What is asked" in french
    assert "avez-vous agi pour inclure plus de monde" in french
    assert "Avant le programme / Maintenant" in french
    assert "Sans objet" in french
    assert "avez-vous vu ici la direction agir" in see(client, f"{page}?stage=exit&role=mentor&in=fr")
    assert see(client, f"{page}?stage=no&role=no&in=no") == see(client, page)


def test_what_a_small_roster_leaves_out_is_marked_where_it_is_shown(world: World) -> None:
    programmes = world.programme(20, 20, name="Large"), world.programme(4, 4, name="Small")
    client, mark = signed_in(world), "Not asked: with so few people invited"
    pages = [see(client, f"/staff/programmes/{one}/questions?stage=exit") for one in programmes]
    marked = [page.count(mark) for page in pages]
    assert marked[0] == 0
    assert 0 < marked[1] < len(pair("exit")[Role.MENTOR].questions)


@pytest.mark.parametrize(
    "page",
    [
        "programmes/1/plan",
        "programmes/1/questions",
        "programmes/1/quiet-times",
        "programmes/1/own-words",
        "programmes/1/you-said",
        "programmes/1/you-said/check",
        "programmes/1/you-said/page",
        "waves/1/dry-run",
    ],
)
def test_a_reviewer_plans_nothing_and_sees_no_addresses(world: World, page: str) -> None:
    world.planned_wave(world.programme())
    client = signed_in(world, StaffRole.REVIEWER)
    assert client.get(f"/staff/{page}", base_url=SITE).status_code == 403
    assert "Cancel the survey" not in see(client, "/staff/waves/1")


@pytest.mark.parametrize("act", ["open", "postpone", "extend", "cancel"])
def test_a_forged_post_moves_nothing(world: World, act: str) -> None:
    wave = world.planned_wave(world.programme())
    answer = signed_in(world).post(f"/staff/waves/{wave}/{act}", data={"sure": "y"}, base_url=SITE)
    assert answer.status_code == 400


def test_quiet_times_are_changed_on_their_page(world: World, programme: int) -> None:
    client, page = signed_in(world), f"/staff/programmes/{programme}/quiet-times"
    token = hidden_value(client.get(page, base_url=SITE).text, "csrf_token")
    fields = {"csrf_token": token, "begins": "19:00", "ends": "09:00", "weekdays": "sun", "holidays": "2027-12-24"}
    assert client.post(page, data=fields, base_url=SITE).status_code == 303
    with world.session() as session:
        quiet = show_quiet_times(session, programme)
    assert (quiet.begins.hour, quiet.weekdays, len(quiet.holidays)) == (19, {6}, 1)
    wrong = client.post(page, data={**fields, "holidays": "Christmas"}, base_url=SITE)
    assert (wrong.status_code, "“Christmas” is not a day" in wrong.text) == (422, True)


def sheet(world: World, wave: int):
    with world.session() as session:
        return show_wave(session, wave, now=world.clock())


def test_a_wave_is_postponed_on_its_page(world: World, programme: int) -> None:
    client = signed_in(world)
    page = send(client, programme, "plan").location
    date = {"postpone-day": "2027-03-15", "postpone-at": "09:00"}
    early = {"postpone-day": "2027-03-02", "postpone-at": "09:00"}
    token = hidden_value(client.get(page, base_url=SITE).text, "postpone-csrf_token")
    for fields, status in ((early, 422), ({}, 422), (date, 303)):
        answer = client.post(f"{page}/postpone", data={"postpone-csrf_token": token, **fields}, base_url=SITE)
        assert answer.status_code == status
    assert "Monday 15 March 2027, 09:00" in see(client, page)


def test_a_wave_is_extended_on_its_page_once_the_look_has_shown_too_few(world: World) -> None:
    wave = world.open_wave()
    client, page = signed_in(world), f"/staff/waves/{wave}"
    assert "Extend the survey" not in see(client, page)
    world.clock.pass_time(days=7)
    world.do_what_is_due()
    token = hidden_value(client.get(page, base_url=SITE).text, "extend-csrf_token")
    fields = {"extend-csrf_token": token, "extend-day": "2027-03-22", "extend-at": "17:00"}
    assert client.post(f"{page}/extend", data=fields, base_url=SITE).status_code == 303
    assert "Monday 22 March 2027, 17:00" in see(client, page)


def test_a_draft_is_opened_from_its_page_by_the_worker(world: World) -> None:
    wave = world.planned_wave(world.programme())
    client, page = signed_in(world), f"/staff/waves/{wave}"
    assert press(client, page, f"{page}/open").status_code == 422
    assert press(client, page, f"{page}/open", sure="y").status_code == 303
    world.do_what_is_due()
    assert sheet(world, wave).state is WaveState.OPEN


def test_a_wave_is_cancelled_on_its_page(world: World) -> None:
    wave = world.planned_wave(world.programme())
    client, page = signed_in(world), f"/staff/waves/{wave}"
    assert press(client, page, f"{page}/cancel").status_code == 422
    assert press(client, page, f"{page}/cancel", sure="y").status_code == 303
    assert sheet(world, wave).state is WaveState.CANCELLED


def test_a_dry_run_and_a_calendar_are_a_click_away(world: World) -> None:
    wave = world.planned_wave(world.programme(), reminders=(read_offset("+5"),))
    client = signed_in(world)
    assert "Mentor Number 3 mentor.3@example.com" in see(client, f"/staff/waves/{wave}/dry-run")
    answer = client.get(f"/staff/waves/{wave}/calendar.ics", base_url=SITE)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.data.startswith(b"BEGIN:VCALENDAR")
    assert START.strftime("%Y%m").encode() in answer.data


def test_a_dry_run_of_many_people_has_pages_and_no_command(world: World) -> None:
    page = f"/staff/waves/{world.planned_wave(world.programme(mentors=30, mentees=30))}/dry-run"
    client = signed_in(world)
    first, last = see(client, page), see(client, f"{page}?page=2")
    assert ("1 to 50 of 60" in first, "51 to 60 of 60" in last) == (True, True)
    assert "feedback wave" not in first
    assert [text.count("@example.com") for text in (first, last)] == [50, 10]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"opens_on": "2026-03-06"}, "L’ouverture est dans le passé"),
        ({"opens_on": "soon"}, "Écrivez un jour, par exemple"),
        ({"opens_at": "noon"}, "Écrivez une heure, par exemple"),
        ({"first-days": "some"}, "Écrivez un nombre de jours de 0 à 366"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said_in_the_readers_language(
    world: World, programme: int, changes: dict[str, str], said: str
) -> None:
    page = f"/staff/programmes/{programme}/plan?language=fr"
    answer = press(signed_in(world), page, page, go="preview", **{**PLAN, **changes})
    assert answer.status_code == 422
    assert said in answer.text
    assert "Not a valid" not in answer.text
    assert "Erreur" in answer.text.partition("</title>")[0]


def test_an_overlap_is_refused_in_the_readers_language(world: World) -> None:
    world.open_wave()
    with world.session() as session:
        leave_programme(session, 1, "mentor.1@example.com", now=world.clock(), actor="test")
    with pytest.raises(HistoryRefused) as refused:
        world.planned_wave(1)
    with world.app.test_request_context(), force_locale("es"):
        said = in_words(refused.value)
    assert "del programa (Inicio)" in said
    assert "menos de 10 personas (Personas mentoras)" in said
