"""`feedback comment`: review the comments of a wave without a browser. Shows people's own words: for reviewers only."""

from collections.abc import Iterator
from typing import TextIO

import click
from flask.cli import AppGroup

from feedback.cli.output import answer, as_json_option, say, shown
from feedback.domain.comments.highlights import segments
from feedback.domain.comments.review import CommentVerdict, Decision, ReviewedComment
from feedback.domain.staff import OPERATOR
from feedback.domain.survey.questionnaires import text_in
from feedback.runtime import runtime
from feedback.services.comments.decide_comments import decide_comments
from feedback.services.comments.list_comments import Review, list_comments
from feedback.services.comments.release_comments import release_comments
from feedback.services.comments.sum_up_comments import sum_up_comments
from feedback.services.roster.names_on_roster import names_on_roster
from forms.marking import marker

comment = AppGroup("comment")

_LANGUAGE = "en"
_DECISIONS = tuple(decision.value for decision in Decision if decision is not Decision.UNDECIDED)
_wave_id = click.argument("wave_id", type=int)
# A file or a pipe, because words on the command line stay in the shell's history.
_TEXT = click.File("r", encoding="utf-8")


@comment.command("list")
@_wave_id
@as_json_option
def list_command(wave_id: int, *, as_json: bool) -> None:
    """Show the comments of a closed wave. What may tell who somebody is stands in [[brackets]].

    \b
    Example:  feedback comment list 1
    """
    found = _review(wave_id)
    record = [_record(question.code, one) for question in found.questions for one in question.comments]
    answer(record, _lines(found), as_json=as_json)


@comment.command("decide")
@_wave_id
@click.argument("comment_id")
@click.option("--as", "decision", type=click.Choice(_DECISIONS), required=True, help="What becomes of it.")
@click.option("--text", type=_TEXT, help="A file with the changed text, or - for standard input; with redacted.")
def decide_command(wave_id: int, comment_id: str, decision: str, text: TextIO | None) -> None:
    """Decide what becomes of one comment, named by its id or the beginning of it.

    \b
    Examples: feedback comment decide 1 3fa9c2 --as released
              feedback comment decide 1 3fa9c2 --as redacted --text changed.txt
    """
    tools, number = runtime(), _known_id(_review(wave_id), comment_id)
    verdict = CommentVerdict(Decision(decision), text.read() if text else "")
    decide_comments(
        tools.session(), tools.keys, wave_id, verdicts={number: verdict}, now=tools.clock(), reviewer=OPERATOR
    )
    found = _review(wave_id)
    say(f"{found.decided} of {len(found.comments)} decided.")


@comment.command("summarise")
@_wave_id
@click.argument("question")
@click.argument("text", type=_TEXT)
def summarise_command(wave_id: int, question: str, text: TextIO) -> None:
    """Store the summary of one question's comments: a file, or - for standard input; empty takes it away.

    \b
    Example:  feedback comment summarise 1 F2 summary.txt
    """
    tools = runtime()
    sum_up_comments(tools.session(), wave_id, question, summary=text.read(), now=tools.clock(), reviewer=OPERATOR)
    say(f"The summary of {question} is kept until the release.")


@comment.command("release")
@_wave_id
@click.confirmation_option(prompt="This stays beside the report as it is, and all originals are destroyed. Release?")
def release_command(wave_id: int) -> None:
    """Publish what was decided, once and for good. The worker destroys the originals' key with its next tick.

    \b
    Example:  feedback comment release 1 --yes
    """
    tools = runtime()
    release_comments(tools.session(), tools.keys, wave_id, now=tools.clock(), reviewer=OPERATOR)
    say(f"The comments of wave {wave_id} are released. Read them with the report.")


def _review(wave_id: int) -> Review:
    tools = runtime()
    return list_comments(tools.session(), tools.keys, wave_id, now=tools.clock(), reviewer=OPERATOR)


def _known_id(found: Review, beginning: str) -> bytes:
    known = [one.id for one in found.comments if beginning and one.id.hex().startswith(beginning.lower())]
    if len(known) != 1:
        raise click.UsageError(
            "There is no such comment, or several begin so; `feedback comment list` shows their ids."
        )
    return known[0]


def _lines(found: Review) -> Iterator[str]:
    names = marker().names(names_on_roster(runtime().session(), found.wave_id))
    yield f"{found.decided} of {len(found.comments)} decided; all that is not released is destroyed on"
    yield f"{shown(found.expires_at, found.time_zone.key)}. Read by {found.reviewer_name}, as participants were told."
    for question in found.questions:
        yield f"\n{question.code}  {text_in(found.words[question.code], _LANGUAGE)}"
        if question.summary or question.lacks_summary:
            yield f"  summary: {question.summary or 'missing'}"
        for one in question.comments:
            runs = segments(one.comment.text, marker().highlights(one.comment.text, names))
            marked = "".join(run.text if run.sign is None else f"[[{run.text}]]" for run in runs)
            yield f"\n  {one.id.hex()[:8]}  {one.verdict.decision}; its author allows: {one.comment.wish}"
            yield from (f"    {line}" for line in marked.split("\n"))


def _record(code: str, one: ReviewedComment) -> dict[str, str]:
    return {
        "question": code,
        "id": one.id.hex(),
        "text": one.comment.text,
        "wish": one.comment.wish,
        "decision": one.verdict.decision,
        "redacted": one.verdict.redacted,
    }
