"""What coordinators fill in to put people into a programme: a file or a paste, its columns, its wrong cells."""

import re
from collections.abc import Iterable

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from forms.staff import StaffForm

_FIELDS: dict[str, LazyString] = {
    "name": _("Name"),
    "first name": _("First name"),
    "last name": _("Last name"),
    "email": _("Address"),
    "role": _("Role"),
    "cohort": _("Cohort"),
    "language": _("Language"),
}
_CELL = re.compile(r"cell-(\d{1,7})-(name|email|role|cohort|language)")
_COLUMN = re.compile(r"column-(\d{1,5})")


def field_name(field: str) -> str:
    """Return what people call a field of a roster."""
    return str(_FIELDS[field])


def role_name(role: str) -> str:
    """Return what people call a role."""
    return str(_("Mentor") if role == "mentor" else _("Mentee"))


class FindPeopleForm(StaffForm):
    """Words with which a name or an address begins."""

    words = StringField(_("Find somebody"), [Length(max=200)])


class SendPeopleForm(StaffForm):
    """A file, or rows that were copied in a spreadsheet."""

    file = FileField(_("A file: XLSX, ODS or CSV"))
    pasted = TextAreaField(_("Or paste the rows here"))

    @property
    def content(self) -> tuple[str, bytes]:
        """Return the name and the bytes of what was sent; the bytes are empty if nothing was."""
        if self.file.data and self.file.data.filename:
            return self.file.data.filename, self.file.data.read()
        return "", (self.pasted.data or "").strip("\r\n").encode()


class CarryingForm(StaffForm):
    """A form on a page that carries a sealed file."""

    set_by_page: tuple[str, ...] = ("csrf_token", "carried")
    carried = HiddenField(validators=[InputRequired()])


class ChooseCodePageForm(CarryingForm):
    """The code page in which names are right."""

    code_page = RadioField(_("In which line are the names right?"), validate_choice=False)


class MatchColumnsForm(CarryingForm):
    """What is in each column of a file, as its `sent` fields say."""

    has_headers = BooleanField(_("The first line holds the names of the columns"))

    @staticmethod
    def field_by_place(sent: Iterable[tuple[str, str]]) -> dict[int, str]:
        """Return the field of each column that is not left out, by the place of the column."""
        found = ((_COLUMN.fullmatch(name), value) for name, value in sent)
        return {int(place[1]): value for place, value in found if place and value in _FIELDS}


class MendPeopleForm(CarryingForm):
    """Cells written anew, as its `sent` fields say, and lines that are left out."""

    left_out = SelectMultipleField(coerce=int, validate_choice=False)

    @staticmethod
    def cells(sent: Iterable[tuple[str, str]]) -> dict[tuple[int, str], str]:
        """Return what was written, by line and field."""
        found = ((_CELL.fullmatch(name), value) for name, value in sent)
        return {(int(cell[1]), cell[2]): value for cell, value in found if cell}


class PutPeopleInForm(CarryingForm):
    """The decision to take a file over, with who comes back and who has left."""

    set_by_page = ("csrf_token", "carried", "seen")
    seen = HiddenField(validators=[InputRequired()])
    rejoin = SelectMultipleField(validate_choice=False)
    leaving = SelectMultipleField(coerce=int, validate_choice=False)
    sure = BooleanField(_("I have looked at these questions: everybody stands here once, at the right address."))
