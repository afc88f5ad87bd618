"""Whoever may write questions can put anything into them; it is text wherever it is read."""

import csv
import io
import zipfile

import pytest

from feedback.domain.languages import LANGUAGES
from feedback.reporting.formats import REPORT_FORMATS
from feedback.storage.programmes import programme_by_id
from forms.programmes import OTHER_LANGUAGES
from tests.answering import respond
from tests.databases import ON_SQLITE
from tests.kept import kept
from tests.promises.closing import spread
from tests.web.test_own_question_pages import ADD, LIST
from tests.web.test_question_pages import plan
from tests.web.test_staff_pages import SITE, press, signed_in
from tests.world import World

pytestmark = ON_SQLITE

HOSTILE = (
    "=cmd|'/C calc'!A1 <img src=x onerror=alert(1)> & “quoted” %s %(x)s #set page() $ \\ <script>alert(1)</script>"
)
HEAD = "=cmd|&#39;/C calc&#39;!A1 &lt;img src=x onerror=alert(1)&gt;"
FORMULAS = ("+1+1", "@SUM(A1)", "-2+3", "<b>bold</b>")
FILLED = {
    "version": "0",
    "text": HOSTILE,
    "roles": ["mentor", "mentee"],
    "kind": "one",
    "answers": "own",
    "options": "\n".join(FORMULAS),
    "order": "rising",
    "section": "programme",
    "theme": "other",
    **{f"in_{code}-text": f"{HOSTILE} {code}" for code in OTHER_LANGUAGES},
    **{f"in_{code}-options": "\n".join(FORMULAS) for code in OTHER_LANGUAGES},
}


@pytest.fixture
def wave(world: World) -> int:
    """A closed survey that asked a hostile question in every language."""
    return kept(world, "a hostile question was asked", lambda: _newly_asked(world))


def _newly_asked(world: World) -> int:
    programme = world.programme()
    client = signed_in(world)
    assert press(client, ADD, ADD, **FILLED).location == LIST
    number = world.open(plan(client))
    respond(world, spread(world, number, 20))
    assert programme == 1
    return number


def test_it_is_harmless_on_every_page_of_staff_and_of_participants(world: World, wave: int) -> None:
    client, link = signed_in(world), world.links(wave)[0]
    pages = [
        client.get(f"{address}{'&' if '?' in address else '?'}language={language.code}", base_url=SITE).text
        for language in LANGUAGES
        for address in (
            LIST,
            "/staff/programmes/1/questions/own/1?stage=kickoff",
            f"/staff/programmes/1/questions?stage=kickoff&in={language.code}",
            f"/staff/waves/{wave}/questions?in={language.code}",
        )
    ]
    pages.append(world.client().get(f"/s/{link}/questions?language=fr").text)
    world.close(wave)
    pages.append(client.get(f"/staff/waves/{wave}/report", base_url=SITE).text)
    for page in pages:
        assert "<img src=x" not in page
        assert "<script>alert" not in page
        assert "<b>bold" not in page
    assert all(HEAD in page for page in pages[:-2])
    assert HEAD in pages[-1]


def test_it_is_text_in_every_file_of_the_report(world: World, wave: int) -> None:
    world.close(wave)
    client = signed_in(world)
    files = {
        ending: client.get(f"/staff/waves/{wave}/report.{ending}", base_url=SITE).data for ending in REPORT_FORMATS
    }
    assert files["pdf"].startswith(b"%PDF")
    book = zipfile.ZipFile(io.BytesIO(files["xlsx"]))
    sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/")]
    assert sheets
    assert not [sheet for sheet in sheets if b"<f>" in sheet]
    rows = csv.reader(io.StringIO(files["csv"].decode("utf-8-sig")))
    cells = [cell for row in rows for cell in row]
    assert [cell for cell in cells if "alert(1)" in cell]
    assert not [cell for cell in cells if cell.startswith(("=", "@"))]


def test_words_of_the_programme_are_not_filled_in_twice(world: World) -> None:
    """A focus that looks like a place for another word stays as it is."""
    world.programme()
    with world.session() as session:
        programme_by_id(session, 1).focus = "{word} <i>x</i>"
        session.commit()
    client = signed_in(world)
    press(client, ADD, ADD, **{**FILLED, "text": "What of {focus}?", "without": "fr,es,ar,cy"})
    shown = client.get(LIST, base_url=SITE).text
    assert "<i>x" not in shown
