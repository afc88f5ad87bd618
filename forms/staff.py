"""What staff fill in. Each form carries a token against forged requests, so each page that has one sets a cookie."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField
from wtforms.validators import InputRequired


class StaffForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form that only a page of this service can have sent."""


class SignInForm(StaffForm):
    """A button, because mail programs open addresses by themselves and a link works once."""


class SignOutForm(StaffForm):
    """A button."""


class RetryWaveForm(StaffForm):
    """A button."""


class DiscardWaveForm(StaffForm):
    """The decision to give up a wave whose report is held."""

    sure = BooleanField(
        _("I am sure: the answers are destroyed unread."),
        [InputRequired(_("Tick the box to discard the survey, or leave this page to keep it."))],
    )


class CloseWaveForm(StaffForm):
    """The decision to close a wave, which cannot be taken back."""

    sure = BooleanField(
        _("I am sure: no more answers are accepted, and the answers are opened once and then destroyed."),
        [InputRequired(_("Tick the box to close the survey, or leave this page to keep it open."))],
    )
