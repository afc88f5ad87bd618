"""What coordinators fill in to change what is asked."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import HiddenInput

from forms.staff import StaffForm


class SeenQuestionsForm(StaffForm):
    """Something about a programme's questions as they were when the page was made: at that `version`."""

    set_by_page = ("csrf_token", "version")
    version = IntegerField(validators=[InputRequired(), NumberRange(0)], widget=HiddenInput())


class ChangeQuestionsForm(SeenQuestionsForm):
    """Which of the questions that are `shown` are `asked`, by their codes."""

    shown = SelectMultipleField(validate_choice=False)
    asked = SelectMultipleField(validate_choice=False)

    def off(self, before: frozenset[str]) -> frozenset[str]:
        """Return what is switched off then; what was not shown stays as it was before."""
        return before.difference(self.shown.data or ()) | set(self.shown.data or ()).difference(self.asked.data or ())


class OursAgainForm(SeenQuestionsForm):
    """The decision to give up what was changed."""

    sure = BooleanField(
        _("I am sure: the standard questions are asked again, and our changes are gone."),
        [InputRequired(_("Tick the box to go back, or leave this page."))],
    )
