"""Programs that show a key: what makes one without the desk, and asks with it."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback.domain.api_keys import ApiScope, ApiSecret, key_digest, written_key
from feedback.domain.staff import StaffRole
from feedback.storage.api_keys import ApiKey
from feedback.storage.organisations import organisation_named
from feedback.storage.staff import staff_of
from tests.passkeys import SITE
from tests.web.test_staff_pages import token_for
from tests.world import World

ROOT = "/api/v1"
EVERY_SCOPE = tuple(ApiScope)


@dataclass
class Program:
    """A program with a key, or with none."""

    client: FlaskClient
    key: str = ""

    def ask(self, path: str, method: str = "GET", **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        headers |= more.pop("headers", {})
        return self.client.open(f"{ROOT}{path}", method=method, base_url=SITE, headers=headers, **more)

    def get(self, path: str) -> Any:
        answer = self.ask(path)
        assert answer.status_code == 200, answer.text
        return answer.json

    def post(self, path: str, body: object = None, **headers: str) -> TestResponse:
        return self.ask(path, "POST", json=body, headers=headers)


def new_key(
    world: World,
    *scopes: ApiScope,
    organisation: str = "Example Organisation",
    programme_id: int | None = None,
    days: float = 30,
) -> str:
    """A key of an organisation, which is made with an administrator if there is none."""
    token_for(world, StaffRole.ADMINISTRATOR, organisation)
    secret, now = ApiSecret(secrets.token_bytes(32)), datetime.now(UTC)
    with world.session() as session:
        owner = organisation_named(session, organisation).id
        maker = next(one for one in staff_of(session, owner) if one.role == StaffRole.ADMINISTRATOR)
        key = ApiKey(
            organisation_id=owner,
            programme_id=programme_id,
            digest=key_digest(secret),
            purpose="Staff list",
            scopes=" ".join(scopes or EVERY_SCOPE),
            made_by=maker.id,
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
        session.add(key)
        session.commit()
    return written_key(secret)


def program(world: World, *scopes: ApiScope, **about: Any) -> Program:
    """A program with a key of its own."""
    return Program(world.client(), new_key(world, *scopes, **about))
