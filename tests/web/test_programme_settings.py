"""A programme is made in the browser, and what can be changed of it is: on SQLite, as the pages do it."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from feedback.domain.staff import StaffRole
from feedback.storage.programmes import Programme, programme_by_id
from feedback.storage.staff import account_at
from feedback.storage.waves import questionnaires_of, wave_by_id
from tests.databases import ON_SQLITE
from tests.web.test_staff_pages import SITE, press, see, signed_in, token_for
from tests.world import CONTACT, REVIEWER, World, noted

pytestmark = ON_SQLITE

NEW = "/staff/programmes/new"
SETTINGS = "/staff/programmes/1/settings"
HOSTILE = "<script>alert(1)</script>"


def asked(world: World, **changes: str) -> dict[str, str]:
    filled = {
        "name": "Leaders learn",
        "word": "reverse",
        "focus": "disability",
        "contact": str(number(world, CONTACT.email)),
        "reviewer": str(number(world, REVIEWER.email)),
    }
    return filled | changes


def number(world: World, email: str) -> int | str:
    with world.session() as session:
        found = account_at(session, 1, email)
        return found.id if found else ""


@pytest.fixture
def client(world: World) -> FlaskClient:
    """A coordinator, where the people whom a programme names have access."""
    for role in (StaffRole.CONTACT, StaffRole.REVIEWER):
        token_for(world, role)
    return signed_in(world)


def programmes(world: World) -> list[Programme]:
    with world.session() as session:
        return list(session.scalars(select(Programme).order_by(Programme.id)))


def test_a_coordinator_makes_a_programme_and_can_plan_at_once(world: World, client: FlaskClient) -> None:
    assert "New programme" in see(client, "/staff/")
    sent = asked(world, time_zone="Europe/Paris", minimum_group_size="6")
    assert press(client, NEW, NEW, **sent).location == "/staff/programmes/1"
    (made,) = programmes(world)
    assert (made.name, made.focus, made.minimum_group_size) == ("Leaders learn", "disability", 6)
    assert (made.contact_name, made.contact_email, made.reviewer_name) == (*vars(CONTACT).values(), REVIEWER.name)
    assert made.translated["fr"] == {"word": "inversé", "focus": "le handicap"}
    assert "No survey has been planned yet." in see(client, "/staff/programmes/1")
    assert noted(world, "created")[0][1] == "programme 1"


def test_whoever_asks_is_the_contact_unless_another_is_named_and_the_zone_is_the_last_ones(
    world: World, client: FlaskClient
) -> None:
    world.programme()
    page = client.get(NEW, base_url=SITE).text
    assert f'selected value="{number(world, "coordinator@example.com")}">Ana<' in page
    assert 'selected value="Europe/Paris"' in page


@pytest.mark.parametrize(
    ("field", "sent", "said"),
    [
        ("name", "", "Write a name."),
        ("name", "x" * 201, "Write at most 200 characters."),
        ("name", "pilot ", "Another programme of your organisation has this name."),
        ("focus", "", "Write what it is about."),
        ("word", "x" * 61, "Write at most 60 characters."),
        ("time_zone", "", "Choose a time zone."),
        ("time_zone", "../../etc/passwd", "Choose a time zone."),
        ("minimum_group_size", "4", "not below the smallest allowed (5)"),
        ("minimum_group_size", "many", "not below the smallest allowed (5)"),
        ("contact", "999", "Choose somebody from the list."),
        ("reviewer", "1", "Choose somebody from the list."),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_makes_nothing(
    world: World, client: FlaskClient, field: str, sent: str, said: str
) -> None:
    world.programme()
    # Number 1 has access, but not as a reviewer.
    right = asked(world, time_zone="Europe/Paris", minimum_group_size="5")
    answer = press(client, NEW, NEW, **(right | {field: sent}))
    assert answer.status_code == 422
    assert said in answer.text
    assert len(programmes(world)) == 1


def test_settings_are_changed_together_or_not_at_all(world: World, client: FlaskClient) -> None:
    world.programme()
    sent = asked(world, name="Second run", **{"in_fr-focus": "le genre", "in_fr-word": "croisé"})
    sent |= {"focus": "gender", "announced_at": "https://intranet.example.com/leaders"}
    assert press(client, SETTINGS, SETTINGS, **sent).location == "/staff/programmes/1"
    (row,) = programmes(world)
    assert (row.name, row.focus, row.announced_at) == ("Second run", "gender", "https://intranet.example.com/leaders")
    assert row.translated["fr"] == {"word": "croisé", "focus": "le genre"}
    # Of what was left empty, well-known words are filled in.
    assert row.translated["es"]["focus"] == "el género"
    answer = press(client, SETTINGS, SETTINGS, **(sent | {"name": "Third run", "announced_at": "javascript:alert(1)"}))
    assert (answer.status_code, "must begin with https://" in answer.text) == (422, True)
    assert programmes(world)[0].name == "Second run"


def test_nothing_is_changed_by_saving_what_the_page_shows(world: World, client: FlaskClient) -> None:
    world.programme()
    before = {name: value for name, value in vars(programmes(world)[0]).items() if name[0] != "_"}
    page = client.get(SETTINGS, base_url=SITE).text
    sent = asked(world, name="Pilot", focus="race and ethnicity")
    assert 'value="la race et l’origine ethnique"' in page
    assert press(client, SETTINGS, SETTINGS, **sent).status_code == 303
    assert {name: value for name, value in vars(programmes(world)[0]).items() if name[0] != "_"} == before


def test_a_name_stays_while_a_survey_is_open_and_the_focus_once_one_has_opened(
    world: World, client: FlaskClient
) -> None:
    wave = world.open_wave()
    kept = asked(world, name="Pilot", focus="race and ethnicity")
    for change, said in (({"name": "Other"}, "while a survey is open"), ({"focus": "gender"}, "once a survey has")):
        answer = press(client, SETTINGS, SETTINGS, **(kept | change))
        assert (answer.status_code, said in answer.text) == (422, True)
    world.close(wave)
    assert press(client, SETTINGS, SETTINGS, **(kept | {"name": "Other"})).status_code == 303
    assert press(client, SETTINGS, SETTINGS, **(kept | {"focus": "gender"})).status_code == 422


def test_other_words_are_for_surveys_that_are_planned_from_then_on(world: World, client: FlaskClient) -> None:
    planned = world.planned_wave(world.programme())
    with world.session() as session:
        before = questionnaires_of(session, planned)
    press(client, SETTINGS, SETTINGS, **asked(world, name="Pilot", word="crossed", focus="race and ethnicity"))
    with world.session() as session:
        assert questionnaires_of(session, planned) == before
        assert wave_by_id(session, planned).reviewer_name == REVIEWER.name


def test_a_planned_survey_is_read_by_whom_the_settings_name_last(world: World, client: FlaskClient) -> None:
    planned = world.planned_wave(world.programme())
    press(client, SETTINGS, SETTINGS, **asked(world, name="Pilot", focus="race and ethnicity", reviewer=""))
    with world.session() as session:
        assert wave_by_id(session, planned).reviewer_id is None
    shown = see(client, "/staff/")
    assert "Nobody is named who reads the comments" in shown
    assert "No contact for support is named" not in shown
    assert "Nobody is named yet who reads the comments" in see(client, f"/staff/waves/{planned}")


def test_what_is_typed_is_shown_as_it_was_and_never_run(world: World, client: FlaskClient) -> None:
    world.programme()
    press(client, SETTINGS, SETTINGS, **asked(world, name=HOSTILE, focus=HOSTILE, word="x"))
    for page in ("/staff/", "/staff/programmes/1", SETTINGS):
        text = client.get(page, base_url=SITE).text
        assert HOSTILE not in text
        assert "&lt;script&gt;" in text


def test_programmes_of_two_organisations_may_have_one_name(world: World, client: FlaskClient) -> None:
    world.programme(organisation="Another Organisation", name="Leaders learn")
    sent = asked(world, time_zone="Europe/Paris", minimum_group_size="5")
    assert press(client, NEW, NEW, **sent).status_code == 303
    with world.session() as session:
        assert session.scalar(select(func.count()).select_from(Programme)) == 2
        assert programme_by_id(session, 2).name == "Leaders learn"
