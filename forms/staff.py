"""What staff fill in. Each form carries a token against forged requests, so each page that has one sets a cookie."""

from collections.abc import Iterable

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from feedback.domain.comments.review import LONGEST_REVIEWED, Decision
from feedback.domain.limits import LARGEST_NUMBER
from feedback.domain.staff import StaffRole
from feedback.locales.counts import characters


def hidden_number() -> IntegerField:
    """Return the field of a row's number, which a page has set."""
    return IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, LARGEST_NUMBER)])


class StaffForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form that only a page of this service can have sent. `set_by_page` are fields that nobody fills in by hand."""

    set_by_page: tuple[str, ...] = ("csrf_token",)


class AskForLinkForm(StaffForm):
    """The address that a sign-in link is to be mailed to."""

    email = StringField(
        _("Your work address"),
        [
            InputRequired(_("Write the address that you were invited at.")),
            Length(max=254, message=_("Write at most %(characters)s.", characters=LazyString(characters, 254))),
        ],
    )


class SignInForm(StaffForm):
    """A button, because mail programs open addresses by themselves and a link works once."""


class SignOutForm(StaffForm):
    """A button."""


_ROLES = [
    SelectChoice(StaffRole.ADMINISTRATOR, _("Administrator")),
    SelectChoice(StaffRole.COORDINATOR, _("Coordinator")),
    SelectChoice(StaffRole.REVIEWER, _("Reviewer")),
    SelectChoice(StaffRole.CONTACT, _("Contact for support")),
    SelectChoice(StaffRole.VIEWER, _("Reader of reports")),
]
_CHOOSE_ROLE = _("Choose what this person may do.")
_CHOOSE_REACH = _("Choose all programmes, or only some.")


class _ProgrammesSeen(StaffForm):
    """Which programmes somebody sees: all, or those whose numbers are ticked."""

    set_by_page = ("csrf_token", "programmes")

    reach = RadioField(
        _("Which programmes does this person see?"),
        [InputRequired(_CHOOSE_REACH)],
        choices=[
            SelectChoice("all", _("All of the organisation, also those to come")),
            SelectChoice("some", _("Only those that are ticked here, and those that name this person")),
        ],
        default="all",
        invalid_choice_message=_CHOOSE_REACH,
    )
    programmes = SelectMultipleField(
        _("Programmes"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def offer(self, programmes: Iterable[tuple[int, str]]) -> None:
        """Set which programmes there are, by number and name."""
        self.programmes.choices = [SelectChoice(number, name) for number, name in programmes]

    @property
    def seen(self) -> frozenset[int] | None:
        """Return the numbers of the programmes that are seen; None for all."""
        return None if self.reach.data == "all" else frozenset(self.programmes.data or ())


class LimitAccessForm(_ProgrammesSeen):
    """Which programmes somebody sees from now on."""


class GiveAccessForm(_ProgrammesSeen):
    """Somebody who is to have access, and as what."""

    name = StringField(
        _("Name"),
        [
            InputRequired(_("Write the person’s name.")),
            Length(max=200, message=_("Write at most %(characters)s.", characters=LazyString(characters, 200))),
        ],
    )
    email = StringField(
        _("Work address"),
        [
            InputRequired(_("Write the person’s work address.")),
            Length(max=254, message=_("Write at most %(characters)s.", characters=LazyString(characters, 254))),
        ],
    )
    role = RadioField(
        _("What may this person do?"),
        [InputRequired(_CHOOSE_ROLE)],
        choices=_ROLES,
        invalid_choice_message=_CHOOSE_ROLE,
    )

    def validate_reach(self, field: RadioField) -> None:
        """Refuse some programmes for an administrator."""
        if self.role.data == StaffRole.ADMINISTRATOR and field.data == "some":
            raise ValidationError(_("Administrators see every programme of the organisation."))


class ChangeRoleForm(StaffForm):
    """What somebody may do from now on. `confirmed` is the role of which the page has said what it changes."""

    role = RadioField(
        _("What may this person do?"),
        [InputRequired(_CHOOSE_ROLE)],
        choices=_ROLES,
        invalid_choice_message=_CHOOSE_ROLE,
    )
    confirmed = HiddenField()
    destroys = HiddenField()


class TakeAccessForm(StaffForm):
    """The decision to take somebody's access away; `destroys` names the waves whose comments nobody else may read."""

    destroys = HiddenField()

    sure = BooleanField(
        _("I am sure: this person is signed out everywhere and cannot sign in any more."),
        [InputRequired(_("Tick the box to take the access away, or leave this page."))],
    )


class EndSessionForm(StaffForm):
    """A button beside one of one's own sessions."""

    set_by_page = ("csrf_token", "digest")
    digest = HiddenField(validators=[Regexp(r"[0-9a-f]{64}\Z")])


_LONGEST_SIGNED = 65_536


class PasskeyForm(StaffForm):
    """What a browser answers when it is asked to use a passkey: set by a script."""

    set_by_page: tuple[str, ...] = ("csrf_token", "credential")
    credential = HiddenField(validators=[Length(max=_LONGEST_SIGNED)])


_NAME_IT = _("Write a name that tells it from others, on one line.")


class MakePasskeyForm(PasskeyForm):
    """A passkey that a browser has made, the name that tells it from others, and what one there is has signed."""

    set_by_page = ("csrf_token", "credential", "confirmation")
    confirmation = HiddenField(validators=[Length(max=_LONGEST_SIGNED)])

    name = StringField(
        _("A name for it"),
        [
            DataRequired(_NAME_IT),
            Length(max=100, message=_("Write at most %(characters)s.", characters=LazyString(characters, 100))),
        ],
    )

    def validate_name(self, field: StringField) -> None:
        """Refuse what cannot be shown on one line."""
        if not (field.data or "").isprintable():
            raise ValidationError(_NAME_IT)


class RemovePasskeyForm(PasskeyForm):
    """A button beside one of one's own passkeys, and what one of them has signed."""

    set_by_page = ("csrf_token", "number", "credential")
    number = hidden_number()


class RemovePasskeysForm(StaffForm):
    """The decision to remove somebody's passkeys."""

    sure = BooleanField(
        _("I am sure: this person is signed out everywhere, and makes a new passkey."),
        [InputRequired(_("Tick the box to remove the passkeys, or leave this page."))],
    )


class DemandPasskeysForm(StaffForm):
    """Whether a passkey is asked for after the mailed link."""

    set_by_page = ("csrf_token", "demands")
    demands = HiddenField(validators=[Regexp(r"(yes|no)\Z")])


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
        _("I am sure: no more answers are accepted, and the answers are opened, counted and destroyed."),
        [InputRequired(_("Tick the box to close the survey, or leave this page to keep it open."))],
    )


class MendDeliveryForm(StaffForm):
    """The address of somebody whose mail came back, corrected or as it is, and the wish to send it again."""

    set_by_page = ("csrf_token", "participant")
    participant = hidden_number()
    address = StringField(
        _("Address"),
        [
            InputRequired(_("Write the address to send it to.")),
            Length(max=254, message=_("Write at most %(characters)s.", characters=LazyString(characters, 254))),
        ],
    )


class ResendToRefusedForm(StaffForm):
    """Only a button: the invitation once more, to all whose mail the relay refused."""


class ApproveRosterForm(StaffForm):
    """The approval of exactly the roster that was shown."""

    set_by_page = ("csrf_token", "digest")
    digest = HiddenField(validators=[Length(min=64, max=64)])
    sure = BooleanField(
        _("I know that these are real people of this programme, and that nobody is missing."),
        [InputRequired(_("Tick the box to approve the roster, or leave this page."))],
    )


_TOO_LONG = _("Write at most %(characters)s.", characters=LazyString(characters, LONGEST_REVIEWED))


class DecideCommentForm(StaffForm):
    """What becomes of one comment, and of the `alike` ones shown beside it if the reviewer wants the `same` for them.

    Which decisions its author allows, the service knows; the page has a button for each.
    """

    comment = HiddenField(validators=[InputRequired()])
    decision = RadioField(
        _("What happens to this comment?"),
        [InputRequired(_("Choose what happens to this comment."))],
        choices=[
            SelectChoice(Decision.UNDECIDED, _("Decide later")),
            SelectChoice(Decision.WITHHELD, _("Do not use it")),
            SelectChoice(Decision.SUMMARISED, _("Only sum it up, together with others")),
            SelectChoice(Decision.RELEASED, _("Publish it word for word")),
            SelectChoice(Decision.REDACTED, _("Publish it as changed above")),
        ],
        invalid_choice_message=_("Choose what happens to this comment."),
    )
    redacted = TextAreaField(_("The changed text"), [Length(max=LONGEST_REVIEWED, message=_TOO_LONG)])
    alike = SelectMultipleField(validate_choice=False)
    same = BooleanField()


class DecideTickedForm(StaffForm):
    """What becomes of all comments that were ticked."""

    ticked = SelectMultipleField(
        validators=[InputRequired(_("Tick the comments to decide on."))], validate_choice=False
    )
    decision = RadioField(
        _("What happens to the ticked comments?"),
        [InputRequired(_("Choose what happens to the ticked comments."))],
        choices=[
            SelectChoice(Decision.WITHHELD, _("Do not use them")),
            SelectChoice(Decision.SUMMARISED, _("Only sum them up")),
            SelectChoice(Decision.RELEASED, _("Publish them word for word")),
            SelectChoice(Decision.UNDECIDED, _("Take the decisions back")),
        ],
        invalid_choice_message=_("Choose what happens to the ticked comments."),
    )


class SumUpCommentsForm(StaffForm):
    """The summary of the comments on one question."""

    question = HiddenField(validators=[InputRequired()])
    summary = TextAreaField(_("Summary"), [Length(max=LONGEST_REVIEWED, message=_TOO_LONG)])


class ReleaseCommentsForm(StaffForm):
    """The decision to publish, which cannot be taken back."""

    sure = BooleanField(
        _("I am sure: this stays beside the report as it is, and all original comments are destroyed."),
        [InputRequired(_("Tick the box to release the comments, or go on reviewing."))],
    )


class LogoForm(StaffForm):
    """A picture for the organisation's reports."""

    file = FileField(_("Another logo"), [FileRequired(_("Choose a file."))])


class DropLogoForm(StaffForm):
    """A button."""
