"""What a reviewer has released of one wave's comments, as a document beside the report.

Per question the texts, those that were changed marked as such, and the summary. Nothing tells who wrote, in which
group, when, in which order, or how many more there were. Signing is done outside, over the JSON's bytes.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from feedback.domain.comments.review import Decision, ReviewedComment, ReviewedQuestion, decisions_for
from feedback.domain.disclosure.statements import canonical_json
from feedback.domain.errors import ReviewRefused

FORMAT = 1
KIND = "released-comments"
Shuffle = Callable[[list["ReleasedText"]], None]


@dataclass(frozen=True)
class ReleasedText:
    """A text as published: word for word, or changed by the reviewer."""

    text: str
    redacted: bool


@dataclass(frozen=True)
class ReleasedQuestion:
    """What was released on the open question `code`, on which k or more people wrote. `summary` may be empty."""

    code: str
    texts: tuple[ReleasedText, ...]
    summary: str


@dataclass(frozen=True)
class ReleasedComments:
    """All that was released of a wave. `report` is the chain hash of its report, `k` how many wrote at least."""

    report: str
    k: int
    questions: tuple[ReleasedQuestion, ...]

    def on(self, code: str) -> ReleasedQuestion | None:
        """Return what was released on one question, or None if its comments were not kept."""
        return next((one for one in self.questions if one.code == code), None)


def released_question(reviewed: ReviewedQuestion, shuffle: Shuffle) -> ReleasedQuestion:
    """Return what is published of one question's comments, or raise ReviewRefused if it is not ready or not allowed."""
    if not all(one.is_decided for one in reviewed.comments):
        raise ReviewRefused("Not every comment is decided. Decide on each, then release them together.")
    if reviewed.lacks_summary:
        raise ReviewRefused(
            f"Comments on {reviewed.code} are to be summed up, but there is no summary. Write it first."
        )
    if any(one.verdict.decision not in decisions_for(one.comment.wish) for one in reviewed.comments):
        raise ReviewRefused("A comment was decided on in a way that its author does not allow. Decide on it again.")
    texts = list(_texts(reviewed.comments))
    shuffle(texts)
    return ReleasedQuestion(reviewed.code, tuple(texts), reviewed.summary)


def _texts(comments: Iterable[ReviewedComment]) -> Iterable[ReleasedText]:
    for one in comments:
        if one.verdict.decision is Decision.RELEASED:
            yield ReleasedText(one.comment.text, redacted=False)
        elif one.verdict.decision is Decision.REDACTED:
            yield ReleasedText(one.verdict.redacted, redacted=True)


def write_release(released: ReleasedComments) -> str:
    """Return the canonical JSON of a release."""
    questions = [
        {
            "question": one.code,
            "summary": one.summary,
            "texts": [{"text": text.text, "redacted": text.redacted} for text in one.texts],
        }
        for one in released.questions
    ]
    return canonical_json(
        {"format": FORMAT, "kind": KIND, "report": released.report, "k": released.k, "questions": questions}
    )


def read_release(text: str) -> ReleasedComments:
    """Read what `write_release` wrote; other text raises ValueError, KeyError or TypeError."""
    record = json.loads(text)
    if (record["format"], record["kind"]) != (FORMAT, KIND) or canonical_json(record) != text:
        raise ValueError("This is not the canonical JSON of released comments.")
    return ReleasedComments(record["report"], record["k"], tuple(_question(one) for one in record["questions"]))


def _question(one: dict[str, Any]) -> ReleasedQuestion:
    texts = tuple(ReleasedText(text["text"], text["redacted"]) for text in one["texts"])
    return ReleasedQuestion(one["question"], texts, one["summary"])
