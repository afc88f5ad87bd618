"""The end of a programme on its pages: who may, what is said, what is offered no more, and where it is found then."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback.domain.staff import StaffRole
from feedback.services.programmes.end_idle import end_idle
from tests.databases import ON_SQLITE
from tests.ending import end, known
from tests.reviewing import newly_reviewed_wave
from tests.web.test_staff_pages import SITE, SURE, press, see, signed_in
from tests.world import World

pytestmark = ON_SQLITE

END, PROGRAMME = "/staff/programmes/1/end", "/staff/programmes/1"
BACK, HOLD, LIFT = (f"{END}/{action}" for action in ("back", "hold", "lift"))


def test_a_coordinator_ends_a_programme_and_takes_it_back(world: World) -> None:
    world.programme()
    client = signed_in(world)
    assert "See what is deleted and what stays" in see(client, PROGRAMME)
    assert "With 30 they are deleted on 31 March 2027." in see(client, END)
    assert press(client, END, END, days="10", **SURE).location == PROGRAMME
    shown = see(client, PROGRAMME)
    assert (
        "The programme has ended. Its names are deleted on 11 March 2027. Until then this can be taken back." in shown
    )
    assert "Ended on 1 March 2027. Names are deleted on 11 March 2027." in shown
    assert press(client, END, BACK).location == PROGRAMME
    shown = see(client, PROGRAMME)
    assert "The programme goes on." in shown
    assert "Ended" not in shown


def test_nothing_that_would_be_refused_is_offered(world: World) -> None:
    world.programme()
    end(world, 1)
    client = signed_in(world)
    offers = ("Put people in", "Plan the surveys", "Plan a survey", "Put one person in")
    for page in (PROGRAMME, f"{PROGRAMME}/roster"):
        shown = see(client, page)
        assert [words for words in offers if words in shown] == []
    for asked in ("plan", "plan-three", "roster/new", "roster/people"):
        answer = client.get(f"{PROGRAMME}/{asked}", base_url=SITE)
        assert (answer.status_code, "This programme has ended" in answer.text) == (409, True), asked


def test_what_participants_read_can_still_be_changed(world: World) -> None:
    world.programme()
    end(world, 1)
    client = signed_in(world)
    for page in ("settings", "own-words", "you-said", "you-said/check"):
        see(client, f"{PROGRAMME}/{page}")


def test_it_is_not_ended_without_a_tick_and_a_number_of_days(world: World) -> None:
    world.programme()
    client = signed_in(world)
    for fields in ({"days": "10"}, {"days": "0", **SURE}, {"days": "", **SURE}, {"days": "many", **SURE}):
        answer = press(client, END, END, **fields)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
    assert "Ended" not in see(client, PROGRAMME)


def test_a_survey_that_is_not_over_is_named_with_the_way_to_it(world: World) -> None:
    wave = newly_reviewed_wave(world)
    world.open(world.planned_wave(1, stage="midpoint"))
    client = signed_in(world)
    page = client.get(END, base_url=SITE).text
    assert f'href="/staff/waves/{wave}">Kick-off</a>' in page
    shown = see(client, END)
    assert "Its comments are in review." in shown
    assert "It is open." in shown
    assert "I am sure" not in shown
    token = press(client, f"{PROGRAMME}/settings", END, days="10", **SURE)
    assert token.status_code == 422
    assert "A survey of this programme is not over yet." in token.text


def test_an_ended_programme_is_found_behind_the_others(world: World) -> None:
    world.programme()
    world.programme(name="Another")
    end(world, 1)
    shown = see(signed_in(world), "/staff/")
    assert "Ended programmes (1) Pilot Ended on 1 March 2027. Names are deleted on 31 March 2027." in shown
    assert shown.index("Another") < shown.index("Ended programmes")


@pytest.mark.parametrize("role", [StaffRole.REVIEWER, StaffRole.VIEWER, StaffRole.CONTACT])
def test_whoever_plans_nothing_ends_nothing(world: World, role: StaffRole) -> None:
    world.programme()
    client = signed_in(world, role)
    assert client.get(END, base_url=SITE).status_code == 403
    for action in (END, BACK):
        assert client.post(action, data=SURE, base_url=SITE).status_code == 403


def test_whoever_reads_reports_sees_that_it_has_ended_and_no_way_to_change_it(world: World) -> None:
    world.programme()
    end(world, 1)
    shown = see(signed_in(world, StaffRole.VIEWER), PROGRAMME)
    assert "Names are deleted on 31 March 2027." in shown
    assert "End of the programme" not in shown


def test_another_organisation_finds_nothing(world: World) -> None:
    world.programme()
    client = signed_in(world, StaffRole.ADMINISTRATOR, organisation="Another")
    assert client.get(END, base_url=SITE).status_code == 404
    for action in (END, BACK):
        assert press(client, "/staff/", action, days="10", **SURE).status_code == 404
    with pytest.raises(AssertionError):
        known(world, 1)


# Holds, and ends that nobody has asked for.


def hold(client: FlaskClient, reason: str = "A complaint.") -> TestResponse:
    return press(client, END, HOLD, reason=reason)


def test_an_administrator_holds_the_deletion_and_everybody_sees_why(world: World) -> None:
    world.programme()
    end(world, 1)
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    assert hold(client, "A complaint <b>about</b> it.").location == END
    said = "The deletion of names is on hold since 1 March 2027, by Ana. The reason: A complaint <b>about</b> it."
    for role in (StaffRole.COORDINATOR, StaffRole.VIEWER):
        page = see(signed_in(world, role), PROGRAMME)
        assert said.replace("<b>about</b>", "&lt;b&gt;about&lt;/b&gt;") in page
        assert "Names are deleted on" not in page
    assert press(client, END, LIFT).location == END
    assert "Names are deleted on 31 March 2027." in see(client, PROGRAMME)


def test_a_hold_needs_a_reason(world: World) -> None:
    world.programme()
    end(world, 1)
    answer = hold(signed_in(world, StaffRole.ADMINISTRATOR), "")
    assert answer.status_code == 422
    assert "Write why the names have to stay for now." in answer.text


def test_a_coordinator_holds_nothing(world: World) -> None:
    world.programme()
    end(world, 1)
    client = signed_in(world)
    assert "Put the deletion on hold" not in see(client, END)
    for action in (HOLD, LIFT):
        assert press(client, END, action, reason="Mine.").status_code == 403


def test_what_cannot_be_held_or_lifted_is_said_at_the_top(world: World) -> None:
    world.programme()
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    for action in (HOLD, LIFT):
        answer = press(client, END, action, reason="Mine.")
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)


def test_an_end_that_nobody_asked_for_waits_for_somebody_on_the_first_page(world: World) -> None:
    world.programme()
    world.clock.pass_time(days=400)
    with world.session() as session:
        end_idle(session, days=365, now=world.clock())
    client = signed_in(world)
    shown = see(client, "/staff/")
    assert "1 thing needs somebody" in shown
    assert "The service has ended this programme Its names are deleted on 4 May 2028." in shown
    assert "Ended programmes" not in shown
    assert "because nothing had happened in it for long" in see(client, PROGRAMME)
    hold(signed_in(world, StaffRole.ADMINISTRATOR))
    assert "Ended programmes (1)" in see(client, "/staff/")
