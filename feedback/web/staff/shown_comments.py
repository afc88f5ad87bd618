"""What the reviewer's pages show of comments: their texts with marks, how far the review has come, what was refused."""

from dataclasses import dataclass

from feedback.domain.comments.highlights import Names, Segment, Sign, segments
from feedback.domain.comments.review import Decision, ReviewedComment
from feedback.domain.survey.answers import Wish
from feedback.domain.survey.questionnaires import text_in
from feedback.locales.speech import spoken
from feedback.reporting.words import day
from feedback.runtime import runtime
from feedback.services.comments.read_comments import ReadComments
from feedback.services.roster.names_on_roster import mark_of_names, names_on_roster
from forms.marking import marker
from forms.staff import DecideTickedForm, StaffForm, SumUpCommentsForm

_MARKER = marker()


@dataclass(frozen=True)
class ReviewState:
    """What stands at the top of each page; `lacking` are the words of the questions without their summary, by code."""

    wave_id: int
    programme_id: int
    programme: str
    stage: str
    reviewer: str
    destroyed_on: str
    decided: int
    count: int
    pages: int
    is_finished: bool
    lacking: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ShownComment:
    """One comment, the `number`th of `count` on its question: text in marked segments, wish, and decision so far."""

    key: str
    code: str
    question: str
    number: int
    count: int
    segments: tuple[Segment, ...]
    signs: tuple[Sign, ...]
    wish: Wish
    decision: Decision
    is_ticked: bool = False


@dataclass(frozen=True)
class Saved:
    """The decision that was kept before: on the `number`th of `count` comments on its question."""

    key: str
    number: int
    count: int
    decision: Decision


@dataclass(frozen=True)
class QuestionInReview:
    """One open question with those of its comments that are on the page, and the form for the summary of all."""

    code: str
    text: str
    comments: tuple[ShownComment, ...]
    form: SumUpCommentsForm


def head_of(found: ReadComments) -> ReviewState:
    """Return what stands at the top of each page."""
    progress = found.progress
    return ReviewState(
        wave_id=found.wave_id,
        programme_id=found.programme_id,
        programme=found.programme,
        stage=found.stage,
        reviewer=found.reviewer_name,
        destroyed_on=day(found.expires_at.astimezone(found.time_zone).date()),
        decided=progress.decided,
        count=len(progress.outlines),
        pages=progress.pages,
        is_finished=progress.is_finished,
        lacking=tuple((code, _words(found, code)) for code in progress.lacking_summary),
    )


def shown_comments(found: ReadComments, ticked: frozenset[str] = frozenset()) -> tuple[ShownComment, ...]:
    """Return the comments with what may tell who somebody is marked; those whose key is `ticked` are ticked again."""
    names = _names(found.wave_id)
    return tuple(_shown(found, one, names, is_ticked=one.id.hex() in ticked) for one in found.comments)


def shown_questions(found: ReadComments, failed: StaffForm | None) -> tuple[QuestionInReview, ...]:
    """Return all questions with comments, and those comments that were read; as `failed` has filled them in."""
    ticked = frozenset[str](failed.ticked.data or ()) if isinstance(failed, DecideTickedForm) else frozenset[str]()
    comments = shown_comments(found, ticked)
    return tuple(
        QuestionInReview(
            code,
            _words(found, code),
            tuple(one for one in comments if one.code == code),
            _summary_form(found, code, failed),
        )
        for code in found.progress.questions
    )


def saved(found: ReadComments, comment_id: bytes | None) -> Saved | None:
    """Return what is told of a comment that was decided on just now; None for none."""
    if comment_id is None:
        return None
    return Saved(comment_id.hex(), *found.progress.number_of(comment_id), found.progress.at(comment_id).decision)


def errors_of(failed: StaffForm | None) -> tuple[tuple[str, str, str], ...]:
    """Return (id of the field to go to, message, "") for each error of a form that was refused."""
    if failed is None:
        return ()
    prefix = f"q-{failed.question.data}-" if isinstance(failed, SumUpCommentsForm) else ""
    return tuple((f"{prefix}{field.name}", str(message), "") for field in failed for message in field.errors)


def _names(wave_id: int) -> Names:
    """Return the index of names, made once for a roster as it is now: for minutes, and not for each comment."""
    tools, key = runtime(), ("names on the roster", wave_id)
    session = tools.session()
    return tools.kept.get(
        key, mark_of_names(session, wave_id), lambda: _MARKER.names(names_on_roster(session, wave_id))
    )


def _words(found: ReadComments, code: str) -> str:
    return text_in(found.words[code], spoken().code)


def _shown(found: ReadComments, one: ReviewedComment, names: Names, *, is_ticked: bool) -> ShownComment:
    number, count = found.progress.number_of(one.id)
    code, spans = found.progress.at(one.id).question, _MARKER.highlights(one.comment.text, names)
    return ShownComment(
        key=one.id.hex(),
        code=code,
        question=_words(found, code),
        number=number,
        count=count,
        segments=segments(one.comment.text, spans),
        signs=tuple(sign for sign in Sign if any(span.sign is sign for span in spans)),
        wish=one.comment.wish,
        decision=one.verdict.decision,
        is_ticked=is_ticked,
    )


# Without `formdata=None` every form of the page would take up what one of them has sent.
def _summary_form(found: ReadComments, code: str, failed: StaffForm | None) -> SumUpCommentsForm:
    if isinstance(failed, SumUpCommentsForm) and failed.question.data == code:
        return failed
    return SumUpCommentsForm(formdata=None, data={"question": code, "summary": found.summaries.get(code, "")})
