"""Signing in by a provider, once more on PostgreSQL, in a process that has the staff's rights and no others."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from feedback.domain.staff import StaffRole
from feedback.storage.grants import GroupRole
from tests.databases import ON_POSTGRESQL, Pair
from tests.providers import SETTINGS, Provider, by_provider, connected, provider, with_provider
from tests.storage.test_grants import as_role
from tests.web.staff_role import *  # noqa: F403
from tests.web.test_provider_sign_in import link_in_mail
from tests.web.test_staff_pages import press
from tests.world import FixedClock, World

pytestmark = ON_POSTGRESQL


@pytest.fixture
def found() -> Iterator[Provider]:
    with provider() as running:
        yield running


def test_the_processes_have_the_rights_for_all_of_it_and_no_others(
    world: World, found: Provider, roles: dict[GroupRole, Pair], clock: FixedClock
) -> None:
    with_provider(world, found)
    client = connected(world, found)
    assert press(client, "/staff/signed-in", "/staff/signed-in/disconnect").status_code == 303
    client = world.client()
    assert by_provider(client, found).status_code == 200
    # What is mailed, the worker's process mails with its own rights.
    worker = as_role(world, roles[GroupRole.WORKER], clock)
    link = link_in_mail(worker)
    assert press(client, link, link).status_code == 303
    worker.do_what_is_due()
    found.subject = "the-administrator"
    admin = connected(world, found, StaffRole.ADMINISTRATOR)
    for demands in ("yes", "no"):
        assert press(admin, SETTINGS, f"{SETTINGS}/only", demands=demands).status_code == 303
    assert press(admin, SETTINGS, f"{SETTINGS}/remove", sure="y").status_code == 303
    clock.now += timedelta(hours=1)
    worker.do_what_is_due()
    worker.dispose()
