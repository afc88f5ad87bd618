"""What coordinators fill in for a programme: what it is called and about, whom its participants are told."""

from collections.abc import Iterable
from zoneinfo import available_timezones

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FormField, StringField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.fields import SelectChoice, SelectField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from feedback.domain.ending import LEAST_DAYS, LONGEST_REASON, MOST_DAYS, USUAL_DAYS
from feedback.domain.languages import ENGLISH, LANGUAGES
from feedback.locales.counts import characters
from forms.moments import DaysField, WholeNumberField
from forms.staff import StaffForm

MOST_LETTERS, MOST_OF_A_WORD, MOST_OF_AN_ADDRESS = 200, 60, 500
# Names that say where; the others are older spellings, or no place.
_REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
_ZONES = sorted(zone for zone in available_timezones() if zone.split("/")[0] in _REGIONS)
_CHOOSE_ZONE = _("Choose a time zone.")
_CHOOSE_SOMEBODY = _("Choose somebody from the list.")


def _at_most(most: int) -> Length:
    return Length(max=most, message=_("Write at most %(characters)s.", characters=LazyString(characters, most)))


class OrganisationNameForm(StaffForm):
    """What the organisation is called."""

    name = StringField(_("Name"), [InputRequired(_("Write a name.")), _at_most(MOST_LETTERS)])


class ProgrammeForm(StaffForm):
    """What can be changed later as well. `contact` and `reviewer` are numbers of accounts, or empty."""

    name = StringField(_("Name"), [InputRequired(_("Write a name.")), _at_most(MOST_LETTERS)])
    word = StringField(
        _("What do you call the mentoring?"), [InputRequired(_("Write a word.")), _at_most(MOST_OF_A_WORD)]
    )
    focus = StringField(_("What is it about?"), [InputRequired(_("Write what it is about.")), _at_most(MOST_LETTERS)])
    contact = SelectField(_("Contact for support"), invalid_choice_message=_CHOOSE_SOMEBODY)
    reviewer = SelectField(_("Who reads the comments?"), invalid_choice_message=_CHOOSE_SOMEBODY)

    def offer(self, contacts: Iterable[tuple[int, str]], reviewers: Iterable[tuple[int, str]]) -> None:
        """Set who can be named; nobody, who can be named later, comes first."""
        for field, known in ((self.contact, contacts), (self.reviewer, reviewers)):
            found = (SelectChoice(str(number), name) for number, name in known)
            field.choices = [SelectChoice("", _("Nobody yet")), *found]

    @property
    def named(self) -> tuple[int | None, int | None]:
        """Return the numbers of the contact's account and of the reviewer's."""
        contact, reviewer = (int(field.data) if field.data else None for field in (self.contact, self.reviewer))
        return contact, reviewer


class NewProgrammeForm(ProgrammeForm):
    """A programme as it is asked for. The last two are fixed from then on."""

    time_zone = SelectField(
        _("Time zone"),
        [InputRequired(_CHOOSE_ZONE)],
        invalid_choice_message=_CHOOSE_ZONE,
        choices=[SelectChoice("", _("Choose")), *(SelectChoice(zone, zone.replace("_", " ")) for zone in _ZONES)],
    )
    minimum_group_size = WholeNumberField(_("Smallest group in a report"), [InputRequired(_("Write a number."))])

    def set_least(self, least: int) -> None:
        """Set the smallest size that is accepted."""
        said = _("Write a whole number, not below the smallest allowed (%(number)s) and not above 1000.", number=least)
        self.minimum_group_size.validators = [*self.minimum_group_size.validators, NumberRange(least, 1000, said)]


class WordsInLanguageForm(PlainForm):  # type: ignore[misc]  # WTForms has no types
    """A programme's words in one language; both are needed before participants are offered it."""

    word = StringField(_("What you call the mentoring"), [Optional(), _at_most(MOST_OF_A_WORD)])
    focus = StringField(_("What it is about"), [Optional(), _at_most(MOST_LETTERS)])


class SettingsForm(ProgrammeForm):
    """What can be changed of a programme."""

    announced_at = StringField(
        _("Page on which you announced the programme"), [Optional(), _at_most(MOST_OF_AN_ADDRESS)]
    )

    @property
    def translated(self) -> dict[str, dict[str, str]]:
        """Return what was written in other languages, by their codes."""
        written = {code: self[f"in_{code}"].form for code in OTHER_LANGUAGES}
        words = {code: {"word": one.word.data or "", "focus": one.focus.data or ""} for code, one in written.items()}
        return {code: {name: text for name, text in both.items() if text} for code, both in words.items()}


OTHER_LANGUAGES = {language.code: language.name for language in LANGUAGES if language is not ENGLISH}
"""The languages into which a programme's words are translated, each by its own name."""
for _code, _name in OTHER_LANGUAGES.items():
    setattr(SettingsForm, f"in_{_code}", FormField(WordsInLanguageForm, _name))


_DAYS_NEEDED = _("Write a number of days from 1 to 180.")


class EndProgrammeForm(StaffForm):
    """The decision to end a programme, and after how many days its names are deleted."""

    days = DaysField(
        _("After how many days are the names deleted?"),
        [InputRequired(_DAYS_NEEDED), NumberRange(LEAST_DAYS, MOST_DAYS, _DAYS_NEEDED)],
        default=USUAL_DAYS,
    )
    sure = BooleanField(
        _("I am sure: nothing is planned in this programme any more, and on that day its names are deleted."),
        [InputRequired(_("Tick the box to end the programme, or leave this page."))],
    )


class HoldPurgeForm(StaffForm):
    """Why the deletion of names has to wait."""

    reason = TextAreaField(
        _("Why?"),
        [
            InputRequired(_("Write why the names have to stay for now.")),
            Length(
                max=LONGEST_REASON,
                message=_("Write at most %(characters)s.", characters=LazyString(characters, LONGEST_REASON)),
            ),
        ],
    )
