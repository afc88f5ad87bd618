"""Fields for days, times and numbers of days that say in our own words what is wrong, in every language."""

from collections.abc import Sequence
from contextlib import suppress

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from wtforms import DateField, IntegerField, TimeField

DAY_NEEDED = _("Write a day, such as 2027-03-15.")
TIME_NEEDED = _("Write a time, such as 09:30.")


class _InOwnWords:
    needed: LazyString

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed, or say how to write it."""
        try:
            super().process_formdata(valuelist)  # type: ignore[misc]  # WTForms has no types
        except ValueError:
            raise ValueError(self.needed) from None


class DayField(_InOwnWords, DateField):  # type: ignore[misc]  # WTForms has no types
    """A day; browsers without a calendar of their own send whatever was typed."""

    needed = DAY_NEEDED


class ClockField(_InOwnWords, TimeField):  # type: ignore[misc]  # WTForms has no types
    """A time of day."""

    needed = TIME_NEEDED


class WholeNumberField(IntegerField):  # type: ignore[misc]  # WTForms has no types
    """A whole number; a validator of its range says what is wrong with anything else."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read a number, or leave none."""
        with suppress(ValueError):
            super().process_formdata(valuelist)


class DaysField(WholeNumberField):
    """A number of days."""
