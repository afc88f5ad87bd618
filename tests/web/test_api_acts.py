"""What programs do: people put in, waves planned, opened, extended and cancelled, by the rules of the pages."""

from datetime import timedelta
from typing import Any

import pytest

from feedback.domain.api_keys import ApiScope
from feedback.domain.staff import StaffRole
from feedback.services.programmes.set_organisation import set_approval
from feedback.services.roster.approve_roster import show_roster
from tests.api import Program, program
from tests.databases import ON_SQLITE
from tests.passkeys import SITE
from tests.web.test_staff_pages import press, signed_in
from tests.world import START, World, noted

pytestmark = ON_SQLITE

ADA = {"name": "Ada Lovelace", "email": "ada@example.com", "role": "mentor"}


def roster(asks: Program, *people: dict[str, Any], **more: object) -> Any:
    return asks.post("/programmes/1/roster", {"people": people, **more})


def plan(**changed: object) -> dict[str, object]:
    return {"stage": "kickoff", "closes_at": (START + timedelta(days=14)).isoformat(), **changed}


def test_people_are_put_in_looked_at_before_and_changed(world: World) -> None:
    world.programme(0, 0)
    asks = program(world, ApiScope.MANAGE_ROSTERS)
    before = roster(asks, ADA, dry_run=True).json
    assert (before["added"], before["is_dry_run"]) == (1, True)
    assert roster(asks, ADA, seen=before["seen"]).json["added"] == 1
    assert roster(asks, ADA, seen=before["seen"]).status_code == 409
    assert roster(asks, ADA).json["unchanged"] == 1
    changed = roster(asks, {**ADA, "cohort": "London"}).json
    assert (changed["added"], changed["changed"]) == (0, 1)
    assert noted(world, "imported roster: 1 added, 0 changed") == [("key 1", "programme 1")]


def test_wrong_people_are_named_by_where_they_stand_and_nobody_is_put_in(world: World) -> None:
    programme = world.programme(0, 0)
    wrong = {**ADA, "email": "secret-words", "role": "boss"}
    answer = roster(program(world), ADA, wrong)
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json["errors"]] == ["/people/1/email", "/people/1/role"]
    with world.session() as session:
        assert show_roster(session, programme).entries == ()


def test_what_only_a_person_can_answer_is_asked(world: World) -> None:
    world.programme(0, 0)
    asks = program(world)
    roster(asks, ADA)
    twice = {**ADA, "email": "ada.lovelace@example.com"}
    doubtful = roster(asks, twice)
    assert (doubtful.status_code, len(doubtful.json["errors"])) == (409, 1)
    assert roster(asks, twice, sure=True).json["added"] == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/people"),
        ({"people": []}, "/people"),
        ({"people": [{**ADA, "secret": "x"}]}, "/people/0/secret"),
        ({"people": [{**ADA, "name": 3}]}, "/people/0/name"),
        ({"people": [ADA], "dry_run": "yes"}, "/dry_run"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place(world: World, body: object, pointer: str) -> None:
    world.programme(0, 0)
    answer = program(world).post("/programmes/1/roster", body)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_what_is_no_json_or_does_not_say_so_is_refused(world: World) -> None:
    world.programme(0, 0)
    asks = program(world)
    no_json = asks.ask("/programmes/1/roster", "POST", data=b"{", content_type="application/json")
    assert (no_json.status_code, no_json.json["errors"]) == (422, [{"pointer": "", "detail": "This is no JSON."}])
    assert asks.ask("/programmes/1/roster", "POST", data=b"{}").status_code == 415
    large = asks.ask("/programmes/1/leaving", "POST", data=b" " * 300_000, content_type="application/json")
    assert (large.status_code, large.content_type) == (413, "application/problem+json")


def test_somebody_leaves(world: World) -> None:
    world.programme(1, 0)
    asks = program(world)
    assert asks.post("/programmes/1/leaving", {"email": "mentor.0@example.com"}).status_code == 204
    assert asks.post("/programmes/1/leaving", {"email": "nobody@example.com"}).status_code == 404
    assert asks.get("/programmes/1")["people"] == 0


def test_the_address_of_somebody_invited_is_not_led_elsewhere(world: World) -> None:
    world.open_wave()
    world.send_mails_now()
    asks = program(world)
    moved = {"email": "mentor.0@example.com", "new_email": "thief@example.com"}
    answer = asks.post("/programmes/1/address", moved)
    assert (answer.status_code, "thief" in answer.text) == (409, False)
    assert asks.get("/programmes/1")["people"] == 27


def test_an_address_is_corrected_before_anybody_is_invited(world: World) -> None:
    world.programme(1, 0)
    moved = {"email": "mentor.0@example.com", "new_email": "right@example.com"}
    assert program(world).post("/programmes/1/address", moved).status_code == 204


def test_whoever_made_a_key_does_not_approve_what_it_has_enrolled(world: World) -> None:
    world.programme()
    asks, desk = program(world), signed_in(world, StaffRole.ADMINISTRATOR)
    with world.session() as session:
        set_approval(session, "Example Organisation", approves_rosters=True, now=world.clock(), actor="test")
    assert roster(asks, ADA).status_code == 200
    with world.session() as session:
        digest = show_roster(session, 1).digest
    page, other = "/staff/programmes/1/roster", signed_in(world, StaffRole.COORDINATOR)
    statuses = [press(one, page, page, digest=digest, sure="y").status_code for one in (desk, other)]
    assert statuses == [422, 303]


def test_a_wave_is_previewed_planned_opened_and_cancelled(world: World) -> None:
    programme = world.programme()
    asks = program(world, ApiScope.PLAN_WAVES)
    wanted = plan(reminders=["+3@10:00", (START + timedelta(days=7)).isoformat()])
    seen = asks.post(f"/programmes/{programme}/waves/preview", wanted).json
    assert (len(seen["reminders"]), seen["forecast"]["invited"]) == (2, 27)
    planned = asks.post(f"/programmes/{programme}/waves", wanted)
    assert (planned.status_code, planned.json["state"]) == (201, "draft")
    wave = planned.json["id"]
    assert asks.get(f"/waves/{wave}/forecast") == seen["forecast"]
    tag = asks.ask(f"/waves/{wave}").headers["ETag"]
    assert asks.post(f"/waves/{wave}/open").status_code == 428
    assert asks.post(f"/waves/{wave}/open", **{"If-Match": '"other"'}).status_code == 412
    assert asks.post(f"/waves/{wave}/open", **{"If-Match": tag}).json["state"] == "scheduled"
    assert asks.post(f"/waves/{wave}/cancel", **{"If-Match": tag}).status_code == 412
    tag = asks.ask(f"/waves/{wave}").headers["ETag"]
    assert asks.post(f"/waves/{wave}/cancel", **{"If-Match": tag}).json["state"] == "cancelled"
    assert noted(world, "cancelled") == [("key 1", f"wave {wave}")]


def test_a_plan_that_cannot_be_is_refused_in_the_words_of_the_page(world: World) -> None:
    world.programme()
    asks = program(world)
    past = asks.post("/programmes/1/waves", plan(opens_at="2020-01-01T09:00:00Z"))
    assert (past.status_code, "The opening lies in the past" in past.json["detail"]) == (409, True)
    assert asks.post("/programmes/1/waves", plan(closes_at="2027-03-15 09:00")).status_code == 422
    assert asks.post("/programmes/1/waves", plan(closes_at=1805101200)).status_code == 422
    assert asks.post("/programmes/1/waves", plan(reminders=["soon"])).status_code == 409


def test_a_wave_that_enough_have_seen_is_not_extended(world: World) -> None:
    wave = world.open_wave()
    asks = program(world)
    tag = asks.ask(f"/waves/{wave}").headers["ETag"]
    body = {"closes_at": (START + timedelta(days=20)).isoformat()}
    assert asks.post(f"/waves/{wave}/extend", body, **{"If-Match": tag}).status_code == 409


def test_what_was_done_is_written_read_and_published(world: World) -> None:
    world.programme()
    asks = program(world, ApiScope.PLAN_WAVES)
    written = asks.ask("/programmes/1/you-said", "PUT", json={"written": {"en": "We listened."}}).json
    assert (written["written"], written["published"]) == ({"en": "We listened."}, {})
    done = asks.post("/programmes/1/you-said/publish", {"mark": written["mark"]}).json
    assert done["published"] == {"en": "We listened."}
    assert asks.get("/programmes/1/you-said") == {"published": {"en": "We listened."}, "publications": 1}


@pytest.mark.parametrize("scope", [ApiScope.READ_REPORTS, ApiScope.READ_LOG])
def test_who_may_read_changes_nothing(world: World, scope: ApiScope) -> None:
    world.programme()
    asks = program(world, scope)
    assert roster(asks, ADA).status_code == 403
    assert asks.post("/programmes/1/waves", plan()).status_code == 403
    assert signed_in(world).get("/staff/programmes/1", base_url=SITE).status_code == 200
