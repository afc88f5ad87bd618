"""The wheel holds all that serving needs and nothing else, and works far from this checkout."""

import json
import sqlite3
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from tests.house.installing import install, new_environment, run

ROOT = Path(__file__).resolve().parents[2]
_RESOURCES = "feedback/_resources"
SHIPPED = {
    "feedback": "feedback",
    "forms": "forms",
    **{folder: f"{_RESOURCES}/{folder}" for folder in ("templates", "migrations", "examples/rosters")},
}
FILES = [f"examples/reports/27-people/{stage}.json" for stage in ("exit", "kickoff")]
RENDER = """
import json, sys
from feedback.app import create_app
from feedback.config import read_settings
client = create_app(read_settings({"FEEDBACK_INSTANCE": sys.argv[1]})).test_client()
print(json.dumps({address: client.get(address).status_code for address in sys.argv[2:]}))
"""
PRINT = """
import sys
from feedback.rendering.blocks import Paragraph
from feedback.rendering.paper import Paper, PaperSection
from feedback.rendering.pdf import PdfSettings, write_pdf
from feedback.resources import templates_folder
section = PaperSection("one", "One", (Paragraph("Words."),))
paper = Paper("Title", "Subtitle", "en", "ltr", (section,))
sys.stdout.buffer.write(write_pdf(paper, PdfSettings(templates_folder()))[:8])
"""
WHERE = "import feedback, forms; print(feedback.__file__); print(forms.__file__)"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, in a folder that knows nothing of the checkout."""
    environment = new_environment(tmp_path_factory.mktemp("far") / "environment")
    install(environment, wheel)
    return environment


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def files_below(folder: Path) -> set[Path]:
    found = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    return {path for path in found if "__pycache__" not in path.parts and not path.name.startswith(".")}


def tables(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_the_wheel_holds_what_is_shipped_and_nothing_else(wheel: Path) -> None:
    expected = {
        f"{target}/{path.as_posix()}" for folder, target in SHIPPED.items() for path in files_below(ROOT / folder)
    }
    assert names_in(wheel) == expected | {f"{_RESOURCES}/{file}" for file in FILES}


@pytest.mark.parametrize(
    "name",
    [
        "feedback/web/static/feedback.css",
        "feedback/web/static/report.css",
        "feedback/_resources/templates/layout.html",
        "feedback/_resources/templates/report/paper.typ",
        "feedback/_resources/templates/fonts/NotoSans-Regular.ttf",
        "feedback/_resources/templates/fonts/LICENSE",
        "feedback/_resources/migrations/main/env.py",
        "feedback/_resources/migrations/keys/env.py",
        "feedback/_resources/examples/rosters/roster.csv",
        "forms/questionnaires/kickoff-mentor.toml",
    ],
)
def test_the_wheel_holds_more_than_code(wheel: Path, name: str) -> None:
    assert name in names_in(wheel)


def test_the_wheel_says_its_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert [name for name in archive.namelist() if name.endswith(".dist-info/licenses/LICENSE")]


def test_what_is_installed_is_not_the_checkout(installed: Path, tmp_path: Path) -> None:
    places = run(installed / "bin/python", "-I", "-c", WHERE, cwd=tmp_path).split()
    assert [place for place in places if not Path(place).is_relative_to(installed)] == []


def test_the_installed_service_renders_a_page_with_its_styles(installed: Path, tmp_path: Path) -> None:
    command = (installed / "bin/python", "-I", "-c", RENDER, tmp_path / "instance", "/", "/static/feedback.css")
    assert json.loads(run(*command, cwd=tmp_path)) == {"/": 200, "/static/feedback.css": 200}


def test_the_installed_service_prints_a_report(installed: Path, tmp_path: Path) -> None:
    assert run(installed / "bin/python", "-I", "-c", PRINT, cwd=tmp_path) == "%PDF-1.7"


def test_the_installed_command_makes_both_databases(installed: Path, tmp_path: Path) -> None:
    run(installed / "bin/feedback", "db", "upgrade", cwd=tmp_path, variables={"FEEDBACK_INSTANCE": "here"})
    assert "sealed_responses" in tables(tmp_path / "here/feedback.sqlite")
    assert "keys" in tables(tmp_path / "here/keys.sqlite")
    assert "keys" not in tables(tmp_path / "here/feedback.sqlite")


def test_the_installed_bank_has_every_questionnaire(installed: Path, tmp_path: Path) -> None:
    listed = run(installed / "bin/feedback", "questionnaire", "list", cwd=tmp_path)
    assert [path.stem for path in (ROOT / "forms/questionnaires").glob("*.toml") if path.stem not in listed] == []
