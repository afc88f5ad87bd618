"""What became of the comments: released with the reviewer's summary, in review until a date, or destroyed unread."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from feedback.domain.report.released_comments import ReleasedComments, ReleasedQuestion
from feedback.domain.report.report import CommentDecision
from feedback.domain.survey.questionnaires import text_in
from feedback.locales.counts import people
from feedback.rendering.blocks import Heading, Paragraph, Quotes, Tone
from feedback.rendering.paper import Block, PaperSection
from feedback.reporting.words import day


@dataclass(frozen=True)
class CommentsState:
    """What was `released` of the comments, or `until` which day they are in review, where the programme is.

    Neither means that they were destroyed, or that none were kept; `reviewer_left` before anything was released.
    """

    released: ReleasedComments | None = None
    until: date | None = None
    reviewer_left: bool = False


def comments_section(decisions: tuple[CommentDecision, ...], state: CommentsState, language: str) -> PaperSection:
    """Return the comments, question by question."""
    blocks = [block for one in decisions for block in _question(one, state, language)]
    return PaperSection("comments", _("Comments"), (*_order(state), *blocks))


def _order(state: CommentsState) -> Iterator[Block]:
    if state.released is not None:
        said = _(
            "Released by the reviewer, in an order drawn at random. On each question that has comments %(people)s or "
            "more wrote; some may have asked not to be quoted, or only to be counted.",
            people=people(state.released.k),
        )
        yield Paragraph(said, Tone.QUIET)


def _question(one: CommentDecision, state: CommentsState, language: str) -> Iterator[Block]:
    yield Heading(text_in(one.text, language), 3, one.code)
    released = state.released.on(one.code) if state.released else None
    if not one.kept:
        yield Paragraph(
            _("Too few people answered, wrote, or let their text be read. The comments were destroyed unread.")
        )
    elif released is not None:
        yield from _released(released)
    elif state.until is not None:
        yield Paragraph(
            _(
                "Enough people wrote. The reviewer reads the comments and decides until %(date)s what is released.",
                date=day(state.until),
            )
        )
    elif state.reviewer_left:
        yield Paragraph(_("Enough people wrote, but the reviewer left. The comments were destroyed unread."))
    else:
        yield Paragraph(_("Enough people wrote, but nothing was released in time. The comments were destroyed."))


def _released(released: ReleasedQuestion) -> Iterator[Block]:
    if released.summary:
        yield Paragraph(_("Summary by the reviewer: %(summary)s", summary=released.summary))
    if not released.texts:
        yield Paragraph(_("No comment was published word for word."), Tone.QUIET)
        return
    changed = _("(changed by the reviewer)")
    yield Quotes(tuple(f"{one.text} {changed}" if one.redacted else one.text for one in released.texts))
