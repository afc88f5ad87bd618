"""Where a provider is the only way in, no mistake about it keeps everybody out."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from feedback.runtime import runtime
from feedback.services.staff.set_provider import client_of, note_proven
from feedback.storage.organisations import Organisation
from feedback.storage.sign_in_providers import SignInProvider
from tests.promises.test_puppet_providers import only_way
from tests.providers import CLIENT, SETTINGS, Provider, by_provider, configure, provider, with_provider
from tests.web.test_staff_pages import SITE, press, see, signed_in
from tests.world import World

BACK = "https://feedback.example.com/back"


@pytest.fixture
def found() -> Iterator[Provider]:
    with provider() as running:
        yield running


def demand(client: FlaskClient) -> int:
    return press(client, SETTINGS, f"{SETTINGS}/only", demands="yes").status_code


def is_only_way(world: World) -> bool:
    with world.session() as session:
        return session.scalars(select(Organisation.demands_provider)).one()


def is_proven(world: World) -> bool:
    with world.session() as session:
        return session.scalars(select(SignInProvider.is_proven)).one()


def test_a_mistyped_secret_keeps_nobody_out(world: World, found: Provider) -> None:
    admin = only_way(world, found)
    answer = configure(admin, found, secret="mistyped")
    assert "not the only way any more" in see(admin, answer.location)
    found.refuses = "invalid_client"
    assert signed_in(world).get("/staff/", base_url=SITE).status_code == 200
    assert by_provider(world.client(), found).status_code == 403
    assert demand(admin) == 422
    found.refuses = None
    assert configure(admin, found).status_code == 303
    assert demand(admin) == 422
    found.subject = "the-administrator"
    assert by_provider(admin, found).status_code == 303
    assert demand(admin) == 303
    assert is_only_way(world)


def test_saving_what_is_known_anew_leaves_it_the_only_way(world: World, found: Provider) -> None:
    admin = only_way(world, found)
    for secret in ("", CLIENT["secret"]):
        assert configure(admin, found, secret=secret).status_code == 303
    assert is_only_way(world)
    assert is_proven(world)


def test_another_client_is_one_way_of_several(world: World, found: Provider) -> None:
    admin = only_way(world, found)
    assert configure(admin, found, client_id="another").status_code == 303
    assert not is_only_way(world)
    assert not is_proven(world)


def test_an_answer_that_was_not_taken_proves_nothing(world: World, found: Provider) -> None:
    with_provider(world, found)
    found.claims = {"aud": "another"}
    assert by_provider(world.client(), found).status_code == 403
    assert not is_proven(world)


def test_a_stranger_whom_the_provider_knows_proves_nothing(world: World, found: Provider) -> None:
    with_provider(world, found)
    found.email = "stranger@example.com"
    assert "One more step" in by_provider(world.client(), found).text
    assert not is_proven(world)


def test_who_came_back_by_an_earlier_secret_proves_nothing_of_the_later_one(world: World, found: Provider) -> None:
    admin = with_provider(world, found)
    with world.app.app_context():
        keys = runtime().keys
    with world.session() as session:
        before = client_of(session, keys, 1, BACK)
    assert configure(admin, found, secret="another").status_code == 303
    with world.session() as session:
        note_proven(session, keys, 1, before)
        assert not is_proven(world)
        note_proven(session, keys, 1, client_of(session, keys, 1, BACK))
    assert is_proven(world)
