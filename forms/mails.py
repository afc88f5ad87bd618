"""What staff fill in about emails to participants."""

from wtforms import HiddenField
from wtforms.validators import AnyOf

from feedback.domain.languages import LANGUAGES
from feedback.domain.survey.questionnaires import Role
from forms.staff import StaffForm


class TryEmailsForm(StaffForm):
    """The wish for a test to oneself: of which emails, and to no address that anybody could name."""

    set_by_page = ("csrf_token", "role", "written_in")

    role = HiddenField(validators=[AnyOf(tuple(Role))])
    written_in = HiddenField(validators=[AnyOf([language.code for language in LANGUAGES])])

    @property
    def shown(self) -> tuple[Role, str]:
        """Return the role and language, or the first role where there is none."""
        role = Role(self.role.data) if self.role.data in tuple(Role) else next(iter(Role))
        return role, self.written_in.data or ""
