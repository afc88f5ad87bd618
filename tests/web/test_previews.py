"""Pages of participants, shown to whoever plans a survey: the very same, and nothing on them works."""

import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from feedback.domain.languages import LANGUAGES
from feedback.domain.staff import StaffRole
from feedback.domain.survey.questionnaires import Role
from feedback.services.reports.say_what_was_done import say_what_was_done
from feedback.storage.entitlements import Entitlement
from tests.databases import ON_SQLITE, first_of
from tests.storage.rows import empty_tables
from tests.web.test_after_answering import closed_wave, results_address
from tests.web.test_staff_pages import SITE, see, signed_in
from tests.world import World

pytestmark = ON_SQLITE

SEES = ("promise", "part-1", "check", "left-open", "thanks", "withdraw", "withdrawn", "support")


class _Live(HTMLParser):
    """What could be followed, sent or run below the notice, and what is said there."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.live: list[str] = []
        self.words: list[str] = []
        self._quiet = self._noticed = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self._noticed |= tag == "aside"
        self._quiet = tag in {"style", "script", "title"}
        if self._noticed:
            return
        if tag in {"form", "script", "iframe", "object", "base"} or known.get("type") in {"submit", "image", "hidden"}:
            self.live.append(f"{tag} {known}")
        leads = {name: value for name, value in known.items() if name in {"href", "src", "action", "formaction"}}
        is_own = tag == "link" and known.get("rel") in {"stylesheet", "icon"}
        self.live += [f"{tag} {leads}" for value in leads.values() if not is_own and not value.startswith("#")]
        self.live += [
            name for name in known if name.startswith("on") or (name.startswith("data-") and name != "data-page")
        ]

    def handle_endtag(self, tag: str) -> None:
        if tag == "aside":
            self._noticed = False

    def handle_data(self, data: str) -> None:
        if not self._quiet and not self._noticed:
            self.words += data.split()


@pytest.fixture
def planned(world: World) -> int:
    return world.planned_wave(world.programme())


def shown(client: FlaskClient, wave: int, page: str, **choice: str) -> str:
    answer = client.get(f"/staff/waves/{wave}/pages/{page}", query_string=choice, base_url=SITE)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize("page", SEES)
@pytest.mark.parametrize("role", first_of(1, Role))
def test_nothing_on_a_page_works_in_any_language(world: World, planned: int, page: str, role: Role) -> None:
    client = signed_in(world)
    for language in LANGUAGES:
        text = shown(client, planned, page, role=role, **{"in": language.code})
        assert _Live(text).live == []
        assert f'<html lang="{language.code}"' in text
        assert not re.search(r"/s/|/support/|/o/|mailto:", text)
        assert "This is a preview: nothing you press on this page is sent." in text


def test_the_browser_itself_refuses_to_send_a_form_from_there(world: World, planned: int) -> None:
    client = signed_in(world)
    answer = client.get(f"/staff/waves/{planned}/pages/promise", base_url=SITE)
    assert "form-action 'none'" in answer.headers["Content-Security-Policy"]
    elsewhere = client.get(f"/staff/waves/{planned}", base_url=SITE).headers["Content-Security-Policy"]
    assert "form-action 'self'" in elsewhere


def test_what_is_shown_before_the_opening_is_what_people_read_after_it(world: World, planned: int) -> None:
    before = _Live(shown(signed_in(world), planned, "promise")).words
    world.open(planned)
    link = world.links(planned, Role.MENTOR)[0]
    client = world.client()
    assert before == _Live(client.get(f"/s/{link}").text).words
    parts = _Live(client.get(f"/s/{link}/questions").text).words
    assert parts == _Live(shown(signed_in(world), planned, "part-1")).words


def test_a_survey_that_runs_is_shown_as_it_was_fixed(world: World) -> None:
    wave = world.open_wave()
    link = world.links(wave, Role.MENTEE)[0]
    promised = _Live(world.client().get(f"/s/{link}").text).words
    assert _Live(shown(signed_in(world), wave, "promise", role="mentee")).words == promised


def test_the_number_of_people_is_that_of_the_roster_today(world: World, planned: int) -> None:
    assert "27 people" in shown(signed_in(world), planned, "promise")


def test_looking_stores_nothing(world: World, planned: int) -> None:
    client = signed_in(world)
    for page in SEES:
        shown(client, planned, page)
    with world.session() as session:
        assert "sealed_responses" in empty_tables(session, Entitlement)
        assert "entitlements" in empty_tables(session, Entitlement)


def test_every_part_is_listed_and_can_be_paged_through(world: World, planned: int) -> None:
    client = signed_in(world)
    page, pages = client.get(f"/staff/waves/{planned}/pages", base_url=SITE).text, []
    listed = re.findall(rf"/staff/waves/{planned}/pages/([\w-]+)\?", page)
    assert set(SEES) <= set(listed)
    at = "promise"
    while at:
        pages.append(at)
        after = re.search(r"/pages/([\w-]+)\?[^>]*>Next", shown(client, planned, at))
        at = after[1] if after else ""
    assert pages == listed


def test_a_roster_that_is_too_small_is_said_so_at_the_top(world: World) -> None:
    wave = world.planned_wave(world.programme(14, 13))
    with world.session() as session:
        from sqlalchemy import text

        session.execute(text("UPDATE participants SET has_left = true WHERE role = 'mentor'"))
        session.execute(text("UPDATE participants SET has_left = true WHERE id > 16"))
        session.commit()
    assert "Nobody is invited in this role." in see(signed_in(world), f"/staff/waves/{wave}/pages")


def test_who_does_not_plan_sees_none(world: World, planned: int) -> None:
    for page in ("", "/promise"):
        address = f"/staff/waves/{planned}/pages{page}"
        assert signed_in(world, StaffRole.REVIEWER).get(address, base_url=SITE).status_code == 403
        assert signed_in(world, organisation="Other").get(address, base_url=SITE).status_code == 404
        assert world.client().get(address, base_url=SITE).status_code == 302


@pytest.mark.parametrize("page", ["nothing", "part-0", "part-99", "part-", "part--1"])
def test_there_are_no_other_pages(world: World, planned: int, page: str) -> None:
    assert signed_in(world).get(f"/staff/waves/{planned}/pages/{page}", base_url=SITE).status_code == 404


def test_the_results_are_shown_as_people_read_them_with_what_was_done_since(world: World) -> None:
    closed_wave(world)
    wave = 1
    with world.session() as session:
        say_what_was_done(session, 1, "You asked for <b>time</b>.", now=world.clock(), actor="test")
    client = signed_in(world)
    for language in LANGUAGES:
        text = shown(client, wave, "results", **{"in": language.code})
        assert _Live(text).live == []
        assert "You asked for &lt;b&gt;time&lt;/b&gt;." in text
        read = world.client().get(f"{results_address(world)}?language={language.code}").text
        assert _Live(text).words == _Live(read).words
    assert "The results as people read them" in see(client, f"/staff/waves/{wave}")


def test_before_the_report_there_are_no_results(world: World, planned: int) -> None:
    assert signed_in(world).get(f"/staff/waves/{planned}/pages/results", base_url=SITE).status_code == 404
