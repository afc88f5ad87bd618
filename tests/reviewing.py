"""Waves with comments in review, and what a reviewer does with them, without pages."""

from collections.abc import Sequence

from feedback.domain.comments.review import CommentVerdict, Decision, ReviewedComment
from feedback.domain.staff import OPERATOR
from feedback.domain.survey.answers import Wish
from feedback.services.comments.decide_comments import decide_comments
from feedback.services.comments.list_comments import Review, list_comments
from feedback.services.comments.release_comments import release_comments
from feedback.services.comments.sum_up_comments import sum_up_comments
from tests.answering import respond
from tests.kept import kept
from tests.promises.closing import spread
from tests.world import World

QUOTED = tuple(f"Please quote this, number {number}" for number in range(4))
SUMMED = tuple(f"Do not quote this, number {number}" for number in range(2))
COUNTED = ("Only count this",)
TEXTS = (*QUOTED, *SUMMED, *COUNTED)
WISHES = (*(Wish.QUOTE for _ in QUOTED), *(Wish.SUMMARISE for _ in SUMMED), *(Wish.COUNT for _ in COUNTED))
EVERYTHING = {
    QUOTED[0]: CommentVerdict(Decision.RELEASED),
    QUOTED[1]: CommentVerdict(Decision.RELEASED),
    QUOTED[2]: CommentVerdict(Decision.REDACTED, "Please quote […]"),
    QUOTED[3]: CommentVerdict(Decision.WITHHELD),
    SUMMED[0]: CommentVerdict(Decision.SUMMARISED),
    SUMMED[1]: CommentVerdict(Decision.WITHHELD),
}
SUMMARY = "Two asked for more time."


def wave_in_review(world: World, texts: Sequence[str] = TEXTS, wishes: Sequence[Wish] = WISHES) -> int:
    """A closed wave that 20 of 27 people answered, the first of whom wrote `texts`."""
    written = [*zip(texts, wishes, strict=False)]
    return kept(world, f"{written} are in review", lambda: _wave_newly_in_review(world, texts, wishes))


def _wave_newly_in_review(world: World, texts: Sequence[str] = TEXTS, wishes: Sequence[Wish] = WISHES) -> int:
    wave = world.open_new_wave()
    respond(world, spread(world, wave, 20), texts, wishes=wishes)
    world.close(wave)
    return wave


def review_of(world: World, wave: int) -> Review:
    with world.session() as session:
        return list_comments(session, world.keys, wave, now=world.clock(), reviewer=OPERATOR)


def comment_that_says(world: World, wave: int, text: str, question: str = "F2") -> ReviewedComment:
    (found,) = (one for one in review_of(world, wave).questions if one.code == question)
    return next(one for one in found.comments if one.comment.text == text)


def decide(world: World, wave: int, text: str, verdict: CommentVerdict, question: str = "F2") -> None:
    number = comment_that_says(world, wave, text, question).id
    with world.session() as session:
        decide_comments(session, world.keys, wave, verdicts={number: verdict}, now=world.clock(), reviewer=OPERATOR)


def sum_up(world: World, wave: int, summary: str = SUMMARY, question: str = "F2") -> None:
    with world.session() as session:
        sum_up_comments(session, wave, question, summary=summary, now=world.clock(), reviewer=OPERATOR)


def decide_everything(world: World, wave: int) -> None:
    """Decide on all comments of `wave_in_review`, on every question alike, and sum up."""
    for question in review_of(world, wave).questions:
        for text, verdict in EVERYTHING.items():
            decide(world, wave, text, verdict, question.code)
        sum_up(world, wave, question=question.code)


def release(world: World, wave: int) -> None:
    with world.session() as session:
        release_comments(session, world.keys, wave, now=world.clock(), reviewer=OPERATOR)


def reviewed_wave(world: World) -> int:
    """A wave of which everything is decided and nothing released."""
    return kept(world, "everything is decided", lambda: newly_reviewed_wave(world))


def newly_reviewed_wave(world: World) -> int:
    """The same, for tests that look at what is said meanwhile, or at what it leaves in files."""
    wave = _wave_newly_in_review(world)
    decide_everything(world, wave)
    return wave
