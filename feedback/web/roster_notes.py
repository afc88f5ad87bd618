"""What is to be said of a roster file, in the reader's language."""

from flask_babel import gettext as _

from feedback.domain.errors import Amount, Places, RosterNote
from feedback.domain.languages import ENGLISH
from feedback.locales.counts import characters, people, times
from feedback.locales.isolation import isolated_text
from feedback.locales.lists import listed
from feedback.locales.speech import spoken
from forms.roster import field_name, role_name

_COUNTS = {"time": times, "character": characters, "participant": people}


def in_words(finding: RosterNote) -> str:
    """Return what was found, without the place where it was found; it begins with a capital where there are some."""
    said = _inner_words(finding)
    return said[:1].upper() + said[1:]


def place_in_words(finding: RosterNote) -> str:
    """Return such as "Line 6, address"; empty if it is about the whole file."""
    if not finding.line:
        return ""
    if not finding.field:
        return str(_("Line %(number)s", number=finding.line))
    return str(_("Line %(number)s, %(field)s", number=finding.line, field=field_name(finding.field).lower()))


def _inner_words(finding: RosterNote) -> str:
    said = finding.said if spoken() is ENGLISH else str(_(finding.said))
    return said % {name: _shown(name, value) for name, value in finding.values.items()} if finding.values else said


def _shown(name: str, value: object) -> str:
    if isinstance(value, RosterNote):
        return _inner_words(value)
    if isinstance(value, Amount):
        return _COUNTS[value.what](value.number)
    if isinstance(value, Places):
        return listed(f"{isolated_text(address)} ({_inner_words(place)})" for address, place in value.found)
    if name == "field":
        return field_name(str(value)).lower()
    return role_name(str(value)).lower() if name == "role" else isolated_text(str(value))
