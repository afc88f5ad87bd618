"""How often a view reads and writes the stored documents that it is made of: each is read once."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from json.decoder import JSONDecoder
from json.encoder import JSONEncoder
from unittest.mock import patch

import pytest
from sqlalchemy import select

from feedback.reporting.formats import COMPARISON_FORMATS, REPORT_FORMATS
from feedback.storage.comment_releases import CommentRelease
from feedback.storage.reports import StoredReport
from forms.bank import pair
from tests.answering import respond
from tests.kept import kept
from tests.reviewing import release, reviewed_wave
from tests.web.test_after_answering import results_address
from tests.web.test_staff_pages import SITE, signed_in
from tests.world import World

SMALL = 100
"""So short a text may stand in a document by chance."""


@dataclass
class Texts:
    """JSON texts read and written, in order."""

    read: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)


@contextmanager
def json_watched() -> Iterator[Texts]:
    """Note every JSON text that is read or written meanwhile."""
    texts, decode, encode = Texts(), JSONDecoder.decode, JSONEncoder.encode

    def note_read(self: JSONDecoder, text: str) -> object:
        texts.read.append(text)
        return decode(self, text)

    def note_written(self: JSONEncoder, value: object) -> str:
        texts.written.append(encode(self, value))
        return texts.written[-1]

    with patch.object(JSONDecoder, "decode", note_read), patch.object(JSONEncoder, "encode", note_written):
        yield texts


def of_documents(texts: list[str], documents: list[str]) -> list[str]:
    """Those texts that are a stored document, hold one, or are cut out of one."""
    return [text for text in texts if len(text) > SMALL and any(text in one or one in text for one in documents)]


@pytest.fixture
def documents(world: World) -> dict[str, str]:
    """A kick-off and an exit of one programme, both told of, and what was released of the kick-off's comments."""
    kept(world, "two reports and comments", lambda: _two_reports(world))
    with world.session() as session:
        kickoff, exit_ = session.scalars(select(StoredReport.document).order_by(StoredReport.number))
        comments = session.scalar(select(CommentRelease.document))
    return {"kick-off": kickoff, "exit": exit_, "comments": str(comments)}


def _two_reports(world: World) -> None:
    release(world, reviewed_wave(world))
    wave = world.open(world.planned_wave(1, stage="exit", questionnaires=pair("exit")))
    respond(world, world.links(wave)[:20])
    world.close(wave)
    world.do_what_is_due()


def views(world: World) -> Iterator[tuple[str, set[str]]]:
    """The address of every view of reports, and the documents that it is made of."""
    yield "/staff/waves/1/report", {"kick-off", "comments"}
    yield "/staff/waves/1/report/comments.json", {"comments"}
    for ending in ("", *(f".{name}" for name in REPORT_FORMATS)):
        yield f"/staff/waves/2/report{ending}", {"kick-off", "exit"}
    for ending in ("", *(f".{name}" for name in COMPARISON_FORMATS)):
        yield f"/staff/waves/2/compared-with/1{ending}", {"kick-off", "exit"}
    yield "/staff/programmes/1/changes", {"kick-off", "exit"}
    yield results_address(world), {"kick-off", "exit"}
    yield f"{results_address(world)}/1", {"kick-off", "exit"}


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_view_reads_each_stored_document_once_and_writes_none_twice(world: World, documents: dict[str, str]) -> None:
    client = signed_in(world)
    for address, names in views(world):
        with json_watched() as texts:
            assert client.get(address, base_url=SITE).status_code == 200, address
        made_of = [documents[name] for name in names]
        assert sorted(of_documents(texts.read, [*documents.values()])) == sorted(made_of), address
        written = of_documents(texts.written, [*documents.values()])
        assert sum(map(len, written)) <= sum(map(len, made_of)), address


def test_what_is_read_and_written_is_noticed() -> None:
    document = json.dumps({"statements": list(range(SMALL))})
    with json_watched() as texts:
        json.dumps(json.loads(document)["statements"])
    assert of_documents(texts.read, [document]) == [document]
    assert [len(text) for text in of_documents(texts.written, [document])] == [len(document) - len('{"statements": }')]
