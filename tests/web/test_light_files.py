"""Styles and scripts are sent without comments and indentation, and are otherwise what lies in the folder."""

from pathlib import Path

import pytest

from feedback.web.light_files import lightened
from tests.databases import ON_SQLITE
from tests.world import World

pytestmark = ON_SQLITE
FOLDER = Path(__file__).parents[2] / "feedback" / "web" / "static"
FILES = sorted(path.name for kind in ("css", "js") for path in FOLDER.glob(f"*.{kind}"))


def without_blanks(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("name", FILES)
def test_a_file_loses_its_comments_and_indentation_and_nothing_else(world: World, name: str) -> None:
    response = world.client().get(f"/static/{name}")
    written, kept = (FOLDER / name).read_text(), []
    for piece in written.split("/*"):
        kept.append(piece.partition("*/")[2] if kept else piece)
    assert without_blanks(response.text) == without_blanks("".join(kept))
    assert [line for line in response.text.splitlines() if line != line.strip() or not line] == []
    assert "*/" not in response.text


@pytest.mark.parametrize("name", FILES)
def test_a_browser_that_has_a_file_is_not_sent_it_again(world: World, name: str) -> None:
    first = world.client().get(f"/static/{name}")
    again = world.client().get(f"/static/{name}", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    assert first.mimetype == {"css": "text/css", "js": "text/javascript"}[name.rpartition(".")[2]]


def test_a_file_that_is_not_there_is_not_found(world: World) -> None:
    assert world.client().get("/static/none.css").status_code == 404
    assert world.client().get("/static/..%2fheaders.py").status_code == 404


def test_lines_stay_lines() -> None:
    assert lightened("/* one\n two */\na {\n  b: c;\n\n}\n") == "a {\nb: c;\n}\n"
