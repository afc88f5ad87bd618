"""Forms that were sent after their session had ended: shown to whoever sent them, and never done by themselves."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from feedback.domain.staff import StaffRole
from feedback.locales.moments import ago
from feedback.locales.speech import spoken
from feedback.runtime import system_clock
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.saved_forms import SHOWN_AGAIN, forget_saved, saved_forms
from feedback.web.staff.sent_forms import accepted
from forms.staff import StaffForm


@allowed(*StaffRole)
def show() -> ResponseReturnValue:
    """Offer each form that waits, to be filled in again as it was."""
    now, found = system_clock(), saved_forms(member().id)
    if not found:
        return redirect(url_for(".programmes"))
    forms = [(secret, form, ago(now - form.sent_at, spoken().code)) for secret, form in found]
    return render_template("staff/kept.html", forms=forms, form=StaffForm(), shown_again=SHOWN_AGAIN)


@allowed(*StaffRole)
def forget() -> ResponseReturnValue:
    """Forget them all."""
    with accepted(StaffForm()):
        forget_saved(member().id, *(secret for secret, _form in saved_forms(member().id)))
    return redirect(url_for(".programmes"), 303)
