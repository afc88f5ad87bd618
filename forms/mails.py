"""What staff fill in about emails to participants."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, StringField
from wtforms.validators import AnyOf, Length

from feedback.domain.languages import LANGUAGES
from feedback.domain.survey.questionnaires import Role
from feedback.domain.waves.openings import LONGEST_OPENING
from feedback.locales.counts import characters
from forms.staff import StaffForm


class TryEmailsForm(StaffForm):
    """The wish for a test to oneself: of which emails, and to no address that anybody could name."""

    set_by_page = ("csrf_token", "role", "written_in")

    role = HiddenField(validators=[AnyOf(tuple(Role))])
    written_in = HiddenField(validators=[AnyOf([language.code for language in LANGUAGES])])

    @property
    def shown(self) -> tuple[Role, str]:
        """Return the role and language, or the first role where there is none."""
        role = Role(self.role.data) if self.role.data in tuple(Role) else next(iter(Role))
        return role, self.written_in.data or ""


class OpeningForm(StaffForm):
    """The sentence with which an email begins: one field for each language, named by its code."""

    @property
    def written(self) -> dict[str, str]:
        """Return what was written, by language code."""
        return {language.code: self[language.code].data or "" for language in LANGUAGES}


_TOO_LONG = _("Write at most %(characters)s.", characters=LazyString(characters, LONGEST_OPENING))
for _language in LANGUAGES:
    setattr(OpeningForm, _language.code, StringField(_language.name, [Length(max=LONGEST_OPENING, message=_TOO_LONG)]))
