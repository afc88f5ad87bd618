"""Putting people in: a file or a paste is read, its columns matched, its cells mended, its changes shown, taken over.

What is sent travels from step to step sealed in the page; nothing is kept of it until the last step.
"""

from collections.abc import Callable
from dataclasses import replace

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from feedback.domain.errors import (
    CodePageUnknown,
    NotFound,
    RosterChanged,
    RosterNote,
    RosterRefused,
    SealBroken,
    sentence,
)
from feedback.domain.roster.mending import found_columns, is_matched, layout_of, matched, mended
from feedback.domain.roster.rows import RosterTable, read_table
from feedback.domain.staff import PLANNERS
from feedback.runtime import runtime, system_clock
from feedback.services.programmes.check_real import refuse_people
from feedback.services.roster.import_roster import RosterChange, compare_people, put_people_in
from feedback.services.roster.read_file import table_of
from feedback.web.languages import switched
from feedback.web.refusals import in_words
from feedback.web.staff import people_pages as pages
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.sent_forms import accepted
from feedback.web.staff.uploads import MOST_UPLOAD_BYTES, TOO_LARGE, Upload, opened
from forms.roster import (
    ChooseCodePageForm,
    MatchColumnsForm,
    MendPeopleForm,
    PutPeopleInForm,
    SealedFileForm,
    SendPeopleForm,
)

_SECONDS = 30.0
_NOTHING_SENT = sentence("Choose a file, or paste the rows.")
_SEND_AGAIN = sentence("The page was too old, or was changed on its way. Nothing was saved. Choose the file again.")


@allowed(*PLANNERS)
def ask(programme_id: int) -> ResponseReturnValue:
    """Ask for a file or a paste."""
    refuse_people(runtime().session(), programme_id)
    return pages.ask(programme_id)


@allowed(*PLANNERS)
def send(programme_id: int) -> ResponseReturnValue:
    """Read what was sent, and show the next step."""
    form = SendPeopleForm()
    with accepted(form):
        name, data = form.content
    if switched():
        return pages.ask(programme_id)
    if not data or len(data) > MOST_UPLOAD_BYTES:
        return _refused(programme_id, RosterNote(TOO_LARGE if data else _NOTHING_SENT))
    return _read(programme_id, name, data, None)


@allowed(*PLANNERS)
def choose_code_page(programme_id: int) -> ResponseReturnValue:
    """Read a file in the code page in which somebody says that its names are right."""
    form = ChooseCodePageForm()

    def go_on(upload: Upload) -> ResponseReturnValue:
        data = upload.data or b""
        return _read(programme_id, upload.name, data, None if switched() else form.code_page.data, sent=form)

    return _with_sealed_file(programme_id, form, go_on)


@allowed(*PLANNERS)
def match_columns(programme_id: int) -> ResponseReturnValue:
    """Read each column as somebody says."""
    form = MatchColumnsForm()

    def go_on(upload: Upload) -> ResponseReturnValue:
        table = _table(upload)
        layout = layout_of(table, has_headers=form.has_headers.data)
        chosen = form.field_by_place(request.form.items())
        columns = tuple(replace(one, field=chosen.get(one.place, "")) for one in found_columns(layout))
        if switched():
            return pages.columns(programme_id, upload, layout, columns, form)
        wrong = pages.what_is_wrong_with(columns)
        if wrong:
            return pages.columns(programme_id, upload, layout, columns, form, wrong), 422
        return _check(programme_id, upload.name, matched(table, layout, chosen))

    return _with_sealed_file(programme_id, form, go_on)


@allowed(*PLANNERS)
def mend(programme_id: int) -> ResponseReturnValue:
    """Write cells anew, leave lines out, and check again."""
    form = MendPeopleForm()

    def go_on(upload: Upload) -> ResponseReturnValue:
        left_out = set(form.left_out.data or ())
        table = mended(_table(upload), form.cells(request.form.items()), left_out)
        if request.form.get("go") == "leave-out":
            table = mended(table, left_out=_wrong_lines(programme_id, table))
        return _check(programme_id, upload.name, table)

    return _with_sealed_file(programme_id, form, go_on)


@allowed(*PLANNERS)
def put_in(programme_id: int) -> ResponseReturnValue:
    """Take a checked file over, unless the roster is another one by now."""
    form = PutPeopleInForm()

    def go_on(upload: Upload) -> ResponseReturnValue:
        table, tools = _table(upload), runtime()
        try:
            file = read_table(table)
            seen = compare_people(tools.session(), programme_id, file)
            if switched() or (seen.questions and not form.sure.data):
                return _check(programme_id, upload.name, table, form)
            change = put_people_in(
                tools.session(),
                tools.keys,
                programme_id,
                file,
                now=tools.clock(),
                actor=member().actor,
                rejoin=form.rejoin.data,
                leaving=form.leaving.data,
                seen=form.seen.data,
            )
        except (RosterRefused, RosterChanged, NotFound) as refusal:
            tools.session().rollback()
            said = "" if isinstance(refusal, RosterRefused) else in_words(refusal)
            return _check(programme_id, upload.name, table, form, said)
        tools.session().commit()
        return _done(programme_id, change, len(form.leaving.data))

    return _with_sealed_file(programme_id, form, go_on)


def _with_sealed_file(
    programme_id: int, form: SealedFileForm, go_on: Callable[[Upload], ResponseReturnValue]
) -> ResponseReturnValue:
    """Go on with the file that a page carries; where it does not open any more, ask for it again."""
    with accepted(form):
        try:
            upload = opened(form.sealed_file.data, programme_id, member().id, now=system_clock())
        except SealBroken:
            return _refused(programme_id, RosterNote(_SEND_AGAIN))
    return go_on(upload)


def _done(programme_id: int, change: RosterChange, left: int) -> ResponseReturnValue:
    page = url_for(".roster", programme_id=programme_id, joined=change.added, changed=change.changed, left=left)
    return redirect(page, 303)


def _refused(programme_id: int, *problems: RosterNote) -> ResponseReturnValue:
    return pages.ask(programme_id, problems), 422


def _read(
    programme_id: int, name: str, data: bytes, encoding: str | None, sent: ChooseCodePageForm | None = None
) -> ResponseReturnValue:
    try:
        table = table_of(data, encoding, seconds=_SECONDS)
        layout = layout_of(table)
        columns = found_columns(layout)
        if not is_matched(layout):
            return pages.columns(programme_id, Upload(name, table=table), layout, columns)
    except CodePageUnknown as doubt:
        return pages.code_page(programme_id, Upload(name, data), doubt, sent)
    except RosterRefused as refused:
        return _refused(programme_id, *refused.problems)
    return _check(programme_id, name, matched(table, layout, {one.place: one.field for one in columns if one.field}))


def _check(
    programme_id: int, name: str, table: RosterTable, sent: PutPeopleInForm | None = None, refusal: str = ""
) -> ResponseReturnValue:
    """Show what would change, or every problem in its cell."""
    try:
        comparison = compare_people(runtime().session(), programme_id, read_table(table))
        status = 422 if sent is not None and not switched() else 200
        return make_response(pages.check(programme_id, name, table, comparison, sent, refusal), status)
    except RosterRefused as refused:
        try:
            return pages.mend(programme_id, name, table, refused.problems), 422
        except RosterRefused as too_large:
            return _refused(programme_id, *too_large.problems)


def _wrong_lines(programme_id: int, table: RosterTable) -> set[int]:
    try:
        compare_people(runtime().session(), programme_id, read_table(table))
    except RosterRefused as refused:
        return {problem.line for problem in refused.problems if problem.line}
    return set()


def _table(upload: Upload) -> RosterTable:
    if upload.table is None:
        raise NotFound(_SEND_AGAIN)
    return upload.table
