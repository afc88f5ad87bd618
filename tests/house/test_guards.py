import re

import pytest
from flask import Flask

from feedback.domain.staff import StaffRole
from feedback.web.staff.guards import allowed, is_guarded, open_to_all
from tests.databases import ON_SQLITE
from tests.hooks import add, receiver
from tests.web.test_staff_pages import SITE, SURE, signed_in
from tests.world import World

pytestmark = ON_SQLITE

OPEN = {
    f"staff.{name}"
    for name in (
        "how_to_sign_in",
        "ask_for_mail",
        "ask_sign_in",
        "sign_in",
        "sign_out",
        "ask_sign_in_with_passkey",
        "challenge_sign_in",
        "sign_in_with_passkey",
        "leave_for_provider",
        "back_from_provider",
        "go_on_from_provider",
        "ask_connect",
        "connect",
    )
} | {"data_protection.summary"}
LEADS_ON = {f"staff.{name}" for name in ("passkey", "use_passkey", "challenge_passkey", "provider")}
"""For whoever has begun to sign in where more is demanded; whoever is signed in is led on."""


def staff_endpoints(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/staff")}


def test_every_staff_view_wears_a_guard(app: Flask) -> None:
    assert [name for name in sorted(staff_endpoints(app)) if not is_guarded(app.view_functions[name])] == []


def test_strangers_see_nothing_but_the_way_in(app: Flask) -> None:
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if rule.endpoint in staff_endpoints(app) - OPEN:
            address = re.sub(r"<int:\w+>", "1", rule.rule)
            method = "POST" if "POST" in (rule.methods or ()) else "GET"
            answer = client.open(address, method=method)
            assert (answer.status_code, answer.location) == (302, "/staff/sign-in"), address


def test_staff_addresses_with_a_number_name_what_the_guard_checks(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint in staff_endpoints(app) - OPEN]
    assert {name for rule in rules for name in rule.arguments - set(rule.defaults or ())} <= {
        "programme_id",
        "wave_id",
        "before_id",
        "staff_id",
        "hook_id",
        # Found among those of the wave, and nowhere else.
        "comment",
        # One of the emails that every wave has.
        "mail",
        # One of the pages that participants come to.
        "page",
        # Found among those of the programme, and nowhere else.
        "number",
        # One of the pages of help, which are the same for all.
        "topic",
    }


@pytest.mark.parametrize(("role", "refused"), [(StaffRole.ADMINISTRATOR, 84), (StaffRole.REVIEWER, 20)])
def test_what_no_page_of_ours_has_sent_is_a_bad_request(world: World, role: StaffRole, refused: int) -> None:
    world.open_wave()
    with receiver() as found:
        add(world, found)
    client = signed_in(world, role)
    rules = [rule for rule in world.app.url_map.iter_rules() if rule.endpoint not in LEADS_ON]
    posted = {rule.rule for rule in rules if "POST" in (rule.methods or ())}
    addresses = [re.sub(r"<(int:)?\w+>", "1", rule) for rule in sorted(posted) if rule.startswith("/staff")]
    answers = {address: client.post(address, data=SURE, base_url=SITE).status_code for address in addresses}
    assert set(answers.values()) <= {400, 403}
    assert sum(status == 400 for status in answers.values()) == refused


def test_a_view_without_a_mark_is_not_guarded() -> None:
    assert not is_guarded(lambda: "")
    assert is_guarded(allowed(StaffRole.REVIEWER)(lambda: ""))
    assert is_guarded(open_to_all(lambda: ""))
