"""Numbers with what they count, in the plural form that each language has for the number.

A sentence takes "12 people" as one value: so its own translation need not exist in six forms.
"""

from collections.abc import Callable

from flask_babel import ngettext

from feedback.locales.catalogues import number


def people(number: int) -> str:
    """Return such as "12 people"."""
    return str(ngettext("%(num)s person", "%(num)s people", number))


def mentors(number: int) -> str:
    """Return such as "12 mentors"."""
    return str(ngettext("%(num)s mentor", "%(num)s mentors", number))


def mentees(number: int) -> str:
    """Return such as "12 mentees"."""
    return str(ngettext("%(num)s mentee", "%(num)s mentees", number))


def links(number: int) -> str:
    """Return such as "12 links"."""
    return str(ngettext("%(num)s link", "%(num)s links", number))


def answers(number: int) -> str:
    """Return such as "12 answers"."""
    return str(ngettext("%(num)s answer", "%(num)s answers", number))


def groups(number: int) -> str:
    """Return such as "12 groups"."""
    return str(ngettext("%(num)s group", "%(num)s groups", number))


def characters(number: int) -> str:
    """Return such as "1,000 characters"."""
    return str(ngettext("%(num)s character", "%(num)s characters", number))


def days(number: int) -> str:
    """Return such as "7 days"."""
    return str(ngettext("%(num)s day", "%(num)s days", number))


def minutes(number: int) -> str:
    """Return such as "7 minutes"."""
    return str(ngettext("%(num)s minute", "%(num)s minutes", number))


def hours(number: int) -> str:
    """Return such as "8 hours"."""
    return str(ngettext("%(num)s hour", "%(num)s hours", number))


def times(number: int) -> str:
    """Return such as "12 times"."""
    return str(ngettext("%(num)s time", "%(num)s times", number))


FILTERS: dict[str, Callable[[int], str]] = {
    "number": number,
    **{
        f"counted_{count.__name__}": count for count in (people, mentors, mentees, links, answers, days, hours, minutes)
    },
}
"""For templates: `5 | counted_people`, and `1200 | number` where a number stands alone."""
