"""Three surveys are planned on one page, and each is changed on one until it opens: nothing is saved by halves."""

import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from feedback.domain.staff import StaffRole
from feedback.domain.waves.quiet_times import DEFAULT_QUIET_TIMES
from feedback.domain.waves.states import SEQUENCE
from feedback.services.programmes.show_programmes import WaveLine, show_programme
from feedback.storage.programmes import Programme
from tests.databases import ON_SQLITE, first_of
from tests.web.test_staff_pages import SITE, see, signed_in
from tests.world import World

pytestmark = ON_SQLITE


class Filled(HTMLParser):
    """What a browser would send of the last form in the main part of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._select = ""
        self.feed(page[page.rindex("<form") :])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name, kind = found.get("name") or "", found.get("type")
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in found:
            self.fields[self._select] = found.get("value") or ""
        elif tag == "input" and name and (kind not in {"radio", "checkbox"} or "checked" in found):
            self.fields[name] = found.get("value") or ""


@pytest.fixture
def programme(world: World) -> int:
    return world.programme(14, 13, quiet=DEFAULT_QUIET_TIMES)


def page_of(programme: int) -> str:
    return f"/staff/programmes/{programme}/plan-three"


def html(client: FlaskClient, page: str) -> str:
    answer = client.get(page, base_url=SITE)
    assert answer.status_code == 200
    return answer.text


def send(client: FlaskClient, page: str, go: str = "plan", **changes: str | None) -> TestResponse:
    """Send the form as the page fills it in, but for some fields; None leaves one out."""
    fields = {**Filled(html(client, page)).fields, "go": go, **changes}
    return client.post(page, data={name: value for name, value in fields.items() if value is not None}, base_url=SITE)


def waves(world: World, programme: int) -> list[WaveLine]:
    with world.session() as session:
        return list(show_programme(session, programme).waves)


def test_half_a_year_is_filled_in_and_nothing_is_saved_by_looking(world: World, programme: int) -> None:
    client = signed_in(world)
    fields = Filled(html(client, page_of(programme) + "?from=2027-03-08")).fields
    days = [fields[f"{stage}-{name}"] for stage in SEQUENCE for name in ("opens_on", "closes_on")]
    assert days == ["2027-03-08", "2027-03-22", "2027-06-08", "2027-06-22", "2027-09-08", "2027-09-22"]
    assert [fields[f"{stage}-first-days"] for stage in SEQUENCE] == ["5"] * 3
    assert [fields[f"{stage}-second-anchor"] for stage in SEQUENCE] == ["closing"] * 3
    assert send(client, page_of(programme), "preview").status_code == 200
    assert waves(world, programme) == []


def test_a_year_is_filled_in_too(world: World, programme: int) -> None:
    fields = Filled(html(signed_in(world), page_of(programme) + "?preset=year&from=2027-08-31")).fields
    assert [fields[f"{stage}-opens_on"] for stage in SEQUENCE] == ["2027-08-31", "2028-02-29", "2028-08-31"]


def test_all_three_are_saved_with_one_button(world: World, programme: int) -> None:
    client = signed_in(world)
    answer = send(client, page_of(programme))
    assert (answer.status_code, answer.location) == (303, f"/staff/programmes/{programme}")
    assert [wave.stage for wave in waves(world, programme)] == [*SEQUENCE]
    shown = see(client, answer.location)
    assert "The surveys are planned." in shown
    assert "No email goes out by this" in shown


@pytest.mark.parametrize(
    ("changes", "field", "complaint"),
    [
        ({"midpoint-opens_on": "2027-03-10", "midpoint-closes_on": "2027-03-30"}, "midpoint-opens_on", "Kick-off"),
        ({"exit-closes_on": "2027-01-01"}, "exit-closes_on", "close it at least an hour after"),
        ({"kickoff-opens_on": "2020-01-01"}, "kickoff-opens_on", "lies in the past"),
        ({"midpoint-second-days": "60"}, "midpoint-second-days", "must lie between"),
        ({"exit-look_on": "2029-01-01"}, "exit-look_on", "must lie between"),
        ({"exit-closes_on": ""}, "exit-closes_on", "Write a day"),
        ({"kickoff-first-days": "900"}, "kickoff-first-days", "from 0 to 366"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_saved(
    world: World, programme: int, changes: dict[str, str], field: str, complaint: str
) -> None:
    client = signed_in(world)
    for go in ("preview", "plan"):
        refused = send(client, page_of(programme), go, **changes)
        assert refused.status_code == 422
        assert f'href="#{field}"' in refused.text
        assert f'id="{field}-error"' in refused.text
        assert complaint in refused.text
    assert waves(world, programme) == []


def test_what_is_not_ticked_is_neither_checked_nor_saved(world: World, programme: int) -> None:
    wrong: dict[str, str | None] = {"exit-wanted": None, "exit-closes_on": ""}
    assert send(signed_in(world), page_of(programme), **wrong).status_code == 303
    assert [wave.stage for wave in waves(world, programme)] == ["kickoff", "midpoint"]


def test_nothing_ticked_is_refused(world: World, programme: int) -> None:
    none = {f"{stage}-wanted": None for stage in SEQUENCE}
    refused = send(signed_in(world), page_of(programme), **none)
    assert (refused.status_code, "Tick at least one survey" in refused.text) == (422, True)


def test_what_is_planned_already_is_not_ticked_and_repeats_are_said(world: World) -> None:
    world.planned_wave(1 if world.programme() == 1 else 0)
    client = signed_in(world)
    shown = html(client, page_of(1))
    assert "kickoff-wanted" not in Filled(shown).fields
    assert "saved already" in shown
    assert "There is one already" not in shown
    again = {"kickoff-wanted": "y", "kickoff-opens_on": "2027-04-01", "kickoff-closes_on": "2027-04-15"}
    assert "There is one already" in send(client, page_of(1), "preview", **again).text


def test_moved_emails_an_empty_list_and_a_missing_approval_are_said_first(world: World) -> None:
    empty = world.programme(0, 0, name="Empty", quiet=DEFAULT_QUIET_TIMES)
    client = signed_in(world)
    shown = see(client, f"{page_of(empty)}?from=2027-03-06")
    assert "Nobody is in the programme yet" in shown
    assert "Some emails were moved out of quiet times" in shown
    assert "moved out of a quiet time" in shown


def test_who_is_not_named_yet_is_said_first(world: World, programme: int) -> None:
    client = signed_in(world)
    assert "is named" not in see(client, page_of(programme))
    with world.session() as session:
        session.execute(update(Programme).values(contact_id=None, reviewer_id=None))
        session.commit()
    shown = see(client, page_of(programme))
    assert "No contact for support is named" in shown
    assert "Nobody is named who reads the comments" in shown


def test_the_forecast_stands_beside_it(world: World, programme: int) -> None:
    shown = see(signed_in(world), page_of(programme))
    assert "What the reports could show" in shown
    assert "Mentors: 14 people" in shown


def test_nearly_the_same_people_are_refused_before_anything_is_saved(world: World) -> None:
    world.open_wave(14, 13)
    other = world.programme(15, 13)
    refused = send(signed_in(world), page_of(other), "preview")
    assert (refused.status_code, "what fewer than 10 people answered (Mentors)" in refused.text) == (422, True)


def test_the_strip_is_also_a_list(world: World, programme: int) -> None:
    shown = see(signed_in(world), f"{page_of(programme)}?from=2027-03-08")
    assert "Kick-off 8 March 2027 to 22 March 2027" in shown
    page = html(signed_in(world), f"{page_of(programme)}?from=2027-03-08")
    assert page.count("<rect") == 3
    assert "style=" not in page


@pytest.mark.parametrize("day", first_of(2, ["0001-01-01", "nonsense", "9999-12-31", "1900-01-01"]))
def test_no_day_breaks_the_page(world: World, programme: int, day: str) -> None:
    client = signed_in(world)
    assert client.get(f"{page_of(programme)}?from={day}", base_url=SITE).status_code == 200
    for name in ("kickoff-opens_on", "exit-closes_on", "exit-look_on"):
        assert send(client, page_of(programme), "plan", **{name: day}).status_code in {303, 422}


def test_only_who_may_plan_does(world: World, programme: int) -> None:
    assert signed_in(world, StaffRole.REVIEWER).get(page_of(programme), base_url=SITE).status_code == 403
    other = signed_in(world, organisation="Another Organisation")
    assert other.get(page_of(programme), base_url=SITE).status_code == 404
    assert signed_in(world).post(page_of(programme), data={"go": "plan"}, base_url=SITE).status_code == 400
    assert waves(world, programme) == []


def planned(world: World, programme: int) -> str:
    send(signed_in(world), page_of(programme) + "?from=2027-03-08")
    return f"/staff/waves/{waves(world, programme)[0].id}"


def test_a_planned_survey_is_changed_on_its_page(world: World, programme: int) -> None:
    page, client = planned(world, programme), signed_in(world)
    assert f'href="{page}/plan"' in html(client, page)
    fields = Filled(html(client, f"{page}/plan")).fields
    before = waves(world, programme)[0]
    assert fields["closes_on"] == f"{before.closes_at:%Y-%m-%d}"
    assert [fields[name] for name in ("opens_at", "first-days", "look_on")] == ["09:00", "5", ""]
    answer = send(client, f"{page}/plan", opens_on="2027-04-06", closes_on="2027-04-27")
    assert (answer.status_code, answer.location) == (303, page)
    shown = see(client, page)
    assert "The plan is changed." in shown
    assert "Opening Tuesday 6 April 2027, 09:00" in shown
    assert "Reminder 2 Monday 26 April 2027" in shown


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"opens_on": "2020-01-01"}, "opens_on"),
        ({"closes_on": "2027-09-30"}, "closes_on"),
        ({"second-days": "100"}, "second-days"),
    ],
)
def test_a_change_that_cannot_be_names_its_field(
    world: World, programme: int, changes: dict[str, str], field: str
) -> None:
    page, client = planned(world, programme), signed_in(world)
    before = waves(world, programme)
    refused = send(client, f"{page}/plan", **changes)
    assert (refused.status_code, f'href="#{field}"' in refused.text) == (422, True)
    assert waves(world, programme) == before


def test_what_has_opened_cannot_be_changed(world: World) -> None:
    wave = world.open_wave()
    client = signed_in(world)
    answer = client.get(f"/staff/waves/{wave}/plan", base_url=SITE)
    assert (answer.status_code, "has not opened" in answer.text) == (409, True)
    assert "Change the plan" not in re.sub(r"\s+", " ", html(client, f"/staff/waves/{wave}"))


def test_a_single_survey_out_of_its_place_is_said_before_it_is_saved(world: World, programme: int) -> None:
    planned(world, programme)
    fields = {"stage": "midpoint", "opens_on": "2027-03-15", "closes_on": "2027-04-26", "closes_at": "17:00"}
    client, page = signed_in(world), f"/staff/programmes/{programme}/plan"
    assert "It would open before this survey has closed: Kick-off." in send(client, page, "preview", **fields).text
    later = {**fields, "opens_on": "2027-08-02", "closes_on": "2027-08-20"}
    assert "Before you save:" not in send(client, page, "preview", **later).text


def test_a_single_survey_names_the_field_of_a_refusal_too(world: World, programme: int) -> None:
    page = f"/staff/programmes/{programme}/plan"
    fields = {"stage": "kickoff", "opens_on": "2020-01-01", "closes_on": "2027-03-22", "closes_at": "17:00"}
    refused = send(signed_in(world), page, "preview", **fields)
    assert (refused.status_code, 'href="#opens_on"' in refused.text) == (422, True)
