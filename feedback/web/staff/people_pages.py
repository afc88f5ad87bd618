"""The pages on which people are put into a programme, step by step; what they carry is sealed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _

from feedback.domain.errors import CodePageUnknown, RosterNote
from feedback.domain.roster.columns import REQUIRED, columns_of
from feedback.domain.roster.mending import FIELDS, FoundColumn, Layout, shown_cells
from feedback.domain.roster.rows import RosterTable
from feedback.runtime import runtime, system_clock
from feedback.services.programmes.show_programmes import ProgrammeView, show_programme
from feedback.services.roster.import_roster import RosterComparison
from feedback.web.roster_notes import in_words, place_in_words
from feedback.web.staff.guards import member
from feedback.web.staff.uploads import Upload, sealed
from forms.roster import (
    ChooseCodePageForm,
    MatchColumnsForm,
    MendPeopleForm,
    PutPeopleInForm,
    SendPeopleForm,
    field_name,
)

SHOWN = 50
_CELLS = ("name", "email", "role", "cohort", "language")


@dataclass(frozen=True)
class WrongLine:
    """A line with what is wrong with it as a whole, and by field; `texts` are its cells by field, if it has any."""

    number: int
    texts: dict[str, str]
    problems: tuple[str, ...]
    cells: dict[str, str]


def ask(programme_id: int, problems: Sequence[RosterNote] = ()) -> str:
    """Return the page that asks for a file or a paste, with what was wrong with the last one."""
    return render_template(
        "staff/people_ask.html",
        programme=_programme(programme_id),
        form=SendPeopleForm(formdata=None),
        problems=[in_words(one) for one in problems],
    )


def code_page(programme_id: int, upload: Upload, doubt: CodePageUnknown, sent: ChooseCodePageForm | None) -> str:
    """Return the page that asks in which code page names are right."""
    form = ChooseCodePageForm(formdata=None)
    form.sealed_file.data = _sealed(upload, programme_id)
    return render_template(
        "staff/people_code_page.html",
        programme=_programme(programme_id),
        upload=upload,
        form=form,
        readings=doubt.readings,
        is_settled=doubt.is_settled,
        refused=sent is not None,
    )


def columns(
    programme_id: int,
    upload: Upload,
    layout: Layout,
    found: Sequence[FoundColumn],
    sent: MatchColumnsForm | None = None,
    wrong: Sequence[tuple[str, str]] = (),
) -> str:
    """Return the page that asks what is in each column; `wrong` are (id of a field, message)."""
    form = sent or MatchColumnsForm(formdata=None)
    form.sealed_file.data = _sealed(upload, programme_id)
    if sent is None:
        form.has_headers.data = layout.has_headers
    return render_template(
        "staff/people_columns.html",
        programme=_programme(programme_id),
        upload=upload,
        form=form,
        columns=found,
        fields=[(field, field_name(field)) for field in FIELDS],
        people=len(layout.people),
        wrong=wrong,
    )


def what_is_wrong_with(found: Sequence[FoundColumn]) -> list[tuple[str, str]]:
    """Return (id of a field, message) for each field that no column or more than one is to hold."""
    first = f"column-{found[0].place}" if found else ""
    chosen = Counter(one.field for one in found if one.field)
    has_name = "name" in chosen or {"first name", "last name"} <= chosen.keys()
    missing = [field for field in REQUIRED if not (has_name if field == "name" else field in chosen)]
    said = [
        (first, str(_("No column holds this yet, and it is needed: %(field)s.", field=field_name(one))))
        for one in missing
    ]
    for field in (field for field, count in chosen.items() if count > 1):
        again = [one for one in found if one.field == field][1]
        twice = str(_("Two columns cannot both be this: %(field)s. Leave one of them out.", field=field_name(field)))
        said.append((f"column-{again.place}", twice))
    return said


def mend(programme_id: int, name: str, table: RosterTable, problems: Sequence[RosterNote]) -> str:
    """Return the page with every problem in its cell."""
    form, upload = MendPeopleForm(formdata=None), Upload(name, table=table)
    form.sealed_file.data = _sealed(upload, programme_id)
    texts = dict(shown_cells(table, {one.line for one in problems if one.line}))
    known = columns_of(table.records[0]).fields
    lines = [_wrong_line(number, cells, problems) for number, cells in texts.items()]
    return render_template(
        "staff/people_mend.html",
        programme=_programme(programme_id),
        upload=upload,
        form=form,
        lines=lines,
        cells=[(field, field_name(field)) for field in _CELLS if field in known or field in REQUIRED],
        problems=[
            (one.line, one.field if texts.get(one.line) else "", place_in_words(one), in_words(one)) for one in problems
        ],
        others=len(table.records) - 1 - len(lines),
    )


def check(
    programme_id: int,
    name: str,
    table: RosterTable,
    found: RosterComparison,
    sent: PutPeopleInForm | None,
    refusal: str,
) -> str:
    """Return the page with what would change, and the button that takes it over."""
    form, upload = sent or PutPeopleInForm(formdata=None), Upload(name, table=table)
    form.sealed_file.data, form.seen.data = _sealed(upload, programme_id), found.seen
    if sent is not None and not refusal and found.questions and not form.sure.data:
        form.sure.errors = [str(_("Look at the questions and tick the box, or mend the list and send it again."))]
    programme = _programme(programme_id)
    return render_template(
        "staff/people_check.html",
        programme=programme,
        upload=upload,
        form=form,
        found=found,
        change=found.change,
        remarks=_sentences(one for one in found.change.remarks if one not in found.questions),
        questions=_sentences(found.questions),
        refusal=refusal,
        most=SHOWN,
        lines=len(table.records) - 1,
        needs_approval=programme.approves_rosters,
    )


def _wrong_line(number: int, texts: object, problems: Iterable[RosterNote]) -> WrongLine:
    known = dict(texts) if isinstance(texts, dict) else {}
    mine = [one for one in problems if one.line == number]
    cells: dict[str, str] = {}
    for one in mine:
        if one.field and known:
            cells[one.field] = " ".join(filter(None, (cells.get(one.field), in_words(one))))
    return WrongLine(number, known, tuple(in_words(one) for one in mine if not (one.field and known)), cells)


def _sentences(findings: Iterable[RosterNote]) -> list[str]:
    return [f"{place}: {in_words(one)}" if (place := place_in_words(one)) else in_words(one) for one in findings]


def _sealed(upload: Upload, programme_id: int) -> str:
    # Real time, as for sessions, even where a programme's is ahead of it.
    return sealed(upload, programme_id, member().id, now=system_clock())


def _programme(programme_id: int) -> ProgrammeView:
    return show_programme(runtime().session(), programme_id)
