"""A world whose staff's pages come from a process on PostgreSQL that has the staff's rights and no others."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback.app import create_app
from feedback.config import Serves
from feedback.storage.grants import GroupRole
from tests.databases import Pair
from tests.world import TEXTS, FixedClock, World


@dataclass
class WorldOfStaff(World):
    """A world whose staff's pages come from their own process; the rest of it is the worker's and the owner's."""

    desk: Flask = field(default_factory=lambda: Flask("nobody"))

    def client(self) -> FlaskClient:
        return self.desk.test_client()

    def fill_in(self, link: str, texts: tuple[str, ...] = TEXTS, **chosen: str) -> str:
        return self._whole().fill_in(link, texts, **chosen)

    def answer(self, link: str, texts: tuple[str, ...] = TEXTS, **chosen: str) -> TestResponse:
        return self._whole().answer(link, texts, **chosen)

    def _whole(self) -> World:
        return World(self.app, self.clock, self.mailbox, self.kind, self.chance)


@pytest.fixture
def world(world: World, roles: dict[GroupRole, Pair], clock: FixedClock) -> Iterator[World]:
    login = roles[GroupRole.STAFF]
    settings = replace(world.tools.settings, database_url=login.main, serves=Serves.STAFF)
    desk = create_app(replace(settings, vault=replace(settings.vault, keys_url=login.keys)), clock)
    yield WorldOfStaff(**vars(world), desk=desk)
    World(desk, clock, world.mailbox, world.kind).dispose()
