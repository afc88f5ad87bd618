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


class PlanForm(StaffForm):
    """A wave as a coordinator asks for it. Times are meant where the programme is."""

    stage = RadioField(
        _("Which survey?"),
        [InputRequired(_("Choose a survey."))],
        invalid_choice_message=_("Choose a survey."),
    )
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
    grouping = RadioField(
        _("Which groups should the report have?"),
        [Optional(), AnyOf(CHOICES, _("Choose one of the two."))],
        choices=[
            SelectChoice(Grouping.TOGETHER, _("Everybody together")),
            SelectChoice(Grouping.APART, _("Each role by itself")),
        ],
        validate_choice=False,
    )

    @property
    def wish(self) -> Grouping | None:
        """How a coordinator wants small roles to be counted, if anybody has said so."""
        return Grouping(self.grouping.data) if self.grouping.data else None

    @property
    def reminder_forms(self) -> tuple[Any, ...]:
        """The three reminders, as fields."""
        return (self.first, self.second, self.third)

    @property
    def reminders(self) -> tuple[Offset, ...]:
        """Return the reminders that were asked for."""
        return tuple(offset for one in self.reminder_forms if (offset := one.form.offset) is not None)


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
