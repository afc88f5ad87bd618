"""Sessions: staff have one, and no other page can read or begin one."""

import pytest
from flask import session

from tests.databases import ON_SQLITE
from tests.world import World

ELSEWHERE = ("/", "/healthz", f"/s/{'A' * 43}", f"/s/{'A' * 43}/questions", f"/o/{'A' * 43}", "/static/feedback.css")


@ON_SQLITE
@pytest.mark.parametrize("path", ELSEWHERE)
def test_a_page_that_is_not_the_staffs_cannot_begin_a_session(world: World, path: str) -> None:
    with world.app.test_request_context(path), pytest.raises(RuntimeError, match="session"):
        session["signed_in"] = "x"


@ON_SQLITE
@pytest.mark.parametrize("path", ["/s/x", "/staff/sign-in"])
def test_a_staff_cookie_is_read_on_staff_pages_only(world: World, path: str) -> None:
    with world.app.test_request_context("/staff/"):
        session["signed_in"] = "x"
        cookie = world.app.session_interface.get_signing_serializer(world.app).dumps(dict(session))
    with world.app.test_request_context(
        path, headers={"Cookie": f"{world.app.config['SESSION_COOKIE_NAME']}={cookie}"}
    ):
        assert ("signed_in" in session) == path.startswith("/staff")
