"""The reviewer's page: a wave's comments without their authors, and what becomes of each. Only for reviewers."""

from dataclasses import dataclass

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from feedback.domain.comments.highlights import Names, Segment, Sign, segments
from feedback.domain.comments.review import CommentVerdict, Decision, ReviewedComment, ReviewedQuestion, decisions_for
from feedback.domain.errors import ReviewRefused
from feedback.domain.staff import StaffRole
from feedback.domain.survey.answers import Wish
from feedback.domain.survey.questionnaires import text_in
from feedback.locales.speech import spoken
from feedback.reporting.words import day
from feedback.runtime import runtime
from feedback.services.comments.decide_comment import decide_comment
from feedback.services.comments.list_comments import Review, list_comments
from feedback.services.comments.release_comments import release_comments
from feedback.services.comments.sum_up_comments import sum_up_comments
from feedback.services.roster.names_on_roster import names_on_roster
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.sent_forms import accepted
from forms.marking import marker
from forms.staff import DecideCommentForm, ReleaseCommentsForm, StaffForm, SumUpCommentsForm

_MARKER = marker()


@dataclass(frozen=True)
class ShownComment:
    """One comment: its text in marked segments, its author's wish, the decision so far and the form for another."""

    key: str
    segments: tuple[Segment, ...]
    signs: tuple[Sign, ...]
    wish: Wish
    decision: Decision
    form: DecideCommentForm


@dataclass(frozen=True)
class CommentedQuestion:
    """One open question with its comments and the form for their summary."""

    code: str
    text: str
    comments: tuple[ShownComment, ...]
    lacks_summary: bool
    form: SumUpCommentsForm


@allowed(StaffRole.REVIEWER)
def review(wave_id: int) -> ResponseReturnValue:
    """Show the comments of a wave that are in review."""
    return _page(wave_id)


@allowed(StaffRole.REVIEWER)
def decide(wave_id: int) -> ResponseReturnValue:
    """Keep the decision on one comment."""
    form, tools = DecideCommentForm(), runtime()
    with accepted(form, lambda: _page(wave_id, form), ReviewRefused, at=form.redacted):
        verdict = CommentVerdict(Decision(form.decision.data), form.redacted.data or "")
        decide_comment(
            tools.session(),
            tools.keys,
            wave_id,
            comment_id=_comment_id(form.comment.data),
            verdict=verdict,
            now=tools.clock(),
            actor=member().actor,
        )
    return redirect(url_for(".comments", wave_id=wave_id, _anchor=f"c-{form.comment.data}"), 303)


@allowed(StaffRole.REVIEWER)
def sum_up(wave_id: int) -> ResponseReturnValue:
    """Keep the summary of one question's comments."""
    form, tools = SumUpCommentsForm(), runtime()
    code, words = form.question.data, form.summary.data or ""
    with accepted(form, lambda: _page(wave_id, form), ReviewRefused, at=form.summary):
        sum_up_comments(tools.session(), wave_id, code, summary=words, now=tools.clock(), actor=member().actor)
    return redirect(url_for(".comments", wave_id=wave_id, _anchor=f"q-{code}"), 303)


@allowed(StaffRole.REVIEWER)
def release(wave_id: int) -> ResponseReturnValue:
    """Publish what was decided; the worker destroys what is left."""
    form, tools = ReleaseCommentsForm(), runtime()
    with accepted(form, lambda: _page(wave_id, form)):
        release_comments(tools.session(), tools.keys, wave_id, now=tools.clock(), actor=member().actor)
    return redirect(url_for(".report", wave_id=wave_id, _anchor="comments"), 303)


def _comment_id(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        abort(400)


def _page(wave_id: int, failed: StaffForm | None = None) -> str:
    tools = runtime()
    found = list_comments(tools.session(), tools.keys, wave_id, now=tools.clock(), actor=member().actor)
    names = _MARKER.names(names_on_roster(tools.session(), wave_id))
    return render_template(
        "staff/comments.html",
        review=found,
        destroyed_on=day(found.expires_at.astimezone(found.time_zone).date()),
        questions=tuple(_commented(found, one, names, failed) for one in found.questions),
        errors=_errors(failed),
        form=failed if isinstance(failed, ReleaseCommentsForm) else ReleaseCommentsForm(formdata=None),
    )


def _commented(found: Review, one: ReviewedQuestion, names: Names, failed: StaffForm | None) -> CommentedQuestion:
    # Without `formdata=None` every form of the page would take up what one of them has sent.
    form = SumUpCommentsForm(formdata=None, data={"question": one.code, "summary": one.summary})
    if isinstance(failed, SumUpCommentsForm) and failed.question.data == one.code:
        form = failed
    comments = tuple(_shown_comment(comment, names, failed) for comment in one.comments)
    return CommentedQuestion(one.code, text_in(found.words[one.code], spoken().code), comments, one.lacks_summary, form)


def _shown_comment(one: ReviewedComment, names: Names, failed: StaffForm | None) -> ShownComment:
    text, verdict, key = one.comment.text, one.verdict, one.id.hex()
    decision = verdict.decision if one.is_decided else None
    filled = {"comment": key, "decision": decision, "redacted": verdict.redacted or text}
    form = DecideCommentForm(formdata=None, data=filled)
    if isinstance(failed, DecideCommentForm) and failed.comment.data == key:
        form = failed
    form.offer(decisions_for(one.comment.wish))
    spans = _MARKER.highlights(text, names)
    signs = tuple(sign for sign in Sign if any(span.sign is sign for span in spans))
    return ShownComment(f"c-{key}", segments(text, spans), signs, one.comment.wish, verdict.decision, form)


def _errors(failed: StaffForm | None) -> tuple[tuple[str, str, str], ...]:
    """Return (id of the field to go to, message, "") for each error of a form that was refused."""
    if failed is None:
        return ()
    prefix = ""
    if isinstance(failed, DecideCommentForm):
        prefix = f"c-{failed.comment.data}-"
    elif isinstance(failed, SumUpCommentsForm):
        prefix = f"q-{failed.question.data}-"
    return tuple((f"{prefix}{field.name}", str(message), "") for field in failed for message in field.errors)
