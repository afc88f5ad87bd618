"""The web hook for returned mails: closed without its token, alike for everything that is posted with it."""

import pytest
from werkzeug.test import TestResponse

from feedback.app import LARGEST_POST_BYTES, create_app
from feedback.config import read_settings
from tests.bouncing import BOUNCES, absence_notice, bounce_of, mail_states, mail_to, return_path_of
from tests.databases import ON_SQLITE
from tests.promises.visits import mailed_wave
from tests.world import World

pytestmark = ON_SQLITE

TOKEN = "t" * 40
MIA = "mentor.0@example.com"


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return {**environment, "FEEDBACK_BOUNCE_ADDRESS": BOUNCES, "FEEDBACK_BOUNCES_TOKEN": TOKEN}


def post(world: World, raw: bytes, authorization: str = f"Bearer {TOKEN}") -> TestResponse:
    return world.client().post("/bounces", data=raw, headers={"Authorization": authorization})


def test_a_posted_bounce_is_noted(world: World) -> None:
    mailed_wave(world, 3, 3)
    assert post(world, bounce_of(mail_to(world, MIA), to=return_path_of(world, MIA))).status_code == 204
    assert mail_states(world)[MIA] == "bounced"


def test_known_unknown_and_junk_are_answered_alike(world: World) -> None:
    mailed_wave(world, 3, 3)
    known = bounce_of(mail_to(world, MIA), to=return_path_of(world, MIA))
    mails = [known, known, bounce_of(mail_to(world, MIA)), absence_notice(mail_to(world, MIA)), b"", b"\xff" * 999]
    answers = {(answer.status_code, answer.data, str(answer.headers)) for answer in (post(world, one) for one in mails)}
    assert len(answers) == 1
    assert "Set-Cookie" not in str(answers)


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer größe"])
def test_without_the_token_nothing_is_read(world: World, shown: str) -> None:
    mailed_wave(world, 3, 3)
    raw = bounce_of(mail_to(world, MIA), to=return_path_of(world, MIA))
    assert post(world, raw, shown.encode().decode("latin-1")).status_code == 403
    assert set(mail_states(world).values()) == {"accepted"}


def test_what_is_too_large_is_not_read(world: World) -> None:
    assert post(world, b"x" * (LARGEST_POST_BYTES + 1)).status_code == 413


def test_the_hook_is_opened_by_no_other_method(world: World) -> None:
    assert world.client().get("/bounces").status_code == 405


def test_without_a_token_in_the_settings_there_is_no_hook(environment: dict[str, str]) -> None:
    app = create_app(read_settings({**environment, "FEEDBACK_BOUNCES_TOKEN": ""}))
    assert app.test_client().post("/bounces", headers={"Authorization": "Bearer "}).status_code == 404


def test_the_participants_process_has_no_hook(environment: dict[str, str]) -> None:
    secrets = ("KEYS_URL", "MASTER_KEY", "SESSION_KEY", "BOUNCES_TOKEN")
    left = {name: value for name, value in environment.items() if name.removeprefix("FEEDBACK_") not in secrets}
    app = create_app(read_settings({**left, "FEEDBACK_SERVES": "participants"}))
    assert app.test_client().post("/bounces").status_code == 404
