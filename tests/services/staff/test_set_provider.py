"""Two administrators who set the same provider at once: what one has given stays, unless the other gives another."""

from collections.abc import Callable
from typing import cast

import pytest

from feedback.domain.errors import ProviderRefused
from feedback.domain.providers import Client
from feedback.domain.staff import StaffRole
from feedback.services.staff.provider_desk import ProviderDesk
from feedback.services.staff.set_provider import client_of, remove_provider, set_provider
from tests.promises.test_put_out import member_of
from tests.services.mail.test_tell_staff import ADA, account
from tests.world import World

ISSUER, BACK = "https://login.example.com", "https://feedback.example.com/back"


class Desk:
    """A provider that answers; something happens while it is asked."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        self._meanwhile = meanwhile

    def check(self, _client: Client) -> None:
        self._meanwhile()


def put(world: World, staff_id: int, secret: str, desk: Desk | None = None) -> None:
    with world.session() as session:
        by, asked = member_of(world, staff_id), cast(ProviderDesk, desk or Desk())
        given = {"issuer": ISSUER, "client_id": "us", "secret": secret, "redirect_uri": BACK}
        set_provider(session, world.keys, asked, by, **given, now=world.clock())


@pytest.fixture
def ada(world: World) -> int:
    world.programme(0, 0)
    number = account(world, ADA, StaffRole.ADMINISTRATOR)
    put(world, number, "first")
    return number


def kept(world: World) -> str:
    with world.session() as session:
        return client_of(session, world.keys, 1, BACK).secret


def test_a_secret_that_somebody_else_gives_meanwhile_stays(world: World, ada: int) -> None:
    put(world, ada, "", Desk(lambda: put(world, ada, "second")))
    assert kept(world) == "second"


def test_whoever_gives_one_later_replaces_it(world: World, ada: int) -> None:
    put(world, ada, "third", Desk(lambda: put(world, ada, "second")))
    assert kept(world) == "third"


def test_no_secret_comes_back_that_was_removed_meanwhile(world: World, ada: int) -> None:
    def remove() -> None:
        with world.session() as session:
            remove_provider(session, member_of(world, ada), now=world.clock())

    with pytest.raises(ProviderRefused):
        put(world, ada, "", Desk(remove))
    with pytest.raises(ProviderRefused):
        kept(world)
