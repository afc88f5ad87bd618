"""Another system that is told what happens, as administrators want it."""

from flask_babel import lazy_gettext as _
from wtforms import SelectMultipleField, StringField
from wtforms.fields import SelectChoice, SelectField
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from feedback.domain.hooks import LONGEST_HOOK_URL, HookEvent
from forms.in_programmes import ALL, InProgrammesForm
from forms.staff import PasskeyForm, StaffForm

_WRITE_IT = _("Write an address that begins with https://, of at most 500 characters.")
EVENTS = (
    SelectChoice(HookEvent.OPENED, _("A survey has opened")),
    SelectChoice(HookEvent.LOOKED_AT, _("The look was taken")),
    SelectChoice(HookEvent.STOPPED, _("A survey takes no more answers")),
    SelectChoice(HookEvent.PUBLISHED, _("A report is there")),
    SelectChoice(HookEvent.HELD, _("A report is kept back by the last check")),
    SelectChoice(HookEvent.APPROVAL, _("A list of people waits for a second person")),
    SelectChoice(HookEvent.UNREACHED, _("Emails have not reached everybody")),
)


class AddHookForm(InProgrammesForm):
    """Where, what and of which programmes the other system is told; and what a passkey has signed."""

    set_by_page = ("csrf_token", "credential", "programme")

    url = StringField(
        _("The address that is told"),
        [DataRequired(_WRITE_IT), Length(max=LONGEST_HOOK_URL, message=_WRITE_IT)],
    )
    events = SelectMultipleField(
        _("What is it told?"),
        [InputRequired(_("Tick what it is told."))],
        choices=list(EVENTS),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    programme = SelectField(_("Of which programmes?"), default=ALL)


class NewSecretForm(PasskeyForm):
    """A button for a new secret, and what a passkey has signed."""


class SwitchHookForm(StaffForm):
    """A button that switches it on or off."""

    set_by_page = ("csrf_token", "state")
    state = SelectField(choices=["on", "off"])
