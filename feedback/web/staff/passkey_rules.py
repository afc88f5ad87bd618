"""What administrators decide about passkeys: whether all staff need one, and that somebody has lost theirs."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.errors import AccessRefused
from feedback.domain.staff import StaffRole
from feedback.runtime import runtime
from feedback.services.staff.manage_passkeys import demand_passkeys, remove_passkeys_of
from feedback.web.staff.access import person_page
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.organisation import organisation_page
from feedback.web.staff.outcomes import tell
from feedback.web.staff.passkey_browser import needed_site
from feedback.web.staff.sent_forms import accepted
from forms.staff import DemandPasskeysForm, RemovePasskeysForm


@allowed(StaffRole.ADMINISTRATOR)
def demand() -> ResponseReturnValue:
    """Ask everybody for a passkey after the mailed link from now on, or nobody."""
    form = DemandPasskeysForm()
    with accepted(form, lambda: organisation_page(demand_form=form), AccessRefused):
        demands = form.demands.data == "yes"
        if demands:
            needed_site()
        demand_passkeys(runtime().session(), member(), demands=demands, now=runtime().clock())
        if demands:
            tell(
                _("Everybody is asked for a passkey from now on."),
                _("Whoever has none makes one after the emailed link."),
            )
        else:
            tell(_("Nobody is asked for a passkey any more."), _("Passkeys that were made still sign in."))
    return redirect(url_for(".organisation"), 303)


@allowed(StaffRole.ADMINISTRATOR)
def remove_of(staff_id: int) -> ResponseReturnValue:
    """Remove the passkeys of somebody who has lost one."""
    form = RemovePasskeysForm()
    with accepted(form, lambda: person_page(staff_id, form), AccessRefused):
        remove_passkeys_of(runtime().session(), member(), staff_id, now=runtime().clock())
        tell(_("The passkeys are removed."), _("This person is told by email."))
    return redirect(url_for(".access_of_one", staff_id=staff_id), 303)
