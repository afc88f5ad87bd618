"""What somebody fills in who asks for support: a plain form, so that it sets no cookie."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from wtforms import Form, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from feedback.domain.support import LONGEST_NAME, LONGEST_REACH, LONGEST_WORDS, Request
from feedback.domain.survey.answers import clean_text
from feedback.locales.counts import characters

_LONGEST_CLEANED = 8000


def _cleaned(text: str | None) -> str:
    # Normalising costs the square of the length for some texts; what is far too long is refused as it is.
    return text if text and len(text) > _LONGEST_CLEANED else clean_text(text or "")


def _within(limit: int) -> Length:
    return Length(max=limit, message=_("Shorten this to %(characters)s.", characters=LazyString(characters, limit)))


class SupportForm(Form):  # type: ignore[misc]  # WTForms has no types
    """Who asks, how to reach them, and what is wrong."""

    name = StringField(
        _("Your name"),
        [DataRequired(_("Write your name.")), _within(LONGEST_NAME)],
        filters=[_cleaned],
        render_kw={"autocomplete": "name"},
    )
    reach = StringField(
        _("How can you be reached?"),
        [DataRequired(_("Write an email address or a phone number.")), _within(LONGEST_REACH)],
        filters=[_cleaned],
        description=_("An email address or a phone number, and a good time to reach you."),
    )
    words = TextAreaField(
        _("What is wrong, or what would help?"),
        [DataRequired(_("Write a few words.")), _within(LONGEST_WORDS)],
        filters=[_cleaned],
        description=_("At most %(characters)s.", characters=LazyString(characters, LONGEST_WORDS)),
    )

    @property
    def request(self) -> Request:
        """What a valid form says."""
        return Request(self.name.data, self.reach.data, self.words.data)
