"""The reviewer's pages: a wave's comments without their authors, and what becomes of them. Only for whom it names.

Comments are read fifty a page, or one by one: each decision is answered by the next comment that waits for one.
"""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.comments.review import CommentVerdict, Decision, decisions_for
from feedback.domain.errors import ReviewRefused
from feedback.domain.staff import StaffRole
from feedback.runtime import runtime
from feedback.services.comments.decide_comments import decide_comments
from feedback.services.comments.index_comments import CommentIndexes
from feedback.services.comments.read_comments import CommentReader, ReadComments
from feedback.services.comments.release_comments import release_comments
from feedback.services.comments.sum_up_comments import sum_up_comments
from feedback.web.staff.guards import allowed, reader
from feedback.web.staff.outcomes import tell
from feedback.web.staff.sent_forms import accepted
from feedback.web.staff.shown_comments import (
    Saved,
    errors_of,
    head_of,
    saved,
    shown_comments,
    shown_questions,
)
from forms.staff import (
    DecideCommentForm,
    DecideTickedForm,
    ReleaseCommentsForm,
    StaffForm,
    SumUpCommentsForm,
)

_READER = CommentReader(CommentIndexes())


@allowed(StaffRole.REVIEWER)
def review(wave_id: int) -> ResponseReturnValue:
    """Show a page of the comments of a wave that are in review."""
    return _page(wave_id, _page_number())


@allowed(StaffRole.REVIEWER)
def one(wave_id: int, comment: str) -> ResponseReturnValue:
    """Show one comment, and those that say nearly the same."""
    return _one(wave_id, _comment_id(comment, 404))


@allowed(StaffRole.REVIEWER)
def one_by_one(wave_id: int) -> ResponseReturnValue:
    """Show the first comment that is not decided behind the one that the address names; the list if none is left."""
    tools, after = runtime(), request.args.get("after")
    behind = _comment_id(after, 404) if after else None
    found = _READER.following(tools.session(), tools.keys, wave_id, behind, now=tools.clock(), reviewer=reader())
    if not found.comments:
        return redirect(url_for(".comments", wave_id=wave_id, _anchor="release"), 303)
    return _one_page(found, before=saved(found, behind))


@allowed(StaffRole.REVIEWER)
def decide(wave_id: int) -> ResponseReturnValue:
    """Keep the decision on one comment, or on those beside it too, and go on to the next."""
    form = DecideCommentForm()
    if not form.comment.data:
        abort(400)
    comment_id = _comment_id(form.comment.data)
    at = form.redacted if form.decision.data == Decision.REDACTED else form.decision
    with accepted(form, lambda: _one(wave_id, comment_id, form), ReviewRefused, at=at):
        verdict = CommentVerdict(Decision(form.decision.data), form.redacted.data or "")
        alike = tuple(map(_comment_id, form.alike.data if form.same.data else ()))
        _decide(wave_id, dict.fromkeys((comment_id, *alike), verdict), unless_decided=alike)
    return redirect(url_for(".one_by_one", wave_id=wave_id, after=comment_id.hex()), 303)


@allowed(StaffRole.REVIEWER)
def decide_ticked(wave_id: int) -> ResponseReturnValue:
    """Keep one decision on all comments that are ticked, or on none of them."""
    form, number = DecideTickedForm(), _page_number()
    with accepted(form, lambda: _page(wave_id, number, form), ReviewRefused, at=form.ticked):
        verdict = CommentVerdict(Decision(form.decision.data))
        _decide(wave_id, dict.fromkeys(map(_comment_id, form.ticked.data), verdict))
    return redirect(url_for(".comments", wave_id=wave_id, page=number), 303)


@allowed(StaffRole.REVIEWER)
def sum_up(wave_id: int) -> ResponseReturnValue:
    """Keep the summary of one question's comments."""
    form, tools, number = SumUpCommentsForm(), runtime(), _page_number()
    code, words = form.question.data, form.summary.data or ""
    with accepted(form, lambda: _page(wave_id, number, form), ReviewRefused, at=form.summary):
        sum_up_comments(tools.session(), wave_id, code, summary=words, now=tools.clock(), reviewer=reader())
    return redirect(url_for(".comments", wave_id=wave_id, page=number, _anchor=f"q-{code}-summary"), 303)


@allowed(StaffRole.REVIEWER)
def release(wave_id: int) -> ResponseReturnValue:
    """Publish what was decided; the worker destroys what is left."""
    form, tools = ReleaseCommentsForm(), runtime()
    with accepted(form, lambda: _page(wave_id, _page_number(), form)):
        release_comments(tools.session(), tools.keys, wave_id, now=tools.clock(), reviewer=reader())
    tell(
        _("The comments are released."),
        _("They stand beside the report now. The originals are destroyed within minutes."),
    )
    return redirect(url_for(".report", wave_id=wave_id, _anchor="comments"), 303)


def _decide(wave_id: int, verdicts: dict[bytes, CommentVerdict], unless_decided: tuple[bytes, ...] = ()) -> None:
    tools = runtime()
    decide_comments(
        tools.session(),
        tools.keys,
        wave_id,
        verdicts=verdicts,
        unless_decided=unless_decided,
        now=tools.clock(),
        reviewer=reader(),
    )


def _page_number() -> int:
    return request.args.get("page", 1, type=int)


def _comment_id(text: str, otherwise: int = 400) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        abort(otherwise)


def _page(wave_id: int, number: int, failed: StaffForm | None = None) -> str:
    tools = runtime()
    found = _READER.page(tools.session(), tools.keys, wave_id, number, now=tools.clock(), reviewer=reader())
    return render_template(
        "staff/comments.html",
        review=head_of(found),
        page=number,
        sections=shown_questions(found, failed),
        errors=errors_of(failed),
        ticked_form=failed if isinstance(failed, DecideTickedForm) else DecideTickedForm(formdata=None),
        form=failed if isinstance(failed, ReleaseCommentsForm) else ReleaseCommentsForm(formdata=None),
    )


def _one(wave_id: int, comment_id: bytes, failed: DecideCommentForm | None = None) -> str:
    tools = runtime()
    found = _READER.one(tools.session(), tools.keys, wave_id, comment_id, now=tools.clock(), reviewer=reader())
    return _one_page(found, failed)


def _one_page(found: ReadComments, failed: DecideCommentForm | None = None, before: Saved | None = None) -> str:
    comment, *alike = shown_comments(found)
    return render_template(
        "staff/comment.html",
        review=head_of(found),
        page=found.progress.page_of(found.comments[0].id),
        comment=comment,
        alike=alike,
        same=tuple(other for other in alike if other.wish is comment.wish),
        saved=before,
        decisions=decisions_for(comment.wish),
        errors=errors_of(failed),
        form=failed or _decision_form(found),
    )


def _decision_form(found: ReadComments) -> DecideCommentForm:
    one = found.comments[0]
    words = one.verdict.redacted or one.comment.text
    return DecideCommentForm(formdata=None, data={"comment": one.id.hex(), "redacted": words})
