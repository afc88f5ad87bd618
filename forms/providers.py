"""Where an organisation's staff sign in, as administrators say it."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Regexp

from feedback.locales.counts import characters
from forms.staff import StaffForm

_AS_SHOWN = _("Write it as the provider shows it.")


class ProviderForm(StaffForm):
    """By which provider of OpenID Connect an organisation's staff sign in."""

    issuer = StringField(
        _("Issuer"),
        [
            DataRequired(_AS_SHOWN),
            Length(max=200, message=_("Write at most %(characters)s.", characters=LazyString(characters, 200))),
        ],
    )
    client_id = StringField(
        _("Client ID"),
        [
            DataRequired(_AS_SHOWN),
            Length(max=200, message=_("Write at most %(characters)s.", characters=LazyString(characters, 200))),
            Regexp(r"[!-~]+\Z", message=_AS_SHOWN),
        ],
        filters=[lambda text: text and text.strip()],
    )
    secret = StringField(
        _("Client secret"),
        [
            Length(max=500, message=_("Write at most %(characters)s.", characters=LazyString(characters, 500))),
            Regexp(r"[!-~]*\Z", message=_AS_SHOWN),
        ],
        filters=[lambda text: text and text.strip()],
    )


class DemandProviderForm(StaffForm):
    """Whether the provider is the only way in."""

    set_by_page = ("csrf_token", "demands")
    demands = HiddenField(validators=[Regexp(r"(yes|no)\Z")])


class RemoveProviderForm(StaffForm):
    """The decision to let nobody sign in by the provider any more."""

    sure = BooleanField(
        _("I am sure: nobody is connected any more, and whoever it has signed in is signed out."),
        [InputRequired(_("Tick the box to remove it, or leave this page."))],
    )
