"""What programs are answered: who may ask, what a refusal says, and that it is what the pages show."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from feedback.domain.api_keys import ApiScope, secret_in
from feedback.reporting.formats import COMPARISON_FORMATS, REPORT_FORMATS
from feedback.storage.api_keys import ApiKey
from feedback.web.api import operations
from feedback.web.api.description import describe
from feedback.web.guessing import MOST_FAILURES
from tests.api import ROOT, Program, program
from tests.databases import ON_SQLITE
from tests.house.test_documents import ROOT as REPOSITORY
from tests.passkeys import SITE
from tests.web.test_staff_pages import reported, signed_in, two_reports
from tests.world import World, noted

pytestmark = ON_SQLITE

PROBLEM = "application/problem+json"


def test_the_description_in_the_documents_is_the_one_that_is_served(world: World) -> None:
    """`make openapi` writes it anew."""
    assert (REPOSITORY / "docs" / "openapi.json").read_bytes() == describe()
    assert world.client().get(f"{ROOT}/openapi.json", base_url=SITE).data == describe()


def test_a_key_sees_the_programmes_of_its_organisation_and_their_waves(world: World) -> None:
    wave = world.open_wave()
    asks = program(world)
    (shown,) = asks.get("/programmes")["items"]
    assert (shown["name"], shown["people"], shown["has_ended"]) == ("Pilot", 27, False)
    assert asks.get(f"/programmes/{shown['id']}") == shown
    (line,) = asks.get(f"/programmes/{shown['id']}/waves")["items"]
    assert (line["id"], line["state"], line["invited"]) == (wave, "open", 27)
    found = asks.get(f"/waves/{wave}")
    assert found["calendar"][0] == {
        **dict.fromkeys(("band", "planned_at")),
        **dict.fromkeys(("was_left_out", "fell_away"), False),
        "at": "2027-03-01T09:00:00Z",
        "is_done": True,
        "kind": "opening",
        "number": 1,
    }
    assert asks.get("/key") == {
        "organisation": "Example Organisation",
        "programme_id": None,
        "scopes": ["reports:read", "rosters:manage", "waves:plan", "log:read"],
    }


def test_deliveries_are_the_numbers_of_the_page(world: World) -> None:
    asks, wave = program(world), world.open_wave()
    world.send_mails_now()
    (line,) = asks.get(f"/waves/{wave}/deliveries")["deliveries"]
    assert line == {"mail": "invitation", "number": 1, "state": "accepted", "count": 27}
    assert asks.get(f"/waves/{wave}/undeliverable") == {"count": 0, "items": [], "page": 1, "pages": 1}


@pytest.mark.parametrize("name", REPORT_FORMATS)
def test_a_report_is_the_file_that_the_page_offers(world: World, name: str) -> None:
    page = reported(world, 27)
    desk, asks = signed_in(world), program(world, ApiScope.READ_REPORTS)
    ours = asks.ask(f"/{page.removeprefix('/staff/')}?format={name}")
    theirs = desk.get(f"{page}.{name}", base_url=SITE)
    assert (ours.status_code, ours.content_type) == (200, theirs.content_type)
    # What is packed says when it was.
    assert len(ours.data) == len(theirs.data) if name in {"xlsx"} else ours.data == theirs.data
    again = asks.ask(f"/{page.removeprefix('/staff/')}?format={name}", headers={"If-None-Match": ours.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_reports_are_compared(world: World) -> None:
    first, second = two_reports(world)
    asks, desk = program(world, ApiScope.READ_REPORTS), signed_in(world)
    for name in set(COMPARISON_FORMATS) - {"xlsx"}:
        theirs = desk.get(f"/staff/waves/{second}/compared-with/{first}.{name}", base_url=SITE).data
        assert asks.ask(f"/waves/{second}/comparison?before={first}&format={name}").data == theirs
        theirs = desk.get(f"/staff/programmes/1/changes.{name}", base_url=SITE).data
        assert asks.ask(f"/programmes/1/changes?format={name}").data == theirs


def test_what_a_key_takes_away_is_noted_once_a_day(world: World) -> None:
    page = reported(world, 27).removeprefix("/staff/")
    asks = program(world, ApiScope.READ_REPORTS)
    for _poll in range(3):
        assert asks.ask(f"/{page}").status_code == 200
    assert noted(world, "downloaded") == [("key 1", "wave 1, wave-1.json")]
    world.clock.pass_time(days=1)
    asks.ask(f"/{page}")
    assert len(noted(world, "downloaded")) == 2


def test_the_log_is_read_by_whose_key_is_for_that(world: World) -> None:
    world.programme()
    entries = program(world, ApiScope.READ_LOG).get("/audit-log?per_page=2&page=1")
    assert (len(entries["items"]), entries["page"], entries["count"] > 2) == (2, 1, True)
    assert entries["items"][0]["id"] > entries["items"][1]["id"]
    assert program(world, ApiScope.READ_REPORTS).ask("/audit-log").status_code == 403


@pytest.mark.parametrize("key", ["", "fbk_", "fbk_" + 49 * "0", "nonsense", "ü", " "])
def test_a_stranger_is_told_to_show_a_key(world: World, key: str) -> None:
    answer = Program(world.client(), key).ask("/programmes")
    assert (answer.status_code, answer.content_type) == (401, PROBLEM)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "Show a key that works" in answer.json["detail"]


def test_a_key_that_was_revoked_or_has_expired_works_no_more(world: World) -> None:
    expired = program(world, days=-1)
    revoked = program(world)
    assert revoked.ask("/programmes").status_code == 200
    with world.session() as session:
        session.get_one(ApiKey, 2).revoked_at = datetime.now(UTC)
        session.commit()
    assert {one.ask("/programmes").status_code for one in (expired, revoked)} == {401}


def test_of_the_use_of_a_key_the_day_is_kept_and_of_the_key_its_digest(world: World) -> None:
    asks = program(world)
    asks.get("/key")
    with world.session() as session:
        (found,) = session.scalars(select(ApiKey))
        assert found.used_on == datetime.now(UTC).date()
        assert secret_in(asks.key) not in {found.digest, None}
        assert asks.key not in repr(vars(found))


def test_a_key_that_was_copied_badly_is_not_even_looked_up() -> None:
    assert secret_in("fbk_" + 43 * "z" + 6 * "0") is None


def test_a_cookie_is_no_key(world: World) -> None:
    assert signed_in(world).get(f"{ROOT}/programmes", base_url=SITE).status_code == 401


def test_nothing_sets_a_cookie(world: World) -> None:
    answer = program(world).ask("/programmes")
    assert ("Set-Cookie" in answer.headers, answer.headers["Cache-Control"]) == (False, "no-store")


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/programmes/99", "GET", 404),
        ("/programmes/99999999999999999999", "GET", 404),
        ("/programmes/x", "GET", 404),
        ("/nothing", "GET", 404),
        ("/programmes", "DELETE", 405),
        ("/programmes", "OPTIONS", 405),
        ("/programmes?page=0", "GET", 422),
        ("/programmes?page=x", "GET", 422),
        ("/programmes?page=1&page=2", "GET", 422),
        ("/programmes?secret=1", "GET", 422),
        ("/waves/1/report", "GET", 404),
    ],
)
def test_every_refusal_is_a_problem_and_repeats_nothing_that_was_sent(
    world: World, path: str, method: str, status: int
) -> None:
    world.planned_wave(world.programme())
    answer = program(world).ask(path, method)
    assert (answer.status_code, answer.content_type) == (status, PROBLEM)
    said = json.loads(answer.data)
    assert said["status"] == status
    assert said["detail"]
    assert "input" not in answer.text


def test_a_refusal_names_the_parameter(world: World) -> None:
    said = program(world).ask("/programmes?page=x&language=fr").json
    assert said["errors"] == [{"detail": "Écrivez un nombre entier qui est possible ici.", "parameter": "page"}]


def test_an_unexpected_error_says_nothing_of_itself(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_about: object, **_more: object) -> None:
        raise ValueError("secret")

    asks = program(world)
    monkeypatch.setattr("feedback.web.api.programmes.list_programmes", fail)
    answer = asks.ask("/programmes")
    assert (answer.status_code, answer.content_type) == (500, PROBLEM)
    assert "secret" not in answer.text


def test_the_pages_keep_their_own_errors(world: World) -> None:
    for path in ("/nothing", "/apix", "/staff/nothing"):
        assert world.client().get(path, base_url=SITE).mimetype == "text/html"


def test_who_asks_too_often_waits_and_others_do_not(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MOST_A_MINUTE", 3)
    asks, other = program(world), program(world)
    statuses = [asks.ask("/key").status_code for _time in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert asks.ask("/key").headers["Retry-After"] == "60"
    assert other.ask("/key").status_code == 200


def test_who_tries_keys_by_the_thousand_is_told_to_stop_and_whoever_has_one_is_not(world: World) -> None:
    stranger, asks = Program(world.client(), "nonsense"), program(world)
    statuses = {stranger.ask("/key").status_code for _try in range(MOST_FAILURES)}
    assert statuses == {401}
    assert stranger.ask("/key").status_code == 429
    assert asks.ask("/key").status_code == 200
