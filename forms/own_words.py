"""What a programme tells its participants in its own words."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from feedback.domain.languages import LANGUAGES
from feedback.domain.survey.answers import LONGEST_NOTICE
from feedback.locales.counts import characters
from forms.staff import StaffForm

_LENGTH = Length(
    max=LONGEST_NOTICE,
    message=_("Write at most %(characters)s.", characters=LazyString(characters, LONGEST_NOTICE)),
)


class HelpForm(StaffForm):
    """Where help is, one place a line."""

    help_contacts = TextAreaField(_("Where to find help"), [_LENGTH])


class SaidForm(StaffForm):
    """What was done: one field for each language, named by its code."""

    @property
    def written(self) -> dict[str, str]:
        """Return what was written, by language code."""
        return {language.code: self[language.code].data or "" for language in LANGUAGES}


for _language in LANGUAGES:
    setattr(SaidForm, _language.code, TextAreaField(_language.name, [_LENGTH]))


class PublishSaidForm(StaffForm):
    """The decision to show it to participants, as it was when the page with the button was made.

    Which of the buttons was pressed says whether it `tells` them by email.
    """

    set_by_page = ("csrf_token", "mark")

    mark = HiddenField(validators=[InputRequired()])
    tells = HiddenField()
