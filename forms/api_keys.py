"""A key for a program, as administrators want it."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from wtforms import SelectMultipleField, StringField
from wtforms.fields import SelectChoice, SelectField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from feedback.domain.api_keys import ApiScope
from feedback.locales.counts import characters
from forms.in_programmes import ALL, InProgrammesForm
from forms.staff import StaffForm, hidden_number

_NAME_IT = _("Write what the key is for, on one line.")
_TICK = _("Tick what the key may do.")
SCOPES = (
    SelectChoice(ApiScope.READ_REPORTS, _("Read published reports")),
    SelectChoice(ApiScope.MANAGE_ROSTERS, _("Put people in, and see whom no email reaches")),
    SelectChoice(ApiScope.PLAN_WAVES, _("Plan, open, extend and cancel surveys")),
    SelectChoice(ApiScope.READ_LOG, _("Read the audit log")),
)


class MakeKeyForm(InProgrammesForm):
    """What a key is for, what it may do, in which programmes and for how long; and what a passkey has signed."""

    set_by_page = ("csrf_token", "credential", "programme", "days")

    purpose = StringField(
        _("What is it for?"),
        [
            DataRequired(_NAME_IT),
            Length(max=100, message=_("Write at most %(characters)s.", characters=LazyString(characters, 100))),
        ],
    )
    scopes = SelectMultipleField(
        _("What may it do?"),
        [InputRequired(_TICK)],
        choices=list(SCOPES),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    programme = SelectField(_("In which programmes?"), default=ALL)
    days = SelectField(
        _("For how long?"),
        choices=[
            SelectChoice("30", _("30 days")),
            SelectChoice("90", _("90 days")),
            SelectChoice("365", _("A year")),
        ],
        default="90",
    )

    def validate_purpose(self, field: StringField) -> None:
        """Refuse what cannot be shown on one line."""
        if not (field.data or "").isprintable():
            raise ValidationError(_NAME_IT)


class RevokeKeyForm(StaffForm):
    """A button beside one of the organisation's keys."""

    set_by_page = ("csrf_token", "number")
    number = hidden_number()
