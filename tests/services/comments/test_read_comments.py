"""A reviewer's page opens what it shows and asks the database as often for many comments as for few."""

import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

from sqlalchemy import event

from feedback.domain.sealing import open_comment
from feedback.domain.staff import OPERATOR
from feedback.domain.survey.answers import Wish
from feedback.services.comments.index_comments import CommentIndexes
from feedback.services.comments.read_comments import CommentReader, ReadComments
from tests.databases import ON_SQLITE
from tests.reviewing import wave_in_review
from tests.world import World

pytestmark = ON_SQLITE
FEW = [f"Word{number} alone{number}" for number in range(6)]
MANY = [f"Word{number} alone{number}" for number in range(18)]


def reading(world: World, reader: CommentReader, wave: int) -> ReadComments:
    with world.session() as session:
        return reader.following(session, world.keys, wave, None, now=world.clock(), reviewer=OPERATOR)


def cost(world: World, texts: Sequence[str]) -> tuple[int, int]:
    """How many texts are opened, and how many statements run, for one comment of a wave whose index is kept."""
    wave = wave_in_review(world, texts, [Wish.QUOTE] * len(texts))
    reader = CommentReader(CommentIndexes())
    reading(world, reader, wave)
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    with world.session() as session:
        engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        opened = calls_of(open_comment, lambda: reading(world, reader, wave))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return opened, len(statements)


def calls_of(function: Callable[..., Any], deed: Callable[[], object]) -> int:
    """How often a function is called during a deed."""
    seen, before = 0, sys.getprofile()

    def watch(frame: FrameType, happened: str, _value: Any) -> None:
        nonlocal seen
        seen += happened == "call" and frame.f_code is function.__code__

    sys.setprofile(watch)
    try:
        deed()
    finally:
        sys.setprofile(before)
    return seen


def test_one_comment_is_opened_and_no_statement_more_is_run_for_many(world: World) -> None:
    (opened, statements), (opened_of_many, statements_for_many) = cost(world, FEW), cost(world, MANY)
    assert (opened, opened_of_many) == (1, 1)
    assert statements_for_many == statements <= 15


def test_an_index_is_made_once_and_again_for_other_comments(world: World) -> None:
    wave, reader = wave_in_review(world), CommentReader(CommentIndexes())
    first = calls_of(open_comment, lambda: reading(world, reader, wave))
    assert calls_of(open_comment, lambda: reading(world, reader, wave)) == 1
    other = wave_in_review(world, FEW, [Wish.QUOTE] * len(FEW))
    assert calls_of(open_comment, lambda: reading(world, reader, other)) > 1
    assert first > 1
