"""What coordinators fill in to put people into a programme: a file or a paste, its columns, its wrong cells."""

import re
from collections.abc import Iterable

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice, SelectField
from wtforms.validators import InputRequired, Length

from feedback.domain.languages import LANGUAGES
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


class SealedFileForm(StaffForm):
    """A form on a page that carries a sealed file."""

    set_by_page: tuple[str, ...] = ("csrf_token", "sealed_file")
    sealed_file = HiddenField(validators=[InputRequired()])


class ChooseCodePageForm(SealedFileForm):
    """The code page in which names are right."""

    code_page = RadioField(_("In which line are the names right?"), validate_choice=False)


class MatchColumnsForm(SealedFileForm):
    """What is in each column of a file, as its `sent` fields say."""

    has_headers = BooleanField(_("The first line holds the names of the columns"))

    @staticmethod
    def field_by_place(sent: Iterable[tuple[str, str]]) -> dict[int, str]:
        """Return the field of each column that is not left out, by the place of the column."""
        found = ((_COLUMN.fullmatch(name), value) for name, value in sent)
        return {int(place[1]): value for place, value in found if place and value in _FIELDS}


class MendPeopleForm(SealedFileForm):
    """Cells written anew, as its `sent` fields say, and lines that are left out."""

    left_out = SelectMultipleField(coerce=int, validate_choice=False)

    @staticmethod
    def cells(sent: Iterable[tuple[str, str]]) -> dict[tuple[int, str], str]:
        """Return what was written, by line and field."""
        found = ((_CELL.fullmatch(name), value) for name, value in sent)
        return {(int(cell[1]), cell[2]): value for cell, value in found if cell}


class PutPeopleInForm(SealedFileForm):
    """The decision to take a file over, with who comes back and who has left."""

    set_by_page = ("csrf_token", "sealed_file", "seen")
    seen = HiddenField(validators=[InputRequired()])
    rejoin = SelectMultipleField(validate_choice=False)
    leaving = SelectMultipleField(coerce=int, validate_choice=False)
    sure = BooleanField(_("I have looked at these questions: everybody stands here once, at the right address."))


class PersonForm(StaffForm):
    """One person, as a line of a list has them; `sure` answers what is asked about them."""

    set_by_page = ("csrf_token",)
    name = StringField(_("Name"), [InputRequired(_("Write the name.")), Length(max=200)])
    email = StringField(_("Address"), [InputRequired(_("Write the address.")), Length(max=254)])
    role = RadioField(
        _("Role"),
        [InputRequired(_("Choose a role."))],
        choices=[SelectChoice("mentor", _("Mentor")), SelectChoice("mentee", _("Mentee"))],
        invalid_choice_message=_("Choose a role."),
    )
    cohort = StringField(_("Cohort"), [Length(max=200)])
    # Not "language", which is the button that turns the page into another one.
    spoken = SelectField(
        _("Language"), choices=[SelectChoice(one.code, one.name) for one in LANGUAGES], validate_choice=False
    )
    sure = BooleanField(_("I have looked at this, and it is right so."))

    def offer_language(self, tag: str) -> None:
        """Offer a language that somebody has already, such as pt-BR, beside those that the service speaks."""
        if tag and tag not in {one.code for one in LANGUAGES}:
            self.spoken.choices = [*self.spoken.choices, SelectChoice(tag, tag)]

    @property
    def texts(self) -> dict[str, str]:
        """Return what was written, by the fields of a list."""
        texts = {field: self[field].data or "" for field in ("name", "email", "role", "cohort")}
        return {**texts, "language": self.spoken.data or ""}


class LetGoForm(StaffForm):
    """The note that somebody has left."""

    sure = BooleanField(
        _("I am sure: they get no more email."),
        [InputRequired(_("Tick the box to note that they have left, or leave this page."))],
    )


class OnePersonForm(StaffForm):
    """The address of somebody who asks what is held about them."""

    email = StringField(_("Their address"), [InputRequired(_("Write the address.")), Length(max=254)])


class TakeOffForm(StaffForm):
    """The decision to erase somebody who asked for it; `email` is the address that the page showed."""

    set_by_page = ("csrf_token", "email")
    email = HiddenField(validators=[InputRequired(), Length(max=254)])
    sure = BooleanField(
        _("I am sure: they asked to be taken off."),
        [InputRequired(_("Tick the box to take them off, or leave this page."))],
    )
