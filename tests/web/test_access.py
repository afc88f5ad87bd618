"""Every address of the service, walked: who is let in, what another organisation finds, what a forged form does.

The addresses come from the application itself, so that a new one is walked without anybody thinking of it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback.app import create_app
from feedback.config import Serves
from feedback.domain.staff import StaffRole
from feedback.reporting.formats import COMPARISON_FORMATS
from tests.databases import ON_SQLITE, first_of
from tests.hooks import add, receiver
from tests.house.test_guards import LEADS_ON, OPEN
from tests.promises.scanner import fingerprint
from tests.reviewing import reviewed_wave
from tests.web.test_staff_pages import SITE, SURE, signed_in, token_for
from tests.world import World, hidden_value

pytestmark = ON_SQLITE

_PASSKEYS = {
    f"staff.{name}"
    for name in ("passkeys", "make_passkey", "remove_passkey", "challenge_new_passkey", "challenge_removing")
}
_SESSIONS = {
    f"staff.{name}" for name in ("sessions", "end_session", "end_all_sessions", "disconnect", "kept", "forget_kept")
}
OWN = _SESSIONS | _PASSKEYS | LEADS_ON | {"staff.help", "staff.help_index"}
"""Of whoever is signed in, wherever: no organisation owns them."""
_ABOUT_SOMEBODY = {f"staff.{name}_one_person" for name in ("ask", "show", "erase")}
_AT_A_PROVIDER = ("provider_settings", "set_provider", "demand_provider", "remove_provider")
_WEB_HOOKS = ("web_hooks", "add_web_hook", "challenge_web_hook")
_ONE_WEB_HOOK = (
    *("web_hook", "renew_hook_secret", "end_former_secret"),
    *("try_web_hook", "switch_web_hook", "remove_web_hook"),
)
_KEYS_FOR_PROGRAMS = ("api_keys", "make_api_key", "challenge_api_key", "revoke_api_key")
_OF_THE_ORGANISATION = {
    f"staff.{name}"
    for name in (
        "organisation",
        "organisation_logo",
        "rename_organisation",
        "change_logo",
        "drop_logo",
        "demand_passkeys",
        *_AT_A_PROVIDER,
        *_KEYS_FOR_PROGRAMS,
        *_WEB_HOOKS,
    )
}
ELSEWHERE = (
    OWN
    | _ABOUT_SOMEBODY
    | _OF_THE_ORGANISATION
    | {
        "staff.give_access",
        "staff.audit_log",
        "staff.audit_log_csv",
        "staff.ask_programme",
        "staff.create_programme",
        "staff.make_example",
        "staff.put_steps_away",
    }
)
"""What says nothing of anybody else's, whatever it answers."""
REVIEWERS_ALONE = {
    f"staff.{name}"
    for name in (
        "comments",
        "comment",
        "one_by_one",
        "decide_comment",
        "decide_ticked",
        "sum_up_comments",
        "release_comments",
    )
}
ADMINISTRATORS_ALONE = {
    f"staff.{name}"
    for name in (
        "retry_wave",
        "discard_wave",
        "cells",
        "access",
        "audit_log",
        "audit_log_csv",
        "give_access",
        "access_of_one",
        "change_role",
        "limit_access",
        "take_access",
        "hold_purge",
        "lift_hold",
        "organisation",
        "organisation_logo",
        "rename_organisation",
        "change_logo",
        "drop_logo",
        "demand_passkeys",
        *_WEB_HOOKS,
        *_ONE_WEB_HOOK,
        *_AT_A_PROVIDER,
        *_KEYS_FOR_PROGRAMS,
        *_WEB_HOOKS,
        "remove_passkeys_of",
    )
}
CONTACT_AND_ADMINISTRATORS = {"staff.support", "staff.finish_support"}
_REPORTS = {f"{name}{kind}" for name in ("report", "comparison", "changes") for kind in ("", "_file")}
READERS_TOO = OWN | {
    f"staff.{name}"
    for name in ("programmes", "programme", "sample_report", "wave", "calendar", "comments_json", "logo", *_REPORTS)
}
STAFF_ROOTS = ("/staff/", "/api/", "/metrics", "/bounces")
PARTICIPANTS_ROOTS = ("/s/", "/o/", "/r/", "/keys/", "/support/", "/receipt", "/accessibility")
HUGE = 2**64
Numbers = Callable[[str], int]


class Way(NamedTuple):
    """One thing that can be asked of one staff page."""

    endpoint: str
    method: str
    address: str


def ways(app: Flask, number: Numbers) -> Iterator[Way]:
    """Every staff page but those that serve to sign in and out, by every method, with `number` for its arguments."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("staff.") and rule.endpoint not in OPEN:
            address = re.sub(r"<int:(\w+)>", lambda found: str(number(found[1])), rule.rule)
            for method in sorted((rule.methods or set()) - {"OPTIONS"}):
                yield Way(rule.endpoint, method, address)


def first(_argument: str) -> int:
    return 1


MOST_TELLING = first_of(
    2, [StaffRole.ADMINISTRATOR, StaffRole.REVIEWER, StaffRole.COORDINATOR, StaffRole.VIEWER, StaffRole.CONTACT]
)
"""Between them they may do everything."""


def go(client: FlaskClient, way: Way, **fields: str) -> TestResponse:
    data = fields if way.method == "POST" else None
    answer = client.open(way.address, method=way.method, base_url=SITE, data=data)
    # A page whose script is not let run asks for a passkey in vain.
    has_script = answer.mimetype == "text/html" and "<script " in answer.text
    assert not has_script or "script-src 'self'" in answer.headers["Content-Security-Policy"], way
    return answer


def token(client: FlaskClient) -> str:
    return hidden_value(client.get("/staff/", base_url=SITE).text, "csrf_token")


def statuses(client: FlaskClient, found: list[Way], **fields: str) -> dict[str, set[int]]:
    seen: dict[str, set[int]] = {}
    for way in found:
        seen.setdefault(way.endpoint, set()).add(go(client, way, **fields).status_code)
    return seen


@pytest.fixture
def reviewed(world: World) -> World:
    """A closed wave of a programme, both number 1, with a report and with comments that wait, and one web hook."""
    assert reviewed_wave(world) == 1
    with receiver() as found:
        add(world, found)
    return world


def test_a_stranger_is_led_to_the_way_in_from_every_page_by_every_method(reviewed: World) -> None:
    client, before = reviewed.client(), fingerprint(reviewed)
    for way in ways(reviewed.app, first):
        answer = go(client, way, **SURE)
        assert (answer.status_code, answer.location) == (302, "/staff/sign-in"), way
        assert len(answer.data) < 500
    assert fingerprint(reviewed) == before


@pytest.mark.parametrize("role", MOST_TELLING)
def test_another_organisation_finds_what_it_finds_where_nothing_is(reviewed: World, role: StaffRole) -> None:
    # An account that is number 1 as well, and the other organisation's.
    token_for(reviewed)
    client = signed_in(reviewed, role, "Another Organisation")
    fields, before = {**SURE, "csrf_token": token(client)}, fingerprint(reviewed)
    here, nowhere, beyond = (
        [seen(go(client, way, **fields)) for way in ways(reviewed.app, number) if way.endpoint not in ELSEWHERE]
        for number in (first, lambda _argument: 404, lambda _argument: HUGE)
    )
    assert {status for status, _page in here} == {200, 403, 404}
    assert here == nowhere == beyond
    assert fingerprint(reviewed) == before


def seen(answer: TestResponse) -> tuple[int, str]:
    """What a page says, without the address that leads to the same page in another language and without tokens."""
    return answer.status_code, re.sub(r"/staff/[^\"?]*|value=\"[^\"]*\"", "", answer.text)


def mixed(argument: str) -> int:
    return 1 if argument == "before_id" else 2


def test_a_report_of_ones_own_does_not_open_another_organisations(reviewed: World) -> None:
    client = signed_in(reviewed, organisation="Another Organisation")
    programme = reviewed.programme(7, 7, organisation="Another Organisation")
    own = reviewed.planned_wave(programme)
    for number in (mixed, lambda argument: 1 if argument == "wave_id" else own):
        compared = [way for way in ways(reviewed.app, number) if "compared-with" in way.address]
        assert {go(client, way).status_code for way in compared} == {404}
        assert len(compared) == 2 * (1 + len(COMPARISON_FORMATS))


@pytest.mark.parametrize("role", list(StaffRole))
def test_each_role_is_let_in_where_this_list_says_and_nowhere_else(reviewed: World, role: StaffRole) -> None:
    client, everything = signed_in(reviewed, role), list(ways(reviewed.app, first))
    all_of_them = {way.endpoint for way in everything}
    shut = {
        StaffRole.REVIEWER: all_of_them - READERS_TOO - REVIEWERS_ALONE,
        StaffRole.VIEWER: all_of_them - READERS_TOO,
        # The programme names whoever is signed in here.
        StaffRole.CONTACT: all_of_them - OWN - CONTACT_AND_ADMINISTRATORS - {"staff.programmes"},
        StaffRole.COORDINATOR: REVIEWERS_ALONE | ADMINISTRATORS_ALONE | CONTACT_AND_ADMINISTRATORS,
        StaffRole.ADMINISTRATOR: REVIEWERS_ALONE,
    }
    found = statuses(client, everything)
    assert {endpoint for endpoint, codes in found.items() if codes == {403}} == shut[role]
    assert {endpoint for endpoint, codes in found.items() if 403 in codes} == shut[role]


@pytest.mark.parametrize("role", MOST_TELLING)
def test_no_form_without_its_token_does_anything(reviewed: World, role: StaffRole) -> None:
    client = signed_in(reviewed, role)
    found = ways(reviewed.app, first)
    posts = [way for way in found if way.method == "POST" and way.endpoint not in LEADS_ON]
    before = fingerprint(reviewed)
    for fields in (SURE, {**SURE, "csrf_token": "x"}):
        found = statuses(client, posts, **fields)
        assert {code for codes in found.values() for code in codes} == {400, 403}
    assert fingerprint(reviewed) == before


def addresses(world: World, serves: Serves) -> set[str]:
    settings = world.tools.settings
    vault = None if serves is Serves.PARTICIPANTS else settings.vault
    app = create_app(replace(settings, serves=serves, vault=vault))
    return {rule.rule for rule in app.url_map.iter_rules()}


def test_no_process_has_a_page_of_the_other_and_none_has_one_that_neither_has(world: World) -> None:
    participants, staff, both = (addresses(world, one) for one in (Serves.PARTICIPANTS, Serves.STAFF, Serves.ALL))
    assert [one for one in participants if one.startswith(STAFF_ROOTS)] == []
    assert [one for one in staff if one.startswith(PARTICIPANTS_ROOTS)] == []
    assert participants | staff == both
    assert participants & staff == {"/", "/healthz", "/readyz", "/static/<path:filename>"}
    assert [one for one in both - (participants & staff) if not one.startswith(STAFF_ROOTS + PARTICIPANTS_ROOTS)] == []
