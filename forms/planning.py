"""What coordinators fill in to plan: a wave with its reminders, a later date, quiet times."""

from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    FormField,
    RadioField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.fields import SelectChoice, SelectField
from wtforms.validators import AnyOf, InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from feedback.domain.disclosure.groups import CHOICES, Grouping
from feedback.domain.errors import ClosingRefused, FeedbackError, LookRefused, OpeningRefused, ReminderRefused
from feedback.domain.waves.quiet_times import WEEKDAYS, QuietTimes
from feedback.domain.waves.schedule import FURTHEST_DAYS, Anchor, Offset
from forms.moments import DAY_NEEDED, TIME_NEEDED, ClockField, DayField, DaysField
from forms.staff import StaffForm


class ReminderForm(PlainForm):  # type: ignore[misc]  # WTForms has no types
    """One reminder; without a number of days there is none."""

    days = DaysField(
        _("Days"),
        [Optional(), NumberRange(0, FURTHEST_DAYS, _("Write a number of days from 0 to 366, or nothing."))],
    )
    anchor = SelectField(
        _("Counted from"),
        choices=[
            SelectChoice(Anchor.OPENING, _("after the opening")),
            SelectChoice(Anchor.CLOSING, _("before the close")),
        ],
        default=Anchor.OPENING.value,
    )
    at = ClockField(_("Time"), [Optional()], default=time(10))

    @property
    def offset(self) -> Offset | None:
        """Return the reminder that was asked for, if one was."""
        if self.days.data is None:
            return None
        return Offset(Anchor(self.anchor.data), self.days.data, self.at.data or time(10))


class CalendarFields:
    """The dates of a wave as a coordinator asks for them. Times are meant where the programme is."""

    opens_on = DayField(_("Opens on"), [Optional()])
    opens_at = ClockField(_("At"), [Optional()], default=time(9))
    closes_on = DayField(_("Closes on"), [InputRequired(DAY_NEEDED)])
    closes_at = ClockField(_("At"), [InputRequired(TIME_NEEDED)], default=time(17))
    first = FormField(ReminderForm, _("First reminder"))
    second = FormField(ReminderForm, _("Second reminder"))
    third = FormField(ReminderForm, _("Third reminder"))
    look_on = DayField(_("Look on"), [Optional()])
    look_at = ClockField(_("At"), [Optional()], default=time(12))
    may_close_early = BooleanField(_("It may be closed by hand before its time. Participants are told."))

    @property
    def reminder_forms(self) -> tuple[Any, ...]:
        """The three reminders, as fields."""
        return (self.first, self.second, self.third)

    @property
    def reminders(self) -> tuple[Offset, ...]:
        """Return the reminders that were asked for."""
        return tuple(offset for one in self.reminder_forms if (offset := one.form.offset) is not None)

    def field_of(self, refusal: FeedbackError) -> Any:  # WTForms has no types
        """Return the field that a refusal is about, or None if it is about the whole."""
        if isinstance(refusal, OpeningRefused):
            return self.opens_on
        if isinstance(refusal, ClosingRefused):
            return self.closes_on
        if isinstance(refusal, LookRefused):
            return self.look_on
        if isinstance(refusal, ReminderRefused):
            asked = [one.form.days for one in self.reminder_forms if one.form.days.data is not None]
            return asked[int(str(refusal.values["place"])) - 1] if asked else self.first.form.days
        return None


_GROUPING = _("Which groups should the report have?")
_GROUPINGS = [
    SelectChoice(Grouping.TOGETHER, _("Everybody together")),
    SelectChoice(Grouping.APART, _("Each role by itself")),
]


class GroupingField(RadioField):  # type: ignore[misc]  # WTForms has no types
    """How small roles are counted, where that is to be chosen."""

    def __init__(self, **settings: Any) -> None:
        """Offer both ways."""
        checks = [Optional(), AnyOf(CHOICES, _("Choose one of the two."))]
        super().__init__(_GROUPING, checks, choices=_GROUPINGS, validate_choice=False, **settings)

    @property
    def wish(self) -> Grouping | None:
        """How a coordinator wants small roles to be counted, if anybody has said so."""
        return Grouping(self.data) if self.data else None


class PlanForm(CalendarFields, StaffForm):
    """A wave as a coordinator asks for it."""

    stage = RadioField(
        _("Which survey?"),
        [InputRequired(_("Choose a survey."))],
        invalid_choice_message=_("Choose a survey."),
    )
    grouping = GroupingField()


class ChangePlanForm(CalendarFields, StaffForm):
    """A planned wave, changed."""

    grouping = GroupingField()


class OneOfThreeForm(CalendarFields, PlainForm):  # type: ignore[misc]  # WTForms has no types
    """One of several waves that are planned at once, if it is `wanted`."""

    wanted = BooleanField(_("Plan this survey"))


class ThreePlansForm(StaffForm):
    """The surveys of a programme, planned at once: a part for each stage, named like it."""

    kickoff = FormField(OneOfThreeForm, _("Kick-off"))
    midpoint = FormField(OneOfThreeForm, _("Mid-point"))
    exit = FormField(OneOfThreeForm, _("Exit"))
    grouping = GroupingField()

    @property
    def parts(self) -> tuple[Any, ...]:
        """The three surveys, as fields, in the order of the stages."""
        return (self.kickoff, self.midpoint, self.exit)

    def validate(self, extra_validators: object = None) -> bool:
        """Check what is wanted; what is not is left as it is."""
        found: bool = super().validate(extra_validators)
        if all(part.form.wanted.data for part in self.parts):
            return found
        for part in self.parts:
            if not part.form.wanted.data:
                _forget_errors(part.form)
        return not self.errors


def _forget_errors(form: PlainForm) -> None:
    for field in form:
        if isinstance(field, FormField):
            _forget_errors(field.form)
        else:
            field.errors = []


class NewDateForm(StaffForm):
    """A day and a time where the programme is."""

    day = DayField(_("Day"), [InputRequired(DAY_NEEDED)])
    at = ClockField(_("Time"), [InputRequired(TIME_NEEDED)])


class PostponeWaveForm(NewDateForm):
    """When a wave opens instead."""


class ExtendWaveForm(NewDateForm):
    """When a wave closes instead."""


class OpenWaveForm(StaffForm):
    """The decision to open a wave now."""

    sure = BooleanField(
        _("I am sure: the roster and all terms are fixed, and everybody is invited."),
        [InputRequired(_("Tick the box to open the survey, or leave this page to wait."))],
    )


class CancelWaveForm(StaffForm):
    """The decision to cancel a wave, which cannot be taken back."""

    sure = BooleanField(
        _("I am sure: there will be no report, and whatever was answered is destroyed unread."),
        [InputRequired(_("Tick the box to cancel the survey, or leave this page to keep it."))],
    )


class QuietTimesForm(StaffForm):
    """When no mail of a programme goes out."""

    begins = ClockField(_("From"), [InputRequired(TIME_NEEDED)])
    ends = ClockField(_("Until"), [InputRequired(TIME_NEEDED)])
    weekdays = SelectMultipleField(
        _("Weekdays without email"),
        choices=[
            SelectChoice(code, name)
            for code, name in zip(
                WEEKDAYS,
                (
                    _("Monday"),
                    _("Tuesday"),
                    _("Wednesday"),
                    _("Thursday"),
                    _("Friday"),
                    _("Saturday"),
                    _("Sunday"),
                ),
                strict=True,
            )
        ],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    holidays = TextAreaField(_("Holidays"))

    def show(self, quiet: QuietTimes) -> None:
        """Fill in quiet times."""
        self.begins.data, self.ends.data = quiet.begins, quiet.ends
        self.weekdays.data = [WEEKDAYS[day] for day in sorted(quiet.weekdays)]
        self.holidays.data = "\n".join(day.isoformat() for day in sorted(quiet.holidays))
