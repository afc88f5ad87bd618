"""What is wanted for one programme alone, or for all of an organisation, and is signed for with a passkey."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from wtforms.fields import SelectChoice, SelectField

from forms.staff import PasskeyForm

ALL = "all"


class InProgrammesForm(PasskeyForm):
    """A form with a field `programme`, whose label is its own."""

    programme: SelectField

    def offer(self, programmes: Iterable[tuple[int, str]]) -> None:
        """Set which programmes there are, by number and name."""
        ours = [SelectChoice(str(number), name) for number, name in programmes]
        self.programme.choices = [SelectChoice(ALL, _("All, also those to come")), *ours]

    @property
    def programme_id(self) -> int | None:
        """Return the number of the only programme, None for all."""
        return None if self.programme.data == ALL else int(self.programme.data)
