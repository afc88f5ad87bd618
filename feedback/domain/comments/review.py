"""Comments in review: what is sealed of each, what may become of it, and what the reviewer has decided.

Refuses to publish, shorten or quote what its author did not allow to be quoted.
"""

import json
from dataclasses import dataclass
from enum import StrEnum

from feedback.domain.errors import ReviewRefused, SealBroken
from feedback.domain.survey.answers import Wish, clean_text
from feedback.domain.survey.questionnaires import Questionnaire

_BYTES_PER_CHARACTER = 4
"""The most that a character of a clean text takes, in JSON and in UTF-8."""
LONGEST_REVIEWED = 2500
"""How many characters a redacted text or a summary may have: more than a comment, since marks of omission add some."""
REVIEWED_BYTES = LONGEST_REVIEWED * _BYTES_PER_CHARACTER


class Decision(StrEnum):
    """What becomes of a comment."""

    UNDECIDED = "undecided"
    RELEASED = "released"
    REDACTED = "redacted"
    SUMMARISED = "summarised"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Comment:
    """One text and its author's wish. A text that is only to be counted leaves no comment."""

    text: str
    wish: Wish


@dataclass(frozen=True)
class CommentVerdict:
    """A reviewer's decision; `redacted` is the text to publish instead, empty unless the decision is to redact."""

    decision: Decision
    redacted: str = ""


@dataclass(frozen=True)
class ReviewedComment:
    """One comment under its random id, with what was decided so far."""

    id: bytes
    comment: Comment
    verdict: CommentVerdict

    @property
    def is_decided(self) -> bool:
        """Whether the reviewer has decided."""
        return self.verdict.decision is not Decision.UNDECIDED


@dataclass(frozen=True)
class ReviewedQuestion:
    """The comments on one question, in the order of their random ids, and their summary, empty if there is none."""

    code: str
    comments: tuple[ReviewedComment, ...]
    summary: str

    @property
    def lacks_summary(self) -> bool:
        """Whether a comment is to appear in a summary that nobody has written."""
        return not self.summary and any(one.verdict.decision is Decision.SUMMARISED for one in self.comments)


def decisions_for(wish: Wish) -> tuple[Decision, ...]:
    """Return what a reviewer may decide on a comment whose author has this wish. Any decision can be taken back."""
    if wish is Wish.QUOTE:
        return (Decision.RELEASED, Decision.REDACTED, Decision.SUMMARISED, Decision.WITHHELD)
    return (Decision.SUMMARISED, Decision.WITHHELD) if wish is Wish.SUMMARISE else (Decision.WITHHELD,)


def checked_verdict(comment: Comment, verdict: CommentVerdict) -> CommentVerdict:
    """Return the verdict with its text cleaned, or raise ReviewRefused if it may not be given on this comment."""
    if verdict.decision is not Decision.UNDECIDED and verdict.decision not in decisions_for(comment.wish):
        raise ReviewRefused("The author of this comment does not allow that. Choose one of the other decisions.")
    if verdict.decision is not Decision.REDACTED:
        return CommentVerdict(verdict.decision)
    redacted = checked_words(verdict.redacted)
    if redacted in ("", comment.text):
        raise ReviewRefused("Change the text before it is published in a changed version, and leave some of it.")
    return CommentVerdict(verdict.decision, redacted)


def checked_words(text: str) -> str:
    """Return what a reviewer wrote, cleaned, or raise ReviewRefused if it is too long."""
    # Normalising costs the square of the length for some texts; what is far too long is refused as it is.
    cleaned = text if len(text) > 2 * LONGEST_REVIEWED else clean_text(text)
    if len(cleaned) > LONGEST_REVIEWED:
        raise ReviewRefused(f"The text has more than {LONGEST_REVIEWED} characters. Shorten it.")
    return cleaned


def write_comment(comment: Comment) -> bytes:
    """Return the canonical JSON of `comment`."""
    fields = {"text": comment.text, "wish": comment.wish}
    return json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def read_comment(data: bytes) -> Comment:
    """Read what `write_comment` wrote, or raise SealBroken: whoever knows the public key can seal anything."""
    try:
        fields = json.loads(data)
        comment = Comment(fields["text"], Wish(fields["wish"]))
        if isinstance(comment.text, str) and write_comment(comment) == data:
            return comment
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise SealBroken("A sealed body is not a comment.")


def largest_comment(questionnaire: Questionnaire) -> int:
    """Return the length in bytes of the longest comment that an answer to `questionnaire` can leave."""
    frame = Comment("", max(Wish, key=len))
    longest = max((question.max_chars for question in questionnaire.open_questions), default=0)
    return len(write_comment(frame)) + longest * _BYTES_PER_CHARACTER
